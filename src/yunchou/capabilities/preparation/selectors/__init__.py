"""Reads of preparations, venues, stock and research."""
