"""How the budget lives in the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger.models import Balance
from yunchou.capabilities.ledger.states import Dimension
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.cells import cells_from_json, cells_to_json
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.store import ModelStore
from yunchou.kernel.subjects.models import Subject

from .models import Budget, BudgetLine
from .tables import BUDGET, LineRow


class LineStore(ModelStore[BudgetLine, LineRow]):
    """Lines stay as long as money of theirs is used: what was reserved, bound or spent has to lie somewhere."""

    def save(self, subject: Subject, rows: Sequence[LineRow], *, actor: Any = None) -> None:
        kept = [row.pk for row in rows if row.pk is not None]
        _refuse_used(BudgetLine.objects.filter(subject=subject, account__isnull=False).exclude(pk__in=kept))
        super().save(subject, rows, actor=actor)

    def save_row(self, subject: Subject, row: LineRow, *, actor: Any = None) -> BudgetLine:
        if row.amount == 0:
            words = say(_("A line plans more than 0 yuan; delete it if nothing is spent on it."))
            raise Invalid(words, fields={"amount": words})
        with _total_followed(subject):
            return super().save_row(subject, row, actor=actor)

    def delete_row(self, subject: Subject, pk: int, *, actor: Any = None) -> LineRow:
        _refuse_used(BudgetLine.objects.filter(subject=subject, pk=pk, account__isnull=False))
        with _total_followed(subject):
            return super().delete_row(subject, pk, actor=actor)


@contextmanager
def _total_followed(subject: Subject) -> Iterator[None]:
    """A stated total that nobody typed and that agrees with the lines, as R-BUD-02 proposes it, goes on agreeing."""
    kept = Budget.objects.filter(pk=subject.pk, stated_total__isnull=False).first()
    follows = kept is not None and "amount" not in kept.given and kept.stated_total == _total(subject)
    yield
    if kept is not None and follows:
        kept.stated_total = _total(subject)
        kept.save(update_fields=["stated_total"])


def _total(subject: Subject) -> Decimal:
    found = BudgetLine.objects.filter(subject=subject).aggregate(sum=Sum("amount"))
    return found["sum"] or ZERO


def _refuse_used(going: QuerySet[BudgetLine]) -> None:
    used = Q(reserved__gt=0) | Q(committed__gt=0) | Q(spent__gt=0)
    accounts = going.values("account")
    found = Balance.objects.filter(used, account__in=accounts, dimension=Dimension.ALL).select_related(
        "account"
    )
    if row := found.first():
        words = _("Money of “{line}” is used, so the line stays. Lower its amount instead.")
        raise WrongState(say(words, line=row.account.name))


LINES: ModelStore[BudgetLine, LineRow] = LineStore(
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
