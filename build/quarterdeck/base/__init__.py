"""Errors, files, settings and options: what every other room stands on. No word of the domain."""
