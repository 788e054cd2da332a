"""Builds reveal.js decks from Markdown and from what demos really printed."""

__version__ = "0.1.0"
