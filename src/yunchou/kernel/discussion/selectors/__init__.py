"""Reading what is said, announced and decided; callers ask first who may see the subject."""

from .comments import Line, comments_at, counts_of, may_answer, people_who_see, stamp_of, suggestions
from .notes import announcements_of, decisions_of, quote, reminders_of, unread_of

__all__ = [
    "Line", "announcements_of", "comments_at", "counts_of", "decisions_of", "may_answer", "people_who_see", "quote",
    "reminders_of", "stamp_of", "suggestions", "unread_of",
]  # fmt: skip
