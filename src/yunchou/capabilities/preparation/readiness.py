"""The readiness check 准备就绪检查 (PRE-13): checks that rooms register, and what they come to.

@ready_check("safety_plan", _("Safety plan"), order=60, clause="003 三(四)")
def safety_plan(subject: Subject, event: Event) -> list[Item]:
    return [] if nothing_is_needed else [Item(Light.RED, say(_("…")), url=…, who=…, due_on=…, key="plan")]

A check that answers with nothing has nothing to look at: that is red where the kind of event requires it (`Event.required`),
amber where it is usual, and not listed otherwise. Rooms above name their checks in `Event.required` themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeAlias

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from .events import Event, event
from .models import GoAhead
from .rules import Readiness, nothing_red_at_the_start


class Light(StrEnum):
    """What an item says; the values are the levels by which pages draw it."""

    RED = "act"
    AMBER = "watch"
    GREEN = "fine"


LIGHTS = {
    Light.RED: pgettext_lazy("readiness", "No-go"),
    Light.AMBER: pgettext_lazy("readiness", "Attention"),
    Light.GREEN: pgettext_lazy("readiness", "Ready"),
}
ORDER = (Light.RED, Light.AMBER, Light.GREEN)


@dataclass(frozen=True)
class Item:
    """One thing that was looked at: why it has its light, where it is mended, by whom and until when.

    `key` tells it from others of the same check, so that a word to go ahead holds for this one alone.
    """

    light: Light
    text: Say
    url: str = ""
    who: User | str | None = None
    due_on: date | None = None
    key: str = ""


Judge: TypeAlias = Callable[[Subject, Event], Sequence[Item]]


@dataclass(frozen=True)
class ReadyCheck:
    """A registered check; `page` is the address of its part of the page by subject, for what is not entered yet."""

    key: str
    label: str | Promise
    order: int
    clause: str
    judge: Judge
    page: Callable[[Subject], str] | None = None
    kinds: frozenset[str] = frozenset()


checks: Registry[ReadyCheck] = Registry("readiness check")


def ready_check(
    key: str,
    label: str | Promise,
    *,
    order: int,
    clause: str = "003 二(三)",
    page: Callable[[Subject], str] | None = None,
    kinds: frozenset[str] = frozenset(),
) -> Callable[[Judge], Judge]:
    """Register a check; usable from any room above. `kinds` are the kinds of subjects it looks at (empty: all)."""

    def register(judge: Judge) -> Judge:
        checks.add(key, ReadyCheck(key, label, order, clause, judge, page, kinds))
        return judge

    return register


MISSING: Final = "missing"
"""The key of what is said where nothing is entered."""


@dataclass(frozen=True)
class Line:
    """A check with what it found, worst first."""

    check: ReadyCheck
    items: tuple[Item, ...]

    @property
    def light(self) -> Light:
        """The worst of its items."""
        return next((light for light in ORDER if any(i.light == light for i in self.items)), Light.GREEN)

    @property
    def word(self) -> str:
        """The light in a word."""
        return str(LIGHTS[self.light])

    @property
    def done(self) -> int:
        return sum(item.light == Light.GREEN for item in self.items)

    @property
    def is_empty(self) -> bool:
        """Nothing is entered that could be counted."""
        return [item.key for item in self.items] == [MISSING]

    @property
    def open_items(self) -> list[Item]:
        """What is not in order."""
        return [item for item in self.items if item.light != Light.GREEN]


@dataclass(frozen=True)
class Board:
    """The whole check of an activity: its lines, the verdict of R-PRE-03, and the word that was given, if it still holds."""

    lines: tuple[Line, ...]
    verdict: Verdict
    go_ahead: GoAhead | None
    lapsed: GoAhead | None

    @property
    def reds(self) -> list[tuple[Line, Item]]:
        return [(line, item) for line in self.lines for item in line.items if item.light == Light.RED]

    @property
    def ambers(self) -> int:
        return sum(item.light == Light.AMBER for line in self.lines for item in line.items)

    @property
    def is_go(self) -> bool:
        return self.verdict.passed

    @property
    def light(self) -> Light:
        """Red while it is a no-go, amber where it goes in spite of something."""
        if not self.is_go:
            return Light.RED
        return Light.AMBER if self.reds or self.ambers else Light.GREEN


def red_key(line: Line, item: Item) -> str:
    """By which a word to go ahead knows what was red."""
    return f"{line.check.key}:{item.key or item.text.msgid}"


def board_of(subject: Subject) -> Board:
    """What the registered checks say of an activity now."""
    facts = event(subject)
    lines = tuple(
        line
        for check in sorted(checks, key=lambda one: (one.order, one.key))
        if (not check.kinds or subject.kind in check.kinds) and (line := _line(check, subject, facts)).items
    )
    reds = {
        red_key(line, item): _named(line, item)
        for line in lines
        for item in line.items
        if item.light == Light.RED
    }
    given = GoAhead.objects.filter(subject=subject).select_related("given_by").first() if reds else None
    holds = given is not None and reds.keys() <= set(given.reds)
    excused = say("{reason}", reason=given.reason) if given and holds else None
    page = reverse("preparation:board", args=[subject.pk])
    [verdict] = evaluate([nothing_red_at_the_start], Readiness(tuple(reds.values()), excused, page))
    return Board(lines, verdict, given if holds else None, None if holds else given)


def _named(line: Line, item: Item) -> Say:
    """A red item as the verdict names it."""
    return say(_("{check}: {reason}"), check=str(line.check.label), reason=item.text)


def _line(check: ReadyCheck, subject: Subject, facts: Event) -> Line:
    items = sorted(check.judge(subject, facts), key=lambda item: ORDER.index(item.light))
    if not items and check.key in facts.required | facts.usual:
        light = Light.RED if check.key in facts.required else Light.AMBER
        url = check.page(subject) if check.page else ""
        items = [
            Item(light, say(_("Nothing is entered yet.")), url, facts.lead, facts.starts_on, key=MISSING)
        ]
    return Line(check, tuple(items))


def refusal_to_begin(subject: Subject) -> Verdict | None:
    """The verdict that keeps an activity from being carried out, or None."""
    verdict = board_of(subject).verdict
    return None if verdict.passed else verdict
