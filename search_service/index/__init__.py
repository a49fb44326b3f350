"""The port to a search index and its adapters."""
