"""What pages and prints of the care of guests show."""
