"""Amundsen's own CSV files: those its databuilder publishes and those of its sample data."""
