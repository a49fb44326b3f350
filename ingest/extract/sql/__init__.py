"""What SQL text says: lineage, conditions and names. Shared by the sources that read SQL."""
