"""What the journal tells of segments and target lists. Nobody's name stands in it, only how many."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

SEGMENT_ADDED = kind("audiences.segment_added", _("defined the segment {segment}"), icon="users-group")
SEGMENT_CHANGED = kind(
    "audiences.segment_changed", _("changed the segment {segment}"), icon="pencil", edits=True
)
SEGMENT_RETIRED = kind("audiences.segment_retired", _("retired the segment {segment}"), icon="archive")
LIST_ADDED = kind("audiences.list_added", _("began the target list {list}"), icon="target")
LIST_CHANGED = kind("audiences.list_changed", _("changed the target list {list}"), icon="pencil", edits=True)
LIST_DROPPED = kind("audiences.list_dropped", _("dropped the target list {list}"), icon="trash")
LIST_FROZEN = kind(
    "audiences.list_frozen", _("froze the target list {list} with {count} customers"), icon="snowflake"
)
LIST_EXTENDED = kind(
    "audiences.list_extended",
    _("took {added} customers into the target list {list} and {removed} out of it"),
    icon="refresh",
)
