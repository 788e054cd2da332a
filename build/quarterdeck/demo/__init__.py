"""Demos, their steps and options, and their recordings: the values that all other rooms share."""
