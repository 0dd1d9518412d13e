"""Every write of the talk."""

from .announcements import announce, ask_again, read_announcement, retract
from .comments import comment, edit_comment, remove_comment
from .decisions import record_decision
from .files import replace_file, share_file
from .reminders import finish_reminder, remind

__all__ = [
    "announce", "ask_again", "comment", "edit_comment", "finish_reminder", "read_announcement", "record_decision",
    "remind", "remove_comment", "replace_file", "retract", "share_file",
]  # fmt: skip
