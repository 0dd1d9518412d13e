"""Reads of creative plans."""
