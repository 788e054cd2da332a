"""Bash as a grammar sees it: text to commands, their options and their programs. Pure."""
