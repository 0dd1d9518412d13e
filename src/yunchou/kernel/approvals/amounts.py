"""What a case costs, where its definition declares a fact of money: for the inbox, its filter and the approval form."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import DecimalField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from .conditions import FactType
from .models import Case
from .registry import Approvable, definitions


def money_fact(declared: Approvable) -> str:
    """The name of the first fact of money; empty where there is none."""
    return next((name for name, fact in declared.facts.items() if fact.type is FactType.MONEY), "")


def amount_of(case: Case) -> Decimal | None:
    """The amount in yuan that the case was routed by."""
    value = case.facts.get(money_fact(case.definition.declared))
    return None if value in (None, "") else Decimal(str(value))


def between(cases: QuerySet[Case], least: Decimal | None, most: Decimal | None) -> QuerySet[Case]:
    """Those whose amount is within the limits, both included; a case without an amount is within none."""
    names = sorted({name for declared in definitions if (name := money_fact(declared))})
    if (least is None and most is None) or not names:
        return cases
    column = DecimalField(max_digits=16, decimal_places=2)
    values = [Cast(KeyTextTransform(name, "facts"), column) for name in names]
    cases = cases.annotate(amount=Coalesce(*values) if len(values) > 1 else values[0])
    if least is not None:
        cases = cases.filter(amount__gte=least)
    return cases if most is None else cases.filter(amount__lte=most)
