"""Reads of campaigns that several rooms share within a page: one whole, or many in brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from yunchou.kernel.core.reading import read_once

from .models import Campaign


@read_once
def campaign_of(pk: int) -> Campaign:
    """A campaign with its lead, its subject and their unit. Raises `Campaign.DoesNotExist`."""
    found: Campaign = Campaign.objects.select_related("owner", "subject__unit").get(pk=pk)
    return found


class Brief(NamedTuple):
    """What sort of campaign it is, where it stands, and when it takes place."""

    kind: str
    audience: str
    status: str
    start_on: date | None
    end_on: date | None


def briefs_of(campaign_ids: Sequence[int]) -> Mapping[int, Brief]:
    """Each of these campaigns in brief; one query, however many ask within a page."""
    return _briefs(tuple(campaign_ids))


@read_once
def _briefs(campaign_ids: tuple[int, ...]) -> Mapping[int, Brief]:
    found = Campaign.objects.order_by().filter(pk__in=campaign_ids).values_list("pk", *Brief._fields)
    return {pk: Brief(*told) for pk, *told in found}
