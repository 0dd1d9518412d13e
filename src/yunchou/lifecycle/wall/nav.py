"""The tab 大屏: below the guests of an event, elsewhere below the figures; and the button on the overview of every campaign."""

from django.utils.translation import pgettext_lazy

from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import tab
from yunchou.lifecycle.campaigns.header import head_link
from yunchou.lifecycle.campaigns.permissions import Perm as CampaignPerm
from yunchou.lifecycle.events.kinds import CAMPAIGN, has_guests
from yunchou.lifecycle.events.permissions import Perm

CAMPAIGNS = frozenset({CAMPAIGN})


def has_no_guests(subject: Subject) -> bool:
    """Whether the wall shows goals and not arrivals."""
    return not has_guests(subject)


WALL = pgettext_lazy("tab", "Live wall")

tab(
    "wall", WALL, order=59, url_name="wall:board", perm=Perm.VIEW,
    subject_kinds=CAMPAIGNS, shown_for=has_guests, under="guests",
)  # fmt: skip
tab(
    "wall_plain", WALL, order=79, url_name="wall:board", perm=CampaignPerm.VIEW,
    subject_kinds=CAMPAIGNS, shown_for=has_no_guests, under="data",
)  # fmt: skip
head_link("wall", WALL, icon="device-tv", url_name="wall:office_wall")
