"""The nouns of the house as frozen dataclasses: no I/O, no clock, standard library only."""
