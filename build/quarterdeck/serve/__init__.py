"""Save and see: watches a project's files, builds it at each save, and shows the result in open pages."""
