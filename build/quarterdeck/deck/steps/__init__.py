"""Markers to figures: captions, commands and recorded output."""
