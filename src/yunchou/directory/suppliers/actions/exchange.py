"""Lists of suppliers: handed in, taken over, exported."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.files.actions import Upload, clean_name
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record

from .. import bank, codes, journal
from ..exchange import (
    CHANGE,
    ERROR,
    NEW,
    SAME,
    Take,
    look,
    read_list,
    run,
    write_list,
    write_template,
)
from ..models import Grade, Supplier, SupplierImport
from ..permissions import Perm
from ..scoring import scorecards_of
from ..selectors import Filters, companies_for, with_code
from ..tables import SupplierLine
from .register import Details, add_supplier, change_supplier
from .standing import grade_supplier

MAX_BYTES: Final = 5 * 2**20


def hand_in_list(*, upload: Upload, actor: User) -> SupplierImport:
    """Keep a workbook, encrypted, and look at what would come of its lines; nothing of the register changes yet.

    Refuses without `suppliers.manage`, files that are no workbook or too large, and workbooks without the sheet; records
    `suppliers.list_handed_in`.
    """
    require(actor, Perm.MANAGE)
    if (upload.size or 0) > MAX_BYTES:
        message = say(_("The file is larger than {limit} MB."), limit=MAX_BYTES // 2**20)
        raise Invalid(message, fields={"workbook": message})
    data = b"".join(upload.chunks())
    name = clean_name(upload.name or "")
    outcomes = look(read_list(data), _taking(actor, name))
    with transaction.atomic():
        key, sealed = bank.seal_content(data)
        handed = SupplierImport.objects.create(
            actor=actor,
            sha256=hashlib.sha256(data).hexdigest(),
            key=key,
            sealed=sealed,
            name=name,
            lines=[one.to_json() for one in outcomes],
        )
        told = {"file": name, "sha256": handed.sha256, "import": handed.pk}
        record(journal.LIST_HANDED_IN, actor=actor, data=told)
    return handed


def apply_list(*, handed: SupplierImport, actor: User) -> SupplierImport:
    """Take every line over, or none: one fault anywhere leaves everything as it was and is shown at its line.

    Refuses what was taken over already; records what the single actions record, and `suppliers.list_applied`.
    """
    require(actor, Perm.MANAGE)
    read = read_list(content_of(handed))
    with transaction.atomic():
        locked = SupplierImport.objects.select_for_update(of=("self",)).get(pk=handed.pk)
        if locked.applied_at is not None:
            raise WrongState(say(_("This list was taken over already.")))
        # The savepoint goes when a line has a fault; what was found is kept with the list.
        point = transaction.savepoint()
        outcomes = run(read, _taking(actor, locked.name))
        faulty = sum(one.result == ERROR for one in outcomes)
        if faulty:
            transaction.savepoint_rollback(point)
        else:
            transaction.savepoint_commit(point)
            locked.applied_at = clock.now()
            count = sum(one.result != SAME for one in outcomes)
            record(journal.LIST_APPLIED, actor=actor, data={"file": locked.name, "count": count})
        locked.lines = [one.to_json() for one in outcomes]
        locked.save(update_fields=["lines", "applied_at"])
    if faulty:
        raise WrongState(
            say(_("{count} lines have faults: nothing was taken over."), count=faulty), code="faulty"
        )
    return locked


def content_of(handed: SupplierImport) -> bytes:
    """The workbook as it was handed in; refuses one that is no longer kept."""
    content = bank.unseal_content(handed.key, handed.sealed)
    if not content:
        raise WrongState(say(_("This workbook is no longer kept; hand it in again.")))
    return content


@transaction.atomic
def export_list(*, actor: User, filters: Filters | None = None) -> bytes:
    """The visible suppliers as a workbook in the form of the template; phones and accounts masked where the right is missing.

    Refuses without `suppliers.export`; records `suppliers.list_exported` with the number of accounts that were written in clear.
    """
    require(actor, Perm.EXPORT)
    found = (filters or Filters()).apply(Supplier.objects.visible_to(actor))
    suppliers = list(found.select_related("subject__unit").prefetch_related("kinds").order_by("name", "pk"))
    cards = scorecards_of([supplier.pk for supplier in suppliers])
    lines = [_line(supplier, cards[supplier.pk].score, actor) for supplier in suppliers]
    clear = sum(bool(line.account) and not line.account.startswith(bank.HIDDEN) for line in lines)
    record(journal.LIST_EXPORTED, actor=actor, data={"count": len(lines), "accounts": clear})
    return write_list(lines)


def template_list(*, actor: User) -> bytes:
    """The empty workbook. Refuses without `suppliers.manage`."""
    require(actor, Perm.MANAGE)
    return write_template()


def _line(supplier: Supplier, score: int | None, actor: User) -> SupplierLine:
    sees_bank, sees_phone = holds(actor, Perm.SEE_BANK, supplier), holds(actor, Perm.CONTACT, supplier)
    clear = bank.unseal(supplier.account_key, supplier.account_sealed) if sees_bank else ""
    return SupplierLine(
        name=supplier.name,
        credit_code=supplier.credit_code,
        kinds=tuple(supplier.supplies),
        unit=supplier.subject.unit.name,
        contact_name=supplier.contact_name,
        contact_phone=supplier.contact_phone if sees_phone else supplier.masked_phone,
        address=supplier.address,
        bank_name=supplier.bank_name,
        account=clear or supplier.masked_account,
        tax_rate=supplier.tax_rate,
        grade=Grade(supplier.grade) if supplier.grade else None,
        note=supplier.note,
        score=None if score is None else Decimal(score),
    )


def _taking(actor: User, file: str) -> Take:
    """How one line takes effect: by its credit code, else by its name in its company, it is known or new."""
    companies = list(companies_for(actor))

    def take(line: SupplierLine) -> str:
        unit = _company(line, companies)
        known = _known(line, unit, actor)
        if known is None:
            supplier = add_supplier(unit=unit, details=_details(line), actor=actor)
            _grade(supplier, line, file, actor)
            return NEW
        before = _state(known)
        supplier = change_supplier(supplier=known, details=_details(line, known), actor=actor)
        _grade(supplier, line, file, actor)
        return SAME if _state(Supplier.objects.get(pk=known.pk)) == before else CHANGE

    return take


def _company(line: SupplierLine, companies: list[Unit]) -> Unit:
    if not line.unit and len(companies) == 1:
        return companies[0]
    found = next((unit for unit in companies if line.unit in (unit.name, unit.code)), None)
    if found is None:
        names = "、".join(unit.name for unit in companies)
        message = say(_("Name one of the companies whose suppliers you keep: {names}."), names=names)
        raise Invalid(message, fields={"unit": message})
    return found


def _known(line: SupplierLine, unit: Unit, actor: User) -> Supplier | None:
    """The supplier that a line is about, among those that the person sees; of another's register it is refused as new."""
    if code := codes.tidy(line.credit_code):
        coded: Supplier | None = with_code(code, among=Supplier.objects.visible_to(actor))
        return coded
    named = Supplier.objects.living().filter(name=line.name.strip(), subject__unit=unit)
    first: Supplier | None = named.select_related("subject__unit").first()
    return first


