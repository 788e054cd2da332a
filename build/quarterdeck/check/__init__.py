"""Judges: values in, values out. Nothing here reads, writes or runs anything."""
