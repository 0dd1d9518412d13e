"""What a customer-targeted campaign does for customers: gifts, a discount for members, an occasion of theirs (TYP-03).

Rooms above say what they have ready, once, where they declare their hooks:

    @gifts_from
    def gifts_of(subject: Subject) -> Ready: ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.capabilities.preparation.models import Supply
from yunchou.capabilities.preparation.models.rows import SupplyKind
from yunchou.capabilities.promotions.models import CouponSeries, SeriesKind
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.formats import short_date

from .models import Audience, Campaign, Kind, SceneKind


@dataclass(frozen=True)
class Ready:
    """What is planned of a piece, by name, and where it is planned."""

    names: tuple[str, ...]
    address: str


@dataclass(frozen=True)
class Piece:
    """A piece of what is done for customers."""

    label: str
    names: tuple[str, ...]
    address: str


Source: TypeAlias = Callable[[Subject], Ready]
_gifts: Registry[Source] = Registry("gifts of activities")


def gifts_from(source: Source) -> Source:
    """Let a room tell which gifts an activity gives."""
    return _gifts.add(f"{source.__module__}.{source.__qualname__}", source)


def is_for_customers(campaign: Campaign) -> bool:
    """Whether it is targeted at existing customers."""
    return campaign.kind == Kind.TARGETED and campaign.audience == Audience.CUSTOMER


def caring_of(campaign: Campaign) -> list[Piece]:
    """Gifts, member discounts and the occasion of a customer-targeted campaign; nothing for others."""
    if not is_for_customers(campaign):
        return []
    subject = campaign.subject
    told = [source(subject) for source in _gifts]
    supplies = Supply.objects.filter(subject=subject, kind=SupplyKind.GIFT).values_list("name", flat=True)
    gifts = dict.fromkeys([*(name for one in told for name in one.names), *supplies])
    address = next((one.address for one in told), reverse("preparation:board", args=[subject.pk]))
    series = CouponSeries.objects.filter(subject=subject, kind=SeriesKind.MEMBER, closed_at=None)
    occasion: tuple[str, ...] = ()
    if campaign.scene_kind == SceneKind.OCCASION and campaign.scene_on:
        occasion = (f"{campaign.scene} {short_date(campaign.scene_on)}",)
    return [
        Piece(_("Gifts"), tuple(gifts), address),
        Piece(
            _("Member discount"),
            tuple(series.values_list("title", flat=True)),
            reverse("promotions:board", args=[subject.pk]),
        ),
        Piece(
            pgettext("caring", "Occasion"), occasion, reverse("campaigns:proposal_detail", args=[subject.pk])
        ),
    ]
