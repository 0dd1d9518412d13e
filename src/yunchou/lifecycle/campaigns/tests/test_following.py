"""Who owes which reports while a campaign runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.capabilities.operations.actions import hand_in_data_report, hand_in_report
from yunchou.capabilities.operations.models import DailyReport
from yunchou.capabilities.operations.running import first_day
from yunchou.capabilities.operations.selectors import report_days
from yunchou.capabilities.operations.tasks import owe_reports
from yunchou.capabilities.work.actions import place_person
from yunchou.capabilities.work.actions.team import Place
from yunchou.capabilities.work.models import Tier
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.notify.models import Notification
from yunchou.lifecycle.campaigns.actions import start_preparation
from yunchou.lifecycle.campaigns.following import progress_reporters, running_campaigns
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.tests.factories import START, again, bring_to, make_campaign, make_proposal

PROGRESS = "operations.progress_report"


@pytest.fixture
def running(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """Runs from its first morning, with a lead of the module of design."""
    monkeypatch.setattr("yunchou.lifecycle.campaigns.actions.course.demand_readiness", lambda subject: None)
    campaign = make_proposal(firm)
    with clock.at(clock.moment(START, 8)):
        place = Place(Tier.MODULE_LEAD, "设计")
        place_person(subject=campaign.subject, actor=firm.owner, user=firm.colleague, place=place)
        bring_to(campaign, Status.RUNNING, firm)
    return again(campaign)


@pytest.mark.req("RPT-01", whole=True)
def test_every_module_reports_by_five_in_four_parts_and_the_missing_are_listed(
    firm: Firm, running: Campaign, client: Client
) -> None:
    owed = Duty.objects.filter(kind=PROGRESS, subject=running.subject)
    assert {(duty.owner, f"{clock.local(duty.due_at):%H:%M}") for duty in owed} == {
        (firm.owner, "17:00"), (firm.colleague, "17:00"),
    }  # fmt: skip
    parts = {"done": "海报定稿", "tomorrow": "展架打样", "problems": "色差偏大", "resources": "增加一次打样"}
    with clock.at(clock.moment(START, 16, 31)):
        escalate_due()
        reminded = Notification.objects.filter(kind__startswith="duties").values_list("user", flat=True)
        assert {firm.owner.pk, firm.colleague.pk} <= set(reminded)
        client.force_login(firm.colleague)
        address = reverse("operations:report_new", args=[running.pk])
        page = client.get(address)
        fields = page.context["form"].initial | parts | {"day": START}
        assert client.post(address, fields).status_code == 302
    report = DailyReport.objects.get()
    assert (report.owner, report.day, report.is_late) == (firm.colleague, START, False)
    assert (report.done, report.tomorrow, report.problems, report.resources) == (
        ["海报定稿"], ["展架打样"], "色差偏大", "增加一次打样",
    )  # fmt: skip
    with clock.at(clock.moment(START, 17, 20)):
        escalate_due()
        (day,) = report_days(running.subject, START, START)
        assert [duty.owner for duty in day.missing] == [firm.owner]
        client.force_login(firm.owner)
        listed = client.get(reverse("operations:report_list", args=[running.pk])).content.decode()
        assert firm.owner.name in listed
        late = hand_in_report(
            subject=running.subject, day=START, owner=firm.owner, done="a", tomorrow="b", actor=firm.owner
        )
        assert late.is_late
        (day,) = report_days(running.subject, START, START)
        assert (day.late, day.missing) == (1, [])


@pytest.mark.rule("R-RPT-01")
@pytest.mark.rule("R-RPT-02")
def test_nobody_reports_on_a_day_on_which_nothing_ran(
    firm: Firm, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its first day, or from when its preparation began; the page says so beside the day."""
    monkeypatch.setattr("yunchou.lifecycle.campaigns.actions.course.demand_readiness", lambda subject: None)
    ten, five, four = (START - timedelta(days=n) for n in (10, 5, 4))
    who = {"owner": firm.owner, "done": "a", "tomorrow": "b", "actor": firm.owner}
    with clock.at(clock.moment(ten, 9)):
        campaign = bring_to(make_proposal(firm), Status.APPROVED, firm)
        subject = campaign.subject
        with pytest.raises(Invalid) as refused:
            hand_in_report(subject=subject, day=ten, **who)
        assert list(refused.value.fields) == ["day"]
        assert first_day(subject) == START
    with clock.at(clock.moment(five, 9)):
        start_preparation(campaign=again(campaign), actor=firm.owner)
        assert first_day(subject) == five
    with clock.at(clock.moment(four, 12)):
        hand_in_report(subject=subject, day=five, **who)
        client.force_login(firm.owner)
        for name in ("report_new", "data_report_new"):
            address = reverse(f"operations:{name}", args=[subject.pk])
            fields = {k: v for k, v in client.get(address).context["form"].initial.items() if v is not None}
            told = fields | {"done": "a", "tomorrow": "b", "day": ten}
            page = client.post(address, told)
            assert page.status_code == 422, name
            assert str(five) in page.text
        with pytest.raises(Invalid):
            hand_in_data_report(subject=subject, day=ten, figures={}, actor=firm.owner)
    assert DailyReport.objects.filter(subject=subject).count() == 1


def test_a_days_reports_are_laid_down_for_every_module_lead(firm: Firm, running: Campaign) -> None:
    Duty.objects.all().delete()
    owe_reports(clock.moment(START, 0, 5))
    assert set(Duty.objects.filter(kind=PROGRESS).values_list("owner", flat=True)) == {
        firm.owner.pk, firm.colleague.pk,
    }  # fmt: skip


def test_asking_who_reports_does_not_grow_with_the_campaigns(firm: Firm) -> None:
    made = [make_campaign(firm, name=f"活动{n}") for n in range(4)]
    Campaign.objects.filter(pk__in=[one.pk for one in made]).update(status=Status.RUNNING, start_on=START)
    counts = []
    for some in (made[:1], made):
        with CaptureQueriesContext(connection) as queries:
            assert len(progress_reporters(some)) == len(some)
        counts.append(len(queries))
    assert counts == [1, 1]
    assert len(list(running_campaigns(START))) == len(made)
