"""HTML syntax: the only place that knows it."""
