"""Reads of what people say: the share of each tone by day, and what it means for the third monitored point (RPT-04, RPT-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property

from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level, Signal

from .models import Feedback, Tone

WINDOW = timedelta(days=6)
"""The monitored point looks at the last seven days."""
FINE, WATCH = Decimal("0.5"), Decimal("0.3")
"""Positive from this share of all; to be watched from that one. The source states no share."""
UNHEARD = Signal(Level.UNKNOWN, say(_("Nothing noted")))


@dataclass(frozen=True)
class Tones:
    """How many said what in which tone; `day` is None for several days together."""

    counts: dict[str, int] = field(default_factory=dict)
    day: date | None = None
    subject: int = 0
    since: date | None = None
    until: date | None = None

    @property
    def all(self) -> int:
        return sum(self.counts.values())

    def of(self, tone: str) -> int:
        return self.counts.get(tone, 0)

    def share(self, tone: str) -> Decimal:
        """Of all who were heard; 0 where nobody was."""
        return Decimal(self.of(tone)) / self.all if self.all else Decimal(0)

    def percent(self, tone: str) -> str:
        share = (self.share(tone) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return f"{share}%"

    @property
    def rows(self) -> list[tuple[str, str, int, str]]:
        """Each tone with its word, how many, and their share."""
        return [(tone.value, str(tone.label), self.of(tone), self.percent(tone)) for tone in Tone]

    @cached_property
    def worst(self) -> list[Feedback]:
        """Negative opinions of these days, the loudest first."""
        found = Feedback.objects.filter(
            subject=self.subject, tone=Tone.NEGATIVE, day__range=(self.since, self.until)
        )
        return list(found.order_by("-count", "-day", "-pk")[:5])

    @property
    def level(self) -> Level:
        if not self.all:
            return Level.UNKNOWN
        share = self.share(Tone.POSITIVE)
        if share >= FINE:
            return Level.FINE
        return Level.WATCH if share >= WATCH and self.share(Tone.NEGATIVE) < FINE else Level.ACT


def tones_between(subject: Subject, since: date, until: date) -> Tones:
    """What was heard in these days, together; one query."""
    found = Feedback.objects.filter(subject=subject, day__range=(since, until))
    rows = found.order_by().values_list("tone").annotate(voices=Sum("count"))
    return Tones(dict(rows), subject=subject.pk, since=since, until=until)


def tones_by_day(subject: Subject, since: date, until: date) -> list[Tones]:
    """The share of each day on which anybody was heard, the newest first; one query (RPT-06)."""
    found = Feedback.objects.filter(subject=subject, day__range=(since, until))
    days: dict[date, dict[str, int]] = {}
    for day, tone, voices in found.order_by("-day").values_list("day", "tone").annotate(voices=Sum("count")):
        days.setdefault(day, {})[tone] = voices
    return [Tones(counts, day, subject.pk, day, day) for day, counts in days.items()]


def signals(subject_ids: Sequence[int], now: datetime) -> dict[int, Signal]:
    """Whether feedback is positive, over the last seven days; one query (RPT-04)."""
    today = clock.local(now).date()
    found = Feedback.objects.filter(subject__in=list(subject_ids), day__range=(today - WINDOW, today))
    counts: dict[int, dict[str, int]] = {pk: {} for pk in subject_ids}
    for subject, tone, voices in (
        found.order_by().values_list("subject", "tone").annotate(voices=Sum("count"))
    ):
        counts[subject][tone] = voices
    return {pk: _signal(Tones(each)) for pk, each in counts.items()}


def _signal(tones: Tones) -> Signal:
    if not tones.all:
        return UNHEARD
    told = say(_("{share} positive"), share=tones.percent(Tone.POSITIVE))
    part = say(_("{negative} of {all} negative"), negative=tones.of(Tone.NEGATIVE), all=tones.all)
    return Signal(tones.level, told, part=part, fraction=float(tones.share(Tone.POSITIVE)))
