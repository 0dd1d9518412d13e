"""Which activities have guests, and until when their list may be changed."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.models import Identity
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.brief import briefs_of, campaign_of
from yunchou.lifecycle.campaigns.categories import belonging_to
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind, Status

CAMPAIGN: Final = "campaign"
WITH_GUESTS: Final = frozenset({Kind.CUSTOMER, Kind.HIGH_END, Kind.PR, Kind.TARGETED})
"""Customer events (TYP-01): somebody is invited to them. A promotion or a marketing campaign addresses everybody."""
OVER: Final[dict[str, Say]] = {
    Status.CANCELLED: say(_("This event has been cancelled.")),
    Status.SUSPENDED: say(_("This event has been put off. We will write to you.")),
    Status.CLOSED: say(_("This event is over.")),
    Status.EVALUATED: say(_("This event is over.")),
    Status.ARCHIVED: say(_("This event is over.")),
}
"""What is said where nobody replies any more."""


def has_guests(subject: Subject) -> bool:
    """Whether an activity is a customer event."""
    if subject.kind != CAMPAIGN:
        return False
    brief = briefs_of([subject.pk]).get(subject.pk)
    return brief is not None and brief.kind in WITH_GUESTS


def has_media(subject: Subject) -> bool:
    """Whether reports of media are entered: of a public relations event, a high-end one, which is evaluated on its publicity
    (EVA-03), and of one that addresses media by its audience."""
    if not has_guests(subject):
        return False
    brief = briefs_of([subject.pk])[subject.pk]
    if brief.kind in (Kind.PR, Kind.HIGH_END) or brief.audience == Audience.MEDIA:
        return True
    wanted = belonging_to(brief.audience)
    return wanted is not None and Identity.MEDIA in wanted.identities


def is_over(subject: Subject) -> Say | None:
    """Why nobody replies any more, if so."""
    brief = briefs_of([subject.pk]).get(subject.pk)
    return OVER.get(brief.status) if brief else None


def day_of(campaign: Campaign) -> date:
    """The day on which guests come: its first, today where it has none yet."""
    return campaign.start_on or clock.today()


def demand_open(subject: Subject) -> Campaign:
    """The campaign of an event whose list may still be changed; raises `WrongState` with the reason otherwise."""
    if reason := is_over(subject):
        raise WrongState(reason)
    return campaign_of(subject.pk)
