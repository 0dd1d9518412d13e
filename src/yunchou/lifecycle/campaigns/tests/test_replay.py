"""Campaigns as the past: read in bulk as one by one, tried under other rules, and judged again as they were."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.preparation.actions import hold_venue
from yunchou.capabilities.preparation.models import Layout
from yunchou.capabilities.preparation.tests.factories import at, make_venue
from yunchou.capabilities.rulebook import actions as rulebook
from yunchou.capabilities.rulebook.actions import trials
from yunchou.capabilities.rulebook.changes import current_rows
from yunchou.capabilities.rulebook.models import Trial, TrialRow
from yunchou.capabilities.rulebook.replay import Change, Outcome, replay_decision
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR, VP_MARKETING
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.rules.models import Parameter, StoredVerdict
from yunchou.kernel.rules.registry import Params, rules
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.sheets.registry import workbook
from yunchou.lifecycle.campaigns.approvals import approval_facts
from yunchou.lifecycle.campaigns.models import Campaign, Kind
from yunchou.lifecycle.campaigns.replay import CAMPAIGNS, judging, keep, load, recall
from yunchou.lifecycle.campaigns.selectors import facts_of, proposal_content

from . import example_workbook as example
from .factories import make_campaign, make_proposal, save_rows, submit

SMALLER = Change(rule="R-TYP-01", values={"people": 200})
YEAR = {"since": date(2024, 1, 1), "until": date(2024, 12, 31)}


@pytest.fixture
def director(firm: Firm) -> User:
    return firm.people[MARKETING_DIRECTOR]


def worked_example(firm: Firm) -> Campaign:
    """A campaign with all thirteen tables of the worked example, contradictions included."""
    campaign = make_campaign(firm, kind=Kind.MARKETING)
    workbook().save(campaign.subject, example.read().dossier, actor=firm.owner)
    return Campaign.objects.get(pk=campaign.pk)


def booked(campaign: Campaign, firm: Firm) -> Campaign:
    """Its venue is held for a day on which its Gantt has nothing on site (R-SCH-06)."""
    hold_venue(
        venue=make_venue(firm, f"厅 {campaign.pk}"), subject=campaign.subject, layout=Layout.BANQUET,
        starts_at=at(25, 9), ends_at=at(25, 18), purpose="晚宴", actor=firm.owner,
    )  # fmt: skip
    return campaign


def said(facts: Any) -> list[dict[str, Any]]:
    """What every rule says that may be tried."""
    tried = [rule for rule in judging() if rule.id not in CAMPAIGNS.untried]
    return [verdict.to_json() for verdict in evaluate(tried, facts, day=date(2024, 8, 2))]


def test_campaigns_read_in_bulk_are_judged_as_those_read_one_by_one(firm: Firm) -> None:
    with clock.at("2024-07-20T09:00"):
        ids = [booked(worked_example(firm), firm).pk, make_proposal(firm).pk]
        with CaptureQueriesContext(connection) as few:
            items = load(ids)
            bulk = [said(item.context) for item in items]
        subjects = [Campaign.objects.get(pk=pk).subject for pk in ids]
        days = [item.day for item in items]
        assert [one.title for one in items[0].context.dated] == [f"厅 {ids[0]}"]
        assert any("R-SCH-06" in str(one) and f"厅 {ids[0]}" in str(one) for one in bulk[0])
        assert bulk == [said(facts_of(subject, day)) for subject, day in zip(subjects, days, strict=True)]
        ids += [make_proposal(firm, f"邻里音乐会 {n}").pk for n in range(4)]
        with CaptureQueriesContext(connection) as many:
            for item in load(ids):
                said(item.context)
        assert len(many) - len(few) == 4  # one for the parameters of each judgement, none for its tables
        facts = items[1].facts(lambda rule: Params(rule.params))
        assert facts == approval_facts(subjects[1])


@pytest.mark.req("GEN-04")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_rule_is_told_is_told_again(firm_of_module: Any, data: st.DataObject) -> None:
    """Under any parameters, the context that is recalled from a version gives the verdicts of the one that was judged."""
    facts, recalled = firm_of_module
    for rule in judging():
        values = {
            name: data.draw(_values(rule.bound(name), default), name) for name, default in rule.params.items()
        }
        params = Params(values)
        assert [v.to_json() for v in rule.check(recalled, params)] == [
            v.to_json() for v in rule.check(facts, params)
        ], rule.id


def _values(bound: Any, default: Any) -> st.SearchStrategy[Any]:
    """Values that a parameter may have."""
    if bound.is_fixed or isinstance(default, list):
        return st.just(default)
    if isinstance(default, bool):
        return st.booleans()
    if bound.choices:
        return st.sampled_from(sorted(bound.choices))
    low, high = bound.at_least or 0, bound.at_most or 100
    if isinstance(default, Decimal):
        return st.decimals(low, high, places=2)
    return st.integers(low, high) if isinstance(default, int) else st.just(default)


@pytest.fixture
def firm_of_module(firm: Firm) -> Any:
    with clock.at("2024-07-20T09:00"):
        campaign = booked(worked_example(firm), firm)
        facts = facts_of(campaign.subject)
        evaluate(list(judging()), facts)
        content, kept = proposal_content(campaign.subject), json.loads(json.dumps(keep(facts)))
        return facts, recall(campaign.subject, content, kept)


@pytest.mark.req("GEN-04")
@pytest.mark.req("APR-13")
def test_a_past_decision_stays_what_it_was_and_each_campaign_is_routed_by_its_own_version(firm: Firm) -> None:
    with clock.at("2024-07-01T09:00"):
        old = submit(make_proposal(firm, "七夕音乐会", expected_people=250), firm)
        decided = list(StoredVerdict.objects.filter(subject=old.subject))
        asked = [step.position.code for step in Case.objects.get(subject=old.subject).steps.all()]
        assert decided
        assert VP_MARKETING not in asked
    for rule in rules:
        for name, default in rule.params.items():
            if isinstance(default, int | Decimal) and not isinstance(default, bool):
                Parameter.objects.create(rule=rule.id, name=name, value=1, valid_from=date(2024, 8, 1))
    Parameter.objects.filter(rule="R-TYP-01", name="people").update(value=200)
    with clock.at("2024-08-02T09:00"):
        Campaign.objects.filter(pk=old.pk).update(plan_item="", name="另一个名字")
        for stored in StoredVerdict.objects.filter(subject=old.subject).select_related(
            "subject", "circumstances"
        ):
            assert replay_decision(stored).is_same, stored.rule
        assert approval_facts(old.subject)["is_large"] is False
        new = submit(make_proposal(firm, "中秋灯会", expected_people=250), firm)
        assert approval_facts(new.subject)["is_large"] is True
        assert VP_MARKETING in [
            step.position.code for step in Case.objects.get(subject=new.subject).steps.all()
        ]
        assert [step.position.code for step in Case.objects.get(subject=old.subject).steps.all()] == asked


def test_a_decision_whose_content_is_gone_says_so(firm: Firm) -> None:
    campaign = make_proposal(firm)
    stored = StoredVerdict.objects.create(
        subject=campaign.subject,
        occasion="x",
        rule="R-BUD-02",
        passed=True,
        verdict={"severity": "block"},
        params={},
    )
    assert "not kept" in replay_decision(stored).why_not.msgid
    stored.rule = "R-OLD-01"
    assert "no longer" in replay_decision(stored).why_not.msgid


@pytest.mark.req("GEN-04")
def test_a_trial_lists_only_what_would_have_gone_otherwise_and_what_became_of_it(
    firm: Firm, director: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.at("2024-08-02T09:00"):
        sizes = {"小型活动": 80, "中型活动": 250, "大型活动": 400}
        made = {name: make_proposal(firm, name, expected_people=people) for name, people in sizes.items()}
        lines = [LineRow(category="物料成本", item="礼品", amount=Decimal(5000), actual=Decimal(5600))]
        save_rows(made["中型活动"], "budget", lines, actor=firm.owner)
        for one in made.values():
            submit(one, firm)
        trial = rulebook.start_trial(change=SMALLER, actor=director, **YEAR)
        assert (trial.is_finished, trial.tried, trial.changed, trial.rerouted, trial.went_wrong) == (
            True,
            3,
            1,
            1,
            1,
        )
        assert trial.money == Decimal("5000.00")
        [row] = trial.rows.all()
        before, after = Outcome.from_json(row.before), Outcome.from_json(row.after)
        assert (row.subject, before.effect, after.effect) == (made["中型活动"].subject, "passed", "routed")
        assert ("approve", VP_MARKETING) in set(after.steps or ()) - set(before.steps or ())
        assert row.became.to_json() == {"say": "{amount} over budget", "with": {"amount": "600"}}
        assert not Parameter.objects.exists()

        # The same as a job, part by part; a part that is done twice counts once.
        monkeypatch.setattr(trials, "INLINE", 1)
        monkeypatch.setattr(trials, "PART", 2)
        queued = rulebook.start_trial(change=SMALLER, actor=director, **YEAR)
        assert (queued.is_finished, queued.job.total) == (False, 2)
        rulebook.try_part(trial=queued, ids=[made["中型活动"].pk])
        work_off()
        queued = Trial.objects.get(pk=queued.pk)
        assert (queued.is_finished, queued.tried, queued.changed, queued.money) == (True, 3, 1, trial.money)
        assert TrialRow.objects.filter(trial=queued).count() == 1


def test_a_trial_of_routes_and_of_a_block(firm: Firm, director: User) -> None:
    with clock.at("2024-08-02T09:00"):
        campaign = submit(make_proposal(firm), firm)
        rows = current_rows("campaign")
        first = replace(rows[0], conditions=(*rows[0].conditions, replace(rows[1].conditions[1])))
        trial = rulebook.start_trial(
            change=Change(definition="campaign", rows=(first, *rows[1:])), actor=director, **YEAR
        )
        [row] = trial.rows.all()
        assert row.subject == campaign.subject
        assert Outcome.from_json(row.after).effect == "blocked"
        assert (trial.blocked_before, trial.blocked_after) == (0, 1)
        marketing = make_campaign(firm, "双十一回馈", kind=Kind.MARKETING)
        lines = [
            LineRow(category="物料成本", item="礼品", amount=Decimal(91)),
            LineRow(category="其他成本", item="应急备用金", amount=Decimal(9)),
        ]
        save_rows(marketing, "budget", lines, actor=firm.owner)
        lower = Change(rule="R-BUD-03", values={"lo": Decimal("8")})
        trial = rulebook.start_trial(change=lower, actor=director, **YEAR)
        assert (trial.blocked_before, trial.blocked_after, trial.changed) == (1, 0, 1)


def test_a_trial_is_refused_without_right_period_or_past(firm: Firm, director: User) -> None:
    with pytest.raises(NotAllowed):
        rulebook.start_trial(change=SMALLER, actor=firm.owner, **YEAR)
    with pytest.raises(Invalid) as refused:
        rulebook.start_trial(change=SMALLER, actor=director, since=YEAR["until"], until=YEAR["since"])
    assert "until" in refused.value.fields
    with pytest.raises(Invalid):
        rulebook.start_trial(change=Change(rule="R-APR-16", values={"remind": 2}), actor=director, **YEAR)
    assert not Trial.objects.exists()
