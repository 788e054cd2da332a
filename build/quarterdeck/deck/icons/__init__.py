"""Icons by name, drawn into pages."""
