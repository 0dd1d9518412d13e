"""Adjustments of issues: tasks in the schedule, and the money they cost (ISS-04, ISS-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.actions import request_adjustment
from yunchou.capabilities.budgets.adjustments import movable_lines
from yunchou.capabilities.budgets.models import Adjustment, BudgetLine
from yunchou.capabilities.work.actions.beside import add_beside, end_beside
from yunchou.capabilities.work.duties import DUE_HOUR
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import yuan
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..duties import REMEDY
from ..models import Issue, Remedy
from ..tables import ISSUES
from .shared import LONG, short

LENGTH = 400


@dataclass(frozen=True)
class RemedyTerms:
    """One adjustment as it was decided: whose, until when, and what it costs, in yuan."""

    text: str
    owner: User | None = None
    due_on: date | None = None
    cost: Decimal | None = None


def decide_remedies(issue: Issue, terms: Sequence[RemedyTerms], actor: User) -> list[Remedy]:
    """Write the adjustments of a decision down and put them behind the plan as tasks; the caller holds the lock."""
    issue.remedies.all().delete()
    made = []
    for position, one in enumerate(terms, 1):
        owner = one.owner or issue.owner or actor
        cost = yuan(one.cost) if one.cost else None
        if cost is not None and cost < 0:
            words = say(_("An amount cannot be negative."))
            raise Invalid(words, fields={f"cost_{position - 1}": words})
        if one.due_on and one.due_on < clock.today():
            words = say(_("This day is over."))
            raise Invalid(words, fields={f"due_on_{position - 1}": words})
        due_on = one.due_on or clock.today()
        task = add_beside(
            subject=issue.subject, name=one.text, owner=owner, until=due_on,
            note=str(say(_("Adjustment for the issue “{problem}”"), problem=short(issue.problem))), actor=actor,
        )  # fmt: skip
        remedy = Remedy.objects.create(
            issue=issue,
            position=position,
            text=one.text[:LENGTH],
            owner=owner,
            due_on=one.due_on,
            cost=cost,
            task=task,
        )
        if one.due_on:
            owe(
                kind=REMEDY.key,
                subject=issue.subject,
                owner=owner,
                due_at=clock.moment(one.due_on, DUE_HOUR),
                key=key_of(remedy),
                params={"remedy": short(one.text), "problem": short(issue.problem)},
                address=issue.get_absolute_url(),
                actor=actor,
            )
        made.append(remedy)
    return made


@transaction.atomic
def finish_remedy(*, remedy: Remedy, result: str, actor: User, right: str) -> Remedy:
    """Say what came of an adjustment; records `operations.remedy_done`, and ends its task and what is owed.

    Who owns it or its issue needs no `right`. Refuses twice, and while money that it costs was not asked for.
    """
    issue = remedy.issue
    allowed = actor.pk in (remedy.owner_id, issue.owner_id)
    subject = open_table(subject=issue.subject, table=ISSUES.key, actor=actor, right="" if allowed else right)
    found = Remedy.objects.select_related("issue", "task").get(pk=remedy.pk)
    if found.done_at is not None or not found.issue.is_open:
        raise WrongState(say(_("“{remedy}” is done, or its issue is closed."), remedy=short(found.text)))
    refuse_unfunded(subject, [found])
    found.result = wanted(result, "text", LONG)
    found.done_at, found.done_by = clock.now(), actor
    found.save(update_fields=["result", "done_at", "done_by"])
    if found.task:
        end_beside(task=found.task, actor=actor)
    told = {"remedy": short(found.text), "result": short(found.result), "issue": issue.pk}
    record(journal.REMEDY_DONE, actor=actor, subject=subject, data=told)
    fulfil(actor=actor, key=key_of(found))
    return found


@transaction.atomic
def fund_remedy(
    *,
    remedy: Remedy,
    way: str,
    target: BudgetLine,
    actor: User,
    source: BudgetLine | None = None,
    effect: str = "",
) -> Adjustment:
    """Ask for the money that an adjustment costs: out of the contingency, or from another line (ISS-05).

    It is an adjustment of the budget like any other, whose reason names the issue. Refuses what costs nothing, and twice.
    """
    subject = open_table(subject=remedy.issue.subject, table=ISSUES.key, actor=actor)
    found = Remedy.objects.select_related("issue").get(pk=remedy.pk)
    if found.cost is None or found.money_id is not None:
        raise WrongState(say(_("There is no money to ask for here.")))
    reason = say(
        _("{remedy} (issue: {problem})"), remedy=short(found.text), problem=short(found.issue.problem)
    )
    asked = request_adjustment(
        budget=subject, way=way, target=target, amount=found.cost, reason=str(reason), effect=effect, source=source,
        actor=actor,
    )  # fmt: skip
    found.money = asked
    found.save(update_fields=["money"])
    told = {"remedy": short(found.text), "amount": str(found.cost), "issue": found.issue_id}
    record(journal.REMEDY_FUNDED, actor=actor, subject=subject, data=told)
    return asked


def refuse_unfunded(subject: Subject, remedies: Sequence[Remedy]) -> None:
    """What costs money is carried out once the money was asked for, where the subject has an approved budget (ISS-05)."""
    wanting = [one for one in remedies if one.wants_money]
    if wanting and movable_lines(subject):
        raise WrongState(
            say(_("Ask for the money of “{remedy}” first: it draws the contingency or opens an adjustment."),
                remedy=short(wanting[0].text))
        )  # fmt: skip


def key_of(remedy: Remedy) -> str:
    """The key of the duty to carry an adjustment out."""
    return f"{REMEDY.key}:{remedy.pk}"
