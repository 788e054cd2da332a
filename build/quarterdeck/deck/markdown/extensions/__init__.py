"""Markdown beyond reveal.js's: attributes in braces, containers, footnotes, definition lists, math, diagrams."""
