"""Booking what a line did cost. Lines themselves are edited as rows of their table, see `kernel.sheets.editor`."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.money import format_exact, yuan
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.sheets.columns.numbers import LIMIT
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import BudgetLine
from ..permissions import Perm
from ..rules import BudgetFacts, variance_has_a_note
from ..selectors import ACTUALS
from ..stores import LINES
from ..tables import BUDGET, LineRow


@transaction.atomic
def record_actual(*, line: BudgetLine, amount: Decimal, note: str, actor: User) -> BudgetLine:
    """Book what a line did cost, in yuan, replacing what was booked before; records `budgets.actual_booked`.

    Refuses without `budgets.book` on the subject, while nothing may be recorded, an amount below zero, and a cost
    that differs from the budget without a note (R-BUD-11, 004 二(三)). Once the budget is approved the difference to what
    was booked is posted to the ledger, which refuses what passes the money or a ceiling (R-BUD-05).
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=line.subject_id)
    require(actor, Perm.BOOK, subject)
    if reason := lock_on(subject, ACTUALS) or lock_on(subject, f"{BUDGET.key}/{line.pk}"):
        raise WrongState(reason)
    if amount < 0 or amount >= LIMIT:
        words = say(_("Give an amount of zero or more, below a trillion yuan."))
        raise Invalid(words, fields={"amount": words})
    stored = BudgetLine.objects.select_related("account").get(pk=line.pk, subject=subject)
    before, row = stored.actual, LINES.row(stored)
    after = replace(row, actual=yuan(amount), variance_note=note.strip())
    _refuse_silence(after)
    if stored.account is not None:
        _post_difference(stored, amount, actor)
    stored.actual, stored.variance_note = after.actual, after.variance_note
    stored.given = {key: cell for key, cell in stored.given.items() if key not in ("actual", "variance_note")}
    stored.save(update_fields=["actual", "variance_note", "given"])
    record(
        journal.ACTUAL_BOOKED,
        actor=actor,
        subject=subject,
        data={
            "line": after.item_name or "—",
            "amount": format_exact(amount),
            "before": None if before is None else format_exact(before),
            "budget": "—" if after.amount is None else format_exact(after.amount),
            "variance": "—" if after.variance is None else format_exact(after.variance),
            "note": after.variance_note,
        },
    )
    return stored


def _post_difference(line: BudgetLine, amount: Decimal, actor: User) -> None:
    """Bring what the ledger has spent for the line to `amount`: more is an expense, less takes one back (R-BUD-05)."""
    assert line.account is not None
    more = yuan(amount) - money_of(line.account).spent
    order = ledger.Order(actor=actor, subject=line.subject, reason=LINES.row(line).item_name)
    if more > 0:
        ledger.spend(account=line.account, amount=more, order=order)
    elif more < 0:
        ledger.correct(account=line.account, amount=-more, order=order)


def _refuse_silence(row: LineRow) -> None:
    """Refuse a cost whose difference nobody explains."""
    facts = BudgetFacts((row,))
    failures = variance_has_a_note.failures(facts, params_on([variance_has_a_note])[variance_has_a_note.id])
    if failures:
        reason = failures[0].reason
        raise RuleRefused(reason, fields={"note": reason}, verdicts=failures)
