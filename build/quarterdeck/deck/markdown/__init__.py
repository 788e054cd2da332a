"""Raw slides to HTML."""
