"""Files that pages refer to."""
