"""The rules on how the plan is carried out: nothing starts early, nothing is overdue or deviates much."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Place, Verdict, failed

from ..matching import code_of
from ..schedule import Kind
from ..states import State
from ..tables import SCHEDULE
from .facts import WorkFacts


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
