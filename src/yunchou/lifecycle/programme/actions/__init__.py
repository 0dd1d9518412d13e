"""Every write of the day."""
