"""Slide sources to raw slides: code fences, markers, separators, notes."""
