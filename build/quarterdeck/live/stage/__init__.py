"""Stages: the container stage and the host stage."""
