"""Which rules judge a campaign, and what of it each of them takes."""

from __future__ import annotations

from yunchou.capabilities.budgets import rules as budgets
from yunchou.capabilities.ledger.rules import within_ceiling
from yunchou.capabilities.metrics import rules as metrics
from yunchou.capabilities.operations import rules as operations
from yunchou.capabilities.work import rules as work
from yunchou.kernel.rules.registry import Rule

from ..facts import CampaignFacts
from . import consistency, elements, proposal, splitting

BUDGET: list[Rule[CampaignFacts]] = [
    rule.of(lambda facts: facts.budget)
    for rule in (
        budgets.amount_is_product,
        budgets.total_is_sum,
        budgets.contingency_in_range,
        budgets.variance_has_a_note,
        budgets.headings_are_considered,
    )
]
WORK: list[Rule[CampaignFacts]] = [
    rule.of(lambda facts: facts.work)
    for rule in (
        work.durations_are_computed,
        work.predecessors_come_first,
        work.somebody_answers,
        work.modules_are_covered,
    )
]
# What goes wrong while the work is done stops nobody from sending a proposal.
PROGRESS: list[Rule[CampaignFacts]] = [
    rule.of(lambda facts: facts.work)
    for rule in (work.nothing_starts_early, work.nothing_is_overdue, work.nothing_deviates_much)
]
RISKS: list[Rule[CampaignFacts]] = [
    rule.of(lambda facts: facts.risk_facts)
    for rule in (operations.risks_are_scored, operations.high_impact_is_prepared)
]
DASHBOARD: list[Rule[CampaignFacts]] = [
    rule.of(lambda facts: facts.dashboard)
    for rule in (
        metrics.attainment_is_computed,
        metrics.volume_keeps_pace,
        metrics.conversion_is_high_enough,
        metrics.todays_rate_is_near_target,
        metrics.shown_state_follows_the_rules,
    )
]
OWN: list[Rule[CampaignFacts]] = [
    proposal.is_justified_outside_plan,
    proposal.goals_are_smart,
    proposal.deadlines_follow_the_end,
    proposal.creative_plan_is_complete,
    elements.elements_are_there,
    elements.principles_are_confirmed,
]
CONSISTENCY: list[Rule[CampaignFacts]] = [
    consistency.dates_agree,
    consistency.extra_spending_is_covered,
    consistency.approvers_do_not_carry_out,
    consistency.buyer_owns_the_line,
    consistency.channel_targets_add_up,
    consistency.one_indicator_for_one_goal,
]

MONEY: list[Rule[CampaignFacts]] = [within_ceiling.of(lambda facts: facts.limits)]
SPLITTING: list[Rule[CampaignFacts]] = [splitting.nothing_is_split.of(lambda facts: facts.neighbourhood)]

# Judged when a proposal is sent: whatever of these blocks must be mended or excepted first.
PROPOSAL: list[Rule[CampaignFacts]] = [*OWN, *BUDGET, *WORK, *RISKS, *CONSISTENCY, *MONEY, *SPLITTING]
ALL: list[Rule[CampaignFacts]] = [*PROPOSAL, *PROGRESS, *DASHBOARD]


def judge_too(rule: Rule[CampaignFacts]) -> None:
    """Let a rule of a room above (evaluation, retrospective) speak on the campaign's pages and imports."""
    ALL.append(rule)
