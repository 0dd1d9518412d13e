"""Polls as the page, the wall and guests see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest

from ..models import Ballot, Poll, PollKind
from ..parts import Bar


@dataclass(frozen=True)
class Result:
    """A poll with its answers: how many guests answered, and each choice with its share of them."""

    poll: Poll
    people: int
    bars: list[Bar]

    @property
    def mean(self) -> str:
        """The mean mark of a rating; empty where there is none."""
        marks = (
            sum(int(bar.label) * bar.count for bar in self.bars) if self.poll.kind == PollKind.RATING else 0
        )
        return f"{marks / self.people:.1f}" if marks else ""


def polls_of(subject: Subject) -> list[Result]:
    """All polls of an event, two statements."""
    return results_of(Poll.objects.filter(subject=subject).order_by("pk"))


def results_of(polls: Iterable[Poll]) -> list[Result]:
    """These polls with their answers; one statement for all."""
    found = list(polls)
    masks: dict[int, list[tuple[int, int]]] = {}
    counted = Ballot.objects.filter(poll__in=[poll.pk for poll in found]).order_by()
    for pk, mask, number in counted.values_list("poll", "mask").annotate(n=Count("pk")):
        masks.setdefault(pk, []).append((mask, number))
    return [_result(poll, masks.get(poll.pk, [])) for poll in found]


def _result(poll: Poll, masks: list[tuple[int, int]]) -> Result:
    people = sum(number for _mask, number in masks)
    bars = []
    for n, label in enumerate(poll.choices):
        count = sum(number for mask, number in masks if mask >> n & 1)
        bars.append(Bar(label, count, round(count / people * 100) if people else 0))
    return Result(poll, people, bars)


def chosen_by(poll: Poll, guest: Guest) -> set[int]:
    """What a guest answered, by the numbers of the choices."""
    mask = Ballot.objects.filter(poll=poll, guest=guest).values_list("mask", flat=True).first() or 0
    return {n for n in range(mask.bit_length()) if mask >> n & 1}
