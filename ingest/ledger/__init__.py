"""What every source said, statement by statement, kept in the graph beside what it is about (docs/adr/0012)."""
