"""Live slides: the steps of a deck, run on a stage from its open pages."""
