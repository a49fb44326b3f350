"""OpenLineage's events as they are sent: taken in for good before they are answered, then told as statements."""
