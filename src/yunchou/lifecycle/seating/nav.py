"""The seats of customer events, as a page below their guests."""

from django.utils.translation import pgettext_lazy

from yunchou.kernel.ui.subject_pages import tab
from yunchou.lifecycle.events.kinds import CAMPAIGN, has_guests
from yunchou.lifecycle.events.permissions import Perm

tab(
    "seating",
    pgettext_lazy("tab", "Seating"),
    order=57,
    url_name="seating:plan_detail",
    perm=Perm.VIEW,
    subject_kinds=frozenset({CAMPAIGN}),
    shown_for=has_guests,
    under="guests",
)
