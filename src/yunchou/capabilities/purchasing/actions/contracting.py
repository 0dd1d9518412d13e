"""Writing contracts: with whom, for how much, when it is paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.suppliers.models import Supplier
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.actions import cancel, owe, reassign
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Role
from yunchou.kernel.ui.seen import refuse_stale

from .. import flow, journal
from ..duties import DUE_HOUR, INSTALMENT
from ..models import (
    LIVE_CONTRACTS,
    WRITABLE_CONTRACTS,
    Contract,
    ContractLine,
    ContractStatus,
    Instalment,
    Purchase,
    Status,
)
from ..permissions import CONTRACT_KIND, Perm
from ..selectors import (
    accounts_by_line,
    company_of,
    contract_stamp,
    lines_of,
    money_of_contract,
    whole_contract,
)
from ..selectors.facts import won_amount
from .shared import amount_at, choosable, lock, locked_contract, locked_purchase, required

PAYABLE = (*WRITABLE_CONTRACTS, ContractStatus.SIGNED)
SIGNED_TERMS = _(
    "The terms of payment were approved and signed: they change only by what an amendment adds or takes off."
)


@transaction.atomic
def draft_contract(
    *,
    purchase: Purchase,
    supplier: Supplier,
    number: str,
    actor: User,
    title: str = "",
    terms: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Contract:
    """A draft with one of the chosen suppliers, for what it was chosen for; records `purchasing.contract_drafted`.

    Refuses without `purchasing.quote`, a purchase that is not awarded, a supplier that was not chosen or may not be
    chosen any more, a number that the company's book has already, and a second contract for the same choice.
    """
    locked = locked_purchase(purchase, [Status.AWARDED])
    require(actor, Perm.QUOTE, locked)
    choosable(supplier)
    lines = [one for one in lines_of(locked) if one.winner and one.winner.supplier_id == supplier.pk]
    if not lines:
        raise at_field("supplier", _("This supplier was not chosen."))
    if Contract.objects.filter(purchase=locked, supplier=supplier, status__in=LIVE_CONTRACTS).exists():
        raise WrongState(say(_("There is a contract with this supplier for it already.")))
    company = company_of(locked.subject.unit)
    _check_number(company, number)
    _check_dates(starts_on, ends_on)
    title = (title.strip() or f"{locked.title} · {supplier.name}")[:120]
    subject = open_subject(
        kind=CONTRACT_KIND, unit=locked.subject.unit, title=title, code=number.strip(), actor=actor
    )
    contract: Contract = Contract.objects.create(
        subject=subject, company=company, number=number.strip(), title=title, purchase=locked, supplier=supplier,
        terms=terms.strip(), starts_on=starts_on, ends_on=ends_on, keeper=actor,
    )  # fmt: skip
    subject.address = contract.get_absolute_url()
    subject.save(update_fields=["address"])
    add_member(subject=subject, user=actor, role=Role.OWNER)
    if locked.requester_id != actor.pk:
        add_member(subject=subject, user=locked.requester)
    accounts = accounts_by_line(locked, lines)
    ContractLine.objects.bulk_create(
        ContractLine(
            contract=contract, item=one, account=accounts[one.pk], name=one.name, amount=won_amount(one)
        )
        for one in lines
    )
    total = sum((won_amount(one) for one in lines), ZERO)
    data = {"number": contract.number, "supplier": supplier.name, "amount": format_exact(total)}
    record(journal.CONTRACT_DRAFTED, actor=actor, subject=subject, data=data)
    return contract


def _check_number(company: Unit, number: str, besides: int | None = None) -> None:
    """One number at a time within a company's book."""
    required(number=number)
    Unit.objects.select_for_update().get(pk=company.pk)
    taken = Contract.objects.filter(company=company, number__iexact=number.strip()).exclude(pk=besides)
    if other := taken.first():
        raise at_field("number", _("This number is taken: {contract}."), contract=other.title)


