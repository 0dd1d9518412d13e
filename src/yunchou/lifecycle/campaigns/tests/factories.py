"""Campaigns for tests: bare drafts, and proposals that the rules let through.

draft = make_campaign(firm)                                  # by firm.owner in the marketing department of 华东区域
ready = make_proposal(firm, plan_item="2024 年度计划 3.2")      # could be sent at once
running = bring_to(ready, Status.RUNNING, firm)              # through its approvals
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from yunchou.capabilities.budgets.actions import say_no_cost
from yunchou.capabilities.budgets.chart import HEADINGS
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.actions import acknowledge, approve, install_definition
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import DueRule, Figure, Person
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Goal, Kind, Status
from yunchou.lifecycle.campaigns.tables import GoalRow

START, END = date(2024, 7, 15), date(2024, 8, 10)


def make_campaign(firm: Firm, name: str = "七夕邻里音乐会", **fields: Any) -> Campaign:
    """A draft with dates, led by the owner of the cast; no right is doubted."""
    values: dict[str, Any] = {
        "kind": Kind.CUSTOMER, "unit": firm.department(), "owner": firm.owner, "actor": firm.owner,
        "start_on": START, "end_on": END,
    }  # fmt: skip
    return actions.create_campaign(name=name, **values | fields)


def make_proposal(firm: Firm, name: str = "七夕邻里音乐会", **fields: Any) -> Campaign:
    """A customer event with one complete goal, in the plan unless `plan_item` says otherwise."""
    values = {"plan_item": "2024 年度计划 3.2", "purposes": ["提升企业品牌"]}
    campaign = make_campaign(firm, name, **values | fields)
    goal = GoalRow(
        dimension="线索获取",
        description="收集有效线索",
        metrics=("有效线索量",),
        targets=(Figure(Decimal(200), "条", ">="),),
        data_sources=("CRM",),
        owner=Person(firm.colleague.name, firm.colleague.pk),
        due=DueRule(1),
    )
    save_rows(campaign, "goals", [goal], actor=firm.owner)
    actions.confirm_goal(goal=Goal.objects.get(subject=campaign.subject), actor=firm.owner)
    return campaign


def save_rows(campaign: Campaign, table: str, rows: list[Any], *, actor: User) -> None:
    """Make these the rows of one table."""
    kept = next(each for each in workbook().kept if each.table.key == table)
    kept.save(campaign.subject, rows, actor=actor)


def consider_nothing(campaign: Campaign, firm: Firm) -> None:
    """Somebody's word that a high-end event costs nothing under any of the seven headings."""
    for heading in HEADINGS:
        say_no_cost(subject=campaign.subject, heading=heading, reason="由合作方承担", actor=firm.owner)


def submit(campaign: Campaign, firm: Firm) -> Campaign:
    """Send it, with the routes of a new company laid down."""
    install_definition(key="campaign")
    return actions.submit_campaign(campaign=campaign, actor=firm.owner)


def approve_all(campaign: Campaign) -> list[str]:
    """Everybody asked agrees, one after the other; the positions in the order in which they decided."""
    decided = []
    while task := _waiting(campaign).exclude(step__kind="file").first():
        decided.append(task.step.position.code)
        approve(task=task, actor=task.assignee)
    for task in _waiting(campaign).filter(step__kind="file"):
        acknowledge(task=task, actor=task.assignee)
        decided.append(task.step.position.code)
    return decided


def _waiting(campaign: Campaign) -> Any:
    cases = Case.objects.filter(subject=campaign.subject)
    found = Task.objects.filter(step__case__in=cases, state=Task.State.WAITING)
    return found.select_related("step__position", "step__case", "assignee").order_by("step__order", "pk")


def again(campaign: Campaign) -> Campaign:
    """The campaign as it stands in the database."""
    return Campaign.objects.select_related("subject__unit").get(pk=campaign.pk)


def bring_to(campaign: Campaign, status: Status, firm: Firm) -> Campaign:
    """The proposal carried along its course up to `status`."""
    steps = [
        (Status.IN_APPROVAL, lambda: submit(campaign, firm)),
        (Status.APPROVED, lambda: approve_all(campaign)),
        (Status.RUNNING, lambda: actions.start_campaign(campaign=again(campaign), actor=firm.owner)),
        (Status.CLOSED, lambda: actions.close_campaign(campaign=again(campaign), actor=firm.owner)),
        (Status.EVALUATED, lambda: actions.complete_evaluation(campaign=again(campaign), actor=firm.owner)),
    ]
    for reached, step in steps:
        step()
        if reached == status:
            return again(campaign)
    raise AssertionError(f"{status} is not on the way")
