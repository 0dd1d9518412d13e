"""The demo company: there at once, the same every time, and proving itself; and many times as much of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.models import Adjustment
from yunchou.capabilities.expenses.models import Claim, ExecutionAnalysis, ExpenseReport
from yunchou.capabilities.ledger.models import Account, ClosedMonth
from yunchou.capabilities.metrics.models import Alert, Reading, Series
from yunchou.capabilities.operations.models import Issue, Risk
from yunchou.capabilities.purchasing.models import Purchase, Quote, Tender
from yunchou.capabilities.purchasing.selectors import has_exception
from yunchou.directory.organisation.positions import MANAGEMENT, VP_MARKETING
from yunchou.kernel.accounts import demo
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.verification import checks
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.journal.selectors import unsealed_tail
from yunchou.lifecycle.archive.models import Package
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.insights.demo.history import make_demo, shown_accounts
from yunchou.lifecycle.insights.demo.scale import make_many
from yunchou.lifecycle.planning.models import Plan

NOW = "2024-08-02T15:20"
CAMPUS = "青春焕新·校园行动"


@dataclass(frozen=True)
class Trace:
    """What a run of the demo left behind."""

    counts: dict[str, int]
    journal: list[Any]

    @classmethod
    def of_now(cls) -> Trace:
        return cls(counts(), list(JournalEntry.objects.order_by("pk").values_list("kind", "at")))


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Trace | None, Trace]]:
    """The demo as it stands on a Friday afternoon, once for all tests that only look at it; on SQLite it is made
    twice, and told of both.
    """
    with django_db_blocker.unblock(), clock.at(NOW):
        first = None
        if connection.vendor == "sqlite":
            with transaction.atomic():
                make_demo()
                first = Trace.of_now()
                transaction.set_rollback(True)
        with transaction.atomic():
            make_demo()
            yield first, Trace.of_now()
            transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _friday_afternoon() -> Iterator[None]:
    with clock.at(NOW):
        yield


def counts() -> dict[str, int]:
    """How many rows every table of ours has."""
    found = {}
    for model in apps.get_models():
        if model.__module__.startswith("yunchou."):
            found[model._meta.label] = model._default_manager.count()
    return found


def problems() -> list[Any]:
    """What does not hold; content without a row is what other tests stored here and rolled back."""
    return [problem for check in checks for problem in check() if problem.code != "orphan"]


@pytest.mark.once
@pytest.mark.once
def test_the_demo_is_the_same_twice_at_the_same_clock(company: tuple[Trace, Trace], db: None) -> None:
    first, second = company
    assert first == second


def test_no_state_is_missing(company: None, db: None) -> None:
    held = dict(Campaign.objects.values_list("name", "status"))
    assert sorted(held.values()) == sorted(
        [
            Status.ARCHIVED,
            Status.EVALUATED,
            Status.RUNNING,
            Status.RUNNING,
            Status.PREPARING,
            Status.PREPARING,
            Status.IN_APPROVAL,
            Status.DRAFT,
        ]
    )
    assert held[CAMPUS] == Status.RUNNING
    assert Package.objects.count() == 1


@pytest.mark.req("TYP-10")
def test_today_is_day_19_of_the_campus_campaign(company: None, db: None) -> None:
    campaign = Campaign.objects.get(name=CAMPUS)
    assert campaign.start_on
    assert (clock.today() - campaign.start_on).days + 1 == 19
    assert campaign.owner.name == "张伟"


def test_the_campus_campaign_has_something_to_say_on_every_tab(company: None, db: None) -> None:
    campaign = Campaign.objects.get(name=CAMPUS)
    late = {task.position: (clock.today() - task.end_on).days for task in _late_tasks(campaign)}
    assert late == {6: 3, 4: 1}
    assert sorted(Alert.objects.filter(subject=campaign.pk).values_list("state", flat=True)) == [
        "answered",
        "open",
    ]
    assert Series.objects.filter(subject=campaign.pk).count() == 5
    assert Reading.objects.filter(series__subject=campaign.pk).dates("day", "day").count() == 14
    assert Issue.objects.filter(subject=campaign.pk, size="large", state="reported").count() == 1
    assert Risk.objects.filter(subject=campaign.pk, state="responding").count() == 1
    reports = Duty.objects.filter(
        subject=campaign.pk, kind__startswith="operations.", key__contains="_report"
    )
    assert reports.filter(is_late=True).exists()
    assert reports.overdue().count() == 3  # of the lead, of the figures, and of a module


def _late_tasks(campaign: Campaign) -> list[Any]:
    from yunchou.capabilities.work.models import GanttTask

    return [task for task in GanttTask.objects.filter(subject=campaign.pk) if task.is_overdue(clock.today())]


def test_the_forum_waits_for_the_vice_president_with_a_question(company: None, db: None) -> None:
    case = Case.objects.get(subject__campaign__name="云舟产业人居高端论坛")
    waiting = case.steps.get(state="open")
    assert waiting.position.code == "vp_marketing"
    assert case.remarks.count() == 2


def test_money_is_in_every_state(company: None, db: None) -> None:
    """Three purchases with quotes and a sealed tender, claims from returned to paid, a closed month beside an open one."""
    assert Counter(Purchase.objects.values_list("method", "status")) == {
        ("quotes", "ordered"): 2,
        ("quotes", "open"): 1,
        ("tender", "open"): 1,
    }
    tender = Tender.objects.get()
    assert tender.opened_at is None
    assert tender.bids.count() == 3
    assert not Quote.objects.filter(purchase=tender.pk).exists()
    stands = Purchase.objects.get(title__contains="展架")
    assert has_exception(stands)
    assert Task.objects.filter(
        step__case__subject__contract__purchase=stands, step__position__code=VP_MARKETING
    ).exists()
    assert set(Claim.objects.values_list("status", flat=True)) == {
        "paid",
        "approved",
        "in_approval",
        "returned",
    }
    waiting = Task.objects.waiting().get(step__case__subject__claim__status="in_approval")
    assert waiting.step.position.code == MANAGEMENT
    payers = set(Claim.objects.filter(status="paid").values_list("paid_by__username", flat=True))
    assert payers == {"qin", "fan"}
    assert ClosedMonth.objects.get().account.unit.code == "east"
    assert sorted(ExpenseReport.objects.values_list("unit__code", "status")) == [
        ("east", "closed"),
        ("south", "draft"),
    ]
    assert ExecutionAnalysis.objects.count() == 1
    ways = set(Adjustment.objects.values_list("way", "status"))
    assert ways == {("draw", "approved"), ("shift", "in_approval")}
    assert Plan.objects.filter(kind="quarter", status="in_approval").count() == 1
    carried = Campaign.objects.filter(plan_item_ref__isnull=False).values("pk")
    accounts = Account.objects.filter(subject__in=carried, kind="campaign").select_related("parent")
    assert [account.parent.kind for account in accounts] == ["item", "item"]


def test_history_has_its_own_times(company: None, db: None) -> None:
    moments = list(JournalEntry.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)
    assert moments[-1] <= clock.now()


def test_the_demo_proves_itself(company: None, db: None) -> None:
    assert problems() == []
    assert unsealed_tail().count == 0


@pytest.mark.parametrize("account", shown_accounts(), ids=lambda account: account.username)
@pytest.mark.once
def test_every_account_opens_home_and_campaigns(company: None, db: None, account: Any) -> None:
    client = Client()
    assert client.login(username=account.username, password=account.password)
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("campaigns:campaign_list")).status_code == 200


def test_the_sign_in_page_knows_the_accounts(company: None, db: None, settings: Any) -> None:
    settings.DEMO = True
    assert demo.accounts() == shown_accounts()


def test_seed_is_polite(company: None, db: None) -> None:
    with pytest.raises(CommandError, match="company already"):
        call_command("seed")


def test_seed_prints_accounts_by_role(company: None, db: None) -> None:
    told = StringIO()
    call_command("seed", "--accounts", stdout=told)
    accounts = json.loads(told.getvalue())
    assert {"role": "财务", "role_en": "Finance", "name": "陈思远"}.items() <= accounts[5].items()
    assert all(User.objects.filter(username=account["username"]).exists() for account in accounts)


def test_many_campaigns_prove_themselves(company: None, db: None) -> None:
    before = Campaign.objects.count()
    told = StringIO()
    call_command("seed", "--scale", "4", "--json", stdout=told)
    made = json.loads(told.getvalue())
    assert Campaign.objects.count() == made["counts"]["campaigns"] == 4 * before
    assert len(made["addresses"]) == len(set(made["addresses"])) == 3 * before
    assert {campaign.subject.unit.parent.code for campaign in Campaign.objects.order_by("-pk")[:6]} == {
        "south",
        "east",
        "central",
    }
    assert problems() == []
    assert unsealed_tail().count == 0


@pytest.mark.once
def test_many_campaigns_are_the_same_twice(company: None, db: None) -> None:
    found = []
    for _time in range(2):
        with transaction.atomic():
            make_many(40)
            found.append(
                (
                    counts(),
                    list(Campaign.objects.order_by("-pk").values_list("name", "status", "start_on")[:40]),
                )
            )
            transaction.set_rollback(True)
    assert found[0] == found[1]
