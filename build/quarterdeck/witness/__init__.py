"""Silent failures: each witness looks at one kind of evidence that a step failed despite its exit status."""
