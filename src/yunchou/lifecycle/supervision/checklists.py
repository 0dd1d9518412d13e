"""What a check of legality and honesty goes through, by kind of activity (SUP-03, 002 1.3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yunchou.lifecycle.campaigns.models import Kind


@dataclass(frozen=True)
class Point:
    """One question, answered yes, no, or does not apply."""

    key: str
    text: str | Promise


COMMON = (
    Point("claims", _("Publicity states nothing untrue or exaggerated; figures and awards can be proved")),
    Point("prices", _("Prices, discounts and offers are real and kept as announced")),
    Point("rules", _("Conditions of taking part, prizes and winners are public and kept")),
    Point("data", _("Personal data are taken with consent and only as needed")),
    Point("rights", _("Pictures, music and texts may be used; partners have agreed in writing")),
    Point("figures", _("Reported numbers of people, leads and costs are true")),
)
BY_KIND: dict[str, tuple[Point, ...]] = {
    Kind.MARKETING: (Point("permit", _("Places and outdoor advertising are permitted")),),
    Kind.CUSTOMER: (
        Point("permit", _("The event is permitted or announced to the authorities where that is due")),
        Point("safety", _("Safety of the people is provided for; insurance is in force")),
    ),
    Kind.HIGH_END: (
        Point("gifts", _("Gifts and invitations stay within what the law and our rules allow")),
        Point("privacy", _("Nothing about invited clients is made public without their consent")),
    ),
    Kind.PR: (
        Point("media", _("Nobody is paid for news or reviews that hide it")),
        Point("facts", _("What is told to the press can be proved")),
    ),
    Kind.PROMOTION: (
        Point("before", _("Former prices that are crossed out were really asked")),
        Point("lots", _("Prizes by lot stay below the limit of the law")),
    ),
    Kind.TARGETED: (Point("contact", _("Only who agreed is contacted, and may refuse at any time")),),
}


def points_for(kind: str) -> tuple[Point, ...]:
    """The checklist of an activity of a kind."""
    return (*COMMON, *BY_KIND.get(kind, ()))
