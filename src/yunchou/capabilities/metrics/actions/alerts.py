"""The loop of an alert: raised by a rule, answered within half an hour, ended by recovery or signature (R-DSH-02..05)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.models import WorkType
from yunchou.directory.organisation.selectors import desk_for
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Member, Role, Subject

from .. import journal, live
from ..duties import ANSWER
from ..models import Alert, AlertState, Series
from ..permissions import Perm
from ..rules import alert_is_answered
from ..selectors import alarms_of, answer_key, dashboard_url

FOUR_PLACES = Decimal("0.0001")
LARGEST_SHARE = Decimal("99999999.9")


@transaction.atomic
def watch(*, subject: Subject, actor: User | None) -> list[Alert]:
    """Hold every indicator against its rule: raise an alert where one fails, end it where the number recovered.

    At most one alert per indicator is open. One that was signed off is not raised again before the number recovered.
    Subjects that are not live raise nothing. Returns the alerts that were raised.
    """
    if not live.is_live(subject):
        return []
    subject = Subject.objects.select_for_update().get(pk=subject.pk)
    series, failing = alarms_of(subject, clock.now())
    known = _last_alerts(subject)
    raised = []
    for one in series:
        last, verdict = known.get(one.pk), failing.get(one.pk)
        if verdict is None:
            if last is not None and last.recovered_at is None:
                _recover(last, one, actor)
        elif last is None or last.recovered_at is not None:
            raised.append(_raise(subject, one, verdict, actor))
    return raised


def _last_alerts(subject: Subject) -> dict[int, Alert]:
    """The newest alert of each indicator."""
    found = Alert.objects.filter(subject=subject).order_by("opened_at", "pk")
    return {alert.series_id: alert for alert in found}


def _raise(subject: Subject, series: Series, verdict: Verdict, actor: User | None) -> Alert:
    now = clock.now()
    limit = timedelta(minutes=params_on([alert_is_answered])[alert_is_answered.id].minutes)
    alert = Alert.objects.create(
        subject=subject,
        series=series,
        rule=verdict.rule_id,
        value=_value_of(series, verdict),
        expected=_number(verdict.values.get("expected")),
        share=_share(verdict),
        opened_at=now,
        due_at=now + limit,
    )
    data = {"rule": verdict.rule_id, "reason": verdict.reason, "alert": alert.pk}
    record(journal.ALERT_RAISED, actor=None, subject=subject, data=data)
    if owner := owner_of(series, subject):
        owe(
            kind=ANSWER.key,
            subject=subject,
            owner=owner,
            due_at=alert.due_at,
            key=answer_key(alert),
            params={"series": str(series)},
            address=dashboard_url(subject),
            actor=actor,
        )
        notify(
            users=[owner],
            kind="metrics.alert",
            say=verdict.reason,
            subject=subject,
            address=dashboard_url(subject),
            key=f"alert:{alert.pk}",
        )
    # Anomaly warnings go to data analysis besides (ORG-05), or wherever the company routes them.
    desk = [
        person
        for person in desk_for(WorkType.ANOMALY, subject.unit)
        if person != owner and holds(person, Perm.VIEW, subject)
    ]
    notify(
        users=desk,
        kind="metrics.alert",
        say=verdict.reason,
        subject=subject,
        address=dashboard_url(subject),
        key=f"alert:{alert.pk}:desk",
    )
    return alert


def _recover(alert: Alert, series: Series, actor: User | None) -> None:
    """The number is back. One that was signed off stays so; it may be raised again from now on."""
    alert.recovered_at = clock.now()
    if alert.closed_at is None:
        alert.state, alert.closed_at = AlertState.RECOVERED, alert.recovered_at
        cancel(actor=actor, key=answer_key(alert))
        figure = series.figure("cumulative")
        told = {"series": str(series), "value": str(figure) if figure else "—", "alert": alert.pk}
        record(journal.ALERT_RECOVERED, actor=None, subject=alert.subject, data=told)
    alert.save(update_fields=["recovered_at", "state", "closed_at"])


@transaction.atomic
def answer_alert(*, alert: Alert, cause: str, adjustment: str, actor: User) -> Alert:
    """Record why a number is low and what was started against it (004 四(二)); records `metrics.alert_answered`.

    Whoever owns the indicator may, and holders of `metrics.record`. The duty is done; the alert goes on until the
    number recovers or is signed off. Refuses an answer without both parts, and an alert that has ended.
    """
    alert = _locked(alert)
    if alert.series.owner_id != actor.pk:
        require(actor, Perm.RECORD, alert.subject)
    missing = {
        name: say(_("Please fill this in."))
        for name, text in (("cause", cause), ("adjustment", adjustment))
        if not text.strip()
    }
    if missing:
        raise Invalid(say(_("An answer needs a cause and a started adjustment.")), fields=missing)
    alert.cause, alert.adjustment = cause.strip(), adjustment.strip()
    alert.state = AlertState.ANSWERED
    if alert.answered_at is None:
        alert.answered_at, alert.answered_by = clock.now(), actor
    alert.save()
    Series.objects.filter(pk=alert.series_id).update(cause=alert.cause)
    fulfil(actor=actor, key=answer_key(alert))
    told = {
        "series": str(alert.series),
        "cause": alert.cause,
        "adjustment": alert.adjustment,
        "alert": alert.pk,
    }
    record(journal.ALERT_ANSWERED, actor=actor, subject=alert.subject, data=told)
    return alert


@transaction.atomic
def sign_alert(*, alert: Alert, reason: str, actor: User) -> Alert:
    """End an alert whose number has not recovered, on the signer's account; records `metrics.alert_signed`.

    Needs `metrics.sign` (the overall lead) and a reason. What was still owed is dropped.
    """
    alert = _locked(alert)
    require(actor, Perm.SIGN, alert.subject)
    if not reason.strip():
        raise Invalid(say(_("Give a reason.")), fields={"reason": say(_("Please fill this in."))})
    alert.reason, alert.signed_by = reason.strip(), actor
    alert.state, alert.closed_at = AlertState.OVERRULED, clock.now()
    alert.save()
    cancel(actor=actor, key=answer_key(alert), reason=alert.reason)
    told = {"series": str(alert.series), "reason": alert.reason, "alert": alert.pk}
    record(journal.ALERT_SIGNED, actor=actor, subject=alert.subject, data=told)
    return alert


def owner_of(series: Series, subject: Subject) -> User | None:
    """Who answers for an indicator: its owner, else the overall lead, else whoever opened the subject."""
    if series.owner is not None and series.owner.is_active:
        return series.owner
    leads = Member.objects.filter(subject=subject, role__in=[Role.LEAD, Role.OWNER], user__is_active=True)
    first = leads.select_related("user").order_by("pk").first()
    return first.user if first else subject.created_by


def _locked(alert: Alert) -> Alert:
    Subject.objects.select_for_update().get(pk=alert.subject_id)
    found = Alert.objects.select_related("subject__unit", "series").get(pk=alert.pk)
    if found.closed_at is not None:
        raise WrongState(say(_("This alert has ended.")))
    return found


def _value_of(series: Series, verdict: Verdict) -> Decimal:
    """The figure that the rule spoke of."""
    figure = series.figure(verdict.at[0].column if verdict.at else "cumulative")
    return (figure.value if figure and figure.value is not None else Decimal(0)).quantize(FOUR_PLACES)


def _number(value: object) -> Decimal | None:
    return None if value in (None, "", "None") else Decimal(str(value)).quantize(FOUR_PLACES)


def _share(verdict: Verdict) -> Decimal | None:
    """What is there in percent of what should be."""
    if share := _number(verdict.values.get("share")):
        return min(share, LARGEST_SHARE).quantize(Decimal("0.1"))
    return None
