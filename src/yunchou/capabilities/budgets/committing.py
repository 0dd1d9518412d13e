"""Whether money of an approved budget may be committed now, and what its lines were approved as.

What a change writes counts once it is approved: until then lines keep the name and category that their accounts have.
"""

from __future__ import annotations

from collections.abc import Iterable

from yunchou.capabilities.ledger.models import Account
from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .selectors import ACTUALS
from .tables import BUDGET, LineRow


def lock_on_money(subject: Subject, lines: Iterable[int] = ()) -> Say | None:
    """Why nothing new may be committed of the budget, or of some of its lines by key; None where it may.

    Money waits for what an approved proposal or a change of it newly needs (R-APR-07, R-APR-08), and for the approval of a
    line that a change writes anew (R-APR-17). What a contract has bound already is not committed again.
    """
    if reason := lock_on(subject, ACTUALS):
        return reason
    keys = dict.fromkeys(lines)
    return next(filter(None, (lock_on(subject, f"{BUDGET.key}/{pk}") for pk in keys)), None)


def is_contingency(account: Account) -> bool:
    """Whether the money was approved for contingencies: it is drawn on for a line, and not spent itself."""
    return account.kind == Account.Kind.LINE and LineRow(item=account.name).is_contingency
