"""The loop of an alert: raised, answered or escalated, ended by recovery or signature."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from yunchou.capabilities.metrics.actions import (
    Point,
    Recorded,
    Terms,
    answer_alert,
    record_readings,
    set_terms,
    sign_alert,
    watch,
)
from yunchou.capabilities.metrics.models import Alert, AlertState, Series, Source
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty, Escalation
from yunchou.kernel.duties.selectors import supervisors_of
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject

from . import toy

D = Decimal
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("series")]
SHOP = ("线下快闪店", "现场留资量")


def deliver(
    subject: Subject, actor: User, total: int | str, *, key: str = "", history: bool = False
) -> Recorded:
    """A new total of the pop-up shop's leads, of which 375 are due on 2 August."""
    point = Point(*SHOP, clock.today(), D(total), "cumulative")
    key = key or f"{clock.now():%d%H%M}:{total}"
    return record_readings(
        subject=subject, points=[point], actor=actor, source=Source.PAGE, key=key, history=history
    )


@pytest.fixture
def alert(subject: Subject, firm: Firm) -> Alert:
    [raised] = deliver(subject, firm.colleague, 280).alerts
    return raised


@pytest.mark.rule("R-DSH-02")
@pytest.mark.req("DSH-06")
def test_a_slow_indicator_raises_one_alert_and_tells_its_owner(
    alert: Alert, subject: Subject, firm: Firm
) -> None:
    assert (alert.rule, alert.value, alert.expected, alert.share) == (
        "R-DSH-02",
        D("280.0000"),
        D("375.0000"),
        D("74.7"),
    )
    assert alert.due_at - alert.opened_at == timedelta(minutes=30)
    duty = Duty.objects.get(kind="metrics.answer")
    assert (duty.owner, duty.due_at, duty.rule, duty.clause) == (
        firm.colleague,
        alert.due_at,
        "R-DSH-05",
        "004 四(二)",
    )
    assert Notification.objects.filter(user=firm.colleague, kind="metrics.alert").count() == 1
    assert deliver(subject, firm.colleague, 285).alerts == ()
    assert Alert.objects.count() == 1


@pytest.mark.rule("R-DSH-05", whole=True)
@pytest.mark.req("DSH-06", whole=True)
def test_silence_escalates_to_the_overall_lead_and_then_to_management(alert: Alert, firm: Firm) -> None:
    with clock.at(alert.due_at - timedelta(minutes=1)):
        escalate_due()
    assert not Escalation.objects.exists()
    with clock.at(alert.due_at):
        escalate_due()
    assert [e.user for e in Escalation.objects.all()] == [firm.owner]
    management = supervisors_of(firm.colleague)[0]
    with clock.at(alert.due_at + timedelta(minutes=30)):
        escalate_due()
    told = Notification.objects.filter(kind="duties.escalation", user=management)
    assert told.exists()
    duty = Duty.objects.get(kind="metrics.answer")
    assert duty.is_open
    assert duty.next_rung_at is None


@pytest.mark.req("DSH-06")
def test_an_answer_fulfils_the_duty_but_does_not_end_the_alert(
    alert: Alert, subject: Subject, firm: Firm
) -> None:
    with clock.at("2024-08-02T15:40"):
        answer_alert(alert=alert, cause="雨天客流少", adjustment="周末加开一场", actor=firm.colleague)
    alert.refresh_from_db()
    assert (alert.state, alert.closed_at, alert.answered_by) == (AlertState.ANSWERED, None, firm.colleague)
    duty = Duty.objects.get(kind="metrics.answer")
    assert duty.state == Duty.State.DONE
    assert not duty.is_late
    assert Series.objects.get(pk=alert.series_id).cause == "雨天客流少"
    assert deliver(subject, firm.colleague, 290).alerts == ()
    assert JournalEntry.objects.filter(kind="metrics.alert_answered", actor=firm.colleague).count() == 1


def test_an_answer_needs_both_parts_and_a_right(alert: Alert, firm: Firm) -> None:
    with pytest.raises(Invalid) as refused:
        answer_alert(alert=alert, cause="雨", adjustment=" ", actor=firm.colleague)
    assert list(refused.value.fields) == ["adjustment"]
    with pytest.raises(NotAllowed):
        answer_alert(alert=alert, cause="雨", adjustment="加场", actor=firm.outsider)


