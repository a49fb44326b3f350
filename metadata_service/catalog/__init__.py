"""Use cases over the graph port, one file a kind: no Flask, no Cypher, no SQL."""
