"""The nouns of the house as frozen dataclasses: no I/O, no clock, nothing but the standard library."""
