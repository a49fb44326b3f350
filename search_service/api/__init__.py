"""HTTP: routes in one table; each method parses, asks the index and returns its answer."""
