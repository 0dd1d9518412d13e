"""Pages of guests and of the door."""