def _check_dates(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise at_field("ends_on", _("The end lies before the beginning."))


@transaction.atomic
def change_contract(
    *, contract: Contract, values: Mapping[str, Any], actor: User, seen: str = ""
) -> Contract:
    """Change number, title, terms or dates of a draft; records `purchasing.contract_changed`.

    Refuses without `purchasing.quote`, a contract that is not being written, one that is not as it was `seen`, and what
    `draft_contract` refuses.
    """
    locked = locked_contract(contract, WRITABLE_CONTRACTS)
    require(actor, Perm.QUOTE, locked)
    refuse_stale(seen, contract_stamp(locked))
    known = ("number", "title", "terms", "starts_on", "ends_on")
    new = {name: values.get(name, getattr(locked, name)) for name in known}
    required(title=new["title"])
    _check_number(locked.company, new["number"], besides=locked.pk)
    _check_dates(new["starts_on"], new["ends_on"])
    for name, value in new.items():
        setattr(locked, name, value.strip() if isinstance(value, str) else value)
    locked.save(update_fields=[*new])
    locked.subject.title, locked.subject.code = locked.title, locked.number
    locked.subject.save(update_fields=["title", "code", "search"])
    record(journal.CONTRACT_CHANGED, actor=actor, subject=locked.subject, data={"number": locked.number})
    return locked


@transaction.atomic
def give_up_contract(*, contract: Contract, note: str, actor: User) -> Contract:
    """Give a contract up that was not signed; the choice stays. Refuses as `flow.CANCEL_CONTRACT`, and without a reason."""
    required(note=note)
    lock(contract.pk)
    with flow.CANCEL_CONTRACT.apply(contract, actor=actor, note=note.strip()):
        pass
    return whole_contract(contract.pk)


@transaction.atomic
def put_instalment(
    *,
    contract: Contract,
    name: str,
    amount: Decimal,
    due_on: date,
    actor: User,
    is_advance: bool = False,
    instalment: Instalment | None = None,
) -> Instalment:
    """Agree a part of the price and its day, or change one; an advance is marked 预付款. Records `purchasing.instalment_put`.

    What was signed stays as it was approved: in a contract in force the payments follow an approved amendment and nothing
    else. What it added gets an instalment, no advance, and what it took off goes from one. Refuses that, `purchasing.quote`
    missing, amounts that are none, more than the contract comes to (the difference is told), and one that was paid already.
    """
    locked = locked_contract(contract, PAYABLE)
    require(actor, Perm.QUOTE, locked)
    required(name=name)
    amount_at("amount", amount)
    money = money_of_contract(locked)
    before = ZERO
    if instalment is not None:
        row = next((one for one in money.instalments if one.instalment.pk == instalment.pk), None)
        if row is None or row.paid:
            raise WrongState(say(_("This instalment was paid, or is no longer here.")))
        before = row.instalment.amount
    over = money.scheduled - before + amount - money.amount
    if over > 0:
        raise at_field(
            "amount",
            _("The instalments would come to {over} yuan more than the contract; {left} yuan are left."),
            over=format_exact(over),
            left=format_exact(amount - over),
        )
    if locked.status == ContractStatus.SIGNED:
        if instalment is None:
            _check_added(due_on, is_advance)
        else:
            given = (name.strip(), due_on, is_advance)
            _check_taken_off(instalment, given, before - amount, -money.unscheduled)
    made = instalment or Instalment(contract=locked)
    made.name, made.amount, made.due_on, made.is_advance = name.strip(), amount, due_on, is_advance
    made.save()
    data = {"name": made.name, "amount": format_exact(amount), "day": due_on.isoformat()}
    record(journal.INSTALMENT_PUT, actor=actor, subject=locked.subject, data=data)
    if locked.status == ContractStatus.SIGNED:
        cancel(key=made.duty_key, actor=actor)
        owe_instalment(made, locked, actor)
    return made


def _check_added(due_on: date, is_advance: bool) -> None:
    """What an amendment added is paid when it came, on a day to come."""
    if is_advance:
        raise at_field("is_advance", _("After signing nothing is agreed to be paid in advance."))
    if due_on < clock.today():
        raise at_field("due_on", _("Choose a day to come."))


def _check_taken_off(
    instalment: Instalment, given: tuple[str, date, bool], less: Decimal, excess: Decimal
) -> None:
    """The terms of payment that were signed stay; only what an amendment took off goes from the amount."""
    if given != (instalment.name, instalment.due_on, instalment.is_advance) or not 0 < less <= excess:
        raise WrongState(say(SIGNED_TERMS))


@transaction.atomic
def remove_instalment(*, instalment: Instalment, actor: User) -> Contract:
    """Take an instalment out that was not paid; records `purchasing.instalment_removed`.

    From a contract in force goes only what an amendment took off.
    """
    locked = locked_contract(instalment.contract, PAYABLE)
    require(actor, Perm.QUOTE, locked)
    money = money_of_contract(locked)
    row = next((o for o in money.instalments if o.instalment.pk == instalment.pk), None)
    if row is None or row.paid:
        raise WrongState(say(_("This instalment was paid, or is no longer here.")))
    if locked.status == ContractStatus.SIGNED and row.instalment.amount > -money.unscheduled:
        raise WrongState(say(SIGNED_TERMS))
    cancel(key=instalment.duty_key, actor=actor)
    record(journal.INSTALMENT_REMOVED, actor=actor, subject=locked.subject, data={"name": instalment.name})
    instalment.delete()
    return locked


def owe_instalment(instalment: Instalment, contract: Contract, actor: User | None) -> None:
    """Whoever is in charge of the contract owes that the instalment is claimed and paid."""
    owe(
        kind=INSTALMENT.key,
        subject=contract.subject,
        owner=contract.keeper,
        due_at=clock.moment(instalment.due_on, DUE_HOUR),
        key=instalment.duty_key,
        params={
            "contract": contract.number,
            "name": instalment.name,
            "amount": format_exact(instalment.amount),
        },
        actor=actor,
    )


@transaction.atomic
def keep_contract(*, contract: Contract, keeper: User, actor: User) -> Contract:
    """Put somebody else in charge of a contract, with its open duties; records `purchasing.keeper_changed`.

    Refuses without `purchasing.quote` and somebody who is no longer here.
    """
    locked = locked_contract(contract, LIVE_CONTRACTS)
    require(actor, Perm.QUOTE, locked)
    if not keeper.is_active:
        words: Text = say(_("Choose somebody who is here."))
        raise Invalid(words, fields={"keeper": words})
    return pass_contract(locked, keeper, actor)


def pass_contract(contract: Contract, keeper: User, actor: User) -> Contract:
    """The same without asking for the right, for hand-overs."""
    for duty in Duty.objects.open().filter(kind=INSTALMENT.key, subject=contract.pk, owner=contract.keeper):
        reassign(duty=duty, to=keeper, actor=actor)
    contract.keeper = keeper
    contract.save(update_fields=["keeper"])
    add_member(subject=contract.subject, user=keeper, role=Role.OWNER)
    data = {"number": contract.number, "to": keeper.username}
    record(
        journal.KEEPER_CHANGED,
        actor=actor,
        subject=contract.subject,
        data=data,
        personal={keeper: {"name": keeper.name}},
    )
    return contract
