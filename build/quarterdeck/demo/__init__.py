"""Demos, their steps and options, and their recordings: the table that all other rooms sit at."""
