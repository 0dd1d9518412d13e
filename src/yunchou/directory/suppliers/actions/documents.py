"""Papers of suppliers, and the duty to renew them before they run out."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.files.actions import Upload, attach_file, remove_attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..duties import DUE_HOUR, RENEWAL
from ..models import WARNING, DocumentKind, Supplier, SupplierDocument
from ..permissions import Perm
from .register import lock


@transaction.atomic
def add_document(
    *,
    supplier: Supplier,
    kind: str,
    upload: Upload,
    expires_on: date | None = None,
    replaces: SupplierDocument | None = None,
    actor: User,
) -> SupplierDocument:
    """File a paper of a supplier; one that `replaces` another is its next version and fulfils the duty to renew it.

    Refuses without `suppliers.manage`, a file that is not accepted, a paper that has run out, and a second successor of
    one paper. Records `suppliers.document_added`.
    """
    locked = lock(supplier, actor, Perm.MANAGE)
    if kind not in DocumentKind.values:
        raise Invalid(say(_("Choose what kind of document it is.")), fields={"kind": say(_("Choose one."))})
    if expires_on and expires_on < clock.today():
        message = say(_("This document has run out on {day}."), day=expires_on.isoformat())
        raise Invalid(message, fields={"expires_on": message})
    old = _current(locked, replaces) if replaces else None
    attachment = attach_file(
        subject=locked.subject,
        upload=upload,
        replaces=old.attachment if old else None,
        stage=kind,
        actor=actor,
        needs=Perm.MANAGE,
    )
    document = SupplierDocument.objects.create(
        supplier=locked, kind=kind, attachment=attachment, expires_on=expires_on, added_by=actor
    )
    record(journal.DOCUMENT_ADDED, actor=actor, subject=locked.subject, data=_told(document))
    if old:
        old.removed_at = clock.now()
        old.save(update_fields=["removed_at"])
        fulfil(actor=actor, key=old.duty_key)
    _owe_soon(document, actor)
    return document


@transaction.atomic
def remove_document(*, document: SupplierDocument, actor: User) -> SupplierDocument:
    """Take a paper out of the register; its file stays in the archive of files. Records `suppliers.document_removed`."""
    locked = lock(document.supplier, actor, Perm.MANAGE)
    current = _current(locked, document)
    remove_attachment(attachment=current.attachment, actor=actor, needs=Perm.MANAGE)
    current.removed_at = clock.now()
    current.save(update_fields=["removed_at"])
    record(journal.DOCUMENT_REMOVED, actor=actor, subject=locked.subject, data=_told(current))
    cancel(actor=actor, key=current.duty_key, reason=str(say(_("the document was removed"))))
    return current


def owe_renewals() -> int:
    """Every paper that runs out within 30 days is owed a renewal by the one in charge; says how many are. Runs each night.

    What has run out longer ago is not owed anew, and a supplier that is blocked or merged needs no papers.
    """
    today = clock.today()
    due = SupplierDocument.objects.filter(
        removed_at=None,
        expires_on__range=(today, today + WARNING),
        supplier__merged_into=None,
        supplier__blocked_at=None,
    )
    found = due.select_related("supplier__subject", "supplier__keeper", "attachment").order_by("pk")
    for document in found:
        _owe(document, actor=None)
    return len(found)


def _owe_soon(document: SupplierDocument, actor: User) -> None:
    if document.is_expiring and not document.supplier.is_blocked:
        _owe(document, actor)


def _owe(document: SupplierDocument, actor: User | None) -> None:
    assert document.expires_on is not None
    owe(
        kind=RENEWAL.key,
        subject=document.supplier.subject,
        owner=document.supplier.keeper,
        due_at=clock.moment(document.expires_on, DUE_HOUR),
        key=document.duty_key,
        params={"document": _word(document.kind), "supplier": document.supplier.name},
        address=f"{document.supplier.get_absolute_url()}#documents",
        actor=actor,
    )


def _current(supplier: Supplier, document: SupplierDocument) -> SupplierDocument:
    found = SupplierDocument.objects.select_for_update(of=("self",)).select_related("attachment", "supplier")
    current: SupplierDocument = found.get(pk=document.pk)
    if current.supplier_id != supplier.pk or current.removed_at:
        raise WrongState(say(_("That version is no longer here.")))
    return current


def _word(kind: str) -> Say:
    with override(None):
        return Say(str(DocumentKind(kind).label))


def _told(document: SupplierDocument) -> dict[str, object]:
    return {
        "supplier": document.supplier.name,
        "name": document.attachment.name,
        "kind": _word(document.kind),
        "expires_on": document.expires_on.isoformat() if document.expires_on else None,
        "document": document.pk,
    }
