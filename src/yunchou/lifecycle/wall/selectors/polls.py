"""Polls as the page, the wall and guests see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count
from django.urls import reverse

from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Guest

from ..models import Ballot, Poll, PollKind
from ..parts import Bar


@dataclass(frozen=True)
class Result:
    """A poll with its answers: how many answered, `in_hall` of them as devices in the hall, and each choice with its share."""

    poll: Poll
    people: int
    bars: list[Bar]
    in_hall: int = 0

    @property
    def hall_url(self) -> str:
        """Where the code on the wall leads, while it works."""
        return hall_url(self.poll)

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
    devices: dict[int, int] = {}
    counted = Ballot.objects.filter(poll__in=[poll.pk for poll in found]).order_by()
    rows = counted.values_list("poll", "mask").annotate(n=Count("pk"), by_guests=Count("guest"))
    for pk, mask, number, guests in rows:
        masks.setdefault(pk, []).append((mask, number))
        devices[pk] = devices.get(pk, 0) + number - guests
    return [_result(poll, masks.get(poll.pk, []), devices.get(poll.pk, 0)) for poll in found]


def _result(poll: Poll, masks: list[tuple[int, int]], in_hall: int) -> Result:
    people = sum(number for _mask, number in masks)
    bars = []
    for n, label in enumerate(poll.choices):
        count = sum(number for mask, number in masks if mask >> n & 1)
        bars.append(Bar(label, count, round(count / people * 100) if people else 0))
    return Result(poll, people, bars, in_hall)


def chosen_by(poll: Poll, guest: Guest) -> set[int]:
    """What a guest answered, by the numbers of the choices."""
    return _numbers(Ballot.objects.filter(poll=poll, guest=guest).values_list("mask", flat=True).first() or 0)


def chosen_in_hall(poll: Poll, digest: str) -> set[int]:
    """What a device in the hall answered."""
    return _numbers(
        Ballot.objects.filter(poll=poll, device=digest).values_list("mask", flat=True).first() or 0
    )


def _numbers(mask: int) -> set[int]:
    return {n for n in range(mask.bit_length()) if mask >> n & 1}


def poll_by_code(code: str) -> Poll | None:
    """The poll whose code stands on the wall, or stood there: `takes_hall_at` says whether it works; one statement."""
    if not code:
        return None
    return Poll.objects.filter(hall_code=code.lower()).select_related("subject__unit").first()


def hall_url(poll: Poll) -> str:
    """Where the code on the wall leads, empty where it works no longer."""
    if not poll.takes_hall_at(clock.now()):
        return ""
    return f"{settings.BASE_URL}{reverse('wall:poll_hall', args=[poll.hall_code])}"
