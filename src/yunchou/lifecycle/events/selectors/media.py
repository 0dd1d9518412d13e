"""What media published about an activity, and who of them is among its guests (TYP-06)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from yunchou.capabilities.operations.models import Tone
from yunchou.directory.customers.models import Customer, Identity
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Guest, MediaReport

ALLIED = (Identity.MEDIA, Identity.PARTNER)


def media_contacts(subject: Subject, user: User) -> QuerySet[Customer]:
    """The media and partners on the guest list whom the person sees."""
    guests = Guest.objects.live().filter(subject=subject, customer__isnull=False).values("customer")
    seen = Customer.objects.visible_to(user).living().filter(pk__in=guests)
    return seen.filter(identities__identity__in=ALLIED).distinct().order_by("pinyin", "pk")


@dataclass(frozen=True)
class Publicity:
    """The brand publicity that an activity obtained: its reports and what they come to."""

    reports: tuple[MediaReport, ...] = ()

    @property
    def reach(self) -> int:
        return sum(one.reach or 0 for one in self.reports)

    @property
    def media(self) -> int:
        """How many different media."""
        return len({one.medium for one in self.reports})

    @property
    def tones(self) -> list[tuple[str, int]]:
        """How many in which tone, in words."""
        return [
            (str(tone.label), count)
            for tone in Tone
            if (count := sum(one.tone == tone for one in self.reports))
        ]


def publicity_of(subject: Subject) -> Publicity:
    """What counts; one query."""
    found = MediaReport.objects.filter(subject=subject, taken_back_at=None)
    return Publicity(tuple(found.select_related("contact", "clipping__file", "entered_by")))
