"""Deck files and HTML decks to values."""
