"""Changing an approved plan: a new version with reason and effect, approved again by the original route (PLN-12)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.serializers import deserialize, serialize
from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import missing_route_told, open_case
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.actions import present_digest

from .. import flow, journal, money
from ..documents import Principle
from ..facts import joined, label_of
from ..models import Allocation, Change, Effect, Goal, Item, PartText, Plan, ProjectLine, Share
from ..notices import OUTCOME
from ..permissions import Perm
from ..registry import carried
from ..routes import route_of
from ..selectors import change_of, version_in_force
from .overseeing import owe_all

# The register of risks is no part of a change: it lives on while the plan is in force.
ROWS: tuple[type[Any], ...] = (PartText, Goal, Share, ProjectLine, Item, Allocation, Effect)
# What people record while the plan is carried out stays when a change is given up.
LIVING = frozenset({"started_on", "done_on", "cancelled_on", "closing_note", "closed_by"})


def open_change(*, plan: Plan, actor: User, reason: str, effect: str) -> Change:
    """Open the tables of an approved plan; what was approved stays in force meanwhile. Records `planning.change_opened`.

    Refuses as `flow.CHANGE` says, and without a reason or what the change brings about.
    """
    faults: dict[str, Text] = {}
    if not reason.strip():
        faults["reason"] = say(_("Give a reason."))
    if not effect.strip():
        faults["effect"] = say(_("Say what the change brings about."))
    if faults:
        raise Invalid(say(_("A change says why, and what it brings about.")), fields=faults)
    version = version_in_force(plan.subject)
    told = {"version": str(version), "reason": reason.strip(), "effect": effect.strip()}
    with flow.CHANGE.apply(plan, actor=actor, data=told) as locked:
        if version is None:
            raise WrongState(say(_("Nothing of this plan was approved yet.")))
        return Change.objects.create(
            plan=locked,
            reason=reason.strip(),
            effect=effect.strip(),
            base=version,
            rows=_remember(locked),
            opened_by=actor,
        )


def send_change(*, plan: Plan, actor: User, principles: Iterable[str] = ()) -> Plan:
    """Send the change along the whole route of the plan; more money than before is planned in the books. The author of a
    budget confirms its principles again.

    Refuses what `submit_plan` refuses, and a change in which nothing differs. Records `planning.change_sent`.
    """
    require(actor, Perm.SUBMIT, plan)
    with missing_route_told(plan.subject, actor), transaction.atomic():
        Subject.objects.select_for_update().get(pk=plan.pk)
        change = _written(plan)
        if present_digest(plan.subject) == change.base.digest:
            raise WrongState(say(_("Nothing differs from {version}."), version=str(change.base)))
        confirm_principles(plan, principles, actor)
        with flow.SEND_CHANGE.apply(plan, actor=actor, data={"reason": change.reason}) as locked:
            now = Plan.objects.whole(locked.pk)
            more = (now.budget or ZERO) - money.budget_in(change.base)
            money.sent(plan=now, more=more, actor=actor, reason=change.reason)
            note = f"{change.reason}\n{change.effect}"
            case = open_case(subject=locked.subject, definition=route_of(now), actor=actor, note=note)
            change.case, change.state = case, Change.State.SENT
            change.save(update_fields=["case", "state"])
    return Plan.objects.whole(plan.pk)


def drop_change(*, plan: Plan, actor: User) -> Plan:
    """Give the change up: every table goes back to the version in force. Records `planning.change_dropped`."""
    with transaction.atomic():
        Subject.objects.select_for_update().get(pk=plan.pk)
        require(actor, Perm.SUBMIT, plan)
        put_back(_written(plan), actor, flow.DROP_CHANGE)
    return Plan.objects.whole(plan.pk)


def confirm_principles(plan: Plan, principles: Iterable[str], actor: User) -> None:
    """Keep what the author of a budget stands for; refuses, at the field, a principle that was not confirmed (BUD-03)."""
    if not plan.document.is_budget:
        return
    given = set(principles)
    if missing := [principle for principle in Principle if principle not in given]:
        words = say(_("Confirm: {principles}."), principles=joined(map(label_of, missing)))
        raise Invalid(words, fields={"principles": words})
    Plan.objects.filter(pk=plan.pk).update(principles=Principle.values)
    told = {"principles": joined(map(label_of, Principle)), "keys": Principle.values}
    record(journal.PRINCIPLES, actor=actor, subject=plan.subject, data=told)


# -- outcomes, called within the deciding transaction --------------------------------------------------------------------


def change_approved(change: Change, case: Case, actor: User) -> None:
    """The new version supersedes the one before; the difference in money is available, or goes back."""
    from .running import owe_items

    told = {"version": str(case.version), "before": str(change.base)}
    with flow.SUPERSEDE.apply(change.plan, actor=actor, data=told):
        pass
    plan = Plan.objects.whole(change.plan_id)
    more = (plan.budget or ZERO) - money.budget_in(change.base)
    if more > 0:
        money.approved(plan=plan, actor=actor, reason=change.reason)
        money.follow_items(plan=plan, actor=actor)
    elif more < 0:
        money.reduced(plan=plan, less=-more, actor=actor, reason=change.reason)
    else:
        money.follow_items(plan=plan, actor=actor)
    _close(change, Change.State.IN_FORCE)
    owe_items(plan=plan, actor=actor)
    owe_all(plan=plan, actor=actor)
    words = say(_("The change of “{title}” is approved and in force."), title=plan.name)
    if change.opened_by_id != actor.pk:
        notify(users=[change.opened_by], kind=OUTCOME.key, say=words, subject=plan.subject)


def change_returned(change: Change, case: Case, actor: User, note: str) -> None:
    """Back to whoever writes it; the version in force stays so."""
    with flow.RETURN_CHANGE.apply(change.plan, actor=actor, note=note):
        pass
    money.refused(plan=Plan.objects.whole(change.plan_id), actor=actor, reason=case.code)
    change.state, change.case = Change.State.OPEN, None
    change.save(update_fields=["state", "case"])


def put_back(change: Change, actor: User, move: Any) -> None:
    """Restore what was in force, and close the change."""
    plan = change.plan
    money.refused(plan=Plan.objects.whole(plan.pk), actor=actor, reason=change.reason)
    with move.apply(plan, actor=actor, data={"version": str(change.base)}):
        _restore(Plan.objects.get(pk=plan.pk), change.rows)
    _close(change, Change.State.DROPPED)


def _close(change: Change, state: Change.State) -> None:
    change.state, change.closed_at = state, clock.now()
    change.save(update_fields=["state", "closed_at"])


def _written(plan: Plan) -> Change:
    change = change_of(plan)
    if change is None or not change.is_open:
        raise WrongState(say(_("No change of this plan is being written.")))
    return change


# -- tables as they were -------------------------------------------------------------------------------------------------


def _remember(plan: Plan) -> dict[str, Any]:
    """Every row of the plan's tables, and its head, as they stand."""
    rows = {model.__name__: _records(model.objects.filter(subject=plan.pk)) for model in ROWS}
    head = {
        "name": plan.name,
        "budget": None if plan.budget is None else str(plan.budget),
        "given": plan.given,
    }
    return {"head": head, "rows": rows}


def _records(rows: Any) -> list[Any]:
    found: list[Any] = json.loads(serialize("json", rows))
    return found


def _restore(plan: Plan, kept: dict[str, Any]) -> None:
    """Put every row back under its own key; what was added goes, what was recorded meanwhile stays."""
    for model in ROWS:
        before = [each.object for each in deserialize("python", kept["rows"].get(model.__name__, []))]
        present = set(model.objects.filter(subject=plan.pk).values_list("pk", flat=True))
        added = present - {row.pk for row in before}
        _refuse_carried(model, added)
        model.objects.filter(pk__in=added).delete()
        fields = [
            each.name
            for each in model._meta.concrete_fields
            if not each.primary_key and each.name not in LIVING
        ]
        for row in before:
            row.save(update_fields=fields) if row.pk in present else row.save(force_insert=True)
    head = kept["head"]
    plan.name, plan.given = head["name"], head["given"]
    plan.budget = None if head["budget"] is None else head["budget"]
    plan.save(update_fields=["name", "budget", "given"])
    Subject.objects.filter(pk=plan.pk).update(title=plan.name)


def _refuse_carried(model: type[Any], added: set[int]) -> None:
    if model is Item and carried(added):
        raise WrongState(say(_("Campaigns were made from items that this change added.")))
