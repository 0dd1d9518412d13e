"""The rules that judge a campaign as a whole; those on one table live in the room that owns the table."""

from . import consistency, proposal

__all__ = ["consistency", "proposal"]
