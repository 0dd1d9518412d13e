"""Moving records between the two stores as customers become important and cease to be (CUS-06), and marking by hand."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import wanted, wrong
from yunchou.kernel.core.sealing import Unopened
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.subjects.models import Subject

from .. import apart, journal
from ..models import Customer
from ..permissions import Perm
from ..rules import NOBODY
from .register import lock

log = logging.getLogger(__name__)
A_NIGHT: Final = 20_000
"""So many records at most are moved in one night; the rest follows the next."""


def settle(customer: Customer, p: Params | None = None) -> bool:
    """Move the data of a customer, and of what was merged into it, to the store where they belong; says whether any moved.

    In the caller's transaction, which holds the lock on the customer's subject.
    """
    moved = apart.move(customer, is_apart=apart.belongs_apart(customer, p))
    return apart.follow(customer) or moved


def settle_some(keys: Collection[int]) -> None:
    """`settle` for customers whom a list brought or completed: where an identity makes important, some of them may be."""
    p = apart.importance()
    if p.identity == NOBODY:
        return
    astray = Customer.objects.filter(apart.important(p), pk__in=keys, is_apart=False)
    for customer in astray.select_related("subject").order_by("pk"):
        settle(customer, p)


def settle_all() -> int:
    """Move every record that does not stand where it belongs: after a grade ran out, after the rule's parameters changed,
    after an import; says how many. Each in a transaction of its own, under its lock. Runs each night."""
    p = apart.importance()
    living = Customer.objects.living()
    astray = {
        *living.filter(apart.important(p), is_apart=False)
        .order_by("pk")
        .values_list("pk", flat=True)[:A_NIGHT],
        *living.filter(is_apart=True)
        .exclude(pk__in=living.filter(apart.important(p), is_apart=True).values("pk"))
        .order_by("pk")
        .values_list("pk", flat=True)[:A_NIGHT],
        *_heirs_of_astray(),
    }
    count = 0
    for pk in sorted(astray):
        try:
            count += _settle_one(pk, p)
        except Unopened as fault:
            # One that no key opens stays where it is, and the others are moved all the same.
            log.error("customer %s is not moved between the stores: no key opens %s", pk, fault.column)
    return count


def _settle_one(pk: int, p: Params) -> bool:
    with transaction.atomic():
        Subject.objects.select_for_update(of=("self",)).get(pk=pk)
        customer = Customer.objects.select_related("subject", "apart").get(pk=pk)
        if customer.merged_into_id is not None or customer.erased_at is not None:
            return False
        return settle(customer, p)


def _heirs_of_astray() -> set[int]:
    """What the records have become that stand elsewhere than the one they were merged into."""
    merged = Customer.objects.filter(merged_into__isnull=False, erased_at=None)
    astray = merged.exclude(is_apart=F("merged_into__is_apart")).order_by("pk")
    waiting, heirs = set(astray.values_list("merged_into", flat=True)[:A_NIGHT]), set()
    while waiting:
        beyond = dict(Customer.objects.filter(pk__in=waiting).values_list("pk", "merged_into"))
        heirs |= {pk for pk, heir in beyond.items() if heir is None}
        waiting = {heir for heir in beyond.values() if heir is not None}
    return heirs


@transaction.atomic
def mark_important(*, customer: Customer, reason: str, actor: User) -> Customer:
    """Say by hand that a customer is important: from now on the data stand apart.

    Refuses without `customers.apart`, without a reason, and one that is marked; records `customers.marked`.
    """
    locked = lock(customer, actor, Perm.APART)
    reason = wanted(reason, "reason", 200)
    if locked.marked_at:
        raise wrong(_("This customer is marked already."))
    locked.marked_why, locked.marked_by, locked.marked_at = reason, actor, clock.now()
    return _marked(locked, journal.MARKED, reason, actor)


@transaction.atomic
def unmark_important(*, customer: Customer, reason: str, actor: User) -> Customer:
    """Take the mark away; the data go back unless the grade or an identity keeps them apart.

    Refuses without `customers.apart`, without a reason, and one that is not marked; records `customers.unmarked`.
    """
    locked = lock(customer, actor, Perm.APART)
    reason = wanted(reason, "reason", 200)
    if not locked.marked_at:
        raise wrong(_("This customer is not marked."))
    locked.marked_why, locked.marked_by, locked.marked_at = "", None, None
    return _marked(locked, journal.UNMARKED, reason, actor)


def _marked(locked: Customer, kind: object, reason: str, actor: User) -> Customer:
    locked.save(update_fields=["marked_why", "marked_by", "marked_at"])
    record(kind, actor=actor, subject=locked.subject, data={"reason": reason})  # type: ignore[arg-type]
    settle(locked)
    return locked
