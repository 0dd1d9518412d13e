"""Benefits of employee activities: drawn from the register of employees, added, given (TYP-05)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.apart import birthdays_of
from yunchou.directory.customers.models import Customer, Identity, TouchKind
from yunchou.directory.customers.models.people import CustomerQuerySet
from yunchou.directory.customers.selectors.find import customers_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import activities, journal
from ..models import Benefit, BenefitKind
from ..permissions import Perm
from .shared import opened, word


def employees_of(subject: Subject) -> CustomerQuerySet:
    """The employees of the activity's company, as the register has them."""
    return customers_of(subject.unit).filter(identities__identity=Identity.EMPLOYEE).living()


def birthday_in(born_on: date, start: date, end: date) -> Iterable[date]:
    """The birthdays within a period, both ends included; who was born on 29 February has it on the 28th in other years."""
    for year in range(start.year, end.year + 1):
        try:
            day = born_on.replace(year=year)
        except ValueError:
            day = date(year, 2, 28)
        if start <= day <= end:
            yield day


@transaction.atomic
def draw_birthdays(*, subject: Subject, start: date, end: date, what: str, actor: User) -> int:
    """Take the birthdays of a period from the register of employees; those that are there stay as they are.

    Says how many were added. Refuses without `sales.edit`, activities that are not for employees and more than a year;
    records `sales.benefits_drawn`.
    """
    locked = _for_employees(subject, actor)
    if end < start or end - start > timedelta(days=366):
        raise at_field("end", _("The period ends after it begins, within a year."))
    known = set(
        Benefit.objects.filter(subject=locked, kind=BenefitKind.BIRTHDAY).values_list("customer", "due_on")
    )
    new = [
        Benefit(subject=locked, customer_id=pk, kind=BenefitKind.BIRTHDAY, due_on=day, what=what.strip()[:120], added_by=actor)
        for pk, born_on in birthdays_of(employees_of(locked))
        for day in birthday_in(born_on, start, end)
        if (pk, day) not in known
    ]  # fmt: skip
    Benefit.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        record(journal.BENEFITS_DRAWN, actor=actor, subject=locked, data={"count": len(new)})
    return len(new)


@transaction.atomic
def add_benefits(
    *,
    subject: Subject,
    customers: Collection[Customer],
    kind: str,
    due_on: date,
    what: str,
    actor: User,
    reason: str = "",
) -> int:
    """Add a benefit of a day for some employees; a special reward says for which performance. Says how many are new.

    Refuses without `sales.edit`, people who are not in the register of employees (at the field), and activities that are not
    for employees; records `sales.benefit_added`.
    """
    locked = _for_employees(subject, actor)
    chosen = BenefitKind(kind)
    if chosen == BenefitKind.REWARD:
        wanted(reason, "reason", 200)
    keys = {one.pk for one in customers}
    known = set(employees_of(locked).filter(pk__in=keys).values_list("pk", flat=True))
    if out := [one.name for one in customers if one.pk not in known]:
        raise at_field("customers", _("Not in the register of employees: {names}"), names="、".join(out[:5]))
    there = set(
        Benefit.objects.filter(subject=locked, kind=chosen, due_on=due_on, customer__in=keys).values_list(
            "customer", flat=True
        )
    )
    new = [
        Benefit(
            subject=locked, customer_id=pk, kind=chosen, due_on=due_on, what=wanted(what, "what", 120),
            reason=reason.strip()[:200], added_by=actor,
        )
        for pk in sorted(keys - there)
    ]  # fmt: skip
    Benefit.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        data = {"count": len(new), "kind": word(chosen.label, "benefit"), "day": due_on.isoformat()}
        record(journal.BENEFIT_ADDED, actor=actor, subject=locked, data=data)
    return len(new)


@transaction.atomic
def give_benefit(*, benefit: Benefit, actor: User) -> Benefit:
    """Say that a benefit was given. Refuses a second time; records `sales.benefit_given`."""
    locked = _locked(benefit, actor)
    if locked.given_at:
        raise wrong(_("This was given already."))
    locked.given_at, locked.given_by = clock.now(), actor
    locked.save(update_fields=["given_at", "given_by"])
    row = TouchRow(
        customer_id=locked.customer_id, kind=TouchKind.GIFT, subject_id=locked.subject_id,
        note=locked.what or str(BenefitKind(locked.kind).label), by_id=actor.pk, key=f"benefit:{locked.pk}",
    )  # fmt: skip
    record_touches([row])
    record(journal.BENEFIT_GIVEN, actor=actor, subject=locked.subject, data=_told(locked))
    return locked


@transaction.atomic
def remove_benefit(*, benefit: Benefit, actor: User) -> None:
    """Take away a benefit that was not given. Records `sales.benefit_removed`."""
    locked = _locked(benefit, actor)
    if locked.given_at:
        raise wrong(_("This was given already."))
    record(journal.BENEFIT_REMOVED, actor=actor, subject=locked.subject, data=_told(locked))
    locked.delete()


def _told(benefit: Benefit) -> dict[str, object]:
    return {"kind": word(BenefitKind(benefit.kind).label, "benefit"), "day": benefit.due_on.isoformat()}


def _for_employees(subject: Subject, actor: User) -> Subject:
    locked = opened(subject, actor, Perm.EDIT)
    if not activities.is_for_employees(locked):
        raise wrong(_("Only activities for employees carry benefits."))
    return locked


def _locked(benefit: Benefit, actor: User) -> Benefit:
    subject = opened(benefit.subject, actor, Perm.EDIT)
    locked: Benefit = Benefit.objects.select_for_update(of=("self",)).get(pk=benefit.pk)
    locked.subject = subject
    return locked
