"""Grades of customers: with the criteria they rest on, from a day, until a day (SEG-08)."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.refusing import at_field, wanted
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate

from .. import journal
from ..apart import same_as
from ..models import Customer, Grade, GradeEntry
from ..permissions import Perm
from ..rules import Graded, graded_by_criteria
from ..selectors.history import purchases_of
from ..words import word
from .placing import settle
from .register import lock


@transaction.atomic
def grade_customer(
    *,
    customer: Customer,
    grade: str,
    since: date,
    until: date | None,
    reason: str,
    actor: User,
    departs: bool = False,
) -> Customer:
    """Give a grade with the criteria met. A high-end or key grade has an end, on which somebody looks again.

    It needs the purchases of the last twelve months that the rulebook asks for (K-SEG-08), or the word that it `departs`.

    Refuses without `customers.manage`, without criteria, an end before the beginning, a beginning in the future and one
    before the newest grade; records `customers.graded`.
    """
    locked = lock(customer, actor, Perm.MANAGE)
    reason = wanted(reason, "reason", 200)
    given = Grade(grade)
    newest = GradeEntry.objects.filter(customer=locked).first()
    if since > clock.today():
        raise at_field("since", _("A grade begins today or before."))
    if newest and since < newest.since:
        raise at_field(
            "since",
            _("The newest grade holds from {day}; this one begins then or later."),
            day=str(newest.since),
        )
    if until and until <= since:
        raise at_field("until", _("It ends after it begins."))
    if given in (Grade.HIGH_END, Grade.KEY) and until is None:
        raise at_field("until", _("Say until when: a grade like this is looked at again."))
    spent = purchases_of([locked.pk, *same_as(locked)]).in_a_year
    verdicts = [
        one for one in evaluate([graded_by_criteria], Graded(given, spent, departs)) if not one.passed
    ]
    if verdicts:
        raise RuleRefused(verdicts[0].reason, fields={"departs": verdicts[0].reason}, verdicts=verdicts)
    GradeEntry.objects.create(
        customer=locked,
        grade=given,
        since=since,
        until=until,
        reason=reason,
        given_by=actor,
        given_at=clock.now(),
    )
    is_over = until is not None and until < clock.today()
    locked.grade, locked.grade_until = ("", None) if is_over else (given, until)
    locked.save(update_fields=["grade", "grade_until"])
    settle(locked)
    told = {"grade": word(given.label, "client grade"), "day": since.isoformat(), "reason": reason}
    record(journal.GRADED, actor=actor, subject=locked.subject, data=told)
    return locked


def end_grades() -> int:
    """Take away the grades whose last day has passed; says how many. Their entries stay. Runs each night."""
    over = Customer.objects.exclude(grade="").filter(grade_until__lt=clock.today())
    return over.update(grade="", grade_until=None)  # who was kept apart by it is moved by `settle_all`
