"""Materials on site, issued and settled by item and person with what a loss costs; and the reports after the event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.actions.reports import plan_ended, plan_reports
from yunchou.capabilities.preparation.actions.site import Settled, issue_on_site, settle_on_site
from yunchou.capabilities.preparation.following import part_url
from yunchou.capabilities.preparation.models import Holding, MoveKind, Outcome, Publicity, Review, StockMove
from yunchou.capabilities.preparation.selectors.reports import reports_of
from yunchou.capabilities.preparation.selectors.site import outstanding, site_of
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from .factories import EVENT, KNOWN, join, make_item, make_subject, put


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(clock.moment(date(2024, 8, 2), 10)):
        yield


@pytest.fixture
def subject(firm: Firm) -> Iterator[Subject]:
    made = make_subject(firm.east, lead=firm.owner)
    KNOWN[made.pk] = replace(EVENT, ends_on=date(2024, 8, 9), lead=firm.owner)
    yield made
    KNOWN.pop(made.pk, None)


@pytest.mark.req("EXE-13", whole=True)
def test_materials_on_site_are_issued_and_returned_by_item_and_loss_and_waste_have_a_cost(
    firm: Firm, subject: Subject, client: Client
) -> None:
    helper = join(subject, firm.colleague)
    cups, flags = make_item(firm, "茶杯"), make_item(firm, "引导旗")
    for item in (cups, flags):
        actions.move_stock(item=item, kind=MoveKind.RECEIPT, quantity=Decimal(100), actor=firm.owner)
    # Issued to a person of the event, by item.
    client.force_login(firm.owner)
    issue = f"/s/{subject.pk}/preparation/site/issue/"
    row = {"item": cups.pk, "person": helper.pk, "quantity": "40", "note": "签到台"}
    assert client.post(issue, {**row, "quantity": "101"}).status_code == 422
    assert client.post(issue, row).status_code == 302
    issue_on_site(activity=subject, item=flags, person=helper, quantity=Decimal(5), actor=firm.owner)
    cups.refresh_from_db()
    assert cups.quantity == 60
    assert outstanding(subject, cups, helper) == 40
    assert "尚未结清" in client.get(part_url(subject, "supplies")).content.decode()
    # Back with counts; what was lost or wasted has a reason and a cost.
    settle = f"/s/{subject.pk}/preparation/site/{cups.pk}/{helper.pk}/"
    counts = {
        "returned": "30",
        "used": "4",
        "lost": "3",
        "wasted": "2",
        "worth": "12.50",
        "reason": "客人带走三只，打碎两只",
    }
    assert client.post(settle, {**counts, "reason": ""}).status_code == 422
    assert client.post(settle, {**counts, "worth": ""}).status_code == 422
    assert client.post(settle, {**counts, "returned": "32"}).status_code == 422
    assert client.post(settle, counts).status_code == 302
    cups.refresh_from_db()
    assert (cups.quantity, cups.worth) == (90, Decimal("12.50"))
    sums = site_of(subject)
    line = next(one for one in sums.lines if one.item == cups)
    assert (line.issued, line.returned, line.used, line.lost, line.wasted, line.left) == (40, 30, 4, 3, 2, 1)
    assert (line.cost, sums.cost, sums.open) == (Decimal("62.50"), Decimal("62.50"), 2)
    assert Holding.objects.get(item=cups, person=helper).quantity == 1
    losses = StockMove.objects.filter(outcome__in=[Outcome.LOST, Outcome.WASTED], kind=MoveKind.WRITE_OFF)
    assert {(move.amount, move.cost) for move in losses} == {(3, Decimal("37.50")), (2, Decimal(25))}
    # Shown at the campaign, and told as a figure of it beside its other actual values.
    text = client.get(part_url(subject, "supplies")).content.decode()
    for shown in ("茶杯", "62.50", "打碎两只"):
        assert shown in text, shown
    series = Series.objects.get(subject=subject, indicator="现场物资损耗")
    figure = series.figure("cumulative")
    assert figure is not None
    assert figure.value == Decimal("62.5")
    told = JournalEntry.objects.filter(subject=subject, kind="preparation.site_settled").get()
    assert told.data["cost"] == "¥62.50"
    settle_on_site(
        activity=subject,
        item=cups,
        person=helper,
        facts=Settled(lost=Decimal(1)),
        actor=firm.owner,
        reason="又少一只",
    )
    assert site_of(subject).cost == 75
    figure = Series.objects.get(pk=series.pk).figure("cumulative")
    assert figure is not None
    assert figure.value == 75
    with pytest.raises(Invalid):
        settle_on_site(
            activity=subject, item=cups, person=helper, facts=Settled(returned=Decimal(1)), actor=firm.owner
        )
    # Who neither keeps the stock nor prepares the activity does none of it.
    with pytest.raises(NotAllowed):
        issue_on_site(activity=subject, item=flags, person=helper, quantity=Decimal(1), actor=firm.outsider)
    client.force_login(firm.outsider)
    assert client.post(issue, row).status_code in {403, 404}
    assert client.get(settle).status_code in {403, 404}


def approved(row: Publicity) -> Publicity:
    """As if its approvers had agreed."""
    Publicity.objects.filter(pk=row.pk).update(review=Review.PASSED)
    return Publicity.objects.get(pk=row.pk)


@pytest.mark.req("EXE-12")
def test_reports_after_the_event_are_planned_owed_and_published_with_link_day_and_reach(
    firm: Firm, subject: Subject, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That its picture needs consent is proved where pictures are (`test_a_report_shows_no_picture_without_consent`)."""
    monkeypatch.setattr(actions.publicity, "_demand_approval", lambda row: None)
    put(
        subject,
        "publicity",
        firm.owner,
        channel="官网",
        content="预告",
        due_on="2024-08-05",
        owner=str(firm.owner.pk),
    )
    assert not plan_ended()
    client.force_login(firm.owner)
    assert "安排报道" in client.get(part_url(subject, "publicity")).content.decode()
    with clock.at(clock.moment(date(2024, 8, 10), 8)):
        assert plan_ended() == 1
        assert not plan_ended()
        told = reports_of(subject)
        assert [row.channel for row in told.rows] == ["website", "social"]
        assert {row.due_on for row in told.rows} == {date(2024, 8, 12)}
        assert told.is_flagged
        assert not plan_reports(subject=subject, actor=firm.owner)
        site, social = told.rows
        duties = Duty.objects.open().filter(subject=subject, kind="preparation.publicity")
        assert {duty.owner for duty in duties} == {firm.owner}
        assert duties.count() == 3
        site = approved(site)
        link = "https://www.example.com/news/20240809"
        with pytest.raises(Invalid) as refused:
            actions.publish(row=site, published_on=date(2024, 8, 10), address="", actor=firm.owner)
        assert "address" in refused.value.fields
        with pytest.raises(Invalid):
            actions.publish(row=site, published_on=date(2024, 8, 8), address=link, actor=firm.owner)
        actions.publish(row=site, published_on=date(2024, 8, 10), address=link, actor=firm.owner)
        actions.note_reach(row=site, reach=12_000, actor=firm.owner)
        assert Duty.objects.open().filter(subject=subject, kind="preparation.publicity").count() == 2
        text = client.get(part_url(subject, "publicity")).content.decode()
        for shown in (link, "12,000", "08-10"):
            assert shown in text, shown
        verdict = reports_of(subject).verdict
        assert verdict is not None
        assert not verdict.values["late"]
    with clock.at(clock.moment(date(2024, 8, 13), 8)):
        verdict = reports_of(subject).verdict
        assert verdict is not None
        assert verdict.values["late"]
        actions.publish(
            row=approved(social),
            published_on=date(2024, 8, 13),
            address="https://social.example.com/1",
            actor=firm.owner,
        )
        actions.note_reach(row=Publicity.objects.get(pk=social.pk), reach=30_000, actor=firm.owner)
        assert not reports_of(subject).is_flagged
    figure = Series.objects.get(subject=subject, indicator="活动报道触达").figure("cumulative")
    assert figure is not None
    assert figure.value == 42_000
    KNOWN[subject.pk] = replace(EVENT, ends_on=None)
    Publicity.objects.filter(subject=subject, is_report=True).delete()
    with pytest.raises(WrongState):
        plan_reports(subject=subject, actor=firm.owner)
    client.force_login(firm.outsider)
    assert client.post(f"/s/{subject.pk}/preparation/reports/plan/").status_code in {403, 404}
