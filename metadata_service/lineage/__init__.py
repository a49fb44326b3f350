"""Lineage: breadth-first exploration over the graph port."""
