"""Writes of the care of guests."""
