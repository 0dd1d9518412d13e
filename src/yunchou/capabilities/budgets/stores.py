"""How the budget lives in the database."""

from __future__ import annotations

from typing import Any

from yunchou.kernel.sheets.cells import cells_from_json, cells_to_json
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.store import ModelStore
from yunchou.kernel.subjects.models import Subject

from .models import Budget, BudgetLine
from .tables import BUDGET, LineRow

LINES: ModelStore[BudgetLine, LineRow] = ModelStore(
    BudgetLine, BUDGET, fields={"owner": person("owner"), "approver": person("approver")}
)


def load_totals(subject: Subject) -> LineRow | None:
    """The totals that are stated, as the last line of the table."""
    kept = Budget.objects.filter(pk=subject.pk).first()
    return None if kept is None else totals_row(kept)


def totals_row(kept: Budget) -> LineRow:
    """The stated totals as a line."""
    return LineRow(
        amount=kept.stated_total,
        actual=kept.stated_actual,
        given=cells_from_json(kept.given),
        extra=cells_from_json(kept.extra),
    )


def save_totals(subject: Subject, footer: LineRow | None, *, actor: Any) -> None:
    """Keeps the stated totals, or that none are stated."""
    if footer is None:
        Budget.objects.filter(pk=subject.pk).delete()
        return
    values = {
        "stated_total": footer.amount,
        "stated_actual": footer.actual,
        "given": cells_to_json(footer.given),
        "extra": cells_to_json(footer.extra),
    }
    Budget.objects.update_or_create(subject=subject, defaults=values)
