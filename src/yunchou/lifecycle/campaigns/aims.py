"""The register of purposes and of points of the customer life cycle, and the scenes that a campaign may be tied to (GOA-01)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.urls import reverse

from yunchou.kernel.core.reading import read_once
from yunchou.kernel.identity.models import User
from yunchou.lifecycle.planning.occasions.rules import Happening
from yunchou.lifecycle.planning.occasions.selectors import happenings

from .aim_models import EVENT_PURPOSES, STANDARD, Aim
from .categories import Category, categories
from .models import Campaign, SceneKind

NEAR: Final = timedelta(days=45)
"""How far before and after a campaign occasions are offered as its scene."""


@dataclass(frozen=True)
class Entry:
    """One line of the register; `used_by` campaigns that the reader sees name it."""

    sort: str
    name: str
    meaning: str
    is_used: bool
    is_standard: bool
    is_for_events: bool = False
    used_by: int = 0


def register_of(sort: str, used: Counter[str] | None = None) -> list[Entry]:
    """The entries of one sort: standard ones first, as the company words them, then its own."""
    kept = {aim.name: aim for aim in Aim.objects.filter(sort=sort)}
    used = used or Counter()
    found = []
    for name, meaning in STANDARD[sort].items():
        own = kept.pop(name, None)
        words = own.meaning if own and own.meaning else str(meaning)
        is_used, is_for_events = own is None or own.is_used, name in EVENT_PURPOSES
        found.append(Entry(sort, name, words, is_used, True, is_for_events, used[name]))
    found += [
        Entry(sort, aim.name, aim.meaning, aim.is_used, False, aim.is_for_events, used[aim.name])
        for aim in kept.values()
    ]
    return found


@read_once
def own_event_purposes() -> frozenset[str]:
    """What customer events may be for besides the standard purposes; campaigns that name one no longer offered keep it."""
    found = Aim.objects.filter(sort=Aim.Sort.PURPOSE, is_for_events=True)
    return frozenset(found.values_list("name", flat=True))


def offered(sort: str) -> list[Entry]:
    """Those that campaigns may choose."""
    return [entry for entry in register_of(sort) if entry.is_used]


@dataclass(frozen=True)
class Register:
    """Both sorts and the audience categories with how often campaigns name them, and what campaigns name that is in none."""

    purposes: list[Entry]
    stages: list[Entry]
    unknown: list[tuple[str, int]]
    audiences: list[tuple[Category, int]]


def register_for(user: User) -> Register:
    """The register as a person sees it, counted over the campaigns that the person sees; four queries."""
    names = ("purposes", "scene_kind", "scene_key", "audience")
    told = Campaign.objects.visible_to(user).order_by().values_list(*names)
    purposes: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    audiences: Counter[str] = Counter()
    for served, kind, key, audience in told.iterator():
        purposes.update(served)
        audiences[audience] += 1
        if kind == SceneKind.STAGE:
            stages[key] += 1
    known = register_of(Aim.Sort.PURPOSE, purposes)
    there = {entry.name for entry in known}
    unknown = [(name, count) for name, count in purposes.most_common() if name not in there]
    addressed = [(one, audiences[key]) for key, one in categories().items()]
    return Register(known, register_of(Aim.Sort.STAGE, stages), unknown, addressed)


@dataclass(frozen=True)
class Scene:
    """A scene to choose: `value` is how a form sends it, `words` what the campaign then says."""

    kind: str
    key: str
    on: date | None
    words: str

    @property
    def value(self) -> str:
        return f"{self.kind}:{self.key}" + (f"@{self.on.isoformat()}" if self.on else "")


def stages_offered() -> list[Scene]:
    return [Scene(SceneKind.STAGE, entry.name, None, entry.name) for entry in offered(Aim.Sort.STAGE)]


def occasions_around(user: User, campaign: Campaign) -> list[Scene]:
    """The occasions on the days of a campaign and shortly before and after it; none where it has no dates."""
    first, last = campaign.start_on, campaign.end_on or campaign.start_on
    if first is None or last is None:
        return []
    found = happenings(user, first - NEAR, last + NEAR)
    return [_scene(one) for one in found]


def _scene(one: Happening) -> Scene:
    return Scene(SceneKind.OCCASION, one.key, one.on, one.name)


def occasion_url(on: date) -> str:
    """The month of an occasion in the calendar."""
    return f"{reverse('planning:occasion_calendar')}?month={on:%Y-%m}"
