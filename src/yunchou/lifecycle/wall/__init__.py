"""What everybody in the room sees: the live wall, polls, prize draws."""
