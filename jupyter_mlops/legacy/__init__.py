"""An old notebook → a tagged notebook, a lock, and a proof of what is equal to its outputs."""
