"""Runs in the future: schedules, their ticks, and the service that begins them."""
