"""A terminal as pure values: bytes that a program sent, and the lines that stand there in the end."""