@pytest.mark.rule("R-DSH-02")
def test_a_number_that_is_back_ends_the_alert(alert: Alert, subject: Subject, firm: Firm) -> None:
    deliver(subject, firm.colleague, 300)  # 80 % of 375
    alert.refresh_from_db()
    assert (alert.state, alert.closed_at) == (AlertState.RECOVERED, clock.now())
    assert Duty.objects.get(kind="metrics.answer").state == Duty.State.CANCELLED
    assert JournalEntry.objects.filter(kind="metrics.alert_recovered").count() == 1
    with clock.at("2024-08-03T10:00"):  # day 10 of 12: 416.67 are due
        raised = deliver(subject, firm.colleague, 301).alerts
    assert [again.pk != alert.pk for again in raised if again.series_id == alert.series_id] == [True]


def test_only_the_lead_signs_and_a_signature_holds_until_the_number_recovered(
    alert: Alert, subject: Subject, firm: Firm
) -> None:
    with pytest.raises(NotAllowed):
        sign_alert(alert=alert, reason="目标已下调", actor=firm.colleague)
    with pytest.raises(Invalid):
        sign_alert(alert=alert, reason=" ", actor=firm.owner)
    sign_alert(alert=alert, reason="目标已下调", actor=firm.owner)
    assert Duty.objects.get(kind="metrics.answer").state == Duty.State.CANCELLED
    with pytest.raises(WrongState):
        answer_alert(alert=alert, cause="a", adjustment="b", actor=firm.colleague)
    assert deliver(subject, firm.colleague, 281).alerts == ()
    deliver(subject, firm.colleague, 400)
    alert.refresh_from_db()
    assert alert.state == AlertState.OVERRULED
    assert alert.recovered_at is not None
    with clock.at("2024-08-05T10:00"):  # the last day: 500 are due
        raised = deliver(subject, firm.colleague, 399).alerts
    assert alert.series_id in [again.series_id for again in raised]


def test_an_alert_does_not_close_without_ground(alert: Alert) -> None:
    for changes in ({"closed_at": clock.now()}, {"state": AlertState.RECOVERED}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Alert.objects.filter(pk=alert.pk).update(**changes)


def test_history_and_sleeping_subjects_raise_nothing(subject: Subject, firm: Firm) -> None:
    assert deliver(subject, firm.owner, 280, history=True).alerts == ()
    toy.asleep.add(subject.pk)
    assert deliver(subject, firm.owner, 281).alerts == ()
    assert not Alert.objects.exists()
    toy.asleep.clear()
    assert len(watch(subject=subject, actor=firm.owner)) == 1


def test_without_an_owner_the_overall_lead_answers(subject: Subject, firm: Firm) -> None:
    Series.objects.update(owner=None, owner_name="王")
    deliver(subject, firm.owner, 280)
    assert Duty.objects.get(kind="metrics.answer").owner == firm.owner


@pytest.mark.req("DSH-03")
def test_another_window_judges_anew(subject: Subject, firm: Firm, series: dict[str, Series]) -> None:
    shop = series["现场留资量"]
    with pytest.raises(NotAllowed):
        set_terms(series=shop, terms=Terms(), actor=firm.colleague)
    with pytest.raises(Invalid):
        set_terms(
            series=shop, terms=Terms(start_on=date(2024, 8, 2), end_on=date(2024, 8, 1)), actor=firm.owner
        )
    deliver(subject, firm.owner, 280)
    set_terms(
        series=shop, terms=Terms(start_on=date(2024, 7, 26), end_on=date(2024, 8, 10)), actor=firm.owner
    )
    assert Alert.objects.get().state == AlertState.RECOVERED
    set_terms(series=shop, terms=Terms(comparison="final"), actor=firm.owner)
    assert Alert.objects.filter(closed_at=None).count() == 1
    toy.locks["dashboard"] = say("Locked.")
    with pytest.raises(WrongState):
        set_terms(series=shop, terms=Terms(), actor=firm.owner)


@pytest.mark.rule("R-DSH-03")
def test_a_low_rate_raises_an_alert(subject: Subject, firm: Firm) -> None:
    toy_points = [Point("整体", "线索转化率", clock.today(), D("9.5"), "cumulative", "%")]
    found = record_readings(
        subject=subject, points=toy_points, actor=firm.owner, source=Source.PAGE, key="rate"
    )
    rate = next(alert for alert in found.alerts if alert.rule == "R-DSH-03")
    assert (rate.value, rate.expected) == (D("9.5"), D(10))
