"""The HTTP side of ingestion: pushing statements, and seeing and starting runs."""
