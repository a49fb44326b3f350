"""HTTP: routes in one table, one file a resource; each method parses, calls a use case and returns its answer."""
