"""The rules on who answers for what, and on how fast finished work is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.duties.kinds import working_days_after
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Fix, Place, Verdict, failed, passed

from ..tables import DIVISION, MODULES, SCHEDULE
from .facts import WorkFacts


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


@dataclass(frozen=True)
class AcceptanceFacts:
    """Finished work that was handed in: the end of that working day, and when somebody decided, or now."""

    task: str
    handed_in_at: datetime
    decided_at: datetime


@rule(
    "K-TEA-05",
    clause="004 三(一)",
    severity=WARN,
    params={"days": 1},
    assumed=["days"],
    title=_("Finished work is looked at soon"),
    sentence=_("Whoever leads accepts finished work, or sends it back, within {days} working days."),
    bounds={"days": Bound(_("Time to accept"), unit=_("working days"), at_least=1, at_most=20)},
)
def finished_work_is_looked_at(facts: AcceptanceFacts, p: Params) -> Verdict:
    """Work that was handed in is accepted or sent back by the end of so many working days; the source states no time."""
    due_at = acceptance_due(facts.handed_in_at, p)
    if facts.decided_at <= due_at:
        return passed(say(_("“{task}” is looked at in time."), task=facts.task))
    return failed(
        say(_("“{task}” has waited for acceptance longer than allowed."), task=facts.task),
        fix=Fix(say(_("Accept it, or send it back with a reason."))),
    )


def acceptance_due(handed_in_at: datetime, p: Params) -> datetime:
    """When the acceptance of what was handed in on this working day is due."""
    return working_days_after(handed_in_at, p.days)
