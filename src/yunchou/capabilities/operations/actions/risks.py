"""Risks that come true: set off, responded to, closed (RSK-03, RSK-05, RSK-07)."""

from __future__ import annotations

import operator
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.sheets.values import decimal_text
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..duties import RESPONSE
from ..models import Comparator, Risk, RiskResponse
from ..permissions import Perm
from ..tables import RISKS
from .opening import LIVE, open_subject, overall_lead, short, wanted

COMPARE = {
    Comparator.AT_LEAST: operator.ge,
    Comparator.AT_MOST: operator.le,
    Comparator.ABOVE: operator.gt,
    Comparator.BELOW: operator.lt,
}
State = Risk.State


@transaction.atomic
def set_trigger(
    *,
    risk: Risk,
    actor: User,
    indicator: str = "",
    comparator: str = "",
    value: Decimal | None = None,
    on: date | None = None,
    limit_minutes: int | None = None,
) -> Risk:
    """Say with which recorded value a risk is set off by itself, and how long the response may take (RSK-02, RSK-05).

    Without an indicator the trigger is manual. Records `operations.trigger_set`.
    """
    subject = open_subject(subject=risk.subject, table=RISKS.key, actor=actor, right=Perm.EDIT)
    risk = Risk.objects.get(pk=risk.pk)
    indicator = indicator.strip()
    if indicator and (value is None or comparator not in Comparator.values):
        words = say(_("An indicator needs a comparison and a value."))
        raise Invalid(words, fields={"value": words})
    risk.indicator, risk.on, risk.limit_minutes = indicator, on if indicator else None, limit_minutes
    risk.comparator, risk.value = (comparator, value) if indicator else ("", None)
    risk.save(update_fields=["indicator", "comparator", "value", "on", "limit_minutes"])
    trigger = (
        f"{indicator} {comparator} {decimal_text(value)}"
        if indicator and value is not None
        else say(_("set off by hand"))
    )
    record(
        journal.TRIGGER_SET, actor=actor, subject=subject, data={"risk": risk.scenario, "trigger": trigger}
    )
    return risk


@transaction.atomic
def trigger_risk(*, risk: Risk, note: str, actor: User | None) -> RiskResponse:
    """Set off the plan of a risk that came true; records `operations.risk_triggered`.

    Opens a response with the time limit of the risk, and tells its person and the overall lead at once (R-RSK-03).
    Without an actor a recorded value did it. Refuses while a response is open.
    """
    subject, risk = _open(risk, actor)
    if risk.is_open:
        raise WrongState(say(_("“{risk}” was set off already; its response is open."), risk=risk.scenario))
    now = clock.now()
    due_at = now + timedelta(minutes=risk.limit_minutes) if risk.limit_minutes else None
    response = RiskResponse.objects.create(
        risk=risk, opened_at=now, opened_by=actor, due_at=due_at, problem=wanted(note, "note")
    )
    risk.state, risk.triggered_at = State.TRIGGERED, now
    risk.save(update_fields=["state", "triggered_at"])
    record(
        journal.RISK_TRIGGERED,
        actor=actor,
        subject=subject,
        data={"risk": risk.scenario, "note": short(note), "extra_amount": str(risk.extra_amount)},
    )
    lead = overall_lead(subject)
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
    notify(
        users=[person for person in dict.fromkeys([risk.owner, lead]) if person and person != actor],
        kind="operations.risk",
        say=say(_("Risk set off: {risk}. {note}"), risk=risk.scenario, note=short(note)),
        subject=subject,
        address=_address(risk),
        key=f"risk:{response.pk}",
    )
    return response


@transaction.atomic
def log_response(
    *, risk: Risk, action: str, actor: User, agreed_by: User | None = None, result: str = ""
) -> RiskResponse:
    """Add what was done, and who agreed, to the open response; records `operations.response_logged` (RSK-07)."""
    subject, risk = _open(risk, actor)
    response = _response(risk)
    line = f"{clock.local(clock.now()):%m-%d %H:%M} {actor.name}: {wanted(action, 'action')}"
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
    response.result = wanted(result, "result")
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


@transaction.atomic
def check_triggers(*, subject: Subject, indicator: str, value: Decimal, day: date) -> list[RiskResponse]:
    """Set off every risk whose trigger a recorded value meets; called with each recorded value (R-RSK-03).

    A trigger is meant when it names this indicator, and no day or this one.
    """
    waiting = Risk.objects.filter(subject=subject, indicator=indicator.strip()).exclude(indicator="")
    met = [
        risk
        for risk in waiting.select_related("subject", "owner")
        if risk.state == State.IDLE
        and risk.on in (None, day)
        and risk.value is not None
        and COMPARE[Comparator(risk.comparator)](value, risk.value)
    ]
    return [
        trigger_risk(risk=risk, note=f"{indicator} {decimal_text(value)} ({day})", actor=None) for risk in met
    ]


def _open(risk: Risk, actor: User | None) -> tuple[Subject, Risk]:
    """The locked subject and the risk as it is now; its responsible person needs no further right."""
    right = "" if actor is None or risk.owner_id == actor.pk else Perm.REPORT
    subject = open_subject(subject=risk.subject, table=LIVE, actor=actor, right=right)
    return subject, Risk.objects.select_related("subject", "owner").get(pk=risk.pk)


def _response(risk: Risk) -> RiskResponse:
    response = risk.log.filter(closed_at__isnull=True).first()
    if response is None:
        raise WrongState(say(_("“{risk}” has no open response."), risk=risk.scenario))
    return response


def _key(response: RiskResponse) -> str:
    return f"{RESPONSE.key}:{response.pk}"


def _address(risk: Risk) -> str:
    return reverse("operations:risk_list", args=[risk.subject_id])
