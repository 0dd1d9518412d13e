"""Making two entries of one company one, without losing anything that points to either."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import cancel
from yunchou.kernel.files.actions import move_attachments
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import GradeEntry, Supplier, SupplierKind
from ..permissions import Perm
from ..references import references, require_all
from .documents import owe_renewals

FILLED = ("credit_code", "contact_name", "contact_phone", "address", "bank_name", "tax_rate", "note")
ACCOUNT = (
    "account_key", "account_sealed", "account_tail", "account_digest", "account_by", "account_at", "account_confirmed_by",
    "account_confirmed_at",
)  # fmt: skip


@transaction.atomic
def merge_suppliers(*, kept: Supplier, merged: Supplier, reason: str, actor: User) -> Supplier:
    """`merged` becomes `kept`: its documents, grades and everything that other rooms hold go over; it stays readable.

    What `kept` does not know is filled from `merged`. Refuses without `suppliers.merge` on both, without a reason, two
    different credit codes, and a block on only one of them, since a block must not vanish. Records `suppliers.merged`
    at both.
    """
    require_all()
    kept, merged = _lock_both(kept, merged, actor)
    _check(kept, merged, reason)
    count = sum(reference.move(merged, kept, actor) for reference in references)
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    _fill(kept, merged)
    _pass_on_kinds(kept, merged)
    _pass_on_grades(kept, merged)
    _pass_on_documents(kept, merged, actor)
    data = {
        "supplier": kept.name,
        "merged": merged.name,
        "count": count,
        "reason": reason.strip(),
        "kept": kept.pk,
        "gone": merged.pk,
    }
    for supplier in (kept, merged):
        record(journal.MERGED, actor=actor, subject=supplier.subject, data=data)
    return kept


def _lock_both(kept: Supplier, merged: Supplier, actor: User) -> tuple[Supplier, Supplier]:
    ids = sorted({kept.pk, merged.pk})
    if len(ids) == 1:
        raise _invalid("other", _("Choose another supplier."))
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").filter(pk__in=ids)
    subjects = {subject.pk: subject for subject in locked.order_by("pk")}
    for subject in subjects.values():
        require(actor, Perm.MERGE, subject)
    found = Supplier.objects.select_related("keeper").in_bulk(ids)
    for pk, supplier in found.items():
        supplier.subject = subjects[pk]
        if supplier.merged_into_id:
            raise WrongState(say(_("“{supplier}” was merged already."), supplier=supplier.name))
    return found[kept.pk], found[merged.pk]


def _check(kept: Supplier, merged: Supplier, reason: str) -> None:
    if not reason.strip():
        raise _invalid("reason", _("Give the reason."))
    if kept.credit_code and merged.credit_code and kept.credit_code != merged.credit_code:
        raise _invalid(
            "other",
            _("They have two credit codes, {one} and {other}: these are two companies."),
            one=kept.credit_code,
            other=merged.credit_code,
        )
    if kept.is_blocked != merged.is_blocked:
        blocked = kept if kept.is_blocked else merged
        raise _invalid(
            "other",
            _("“{supplier}” is blocked ({reason}); block both or lift the block first."),
            supplier=blocked.name,
            reason=blocked.blocked_reason,
        )


def _fill(kept: Supplier, merged: Supplier) -> None:
    for name in FILLED:
        if getattr(kept, name) in ("", None):
            setattr(kept, name, getattr(merged, name))
    if not kept.account_tail:
        for name in ACCOUNT:
            setattr(kept, name, getattr(merged, name))
    kept.save()
    if kept.subject.code != kept.credit_code:
        kept.subject.code = kept.credit_code
        kept.subject.save(update_fields=["code", "search"])


def _pass_on_kinds(kept: Supplier, merged: Supplier) -> None:
    missing = set(merged.supplies) - set(kept.supplies)
    SupplierKind.objects.bulk_create(SupplierKind(supplier=kept, kind=kind) for kind in sorted(missing))


def _pass_on_grades(kept: Supplier, merged: Supplier) -> None:
    """One history of both; the newest grade holds."""
    merged.grades.update(supplier=kept)
    newest = GradeEntry.objects.filter(supplier=kept).first()
    grade = newest.grade if newest else ""
    if grade != kept.grade:
        kept.grade = grade
        kept.save(update_fields=["grade"])


def _pass_on_documents(kept: Supplier, merged: Supplier, actor: User) -> None:
    """Papers go with their files; duties to renew them are owed by the one in charge of what remains."""
    papers = list(merged.documents.all())
    for paper in papers:
        cancel(actor=actor, key=paper.duty_key)
    move_attachments(source=merged.subject, target=kept.subject, actor=actor, needs=Perm.MERGE)
    merged.documents.update(supplier=kept)
    if papers:
        owe_renewals()


def _invalid(field: str, message: str, **params: str) -> Invalid:
    told = say(message, **params)
    return Invalid(told, fields={field: told})
