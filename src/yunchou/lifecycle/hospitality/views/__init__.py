"""Pages of the care of guests."""
