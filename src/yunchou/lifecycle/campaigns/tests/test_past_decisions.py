"""What was decided once stays what it was: for changes and amendments as for the proposal itself (GEN-04)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.rulebook.replay import replay_decision
from yunchou.capabilities.work.tables import TaskRow
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.rules.models import Parameter, StoredVerdict
from yunchou.kernel.rules.registry import rules
from yunchou.kernel.sheets.values import Person
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.selectors import findings_of

from .factories import again, approve_all, make_proposal, save_rows, submit


def spend(campaign: Campaign, firm: Firm, *amounts: int) -> None:
    lines = [LineRow(category="物料成本", item=f"物料 {n}", amount=Decimal(a)) for n, a in enumerate(amounts)]
    save_rows(campaign, "budget", lines, actor=firm.owner)


def lower_every_limit(valid_from: date) -> None:
    """Every number of every rule is 1 from a day on."""
    for rule in rules:
        for name, default in rule.params.items():
            if isinstance(default, int | Decimal) and not isinstance(default, bool):
                Parameter.objects.create(rule=rule.id, name=name, value=1, valid_from=valid_from)


def replayed(campaign: Campaign) -> dict[str, int]:
    """How many verdicts were kept on each occasion, after each was judged again."""
    counts: dict[str, int] = {}
    kept = StoredVerdict.objects.filter(subject=campaign.subject).select_related("subject", "circumstances")
    for stored in kept:
        assert stored.circumstances is not None, (stored.occasion, stored.rule)
        assert replay_decision(stored).is_same, (stored.occasion, stored.rule)
        counts[stored.occasion] = counts.get(stored.occasion, 0) + 1
    return counts


@pytest.mark.req("GEN-04")
@pytest.mark.req("APR-13")
def test_what_a_change_and_an_amendment_were_told_replays_to_the_same(firm: Firm) -> None:
    """Each by its own content and by the parameters of the day on which the campaign was sent."""
    days = {"start_on": date(2024, 7, 20), "end_on": date(2024, 7, 25)}
    with clock.at("2024-07-01T09:00"):
        campaign = make_proposal(firm, expected_people=250)
        task = TaskRow(name="搭建", owner=Person(firm.colleague.name, firm.colleague.pk), **days)
        save_rows(campaign, "schedule", [task], actor=firm.owner)
        spend(campaign, firm, 40_000)
        submit(campaign, firm)
    with clock.at("2024-07-01T10:00"):
        amendment = actions.open_amendment(campaign=again(campaign), actor=firm.owner, reason="加灯光")
        spend(campaign, firm, 40_000, 10_000)
        actions.send_change(change=amendment, actor=firm.owner)
        approve_all(campaign)
        assert again(campaign).status == Status.APPROVED
    lower_every_limit(date(2024, 7, 2))
    with clock.at("2024-07-03T09:00"):
        change = actions.open_change(campaign=again(campaign), actor=firm.owner, reason="加舞台")
        spend(campaign, firm, 40_000, 10_000, 70_000)
        actions.send_change(change=change, actor=firm.owner)
        approve_all(campaign)
    with clock.at("2024-08-02T09:00"):
        Campaign.objects.filter(pk=campaign.pk).update(plan_item="", name="另一个名字")
        counts = replayed(campaign)
    assert counts.keys() >= {"approvals.campaign", "Change.send"}
    reopened = Case.objects.get(subject=campaign.subject, reopens__isnull=False)
    large = {
        stored.content_digest: stored.passed
        for stored in StoredVerdict.objects.filter(
            subject=campaign.subject, rule="R-TYP-01", occasion="approvals.campaign"
        )
    }
    assert [passed for digest, passed in large.items() if digest == reopened.digest] == [False]
    assert sorted(large.values()) == [False, True, True]  # the proposal and its amendment were not large


@pytest.mark.req("GEN-04")
def test_findings_are_judged_by_the_parameters_by_which_it_was_decided(firm: Firm) -> None:
    """A tolerance laid down later says nothing about what was sent before; of a draft it does."""

    def failed(campaign: Campaign) -> set[str]:
        return {one.verdict.rule_id for one in findings_of(campaign.subject) if not one.verdict.passed}

    with clock.at("2024-07-01T09:00"):
        sent, draft = make_proposal(firm, "七夕音乐会"), make_proposal(firm, "供应商年度评审")
        for campaign in (sent, draft):
            overspent = LineRow(category="物料成本", item="舞台", amount=Decimal(100), actual=Decimal(120))
            save_rows(campaign, "budget", [overspent], actor=firm.owner)
        submit(sent, firm)
        before = failed(sent)
        assert failed(draft) == before == {"R-BUD-11"}
    Parameter.objects.create(rule="R-BUD-11", name="tolerance", value=1000, valid_from=date(2024, 7, 2))
    with clock.at("2024-07-03T09:00"):
        assert failed(sent) == before
        assert failed(draft) == set()
        approve_all(sent)
        assert failed(sent) == before
