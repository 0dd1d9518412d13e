"""Booking what a line did cost. Lines themselves are edited as rows of their table, see `kernel.sheets.editor`.

Until a budget is approved the cost of a line is a plain figure. From then on its money is spent by claims; what comes in no
claim is booked by finance, with a voucher.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.models import Account, Entry
from yunchou.capabilities.ledger.selectors import money_of
from yunchou.capabilities.ledger.states import Kind, State
from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.money import ZERO, format_exact, yuan
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.sheets.columns.numbers import LIMIT
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..committing import lock_on_money
from ..models import BudgetLine
from ..permissions import Perm
from ..rules import BudgetFacts, variance_has_a_note
from ..stores import LINES
from ..tables import LineRow


@transaction.atomic
def record_actual(
    *, line: BudgetLine, amount: Decimal, note: str, actor: User, voucher: str = ""
) -> BudgetLine:
    """Book what a line did cost, in yuan, replacing what was booked before; records `budgets.actual_booked`.

    Refuses while nothing may be recorded, an amount below zero, and a cost that differs from the budget without a note
    (R-BUD-11, 004 二(三)). Of a budget that is not approved it needs `budgets.book`, and is a figure only. Of an approved
    one it needs `budgets.settle`, the number of a `voucher` and a note; the difference is posted, and refused where it
    passes the money or a ceiling (R-BUD-05) or would take back what claims have booked.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=line.subject_id)
    # The line before the books: whoever pays a claim waits in the same order.
    stored = BudgetLine.objects.select_for_update(no_key=True).get(pk=line.pk, subject=subject)
    account = Account.objects.get(pk=stored.account_id) if stored.account_id else None
    require(actor, Perm.BOOK if account is None else Perm.SETTLE, subject)
    if reason := lock_on_money(subject, [line.pk]):
        raise WrongState(reason)
    if amount < 0 or amount >= LIMIT:
        words = say(_("Give an amount of zero or more, below a trillion yuan."))
        raise Invalid(words, fields={"amount": words})
    before, row = stored.actual, LINES.row(stored)
    after = replace(row, actual=yuan(amount), variance_note=note.strip())
    _refuse_silence(after)
    if account is not None:
        _demand_voucher(voucher, note)
        order = ledger.Order(
            actor=actor,
            subject=subject,
            evidence=voucher.strip(),
            reason=f"{account.name}：{note.strip()}"[:300],
        )
        _post_difference(account, yuan(amount), order)
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
            "voucher": voucher.strip() or "—",
        },
    )
    return stored


def _demand_voucher(voucher: str, note: str) -> None:
    missing: dict[str, Say] = {}
    if not voucher.strip():
        missing["voucher"] = say(_("Give the number of the voucher."))
    if not note.strip():
        missing["note"] = say(_("Say why this is booked without a claim."))
    if missing:
        raise Invalid(next(iter(missing.values())), fields=missing)


def _post_difference(account: Account, amount: Decimal, order: ledger.Order) -> None:
    """Bring what the ledger has spent for the line to `amount`: more is an expense, less takes back what was booked so.

    What claims have booked stays: a claim is reversed with its voucher.
    """
    ledger.take_turn([account])
    spent = money_of(account).spent
    if amount > spent:
        ledger.spend(account=account, amount=amount - spent, order=order)
        return
    less = spent - amount
    own = _own_expenses(account, order.subject)
    claimed = spent - sum((left for _entry, left in own), ZERO)
    if amount < claimed:
        words = say(
            _("Claims have booked {amount} yuan of this line: reverse a claim to lower that."),
            amount=format_exact(claimed),
        )
        raise Invalid(words, fields={"amount": words})
    for entry, left in own:
        if (part := min(less, left)) > 0:
            ledger.refund(entry=entry, amount=part, order=order)
            less -= part


def _own_expenses(account: Account, subject: Subject | None) -> list[tuple[Entry, Decimal]]:
    """What was booked or taken over for the line without a claim, newest first, with what is not taken back of each."""
    mine = Q(posting__document__isnull=True) | Q(posting__document=subject)
    spent = Entry.objects.filter(mine, target=account, target_state=State.SPENT, posting__kind=Kind.SPEND)
    found = spent.annotate(back=Sum("reversals__amount")).order_by("-pk")
    return [(entry, entry.amount - (entry.back or ZERO)) for entry in found]


def _refuse_silence(row: LineRow) -> None:
    """Refuse a cost whose difference nobody explains."""
    facts = BudgetFacts((row,))
    failures = variance_has_a_note.failures(facts, params_on([variance_has_a_note])[variance_has_a_note.id])
    if failures:
        reason = failures[0].reason
        raise RuleRefused(reason, fields={"note": reason}, verdicts=failures)
