"""Incremental builds: what makes the second build fast. Nothing else knows of it."""
