"""Entering, importing and cancelling orders and sales contracts (GEN-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.actions.selling import take_back_touches
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import Customer, TouchKind
from yunchou.directory.organisation.selectors.tree import company_of
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import format_yuan
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Answer, Lead, Order, OrderChannel, Prospect, Way
from ..permissions import Perm
from .capture import Came, Person, head_of, known_customer, new_customer, tidied
from .figures import mark_stale
from .following import lose_order, win
from .shared import demand_this_century

MOST_IMPORTED: Final = 500
LARGEST: Final = Decimal(10) ** 10


@dataclass(frozen=True)
class OrderFacts:
    """An order as it was written down. `number` is what it is known by in the company."""

    number: str
    channel: str
    amount: Decimal
    ordered_at: datetime
    note: str = ""


@transaction.atomic
def enter_order(
    *,
    facts: OrderFacts,
    actor: User,
    customer: Customer | None = None,
    person: Person | None = None,
    subject: Subject | None = None,
    unit: Unit | None = None,
    lead: Lead | None = None,
    way: str = Way.PAGE,
) -> tuple[Order, bool]:
    """Enter an order of a customer, of an activity where it came from one; says whether it is new.

    The number, given again, is the same order and changes nothing. Without `lead` it is the one that the customer left for
    the activity before ordering; that lead is won. Without an activity the company is `unit`'s. Refuses without `sales.edit`,
    faulty facts at their field, another customer or amount under a known number, and a lead of somebody else; records
    `sales.ordered`.
    """
    if subject is not None:
        subject = open_table(subject, "", actor, Perm.EDIT)
        unit = subject.unit
    elif unit is None:
        raise at_field("unit", _("Please fill this in."))
    else:
        require(actor, Perm.EDIT, unit)
    company = company_of(unit)
    Unit.objects.select_for_update(of=("self",)).get(pk=company.pk)
    number = _check(facts)
    known = Order.objects.filter(unit=company, number=number).select_related("customer").first()
    who = customer or _customer(company, person, actor, known)
    if known is not None:
        if known.customer_id != who.pk or known.amount != facts.amount:
            raise at_field("number", _("Another order has this number already."))
        return known, False
    order = Order(
        unit=company,
        subject=subject,
        customer=who,
        lead=_lead(lead, who, subject, facts.ordered_at),
        number=number,
        channel=OrderChannel(facts.channel),
        amount=facts.amount,
        ordered_at=facts.ordered_at,
        note=facts.note.strip(),
        way=Way(way),
        entered_by=actor,
    )
    order.save()
    _tell(order, actor)
    if order.lead:
        win(order.lead, actor)
    return order, True


@transaction.atomic
def import_orders(*, subject: Subject, rows: Sequence[tuple[Person, OrderFacts]], actor: User) -> Came:
    """Take in the orders of a table, all of them or none; numbers that are known change nothing.

    Refuses as `enter_order`; records `sales.orders_imported` besides what each records.
    """
    if len(rows) > MOST_IMPORTED:
        raise at_field("file", _("At most {limit} lines at once."), limit=MOST_IMPORTED)
    new = 0
    for person, facts in rows:
        _order, is_new = enter_order(facts=facts, person=person, subject=subject, actor=actor, way=Way.SHEET)
        new += is_new
    came = Came(new, len(rows) - new)
    record(journal.ORDERS_IMPORTED, actor=actor, subject=subject, data={"new": came.new, "known": came.known})
    return came


@transaction.atomic
def cancel_order(*, order: Order, reason: str, actor: User) -> Order:
    """Let an order count no longer; it stays to be read. A lead that was won by it alone goes on from where it stood.

    Refuses without `sales.edit`, without a reason, and a cancelled one; records `sales.order_cancelled`.
    """
    if order.subject is not None:
        open_table(order.subject, "", actor, Perm.EDIT)
    else:
        require(actor, Perm.EDIT, order.unit)
    locked = (
        Order.objects.select_for_update(of=("self",))
        .select_related("lead__subject", "subject")
        .get(pk=order.pk)
    )
    if locked.cancelled_at:
        raise wrong(_("This order is cancelled already."))
    locked.cancelled_why = wanted(reason, "reason", 200)
    locked.cancelled_at, locked.cancelled_by = clock.now(), actor
    locked.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_why"])
    Prospect.objects.filter(order=locked).update(order=None, answer=Answer.THINKING)
    take_back_touches([_touch_key(locked)])
    data = {"number": locked.number, "reason": locked.cancelled_why}
    record(journal.ORDER_CANCELLED, actor=actor, subject=locked.subject, data=data)
    if locked.lead:
        lose_order(locked.lead, actor)
    if locked.subject_id:
        mark_stale(locked.subject_id)
    return locked


def _check(facts: OrderFacts) -> str:
    number = wanted(facts.number, "number", 40)
    if facts.channel not in OrderChannel.values:
        raise at_field("channel", _("Choose one of the values offered."))
    if not 0 < facts.amount < LARGEST:
        raise at_field("amount", _("More than zero."))
    demand_this_century("ordered_at", facts.ordered_at)
    if facts.ordered_at > clock.now() + timedelta(minutes=1):
        raise at_field("ordered_at", _("An order does not come from the future."))
    if len(facts.note.strip()) > 200:
        raise at_field("note", _("At most {count} characters."), count=200)
    return number


def _customer(company: Unit, person: Person | None, actor: User, known: Order | None) -> Customer:
    """Who ordered: known by number or address, else entered anew; of a known order also who it was."""
    if person is None:
        raise at_field("customer", _("Please fill this in."))
    phone, email = tidied(person)
    if found := known_customer(company, phone, email):
        return found
    if known is not None and known.customer.name == person.name.strip():
        return known.customer
    if not (phone or email):
        raise at_field("phone", _("Give a number or an address, so that the customer is known again."))
    return new_customer(company, person, phone, email, actor)


def _lead(
    lead: Lead | None, customer: Customer, subject: Subject | None, ordered_at: datetime
) -> Lead | None:
    """The lead from which an order came: the one named, else what the customer left for this activity before."""
    if lead is not None:
        head = head_of(lead)
        if head.customer_id != customer.pk:
            raise at_field("lead", _("This lead is another person's."))
        return head
    if subject is None:
        return None
    own = Lead.objects.heads().filter(customer=customer, subject=subject, captured_at__lte=ordered_at)
    return own.select_related("subject").first()


def _touch_key(order: Order) -> str:
    return f"order:{order.pk}"


def _tell(order: Order, actor: User) -> None:
    row = TouchRow(
        customer_id=order.customer_id, kind=TouchKind.ORDERED, at=order.ordered_at, subject_id=order.subject_id,
        note=str(OrderChannel(order.channel).label), amount=int(order.amount * 100), by_id=actor.pk,
        key=_touch_key(order),
    )  # fmt: skip
    record_touches([row])
    data = {"number": order.number, "amount": format_yuan(order.amount)}
    record(journal.ORDERED, actor=actor, subject=order.subject, data=data)
    if order.subject_id:
        mark_stale(order.subject_id)
