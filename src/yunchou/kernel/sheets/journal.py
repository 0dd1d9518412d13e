"""Kinds of journal entries about tables edited on pages. `sheet`, headings and cells are the source's own words."""

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

ROW_ADDED = kind("sheets.row_added", _("added “{row}” to {sheet}"), icon="plus", edits=True)
ROW_CHANGED = kind(
    "sheets.row_changed", _("changed “{row}” in {sheet}: {changes}"), icon="pencil", edits=True
)
ROW_DELETED = kind("sheets.row_deleted", _("deleted “{row}” from {sheet}"), icon="trash", edits=True)
ROW_MOVED = kind(
    "sheets.row_moved", _("moved “{row}” in {sheet} to place {place}"), icon="arrows-sort", edits=True
)
FOOTER_CHANGED = kind(
    "sheets.footer_changed", _("changed the stated totals of {sheet}: {changes}"), icon="pencil", edits=True
)
FIX_APPLIED = kind(
    "sheets.fix_applied",
    _("applied the smallest change of {rule}: {fix} ({changes})"),
    icon="wand",
    edits=True,
)
LIST_TAKEN = kind("sheets.list_taken", _("exported {count} lines of “{title}”"), icon="file-export")
