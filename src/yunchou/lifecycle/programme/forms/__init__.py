"""Forms of the day."""
