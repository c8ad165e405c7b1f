"""One numbered migration a file; a published one is never changed."""
