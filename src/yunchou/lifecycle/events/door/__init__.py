"""What a door knows without a network: how a ticket is proved, what is said to whom, how scans become one truth."""
