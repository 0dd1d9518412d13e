"""The tab 接待 of customer events."""

from django.utils.translation import pgettext_lazy

from yunchou.kernel.ui.subject_pages import tab
from yunchou.lifecycle.events.kinds import CAMPAIGN, has_guests
from yunchou.lifecycle.events.permissions import Perm

tab(
    "hospitality",
    pgettext_lazy("tab", "Hospitality"),
    order=58,
    url_name="hospitality:care_list",
    perm=Perm.VIEW,
    subject_kinds=frozenset({CAMPAIGN}),
    shown_for=has_guests,
    under="guests",
)
