"""Reads of guest lists, sessions and doors."""
