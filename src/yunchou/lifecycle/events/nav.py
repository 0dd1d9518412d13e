"""The tab 嘉宾 of customer events."""

from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import tab

from .kinds import CAMPAIGN, has_guests, has_media
from .permissions import Perm
from .selectors.guests import counts_of


def _coming(subject: Subject) -> int | None:
    return counts_of(subject).coming or None


tab(
    "guests",
    pgettext_lazy("tab", "Guests"),
    order=55,
    url_name="events:guest_list",
    perm=Perm.VIEW,
    subject_kinds=frozenset({CAMPAIGN}),
    shown_for=has_guests,
    count=_coming,
)
tab(
    "media",
    pgettext_lazy("tab", "Media reports"),
    order=59,
    url_name="events:media_report_list",
    perm=Perm.VIEW,
    subject_kinds=frozenset({CAMPAIGN}),
    shown_for=has_media,
    under="guests",
)
tab(
    "door",
    pgettext_lazy("tab", "Door"),
    order=56,
    url_name="events:door_board",
    perm=Perm.DOOR,
    subject_kinds=frozenset({CAMPAIGN}),
    shown_for=has_guests,
    under="guests",
)
