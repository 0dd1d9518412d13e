"""What the calendar of occasions shows of campaigns: when, for whom and where they are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db.models import Q

from yunchou.kernel.identity.models import User
from yunchou.lifecycle.planning.occasions.registry import Entry, EntryKind, entries_from
from yunchou.lifecycle.planning.occasions.selectors import regions_of

from .categories import name_of
from .models import Campaign, CreativeModule, Status

PLACES: Final = ("地点", "场地")
_BETWEEN = re.compile(r"[、,，;；/\n]+")
NOT_PLANNED: Final = (Status.CANCELLED, Status.ARCHIVED)


@entries_from
def campaigns_between(user: User, first: date, last: date) -> Iterable[Entry]:
    """The campaigns that a person sees and that touch these days; three queries whatever their number."""
    seen = Campaign.objects.visible_to(user).exclude(status__in=NOT_PLANNED)
    within = Q(end_on__gte=first) | Q(end_on=None, start_on__gte=first)
    campaigns = list(seen.filter(within, start_on__lte=last).select_related("subject__unit"))
    places = _places([campaign.pk for campaign in campaigns])
    regions = regions_of(campaign.subject.unit for campaign in campaigns)
    for campaign in campaigns:
        assert campaign.start_on is not None
        company = regions[campaign.subject.unit_id]
        item = campaign.plan_item_ref_id
        yield Entry(
            f"campaign:{campaign.pk}",
            EntryKind.CAMPAIGN,
            campaign.name,
            campaign.get_absolute_url(),
            campaign.start_on,
            campaign.end_on or campaign.start_on,
            region=company.pk,
            unit=company.name,
            audience=audience_of(campaign),
            venues=places.get(campaign.pk, frozenset()),
            carries=f"item:{item}" if item else "",
            status=campaign.status,
            status_label=str(campaign.get_status_display()),
        )


def audience_of(campaign: Campaign) -> frozenset[str]:
    """The words for whom a campaign is: the note people wrote, split, and the category of a targeted one."""
    words = words_of(campaign.audience_note)
    return words | {name_of(campaign.audience)} if campaign.audience else words


def words_of(text: str) -> frozenset[str]:
    """`学生、家长` as its words."""
    return frozenset(part for piece in _BETWEEN.split(text) if (part := piece.strip()))


def _places(ids: list[int]) -> dict[int, frozenset[str]]:
    """Where campaigns are, as the rows on the place in their creative plans say."""
    named = Q()
    for word in PLACES:
        named |= Q(module__contains=word)
    rows = CreativeModule.objects.filter(named, subject__in=ids).values_list("subject", "content")
    found: dict[int, frozenset[str]] = {}
    for pk, content in rows:
        found[pk] = found.get(pk, frozenset()) | words_of(content)
    return found
