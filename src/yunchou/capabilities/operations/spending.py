"""What responses to risks may spend without asking again, and what they did spend (RSK-04, R-RSK-05)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from yunchou.capabilities.budgets.adjustments import Preapproval, draws_by_cause, preapproved_by
from yunchou.capabilities.budgets.models import Adjustment
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.subjects.models import Subject

from .models import Risk


@dataclass(frozen=True)
class Spending:
    """What was approved for a risk with the plan (None until it was), and the draws that were made for it, in yuan."""

    preapproved: Decimal | None
    draws: tuple[Adjustment, ...] = ()

    @property
    def drawn(self) -> Decimal:
        """What was drawn and did not go back."""
        return sum((one.amount - one.returned for one in self.draws), ZERO)

    @property
    def left(self) -> Decimal:
        return max(ZERO, (self.preapproved or ZERO) - self.drawn)


def key_of(risk: Risk) -> str:
    """How a draw names the risk that it was made for."""
    return f"risk:{risk.pk}"


def spending_of(subject: Subject, risks: Sequence[Risk]) -> dict[int, Spending]:
    """The spending of each risk by its key; one query."""
    draws: dict[str, tuple[Adjustment, ...]] = draws_by_cause(subject) if risks else defaultdict(tuple)
    return {risk.pk: Spending(risk.preapproved, draws.get(key_of(risk), ())) for risk in risks}


def preapprovals(subject: Subject) -> list[Preapproval]:
    """The risks whose plan lets money be drawn, as the form of an ordinary draw offers them; two queries."""
    risks = list(Risk.objects.filter(subject=subject, preapproved__gt=0).order_by("position", "pk"))
    known = spending_of(subject, risks)
    return [
        Preapproval(
            risk.scenario,
            risk.preapproved or ZERO,
            known[risk.pk].left,
            reverse("operations:risk_draw", args=[subject.pk, risk.pk]),
            is_open=risk.is_open,
        )
        for risk in risks
    ]


preapproved_by(preapprovals)
