"""The tabs 流程 and 现场 of customer events, beside their guests."""

from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import tab
from yunchou.lifecycle.events.kinds import CAMPAIGN, has_guests
from yunchou.lifecycle.events.permissions import Perm

from .models import RunSheetItem


def _items(subject: Subject) -> int | None:
    return RunSheetItem.objects.filter(subject=subject).count() or None


tab(
    "run_sheet",
    pgettext_lazy("tab", "Run sheet"),
    order=58,
    url_name="programme:run_sheet",
    perm=Perm.VIEW,
    subject_kinds=frozenset({CAMPAIGN}),
    shown_for=has_guests,
    count=_items,
    under="guests",
)
tab(
    "day",
    pgettext_lazy("tab", "On site"),
    order=59,
    url_name="programme:day",
    perm=Perm.VIEW,
    subject_kinds=frozenset({CAMPAIGN}),
    shown_for=has_guests,
    under="guests",
)
