"""Decks and their slides to pages."""
