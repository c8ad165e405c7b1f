"""Schedules as a file beside the notebooks: read, compared with what is on record, applied."""
