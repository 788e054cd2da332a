"""Processes: stages, sessions, and what stands on the screen. Only this folder runs what a demo says."""
