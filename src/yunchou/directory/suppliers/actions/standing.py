"""What the company thinks of a supplier: grades with their history, and blocks."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import cancel
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..duties import RENEWAL
from ..models import Grade, GradeEntry, Supplier
from ..permissions import Perm
from .register import lock


@transaction.atomic
def grade_supplier(
    *, supplier: Supplier, grade: str, reason: str, since: date | None = None, actor: User
) -> GradeEntry:
    """Grade a supplier from a day on (today); earlier grades stay in its history.

    Refuses without `suppliers.assess`, without a reason, a day to come and one before the present grade; records
    `suppliers.graded`.
    """
    locked = lock(supplier, actor, Perm.ASSESS)
    day = since or clock.today()
    if grade not in Grade.values:
        raise _invalid("grade", _("Choose a grade from A to D."))
    if not reason.strip():
        raise _invalid("reason", _("Give the reason."))
    if day > clock.today():
        raise _invalid("since", _("A grade holds from today or an earlier day."))
    newest = locked.grades.first()
    if newest and day < newest.since:
        raise _invalid("since", _("The present grade holds from {day}."), day=newest.since.isoformat())
    entry = GradeEntry.objects.create(
        supplier=locked, grade=grade, since=day, reason=reason.strip()[:200], given_by=actor
    )
    locked.grade = grade
    locked.save(update_fields=["grade"])
    data = {"supplier": locked.name, "grade": grade, "day": day.isoformat(), "reason": entry.reason}
    record(journal.GRADED, actor=actor, subject=locked.subject, data=data)
    return entry


@transaction.atomic
def block_supplier(*, supplier: Supplier, reason: str, actor: User) -> Supplier:
    """From now on the supplier is chosen nowhere, and its papers need no renewal.

    Refuses without `suppliers.assess` and without a reason; records `suppliers.blocked`.
    """
    locked = lock(supplier, actor, Perm.ASSESS)
    if locked.is_blocked:
        raise WrongState(say(_("“{supplier}” is blocked already."), supplier=locked.name))
    if not reason.strip():
        raise _invalid("reason", _("Give the reason."))
    locked.blocked_at, locked.blocked_by, locked.blocked_reason = clock.now(), actor, reason.strip()[:200]
    locked.save(update_fields=["blocked_at", "blocked_by", "blocked_reason"])
    data = {"supplier": locked.name, "reason": locked.blocked_reason}
    record(journal.BLOCKED, actor=actor, subject=locked.subject, data=data)
    cancel(actor=actor, kind=RENEWAL.key, subject=locked.subject)
    return locked


@transaction.atomic
def unblock_supplier(*, supplier: Supplier, reason: str, actor: User) -> Supplier:
    """Let the supplier be chosen again; papers that run out soon are owed from the next night on.

    Refuses as `block_supplier`; records `suppliers.unblocked`.
    """
    locked = lock(supplier, actor, Perm.ASSESS)
    if not locked.is_blocked:
        raise WrongState(say(_("“{supplier}” is not blocked."), supplier=locked.name))
    if not reason.strip():
        raise _invalid("reason", _("Give the reason."))
    locked.blocked_at, locked.blocked_by, locked.blocked_reason = None, None, ""
    locked.save(update_fields=["blocked_at", "blocked_by", "blocked_reason"])
    data = {"supplier": locked.name, "reason": reason.strip()}
    record(journal.UNBLOCKED, actor=actor, subject=locked.subject, data=data)
    return locked


def _invalid(field: str, message: str, **params: str) -> Invalid:
    told = say(message, **params)
    return Invalid(told, fields={field: told})
