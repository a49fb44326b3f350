"""What a statement puts into the graph: a small pure file a kind, on the builders of ingest/records.py."""
