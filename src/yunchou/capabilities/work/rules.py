"""The rules on team and schedule, pure functions over rows. `facts_of` makes their context from any two tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, WARN, Fix, Place, Verdict, failed

from .matching import Names, Reference, candidates, code_of, reference_of
from .schedule import CALENDAR_DAYS, Axis, Kind, Link, Schedule
from .states import State
from .tables import DIVISION, MODULES, SCHEDULE, AssignmentRow, NamedLink, TaskRow, called

SHOWN_CANDIDATES = 3
MOST_COMPARISONS = 40_000
"""So many times a name is compared with a task, so that a table of thousands is judged in seconds."""


@dataclass(frozen=True)
class WorkFacts:
    """The division of work and the schedule of one subject. Positions count from 0.

    `links` are the predecessors that are known for certain: exact names, or names a person has mapped. Without `today`
    nothing is overdue or late; `leads` counts the overall leads, None where the team is not known. `axis` has the days that
    count for this schedule.
    """

    assignments: tuple[AssignmentRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    links: tuple[NamedLink, ...] = ()
    start_on: date | None = None
    end_on: date | None = None
    today: date | None = None
    leads: int | None = None
    axis: Axis = field(default=CALENDAR_DAYS, compare=False)

    @cached_property
    def schedule(self) -> Schedule:
        """The tasks with their certain links."""
        return schedule_of(self.tasks, self.links, self.axis)

    @cached_property
    def unknown(self) -> tuple[UnknownName, ...]:
        """Predecessors that are no task's name, with the tasks that may be meant; in large tables for the first ones."""
        known = {(link.task, link.given) for link in self.links}
        named = tuple(task.named for task in self.tasks)
        places = (
            (n, name)
            for n, task in enumerate(self.tasks)
            for name in task.predecessors
            if (n, name) not in known
        )
        looked_up = max(MOST_COMPARISONS // max(len(named), 1), 1)
        again = {(each.task, each.given) for each in self.repeated}
        return tuple(
            UnknownName(n, name, candidates(name, n, named, self.schedule) if number < looked_up else ())
            for number, (n, name) in enumerate(place for place in places if place not in again)
        )

    @cached_property
    def repeated(self) -> tuple[Repeated, ...]:
        """Predecessors that are written a second time for the same task, `T3、T3 FF+1`: only the first of them counts."""
        known = {(link.task, link.given) for link in self.links}
        held = {(link.task, link.predecessor) for link in self.links}
        names: Names | None = None
        found = []
        for n, task in enumerate(self.tasks):
            for name in task.predecessors if len(task.predecessors) > 1 else ():
                if (n, name) in known:
                    continue
                names = names or Names([each.named for each in self.tasks])
                if (meant := names.found(name)) and (n, meant.position) in held:
                    found.append(Repeated(n, meant.position, name))
        return tuple(found)

    @cached_property
    def likely_links(self) -> tuple[NamedLink, ...]:
        """The certain links, and for each unknown name the likeliest one: good enough to point something out."""
        guessed = (
            NamedLink(each.candidates[0], each.task, each.given, *reference_of(each.given)[1:])
            for each in self.unknown
            if each.candidates
        )
        return (*self.links, *guessed)

    @cached_property
    def likely(self) -> Schedule:
        """The tasks with certain and likely links."""
        return schedule_of(self.tasks, self.likely_links, self.axis)

    def called(self, position: int) -> str:
        """`T6 线上渠道素材准备`."""
        return called(position, self.tasks[position])


@dataclass(frozen=True)
class UnknownName:
    """A predecessor of task number `task` that names no task; `candidates` are positions, the likeliest first."""

    task: int
    given: str
    candidates: tuple[int, ...] = ()


@dataclass(frozen=True)
class Repeated:
    """The same predecessor, written for the same task once more."""

    task: int
    predecessor: int
    given: str


def schedule_of(tasks: Sequence[TaskRow], links: Sequence[NamedLink], axis: Axis = CALENDAR_DAYS) -> Schedule:
    """The arithmetic of rows, their positions as keys."""
    jobs = tuple(task.job(n) for n, task in enumerate(tasks))
    return Schedule(jobs, tuple(link.link for link in links), axis)


def exact_links(tasks: Sequence[TaskRow]) -> tuple[NamedLink, ...]:
    """The links whose names are names or codes of tasks; for tables that are not saved."""
    names = Names([task.named for task in tasks])
    first: dict[tuple[int, int], NamedLink] = {}
    for n, task in enumerate(tasks):
        for text in task.predecessors:
            if found := names.found(text):
                first.setdefault(
                    (n, found.position), NamedLink(found.position, n, text, found.kind, found.lag)
                )
    return tuple(first.values())


def facts_of(
    assignments: Sequence[AssignmentRow],
    tasks: Sequence[TaskRow],
    *,
    links: Sequence[NamedLink] | None = None,
    start_on: date | None = None,
    end_on: date | None = None,
    today: date | None = None,
    leads: int | None = None,
    axis: Axis = CALENDAR_DAYS,
) -> WorkFacts:
    """The context of the rules. Without `links` (a workbook that is only looked at) only exact names are links."""
    known = exact_links(tasks) if links is None else tuple(links)
    return WorkFacts(tuple(assignments), tuple(tasks), known, start_on, end_on, today, leads, axis)


# ---------------------------------------------------------------- schedule


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


@rule(
    "R-SCH-03",
    clause="004 三(二)",
    severity=BLOCK,
    title=_("Nothing starts early"),
    sentence=_(
        "A task begins when its predecessors are done, as its links say, unless the lead has overridden "
        "this with a reason."
    ),
)
def nothing_starts_early(facts: WorkFacts, p: Params) -> Iterator[Verdict]:
    """A task begins when its predecessors are done, unless the lead has overridden this with a reason.

    A link that holds other ends asks for what they are: two that begin together (SS) ask that the first has begun, two
    that end together (FF) let the second begin but not be done first.

    Where the predecessor is only likely (its name is no task's), this is pointed out and blocks nothing.
    """
    for link in facts.likely_links:
        first, second = facts.tasks[link.predecessor], facts.tasks[link.task]
        if second.is_overridden or _keeps(link.kind, first.state, second.state):
            continue
        state: Say | str = say(_("has begun")) if second.state == State.IN_PROGRESS else say(_("is done"))
        is_sure = link in facts.links
        yield failed(
            say(
                _("{task} {state}, while its predecessor {predecessor} is not done.")
                if link.kind.from_end
                else _("{task} {state}, while its predecessor {predecessor} has not begun."),
                task=facts.called(link.task),
                state=state,
                predecessor=code_of(link.predecessor),
            ),
            at=[Place(SCHEDULE.key, link.task, "state"), Place(SCHEDULE.key, link.predecessor, "state")],
            fix=Fix(
                say(
                    _("Set {predecessor} to done if it is; otherwise the overall lead gives a reason.")
                    if link.kind.from_end
                    else _("Let {predecessor} begin if it has; otherwise the overall lead gives a reason."),
                    predecessor=code_of(link.predecessor),
                )
            ),
            stored=str(second.state.value) if second.state else "",
            computed=State.NOT_STARTED.value,
            comment="C8",
            severity=BLOCK if is_sure else WARN,
            exception_allowed=True,
            task=link.task,
            predecessor=link.predecessor,
        )


def _keeps(kind: Kind, first: State | None, second: State | None) -> bool:
    """May the second be in this state while the first is in that?"""
    is_held = second == State.DONE or (second == State.IN_PROGRESS and not kind.to_end)
    is_free = first == State.DONE or (first == State.IN_PROGRESS and not kind.from_end)
    return is_free or not is_held


@rule(
    "R-SCH-04",
    clause="000 §3.2",
    severity=WARN,
    params={"remind_days": 1},
    assumed=["remind_days"],
    title=_("No task is overdue"),
    sentence=_(
        "A task whose end has passed is done, or it is overdue and its successors wait; its owner is "
        "reminded {remind_days} days before."
    ),
    bounds={
        "remind_days": Bound(_("Reminder before the end"), unit=_("days"), at_least=0, at_most=30),
    },
)
def nothing_is_overdue(facts: WorkFacts, p: Params) -> Iterator[Verdict]:
    """A task whose end has passed is done, or it is overdue and its successors wait."""
    if facts.today is None:
        return
    for n, task in enumerate(facts.tasks):
        if task.end_on is None or not task.job(n).is_overdue(facts.today):
            continue
        waiting = "、".join(code_of(other) for other in sorted(facts.likely.followers(n)))
        words = say(
            _("{task} was due on {end} and is not done; days over: {days}."),
            task=facts.called(n),
            end=f"{task.end_on:%m-%d}",
            days=(facts.today - task.end_on).days,
        )
        if waiting:
            words = say(_("{what} Waiting for it: {tasks}."), what=words, tasks=waiting)
        yield failed(
            words,
            at=Place(SCHEDULE.key, n, "end_on"),
            fix=Fix(say(_("Set it to done, or give it a new end."))),
            days=(facts.today - task.end_on).days,
        )


@rule(
    "R-SCH-05",
    clause="000 §3.2",
    severity=WARN,
    params={"days": 2},
    assumed=["days"],
    title=_("Major deviation"),
    sentence=_(
        "An open task that is expected to end more than {days} days after its baseline is a major deviation."
    ),
    bounds={
        "days": Bound(_("Permitted delay"), unit=_("days"), at_least=0, at_most=90),
    },
)
def nothing_deviates_much(facts: WorkFacts, p: Params) -> Iterator[Verdict]:
    """An open task that is expected to end more than so many days after its baseline is a major deviation."""
    if facts.today is None:
        return
    late = facts.schedule.lateness(facts.today)
    for n, days in sorted(late.items(), key=lambda pair: (-pair[1], pair[0])):
        if days > p.days:
            yield failed(
                say(
                    _("{task} is {days} days behind its baseline, a major deviation."),
                    task=facts.called(n),
                    days=days,
                ),
                at=Place(SCHEDULE.key, n, "end_on"),
                fix=Fix(say(_("Catch up, or have a new plan approved."))),
                days=days,
            )


# ---------------------------------------------------------------- team


@rule(
    "R-TEA-01",
    clause="004 三(一)",
    severity=BLOCK,
    title=_("Somebody answers"),
    sentence=_(
        "There is one overall lead, every task has one owner, and every module has somebody who answers "
        "for it."
    ),
)
def somebody_answers(facts: WorkFacts, p: Params) -> Iterator[Verdict]:
    """There is one overall lead, every task has one owner, and every module has somebody who answers for it."""
    if facts.leads is not None and facts.leads != 1:
        yield failed(
            say(_("There are {count} overall leads; there must be one."), count=facts.leads)
            if facts.leads
            else say(_("There is no overall lead.")),
            fix=Fix(say(_("Name one overall lead."))),
            leads=facts.leads,
        )
    for n, task in enumerate(facts.tasks):
        if task.owner is None or task.owner.is_team:
            yield _ownerless(SCHEDULE.key, n, facts.called(n), task.owner is not None)
    owned = {row.module for row in facts.assignments if row.owner and not row.owner.is_team}
    for n, row in enumerate(facts.assignments):
        if row.module and row.module not in owned:
            yield _ownerless(DIVISION.key, n, row.module, row.owner is not None)
        elif row.owner is None or row.owner.is_team:
            yield _ownerless(DIVISION.key, n, row.task, row.owner is not None)


def _ownerless(table: str, n: int, what: str, is_team: bool) -> Verdict:
    return failed(
        say(_("{what} is everybody's; exactly one person must own it."), what=what)
        if is_team
        else say(_("{what} has no owner."), what=what),
        at=Place(table, n, "owner"),
        fix=Fix(say(_("Name one person; the others can assist."))),
    )


@rule(
    "K-TEA-02",
    clause="004 三(一)",
    severity=WARN,
    params={"modules": list(MODULES)},
    title=_("Modules are covered"),
    sentence=_("Each of the modules {modules} has a task, and no task stands in two of them."),
    bounds={
        "modules": Bound(_("Modules")),
    },
)
def modules_are_covered(facts: WorkFacts, p: Params) -> Iterator[Verdict]:
    """Planning, design, execution, data and logistics each have a task, and no task stands in two modules."""
    if not facts.assignments:
        return
    missing = [word for word in p.modules if not any(word in row.module for row in facts.assignments)]
    if missing:
        yield failed(
            say(_("No task belongs to the modules {modules}."), modules="、".join(missing)),
            at=Place(DIVISION.key),
            fix=Fix(say(_("Add a task for each, or say why it is not needed."))),
            missing=len(missing),
        )
    places: dict[str, list[int]] = {}
    for n, row in enumerate(facts.assignments):
        places.setdefault(row.task.strip(), []).append(n)
    for task, rows in places.items():
        modules = list(dict.fromkeys(facts.assignments[n].module for n in rows))
        if task and len(modules) > 1:
            yield failed(
                say(
                    _("“{task}” stands in several modules: {modules}."), task=task, modules="、".join(modules)
                ),
                at=[Place(DIVISION.key, n, "module") for n in rows],
                fix=Fix(say(_("Keep it in one module."))),
            )


RULES = (
    durations_are_computed,
    predecessors_come_first,
    nothing_starts_early,
    nothing_is_overdue,
    nothing_deviates_much,
    somebody_answers,
    modules_are_covered,
)
