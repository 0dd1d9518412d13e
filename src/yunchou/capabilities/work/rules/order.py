"""The rules on durations and on what comes first, pure functions over rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, WARN, Fix, Place, Verdict, failed

from ..matching import Reference, code_of, reference_of
from ..schedule import Kind, Link
from ..tables import SCHEDULE, NamedLink, TaskRow
from .facts import Repeated, UnknownName, WorkFacts

SHOWN_CANDIDATES = 3


@rule(
    "R-SCH-01",
    clause="004 三(二)",
    severity=WARN,
    params={"counts_end_day": False},
    title=_("Durations are computed"),
    sentence=_("A duration is the end minus the start in days; the end day counts: {counts_end_day}."),
    bounds={
        "counts_end_day": Bound(_("End day counts"), choices={"yes": _("yes"), "no": _("no")}),
    },
)
def durations_are_computed(facts: WorkFacts, p: Params) -> Iterator[Verdict]:
    """A duration is the end minus the start in days; the end day is not counted unless the parameter says so."""
    stated = [
        (n, task, task.days, days)
        for n, task in enumerate(facts.tasks)
        if task.days is not None
        and (days := task.computed_days(facts.axis, counts_end_day=p.counts_end_day)) is not None
    ]
    for n, _task, given, computed in stated:
        if given != computed:
            yield failed(
                say(
                    _("{task} is said to last {given} days, its dates make {computed}."),
                    task=facts.called(n),
                    given=given,
                    computed=computed,
                ),
                at=Place(SCHEDULE.key, n, "days"),
                stored=str(given),
                computed=str(computed),
                fix=Fix(
                    say(_("Set the duration to {computed} days."), computed=computed),
                    {Place(SCHEDULE.key, n, "days"): f"{computed}天"},
                ),
            )
    same_day = [link for link in facts.likely_links if _meets(facts, link)]
    if (
        stated
        and same_day
        and not p.counts_end_day
        and all(given == computed for *_, given, computed in stated)
    ):
        yield _convention(facts, [(n, given) for n, _task, given, _computed in stated], same_day)


def _meets(facts: WorkFacts, link: NamedLink) -> bool:
    """Does the task begin on the very day its predecessor ends?"""
    if not link.is_plain:
        return False
    end = facts.tasks[link.predecessor].end_on
    return end is not None and end == facts.tasks[link.task].start_on


def _convention(facts: WorkFacts, stated: list[tuple[int, int]], same_day: list[NamedLink]) -> Verdict:
    """C6: only this convention allows a task to begin on the day its predecessor ends; worth saying once."""
    short = ", ".join(str(days) for _n, days in stated)
    full = ", ".join(str(days + 1) for _n, days in stated)
    starts = sorted({link.task for link in same_day})
    return failed(
        say(
            _(
                "Durations leave out the end day ({short}; counting it {full}). {tasks} begin on the day "
                "a predecessor ends."
            ),
            short=short,
            full=full,
            tasks="、".join(code_of(n) for n in starts),
        ),
        at=[*(Place(SCHEDULE.key, n, "days") for n, _days in stated)],
        stored=short,
        computed=full,
        severity=REMIND,
        comment="C6",
        same_day=len(starts),
    )


@rule(
    "R-SCH-02",
    clause="004 三(二)",
    severity=BLOCK,
    params={"lag": 0},
    title=_("Predecessors come first"),
    sentence=_(
        "A task begins at the earliest {lag} days after its predecessor ends, unless the link says "
        "otherwise; predecessors exist and never wait for their successors."
    ),
    bounds={
        "lag": Bound(_("Days between"), unit=_("days"), at_least=0, at_most=60),
    },
)
def predecessors_come_first(facts: WorkFacts, p: Params) -> Iterator[Verdict]:
    """A predecessor is one of the tasks, ends before its successor begins (the same day is allowed), and never waits for it.

    A link may hold other ends, and ask for days between them: `T3 SS+2`.
    """
    for each in facts.unknown:
        yield _unknown(facts, each)
    for again in facts.repeated:
        yield _repeated(facts, again)
    for loop in facts.schedule.loops:
        yield _loop(facts, loop)
    for link in facts.schedule.conflicts(p.lag):
        yield _too_early(facts, link, p.lag)


def _unknown(facts: WorkFacts, each: UnknownName) -> Verdict:
    """C7: a name that is no task's. The likeliest task is proposed and never taken without a person's word."""
    task = facts.tasks[each.task]
    place = Place(SCHEDULE.key, each.task, "predecessors")
    shown = each.candidates[:SHOWN_CANDIDATES]
    names = "、".join(facts.called(n) for n in shown)
    fix = None
    if shown:
        best = str(Reference(facts.tasks[shown[0]].name, *reference_of(each.given)[1:]))
        changed = tuple(best if name == each.given else name for name in task.predecessors)
        words = say(_("Choose {best}."), best=facts.called(shown[0]))
        if len(shown) > 1:
            words = say(
                _("Choose {best}; also possible: {rest}."),
                best=facts.called(shown[0]),
                rest=_rest(facts, shown),
            )
        fix = Fix(words, {place: "、".join(changed)})
    return failed(
        say(
            _("“{name}”, the predecessor of {task}, is the name of no task."),
            name=reference_of(each.given).name,
            task=facts.called(each.task),
        ),
        at=place,
        stored=each.given,
        computed=names,
        fix=fix,
        comment="C7",
        task=each.task,
        predecessor=shown[0] if shown else None,
        given=each.given,
    )


def _rest(facts: WorkFacts, shown: Sequence[int]) -> str:
    return "、".join(facts.called(n) for n in shown[1:])


def _repeated(facts: WorkFacts, again: Repeated) -> Verdict:
    task = facts.tasks[again.task]
    place = Place(SCHEDULE.key, again.task, "predecessors")
    return failed(
        say(
            _("{task} names {predecessor} twice as predecessor; “{given}” does not count."),
            task=facts.called(again.task),
            predecessor=facts.called(again.predecessor),
            given=again.given,
        ),
        at=place,
        severity=WARN,
        fix=Fix(
            say(_("Take “{given}” away."), given=again.given),
            {place: "、".join(name for name in task.predecessors if name != again.given)},
        ),
    )


def _loop(facts: WorkFacts, loop: Sequence[int]) -> Verdict:
    return failed(
        say(_("{tasks} wait for each other."), tasks="、".join(facts.called(n) for n in loop))
        if len(loop) > 1
        else say(_("{task} waits for itself."), task=facts.called(loop[0])),
        at=[Place(SCHEDULE.key, n, "predecessors") for n in loop],
        fix=Fix(say(_("Take one of these predecessors away."))),
        tasks=len(loop),
    )


TOO_EARLY = {
    (Kind.FINISH_START, False): _(
        "{task} begins on {start}, before its predecessor {predecessor} ends on {end}; days too early: {days}."
    ),
    (Kind.FINISH_START, True): _(
        "{task} begins on {start}; its predecessor {predecessor} ends on {end}, and {lag} days are asked for "
        "between them; days too early: {days}."
    ),
    (Kind.START_START, False): _(
        "{task} begins on {start}, before its predecessor {predecessor} begins on {end}; days too early: {days}."
    ),
    (Kind.START_START, True): _(
        "{task} begins on {start}; its predecessor {predecessor} begins on {end}, and {lag} days are asked for "
        "between them; days too early: {days}."
    ),
    (Kind.FINISH_FINISH, False): _(
        "{task} ends on {start}, before its predecessor {predecessor} ends on {end}; days too early: {days}."
    ),
    (Kind.FINISH_FINISH, True): _(
        "{task} ends on {start}; its predecessor {predecessor} ends on {end}, and {lag} days are asked for "
        "between them; days too early: {days}."
    ),
    (Kind.START_FINISH, False): _(
        "{task} ends on {start}, before its predecessor {predecessor} begins on {end}; days too early: {days}."
    ),
    (Kind.START_FINISH, True): _(
        "{task} ends on {start}; its predecessor {predecessor} begins on {end}, and {lag} days are asked for "
        "between them; days too early: {days}."
    ),
}
"""What is said of each kind of link, without days between and with them."""


def _too_early(facts: WorkFacts, link: Link, lag: int) -> Verdict:
    first, second = facts.tasks[link.predecessor], facts.tasks[link.task]
    holding, held = ("end_on" if at_end else "start_on" for at_end in (link.kind.from_end, link.kind.to_end))
    on, until = getattr(second, held), getattr(first, holding)
    assert on is not None
    assert until is not None
    apart = link.lag or (lag if link.kind is Kind.FINISH_START else 0)
    days = facts.schedule.overlap(link, lag)
    earliest = facts.schedule.later(on, days, is_end=link.kind.to_end)
    moved = (earliest - on).days
    return failed(
        say(
            TOO_EARLY[link.kind, bool(apart)],
            task=facts.called(link.task),
            start=f"{on:%m-%d}",
            days=days,
            predecessor=facts.called(link.predecessor),
            end=f"{until:%m-%d}",
            lag=f"{apart:+d}",
        ),
        at=[Place(SCHEDULE.key, link.task, held), Place(SCHEDULE.key, link.predecessor, holding)],
        fix=Fix(
            say(
                _("End on {day} at the earliest.")
                if link.kind.to_end
                else _("Begin on {day} at the earliest."),
                day=f"{earliest:%m-%d}",
            ),
            _moved(link.task, second, moved),
        ),
        days=days,
        task=link.task,
        predecessor=link.predecessor,
    )


def _moved(n: int, task: TaskRow, days: int) -> dict[Place, str]:
    """Both dates of a task, `days` later."""
    dates = {"start_on": task.start_on, "end_on": task.end_on}
    return {
        Place(SCHEDULE.key, n, column): date.fromordinal(day.toordinal() + days).isoformat()
        for column, day in dates.items()
        if day
    }
