"""Markdown extensions beyond reveal.js: attributes in braces, containers, footnotes, definition lists, math."""
