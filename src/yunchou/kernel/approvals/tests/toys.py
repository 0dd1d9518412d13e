"""A toy definition over the toy papers of the duties' tests, with every kind of step."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from yunchou.kernel.approvals.conditions import Condition, Fact, FactType, Kind, Row, StepSpec
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import Panel, declare
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.tests.factories import papers
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

LEADER, CLUB, CENTRE, VP, BOARD = (
    "regional_leadership", "group_customer_club", "group_service_centre", "vp_marketing", "board",
)  # fmt: skip

FACTS = {
    "in_plan": Fact("In plan", FactType.FLAG),
    "amount": Fact("Amount", FactType.MONEY),
    "form": Fact("Form", FactType.TEXT),
}
#: Outcomes as they were called: (state of the case, actor's name).
outcomes: list[tuple[str, str]] = []
#: Who else may not decide on a paper, by its primary key.
shares: dict[int, dict[User, Say]] = {}


def facts_of(subject: Subject) -> dict[str, Any]:
    paper = papers[subject.pk]
    return {
        "in_plan": paper.get("in_plan", True),
        "amount": Decimal(str(paper["amount"])),
        "form": paper.get("form", "plain"),
    }


def _note(case: Case, actor: User) -> None:
    outcomes.append((case.state, actor.name))


def _plain(*more: Condition) -> tuple[Condition, ...]:
    return (Condition("form", "eq", "plain"), *more)


def _form(name: str) -> tuple[Condition, ...]:
    return (Condition("form", "eq", name),)


ROWS = (
    Row(
        "R-APR-03", "001 §5 ¶4", "In plan, {amount} yuan",
        _plain(Condition("in_plan", "eq", True), Condition("amount", "le", 100_000)),
        (StepSpec(Kind.APPROVE, LEADER, 10), StepSpec(Kind.FILE, CLUB, 20)),
    ),
    Row(
        "R-APR-04", "001 §5 ¶4", "Large: {amount} yuan", _plain(Condition("amount", "gt", 100_000)),
        (StepSpec(Kind.REVIEW, CLUB, 20), StepSpec(Kind.APPROVE, VP, 30), StepSpec(Kind.APPROVE, LEADER, 10)),
    ),
    Row(
        "R-APR-05", "001 §5 ¶6", "Out of plan", _plain(Condition("in_plan", "eq", False)),
        (StepSpec(Kind.REVIEW, LEADER, 10), StepSpec(Kind.APPROVE, CENTRE, 20)),
    ),
    Row("R-APR-10", "004 三(二)", "Any member", _form("any"), (StepSpec(Kind.ANY, BOARD, 10),)),
    Row("R-APR-10", "004 三(二)", "All members", _form("all"), (StepSpec(Kind.COUNTERSIGN, BOARD, 10),)),
    Row("R-APR-10", "004 三(二)", "In turn", _form("turn"), (StepSpec(Kind.IN_TURN, BOARD, 10),)),
    Row("R-APR-10", "004 三(二)", "Two thirds", _form("ratio"), (StepSpec(Kind.RATIO, BOARD, 10, 60),)),
)  # fmt: skip

declare(
    "paper",
    label="Paper",
    facts=FACTS,
    facts_of=facts_of,
    rows=ROWS,
    on_approved=_note,
    on_returned=_note,
    on_rejected=_note,
    on_withdrawn=_note,
    interested=lambda subject: {person.pk: why for person, why in shares.get(subject.pk, {}).items()},
    panels=[
        lambda case, user: Panel(
            say("Effect"), "ui/parts/empty.html", {"title": "12,000 left", "icon_name": "coin"}
        )
    ],
    low_risk=lambda case: Decimal(case.facts["amount"]) <= 1000,
)
