"""Screens, polls, draws: every change of this room."""
