"""Risks that come true: set off, responded to, closed (RSK-03, RSK-05, RSK-07)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.work.actions.beside import add_beside, end_beside
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of

from .. import journal
from ..duties import MEASURE, RESPONSE
from ..models import Measure, Risk, RiskResponse
from ..permissions import Perm
from ..timing import event_of, measure_due, response_due
from .shared import LIVE, LONG, short

State = Risk.State


@transaction.atomic
def trigger_risk(*, risk: Risk, note: str, actor: User | None) -> RiskResponse:
    """Set off the plan of a risk that came true; records `operations.risk_triggered`.

    Opens a response with the time limit of the risk and the prepared measures as tasks, and tells its person and the overall
    lead at once (R-RSK-03). Without an actor a recorded value or the day did it. Refuses while a response is open.
    """
    subject, risk = _open(risk, actor)
    if risk.is_open:
        raise WrongState(say(_("“{risk}” was set off already; its response is open."), risk=risk.scenario))
    now, event_on = clock.now(), event_of(subject)
    due_at = response_due(risk, now, event_on)
    response = RiskResponse.objects.create(
        risk=risk, opened_at=now, opened_by=actor, due_at=due_at, problem=wanted(note, "note", LONG)
    )
    risk.state, risk.triggered_at = State.TRIGGERED, now
    risk.save(update_fields=["state", "triggered_at"])
    record(
        journal.RISK_TRIGGERED,
        actor=actor,
        subject=subject,
        data={"risk": risk.scenario, "note": short(note), "extra_amount": str(risk.extra_amount)},
    )
    lead = lead_of(subject)
    responsible = risk.owner or lead
    if due_at and responsible:
        owe(
            kind=RESPONSE.key,
            subject=subject,
            owner=responsible,
            due_at=due_at,
            key=_key(response),
            params={"risk": risk.scenario},
            address=_address(risk),
            actor=actor,
        )
    _begin_measures(response, responsible, event_on, actor)
    notify(
        users=[person for person in dict.fromkeys([risk.owner, lead]) if person and person != actor],
        kind="operations.risk",
        say=say(_("Risk set off: {risk}. {note}"), risk=risk.scenario, note=short(note)),
        subject=subject,
        address=_address(risk),
        key=f"risk:{response.pk}",
    )
    return response


def _begin_measures(
    response: RiskResponse, responsible: User | None, event_on: date | None, actor: User | None
) -> None:
    """The prepared measures become tasks behind the plan; one that names its own time limit is owed by it (R-RSK-04)."""
    risk, now = response.risk, response.opened_at
    note = str(say(_("Response to the risk “{risk}”"), risk=risk.scenario))
    for position, text in enumerate(risk.responses, 1):
        due_at = measure_due(text, now, event_on)
        last = due_at or response.due_at or now
        task = add_beside(
            subject=risk.subject, name=text, owner=responsible, until=clock.local(last).date(), note=note,
            actor=actor,
        )  # fmt: skip
        measure = Measure.objects.create(
            response=response, position=position, text=text[:400], owner=responsible,
            due_at=due_at or response.due_at, task=task,
        )  # fmt: skip
        if due_at and responsible:
            owe(
                kind=MEASURE.key,
                subject=risk.subject,
                owner=responsible,
                due_at=due_at,
                key=_measure_key(measure),
                params={"measure": short(text), "risk": risk.scenario},
                address=_address(risk),
                actor=actor,
            )


@transaction.atomic
def finish_measure(*, measure: Measure, actor: User) -> Measure:
    """Say that a prepared measure was carried out; records `operations.measure_done`, and ends its task and what is owed.

    Its responsible person may, the risk's, and whoever reports. Refuses twice, and once the response is closed.
    """
    risk = Risk.objects.select_related("subject", "owner").get(log__measures=measure.pk)
    right = "" if measure.owner_id == actor.pk else None
    subject, risk = _open(risk, actor, right=right)
    found = Measure.objects.select_related("response", "task").get(pk=measure.pk)
    if found.done_at is not None or found.response.closed_at is not None:
        raise WrongState(say(_("“{measure}” is done, or its response is closed."), measure=short(found.text)))
    found.done_at, found.done_by = clock.now(), actor
    found.save(update_fields=["done_at", "done_by"])
    if found.task:
        end_beside(task=found.task, actor=actor)
    if risk.state == State.TRIGGERED:
        Risk.objects.filter(pk=risk.pk).update(state=State.RESPONDING)
    told = {"measure": short(found.text), "risk": risk.scenario}
    record(journal.MEASURE_DONE, actor=actor, subject=subject, data=told)
    fulfil(actor=actor, key=_measure_key(found))
    return found


@transaction.atomic
def log_response(
    *, risk: Risk, action: str, actor: User, agreed_by: User | None = None, result: str = ""
) -> RiskResponse:
    """Add what was done, and who agreed, to the open response; records `operations.response_logged` (RSK-07)."""
    subject, risk = _open(risk, actor)
    response = _response(risk)
    line = f"{clock.local(clock.now()):%m-%d %H:%M} {actor.name}: {wanted(action, 'action', LONG)}"
    response.action = f"{response.action}\n{line}".strip()
    response.agreed_by = agreed_by or response.agreed_by
    response.result = result.strip() or response.result
    response.save(update_fields=["action", "agreed_by", "result"])
    risk.state = State.RESPONDING
    risk.save(update_fields=["state"])
    record(
        journal.RESPONSE_LOGGED,
        actor=actor,
        subject=subject,
        data={
            "risk": risk.scenario,
            "action": short(action),
            "agreed_by": agreed_by.pk if agreed_by else None,
        },
    )
    return response


@transaction.atomic
def close_risk(*, risk: Risk, result: str, actor: User) -> Risk:
    """Close the response with its result, and tell the team of it; records `operations.risk_closed` (RSK-07)."""
    subject, risk = _open(risk, actor)
    response = _response(risk)
    response.result = wanted(result, "result", LONG)
    response.closed_at, response.closed_by = clock.now(), actor
    response.save(update_fields=["result", "closed_at", "closed_by"])
    risk.state = State.CLOSED
    risk.save(update_fields=["state"])
    record(
        journal.RISK_CLOSED,
        actor=actor,
        subject=subject,
        data={"risk": risk.scenario, "result": short(result)},
    )
    fulfil(actor=actor, key=_key(response))
    _end_measures(response.measures.select_related("task"), actor)
    team = User.objects.filter(memberships__subject=subject).exclude(pk=actor.pk).distinct()
    notify(
        users=team,
        kind="operations.response",
        say=say(_("Dealt with: {risk}. {result}"), risk=risk.scenario, result=short(result)),
        subject=subject,
        address=_address(risk),
        key=f"risk:{response.pk}:closed",
    )
    return risk


def _end_measures(measures: Iterable[Measure], actor: User) -> None:
    """A response that is over owes nothing any more: what was not carried out was not needed."""
    for measure in measures:
        cancel(actor=actor, key=_measure_key(measure))
        if measure.task and not measure.is_done:
            end_beside(task=measure.task, actor=actor)


def _open(risk: Risk, actor: User | None, *, right: str | None = None) -> tuple[Subject, Risk]:
    """The locked subject and the risk as it is now; its responsible person needs no further right."""
    if right is None:
        right = "" if actor is None or risk.owner_id == actor.pk else Perm.REPORT
    subject = open_table(subject=risk.subject, table=LIVE, actor=actor, right=right)
    return subject, Risk.objects.select_related("subject", "owner").get(pk=risk.pk)


def _response(risk: Risk) -> RiskResponse:
    response = risk.log.filter(closed_at__isnull=True).first()
    if response is None:
        raise WrongState(say(_("“{risk}” has no open response."), risk=risk.scenario))
    return response


def _key(response: RiskResponse) -> str:
    return f"{RESPONSE.key}:{response.pk}"


def _measure_key(measure: Measure) -> str:
    return f"{MEASURE.key}:{measure.pk}"


def _address(risk: Risk) -> str:
    return reverse("operations:risk_list", args=[risk.subject_id])
