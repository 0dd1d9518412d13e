"""Checks of the project as a whole; what concerns one app is tested beside it."""
