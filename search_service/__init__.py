"""Owns the search index: what is asked of it, how text is understood, and the adapters that keep it."""
