"""An activity without a room of its own, its goals of the worked example, and leads and orders for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from yunchou.capabilities.metrics.goals import Wanted, declare_goals
from yunchou.capabilities.metrics.live import Liveness
from yunchou.capabilities.metrics.live import declare as declare_liveness
from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.sales import actions
from yunchou.capabilities.sales.actions import LeadFacts, OrderFacts, Person
from yunchou.capabilities.sales.activities import Activities, declare
from yunchou.capabilities.sales.models import Lead, Order
from yunchou.capabilities.sales.permissions import Perm
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.kinds import SubjectKind
from yunchou.kernel.subjects.kinds import declare as declare_kind
from yunchou.kernel.subjects.models import Role, Subject

KIND = "salestoy"
PERIOD = (date(2024, 7, 15), date(2024, 8, 10))
deal: set[int] = set()
employees: set[int] = set()
locks: dict[str, Say] = {}
_numbers = count(1)
GOALS = (
    Wanted("线索留资量", Figure(Decimal(2000), "条", ">=")),
    Wanted("有效线索率", Figure(Decimal(60), "%", ">=")),
    Wanted("线索转化率", Figure(Decimal(15), "%", ">=")),
    Wanted("活动期销售额", Figure(Decimal(500000), "元", ">=")),
)

declare_kind(SubjectKind(KIND, "Toy", Perm.VIEW, locked=lambda subject, table: locks.get(table)))
declare_liveness(Liveness(KIND, periods=lambda ids: dict.fromkeys(ids, PERIOD)))
declare_goals(KIND, lambda subject: GOALS)
declare(
    Activities(KIND, is_deal=lambda one: one.pk in deal, is_for_employees=lambda one: one.pk in employees)
)


def make_activity(firm: Firm, code: str = "YX-2024-017") -> Subject:
    subject = open_subject(
        kind=KIND, unit=firm.department(), title="青春焕新·校园行动", address="/", code=code, actor=firm.owner
    )
    add_member(subject=subject, user=firm.owner, role=Role.LEAD)
    return subject


def at(day: int, hour: int = 10, minute: int = 0, month: int = 7) -> datetime:
    """A moment of July 2024."""
    return clock.moment(date(2024, month, day), hour, minute)


def leave(subject: Subject, actor: User | None, **told: Any) -> Lead:
    """A lead of somebody new, unless name and phone say otherwise."""
    n = next(_numbers)
    person = Person(told.pop("name", f"客户{n}"), told.pop("phone", f"139{n:08}"), told.pop("email", ""))
    who = {"customer": told.pop("customer")} if "customer" in told else {"person": person}
    more = {name: told.pop(name) for name in ("consents", "way", "owner", "form") if name in told}
    facts = LeadFacts(**{"channel": "desk", "place": "咨询台", "need": "三居室，九月看房"} | told)
    return actions.capture_lead(subject=subject, facts=facts, actor=actor, **who, **more).lead


def buy(lead: Lead, actor: User, days: float = 1, amount: str = "1000", **told: Any) -> Order:
    """An order of a lead's customer so many days after the lead."""
    n = next(_numbers)
    facts = OrderFacts(
        told.pop("number", f"DD-{n:05}"), told.pop("channel", "shop"), Decimal(amount), lead.captured_at + timedelta(days=days)
    )  # fmt: skip
    made, _new = actions.enter_order(
        facts=facts, customer=lead.customer, subject=lead.subject, actor=actor, **{"lead": lead} | told
    )
    return made


def value_of(subject: Subject, word: str) -> str:
    """What the dashboard shows of the indicator whose name has the word."""
    series = Series.objects.get(subject=subject, indicator__contains=word)
    figure = series.figure("cumulative")
    return "" if figure is None or figure.value is None else f"{figure.value.normalize():f}"
