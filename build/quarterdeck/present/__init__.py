"""One presenter, one demo at a time: what is performed, how and when. Knows no terminal and no browser."""
