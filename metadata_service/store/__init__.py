"""The graph port, its three adapters and the rules they share."""
