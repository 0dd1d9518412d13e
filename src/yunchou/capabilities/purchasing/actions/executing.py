"""Contracts in force: signed, paid, completed. Paying itself is the business of claims; here it is followed in the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.ledger import actions as ledger
from yunchou.capabilities.ledger.commitments import sum_of, wanted_of
from yunchou.capabilities.ledger.models import Account
from yunchou.capabilities.ledger.selectors import holds_of
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import cancel, fulfil
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import flow, journal
from ..duties import INSTALMENT
from ..models import SIGNED_CONTRACTS, Contract, ContractStatus, Instalment, Purchase, PurchaseLine
from ..permissions import Perm
from ..selectors import money_of_contract, whole_contract
from ..selectors.money import instalments_paid
from .contracting import owe_instalment
from .holding import bind, order_of
from .shared import apart_from_choice, choosable, lock, locked_contract, required

STAGE = "contract"


def sign_contract(*, contract: Contract, signed_on: date, upload: Upload, actor: User) -> Contract:
    """File the signed contract: its amount is bound on the lines 占用, and every instalment is owed on its day.

    Refuses as `flow.SIGN` says, whoever chose the supplier, a day to come, a supplier that may not be chosen any more, a
    file that files refuse, and what passes the money or a ceiling (R-BUD-05). Records `purchasing.signed`.
    """
    require(actor, Perm.SIGN, contract)
    apart_from_choice(contract.purchase, actor)
    if signed_on > clock.today():
        raise at_field("signed_on", _("It cannot have been signed on a day to come."))
    with transaction.atomic():
        lock(contract.purchase_id, contract.pk)
        whole = whole_contract(contract.pk)
        if whole.status == ContractStatus.APPROVED:
            choosable(whole.supplier)
        money = money_of_contract(whole)
        data = {"number": whole.number, "amount": format_exact(money.amount)}
        # A contract in force has both, and the move writes its state.
        Contract.objects.filter(pk=whole.pk).update(signed_on=signed_on, signed_by=actor)
        with flow.SIGN.apply(whole, actor=actor, data=data):
            whole.attachment = attach_file(subject=whole.subject, upload=upload, actor=actor, stage=STAGE)
            whole.save(update_fields=["attachment"])
            bind(contract=whole, actor=actor)
            for row in money.instalments:
                owe_instalment(row.instalment, whole, actor)
        _order(whole.purchase, actor)
    return whole_contract(contract.pk)


def _order(purchase: Purchase, actor: User) -> None:
    """A purchase of which every chosen line is under a signed contract is done."""
    lines = PurchaseLine.objects.filter(purchase=purchase.pk, winner__isnull=False)
    if not lines.exclude(contracted__contract__status__in=SIGNED_CONTRACTS).exists():
        with flow.ORDER.apply(purchase, actor=actor):
            pass


@transaction.atomic
def settle_advance(*, instalment: Instalment, note: str, actor: User) -> Instalment:
    """Account for an advance: what came for it 预付款核销; records `purchasing.advance_settled`.

    Refuses without `purchasing.quote` or without a word on what came, what is no advance, was not paid or is settled.
    """
    required(note=note)
    locked = locked_contract(instalment.contract, [ContractStatus.SIGNED])
    require(actor, Perm.QUOTE, locked)
    row = next((o for o in money_of_contract(locked).instalments if o.instalment.pk == instalment.pk), None)
    if row is None or not row.needs_settling:
        raise WrongState(say(_("This advance was not paid, or is settled already.")))
    one = row.instalment
    one.settled_on, one.settled_by, one.settled_note = clock.today(), actor, note.strip()
    one.save(update_fields=["settled_on", "settled_by", "settled_note"])
    record(
        journal.ADVANCE_SETTLED,
        actor=actor,
        subject=locked.subject,
        data={"name": one.name, "note": note.strip()},
    )
    return one


def complete_contract(*, contract: Contract, note: str, actor: User) -> Contract:
    """End a contract: what is bound and not paid is free again, and nothing more is owed of it.

    Refuses as `flow.COMPLETE` says: while an advance is not settled or a change waits; what claims under way are still
    to be paid from; and without a word on how it ended. Records `purchasing.completed`.
    """
    required(note=note)
    require(actor, Perm.SIGN, contract)
    with transaction.atomic():
        lock(contract.pk)
        whole = whole_contract(contract.pk)
        nothing_is_claimed(whole)
        data = {"released": format_exact(money_of_contract(whole).open)}
        with flow.COMPLETE.apply(whole, actor=actor, note=note.strip(), data=data) as locked:
            locked.completed_on = clock.today()
            locked.save(update_fields=["completed_on"])
            settle_duties(whole, actor)
            release_rest(whole, actor)
            cancel(kind=INSTALMENT.key, subject=whole.subject, actor=actor)
    return whole_contract(contract.pk)


def nothing_is_claimed(contract: Contract) -> None:
    """Refuse to end what claims under way are still to be paid from; they are named."""
    holds = [hold.pk for hold in holds_of(contract.subject)]
    ledger.take_turn(Account.objects.filter(holds__in=holds))
    wishes = [wish for wishes in wanted_of(holds).values() for wish in wishes]
    if wishes:
        codes = "、".join(dict.fromkeys(wish.code for wish in wishes))
        raise WrongState(
            say(
                _("{claims}: {amount} yuan of this contract are claimed and not paid yet. Have them paid or taken back first."),
                claims=codes,
                amount=format_exact(sum_of(wishes)),
            )
        )  # fmt: skip


def release_rest(contract: Contract, actor: User) -> Decimal:
    """Give back what is still bound; says how much, in yuan."""
    released = ZERO
    for hold in holds_of(contract.subject):
        released += hold.open
        ledger.release(hold=hold, order=order_of(contract, actor))
    return released


def settle_duties(contract: Contract, actor: User | None) -> int:
    """Fulfil the duties of instalments that the ledger says are paid; says how many."""
    paid = [row.instalment for row in money_of_contract(contract).instalments if row.is_paid]
    return sum(len(fulfil(key=one.duty_key, actor=actor)) for one in paid)


def follow_payments() -> int:
    """Fulfil the duties of instalments that were paid in the meantime; says how many. Run by the schedule."""
    owed = dict(Duty.objects.open().filter(kind=INSTALMENT.key).order_by().values_list("key", "subject"))
    paid = instalments_paid(sorted(set(owed.values())))
    return sum(len(fulfil(key=one.duty_key, actor=None)) for one in paid if one.duty_key in owed)
