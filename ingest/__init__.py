"""Puts metadata into the graph: extractors, loading, jobs."""
