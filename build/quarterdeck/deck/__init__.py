"""Markdown in, HTML out: slide sources become decks. Runs nothing, and needs no engine."""
