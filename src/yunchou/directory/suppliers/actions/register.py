"""Entering suppliers and changing what is known of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import reduce
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale

from .. import bank, codes, journal
from ..models import Supplier, SupplierKind, Supply
from ..permissions import Perm
from ..selectors import likenesses, supplier_stamp, with_code
from ..subject import SUPPLIER

#: A supplier belongs to a company, never to one of its departments.
COMPANIES: Final = frozenset({Unit.Kind.GROUP, Unit.Kind.REGION})


@dataclass(frozen=True)
class Details:
    """What is written about a supplier, as people type it. `account` None leaves the account as it is, "" removes it."""

    name: str
    kinds: Collection[str]
    credit_code: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    address: str = ""
    bank_name: str = ""
    account: str | None = None
    tax_rate: Decimal | None = None
    note: str = ""

    def tidy(self) -> Details:
        """Blanks taken away, code and account in the form in which they are kept."""
        texts = {f.name: getattr(self, f.name).strip() for f in fields(self) if f.type == "str"}
        texts["credit_code"] = codes.tidy(self.credit_code)
        account = None if self.account is None else bank.tidy(self.account)
        return replace(self, **texts, account=account, kinds=[kind for kind in Supply if kind in self.kinds])


#: The fields of `Details` that are columns of the supplier, with the words by which the journal names them.
PLAIN: Final = {
    "name": _("name of the supplier"),
    "credit_code": _("unified social credit code"),
    "contact_name": _("contact"),
    "contact_phone": _("phone"),
    "address": _("address"),
    "bank_name": _("bank"),
    "tax_rate": _("tax rate"),
    "note": _("note"),
}
#: Of these the journal tells before and after; the others are personal or long. So is where a natural person lives.
TOLD: Final = frozenset({"name", "credit_code", "bank_name", "tax_rate", "address"})


@transaction.atomic
def add_supplier(
    *, unit: Unit, details: Details, actor: User, keeper: User | None = None, is_other: bool = False
) -> Supplier:
    """Enter a supplier into the register of a company; the actor is in charge of it unless `keeper` is named.

    Refuses without `suppliers.manage` in the unit, faulty details (each at its field), a credit code that is registered,
    and a name like one that is registered unless `is_other` says that it is another company. Records `suppliers.added`.
    """
    require(actor, Perm.MANAGE, unit)
    _check_company(unit)
    clean = details.tidy()
    _check(clean, actor)
    if not is_other:
        _refuse_alike(clean, actor)
    subject = open_subject(
        kind=SUPPLIER.key, unit=unit, title=clean.name, code=clean.credit_code, actor=actor
    )
    supplier = Supplier(subject=subject, keeper=keeper or actor, **_columns(clean))
    _set_account(supplier, bank.seal(clean.account or ""), actor)
    _save(supplier)
    _set_kinds(supplier, clean.kinds)
    subject.address = supplier.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.ADDED, actor=actor, subject=subject, data={"supplier": supplier.name, **_shown(clean)})
    return supplier


@transaction.atomic
def change_supplier(
    *, supplier: Supplier, details: Details, keeper: User | None = None, actor: User, seen: str = ""
) -> Supplier:
    """Change what is known of a supplier; nothing is written where nothing differs.

    Refuses as `add_supplier` (names apart), one that was merged and one that is not as it was `seen`. Records
    `suppliers.changed`, and a change of the account by itself as `suppliers.bank_changed`, both accounts masked.
    """
    locked = lock(supplier, actor, Perm.MANAGE)
    refuse_stale(seen, supplier_stamp(locked))
    clean = details.tidy()
    _check(clean, actor, besides=locked)
    columns = _columns(clean)
    before = {name: getattr(locked, name) for name in columns}
    changed = [name for name, value in columns.items() if before[name] != value]
    kinds_before, keeper_before = list(locked.supplies), locked.keeper
    locked.keeper = keeper or locked.keeper
    for name in changed:
        setattr(locked, name, columns[name])
    words = [say(PLAIN[name]) for name in changed]
    if list(clean.kinds) != kinds_before:
        _set_kinds(locked, clean.kinds)
        words.append(say(_("kinds of supply")))
    if locked.keeper != keeper_before:
        words.append(say(_("person in charge")))
    account_before = locked.masked_account
    has_new_account = clean.account is not None and bank.digest_of(clean.account) != (
        locked.account_digest or bank.digest_of("")
    )
    if has_new_account:
        _set_account(locked, bank.seal(clean.account or ""), actor)
    if words or has_new_account:
        _save(locked)
        _keep_subject(locked)
    if words:
        shown = TOLD if locked.credit_code else TOLD - {"address"}
        told = {n: [_plain(before[n]), _plain(columns[n])] for n in changed if n in shown}
        data = {"supplier": locked.name, "what": _joined(words), "changes": told}
        record(journal.CHANGED, actor=actor, subject=locked.subject, data=data)
    if has_new_account:
        data = {"before": account_before or "—", "after": locked.masked_account or "—"}
        record(
            journal.BANK_CHANGED, actor=actor, subject=locked.subject, data={"supplier": locked.name, **data}
        )
    return locked


@transaction.atomic
def move_supplier(*, supplier: Supplier, unit: Unit, actor: User) -> Supplier:
    """Hand a supplier over to the register of another company: to the group, so that all regions see it, or to a region.

    Refuses without `suppliers.manage` in both, and departments; records `suppliers.moved`.
    """
    locked = lock(supplier, actor, Perm.MANAGE)
    require(actor, Perm.MANAGE, unit)
    _check_company(unit)
    before = locked.subject.unit
    if before.pk == unit.pk:
        return locked
    locked.subject.unit = unit
    locked.subject.save(update_fields=["unit"])
    data = {"supplier": locked.name, "before": before.name, "unit": unit.name}
    record(journal.MOVED, actor=actor, subject=locked.subject, data=data)
    return locked


@transaction.atomic
def confirm_account(*, supplier: Supplier, account: str, actor: User) -> Supplier:
    """A second person types the account from the supplier's proof: what is the same may be paid to from now on.

    Refuses without `suppliers.manage`, where no account is known or it is confirmed already, whoever wrote it down, and
    another account than the one that was written down. Records `suppliers.bank_confirmed`.
    """
    locked = lock(supplier, actor, Perm.MANAGE)
    if not locked.account_tail:
        raise WrongState(say(_("No bank account of “{supplier}” is known."), supplier=locked.name))
    if locked.is_account_confirmed:
        raise WrongState(say(_("This bank account is confirmed already.")))
    if locked.account_by_id == actor.pk:
        raise NotAllowed(say(_("You wrote this account down; somebody else has to confirm it.")))
    if bank.digest_of(bank.tidy(account)) != locked.account_digest:
        message = say(
            _("This is not the account that was written down. Look at the proof of the account again.")
        )
        raise Invalid(message, fields={"account": message})
    locked.account_confirmed_by, locked.account_confirmed_at = actor, clock.now()
    locked.save(update_fields=["account_confirmed_by", "account_confirmed_at"])
    data = {"supplier": locked.name, "account": locked.masked_account}
    record(journal.BANK_CONFIRMED, actor=actor, subject=locked.subject, data=data)
    return locked


@transaction.atomic
def show_bank_account(*, supplier: Supplier, actor: User) -> str:
    """The bank account in clear. Refuses without `suppliers.see_bank`; every look is recorded: `suppliers.bank_shown`."""
    require(actor, Perm.SEE_BANK, supplier)
    account = bank.unseal(supplier.account_key, supplier.account_sealed)
    if not account:
        raise WrongState(say(_("No bank account of “{supplier}” is known."), supplier=supplier.name))
    data = {"supplier": supplier.name, "account": supplier.masked_account}
    record(journal.BANK_SHOWN, actor=actor, subject=supplier.subject, data=data)
    return account


def lock(supplier: Supplier, actor: User, right: str) -> Supplier:
    """The supplier, its subject locked first as everywhere, after asking for the right; refuses one that was merged."""
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=supplier.pk)
    require(actor, right, subject)
    locked: Supplier = Supplier.objects.select_related("keeper", "merged_into").get(pk=supplier.pk)
    locked.subject = subject
    if locked.merged_into:
        raise WrongState(
            say(
                _("“{supplier}” was merged into “{other}”; go on there."),
                supplier=locked.name,
                other=locked.merged_into.name,
            )
        )
    return locked


def _check_company(unit: Unit) -> None:
    if unit.kind not in COMPANIES or not unit.is_active:
        message = say(_("A supplier belongs to the group or to a regional company that is in use."))
        raise Invalid(message, fields={"unit": message})


def _check(details: Details, actor: User, besides: Supplier | None = None) -> None:
    """Every fault of the details at its field."""
    faults: dict[str, Text] = {}
    if not details.name:
        faults["name"] = say(_("Give the supplier's name."))
    if not details.kinds:
        faults["kinds"] = say(_("Say what it supplies."))
    if fault := _code_fault(details, actor, besides):
        faults["credit_code"] = fault
    if details.account and (wrong := bank.fault_in(details.account)):
        faults["account"] = wrong
    if details.tax_rate is not None and not 0 <= details.tax_rate < 100:
        faults["tax_rate"] = say(_("A tax rate lies between 0 and 100 percent."))
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)


def _code_fault(details: Details, actor: User, besides: Supplier | None) -> Say | None:
    """Only people who teach or speak have no credit code; everybody else is known by it, once."""
    code = details.credit_code
    if not code:
        if set(details.kinds) <= {Supply.SPEAKERS}:
            return None
        return say(
            _("Give the unified social credit code; only speakers may be natural persons without one.")
        )
    if fault := codes.fault_in(code):
        return fault
    known = with_code(code, besides=besides)
    if known is None:
        return None
    if Supplier.objects.visible_to(actor).filter(pk=known.pk).exists():
        return say(
            _("This code belongs to “{supplier}”, {unit}."), supplier=known.name, unit=known.subject.unit.name
        )
    return say(
        _("This code is in the register of {unit}; let it be moved to the group to share it."),
        unit=known.subject.unit.name,
    )


def _refuse_alike(details: Details, actor: User) -> None:
    """A name like a registered one is refused until somebody says that it is another company."""
    if found := likenesses(details.name, actor):
        supplier, why = found[0].supplier, found[0].why
        message = say(
            _("“{supplier}” is registered already ({why}). Use it, or confirm that this is another company."),
            supplier=supplier.name,
            why=why,
        )
        raise Invalid(message, code="alike", fields={"is_other": message})


def _columns(details: Details) -> dict[str, Any]:
    return {name: getattr(details, name) for name in PLAIN}


def _set_account(supplier: Supplier, account: bank.SealedAccount, actor: User) -> None:
    """Write an account down, or none; nobody has confirmed it yet."""
    supplier.account_key, supplier.account_sealed = account.key, account.sealed
    supplier.account_tail, supplier.account_digest = account.tail, account.digest
    supplier.account_by, supplier.account_at = (actor, clock.now()) if account.tail else (None, None)
    supplier.account_confirmed_by, supplier.account_confirmed_at = None, None


def _set_kinds(supplier: Supplier, kinds: Iterable[str]) -> None:
    wanted = set(kinds)
    supplier.kinds.exclude(kind__in=wanted).delete()
    held = set(supplier.kinds.values_list("kind", flat=True))
    SupplierKind.objects.bulk_create(
        SupplierKind(supplier=supplier, kind=kind) for kind in Supply if kind in wanted - held
    )


def _save(supplier: Supplier) -> None:
    """Two people may enter one code at the same moment: the second hears of it at the field."""
    try:
        with transaction.atomic():
            supplier.save()
    except IntegrityError as error:
        message = say(_("Somebody has just entered this code."))
        raise Invalid(message, fields={"credit_code": message}) from error


def _keep_subject(supplier: Supplier) -> None:
    subject = supplier.subject
    if (subject.title, subject.code) != (supplier.name, supplier.credit_code):
        subject.title, subject.code = supplier.name, supplier.credit_code
        subject.save(update_fields=["title", "code", "search"])


def _shown(details: Details) -> dict[str, Any]:
    with override(None):
        kinds = [str(kind.label) for kind in details.kinds if isinstance(kind, Supply)]
    return {"credit_code": details.credit_code, "kinds": kinds}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _joined(words: list[Say]) -> Say:
    """The words one after the other, each read in the reader's language."""
    return reduce(lambda before, word: say(_("{before}, {word}"), before=before, word=word), words)