def _details(line: SupplierLine, known: Supplier | None = None) -> Details:
    """What the line says; an empty or masked cell leaves what is known as it is."""
    given = Details(
        name=line.name,
        kinds=line.kinds or ([] if known is None else known.supplies),
        credit_code=line.credit_code,
        contact_name=line.contact_name,
        contact_phone="" if bank.HIDDEN in line.contact_phone else line.contact_phone,
        address=line.address,
        bank_name=line.bank_name,
        account=None if not line.account or bank.HIDDEN in line.account else line.account,
        tax_rate=line.tax_rate,
        note=line.note,
    )
    if known is None:
        return given
    texts = ("credit_code", "contact_name", "contact_phone", "address", "bank_name", "tax_rate", "note")
    kept = {name: getattr(known, name) for name in texts if getattr(given, name) in ("", None)}
    return replace(given, **kept)


def _grade(supplier: Supplier, line: SupplierLine, file: str, actor: User) -> None:
    if line.grade and line.grade != supplier.grade:
        grade_supplier(supplier=supplier, grade=line.grade, reason=f"《{file}》"[:200], actor=actor)


def _state(supplier: Supplier) -> tuple[object, ...]:
    columns = [
        f.attname
        for f in Supplier._meta.concrete_fields
        if f.attname not in ("account_key", "account_sealed")
    ]
    return (
        *(getattr(supplier, name) for name in columns),
        frozenset(supplier.kinds.values_list("kind", flat=True)),
    )
