"""`quarterdeck rehearse`: a performance in the presenter's terminal."""
