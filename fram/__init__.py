"""The composition root and the command line: may import everything, nothing imports it."""
