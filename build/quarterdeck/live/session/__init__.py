"""One bash through one demo."""
