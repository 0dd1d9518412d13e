"""Destroying what is known of a customer who asked for it; that it was done stays in the journal (CUS-11, R-CUS-03)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import transaction

from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.restoring import erasable, remember_erasure
from yunchou.kernel.duties.actions import cancel
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import duties, journal
from ..apart import same_as
from ..models import (
    ApartRecord,
    Choice,
    ConsentEntry,
    ContactCard,
    Cooperation,
    Customer,
    GradeEntry,
    ListLine,
    Result,
    Touch,
)
from ..permissions import Perm
from ..references import references
from .register import lock

#: The kind under which an erasure stands on the list beside the backups.
ERASED: Final = "customers.customer"
EMPTIED: Final = {
    "name_key": "", "pinyin": "", "initials": "", "organisation": "", "title": "", "grade": "", "grade_until": None,
    "stage": "", "gender": "", "born_on": None, "city": "", "occupation": "", "income": "", "interests": "", "preferences": "",
    "diet_kept": b"", "keeper": None, "is_official": False, "is_incomplete": False, "is_apart": False, "marked_why": "",
    "marked_by": None, "marked_at": None,
}  # fmt: skip


@transaction.atomic
def erase_customer(*, customer: Customer, reason: str, actor: User) -> None:
    """Destroy name, contacts, profile, sensitive data and the words of touches, of what was merged into it too.

    Figures stay: that somebody came, ordered, agreed and withdrew, under a number that leads to nobody. Rooms that copied
    something take it away (`references.Reference.forget`). Refuses without `customers.erase` and without a reason; records
    `customers.erased`. Backups lose it as they are rotated, and restoring one destroys it again.
    """
    locked = lock(customer, actor, Perm.ERASE)
    reason = wanted(reason, "reason", 200)
    ids = [locked.pk, *same_as(locked)]
    _destroy(ids)
    for pk in ids:
        remember_erasure(ERASED, pk)
    cancel(kind=duties.VERIFICATION.key, subject=locked.subject, actor=actor)
    record(journal.ERASED, actor=actor, subject=locked.subject, data={"reason": reason})


def _destroy(ids: list[int]) -> None:
    """Take away what is known of these customers."""
    for one in Customer.objects.filter(pk__in=ids):
        for reference in references():
            if reference.forget:
                reference.forget(one)
    ContactCard.objects.filter(customer__in=ids).delete()
    ApartRecord.objects.filter(customer__in=ids).delete()
    Touch.objects.filter(customer__in=ids).update(note="")
    ConsentEntry.objects.filter(customer__in=ids).update(proof="")
    GradeEntry.objects.filter(customer__in=ids).update(reason="—")
    Cooperation.objects.filter(customer__in=ids).update(agreed="")
    # A line without values is nobody's: it is neither taken over nor offered again.
    ListLine.objects.filter(match__in=ids).update(
        values=b"", match=None, choice=Choice.SKIP, result=Result.FAULT
    )
    for one in Customer.objects.filter(pk__in=ids).select_related("subject"):
        one.consents.all().delete()
        one.identities.all().delete()
        Customer.objects.filter(pk=one.pk).update(name=f"#{one.pk}", erased_at=clock.now(), **EMPTIED)
        one.subject.title = f"#{one.pk}"
        one.subject.save(update_fields=["title", "search"])


def _known() -> Iterable[int]:
    return Customer.objects.filter(erased_at__isnull=False).values_list("pk", flat=True).iterator()


@transaction.atomic
def _again(numbers: list[int]) -> int:
    """Destroy again who came back with an older copy of the data; tells nobody, since it was told when it was done."""
    back = list(Customer.objects.filter(pk__in=numbers, erased_at=None).values_list("pk", flat=True))
    if back:
        _destroy(back)
    return len(back)


erasable(ERASED, known=_known, again=_again)
