"""OpenLineage events folded into statements."""
