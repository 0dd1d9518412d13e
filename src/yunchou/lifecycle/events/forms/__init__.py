"""Forms of guest lists, sessions and doors."""
