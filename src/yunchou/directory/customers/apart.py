"""The two stores of what is known of customers: the card and the record of everybody, and what is kept apart (CUS-06).

Every write goes the same way: `gather` brings what is kept apart back into the objects in hand, in memory alone; they are
changed as if there were one store; `keep` looks whether the customer is important and writes all of it into the one store
where it belongs, in the caller's transaction and under its lock. So the data are never in two places and never in none.
Reads that hand a value out (`value_of`) are in `actions.looking`, which asks for the right and tells the journal.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Q, QuerySet

from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import Sealed, Unopened
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on

from . import cards, journal
from .models import ApartRecord, ContactCard, Customer, CustomerIdentity
from .models.apart import PROFILE
from .references import references
from .rules import NOBODY, Placed, counted_grades, is_important, kept_where_they_belong

log = logging.getLogger(__name__)
CARD: Final = ("phone", "email", "wechat", "address", "identity_number")
DIET: Final = "diet"
EMPTY: Final[dict[str, Any]] = {name: None if name == "born_on" else "" for name in PROFILE}


def text_of(value: Any) -> str:
    """A sealed value, one about to be sealed or none, in clear."""
    if isinstance(value, Sealed):
        return value.open()
    return value if isinstance(value, str) else bytes(value or b"").decode()


def record_of(customer: Customer) -> ApartRecord | None:
    """What is kept apart of a customer, if it is."""
    if not customer.is_apart:
        return None
    found: ApartRecord | None = getattr(customer, "apart", None)
    return found


def value_of(customer: Customer, card: ContactCard | None, name: str) -> str:
    """One value of the card in clear, from wherever it stands."""
    source = record_of(customer) or card
    return text_of(getattr(source, name, b"")) if source else ""


def gather(customer: Customer, card: ContactCard) -> None:
    """Bring what is kept apart back into both objects, as if it had never been: in memory alone."""
    found = record_of(customer)
    if found is None:
        return
    cards.write_phone(card, text_of(found.phone))
    cards.write_email(card, text_of(found.email))
    cards.write_identity(card, text_of(found.identity_number))
    card.wechat, card.address = text_of(found.wechat) or b"", text_of(found.address) or b""
    values = found.told
    for name in PROFILE:
        setattr(customer, name, values.get(name, EMPTY[name]))
    customer.diet_kept = values.get(DIET) or b""
    customer.is_gathered = True


def keep(customer: Customer, card: ContactCard) -> None:
    """Save both, the personal data into the store where they belong now, and with them what was merged into the customer; the
    two objects hold what their rows hold."""
    place(customer, card, is_apart=belongs_apart(customer))
    follow(customer)


def follow(heir: Customer) -> bool:
    """Move what was merged into a customer to the store where its own data stand; says whether any moved. In the caller's
    transaction, which holds the lock on the subject of the heir."""
    astray = Customer.objects.filter(pk__in=same_as(heir), erased_at=None).exclude(is_apart=heir.is_apart)
    found = list(astray.select_related("subject", "apart").order_by("pk"))
    for one in found:
        move(one, is_apart=heir.is_apart)
    return bool(found)


def move(customer: Customer, *, is_apart: bool) -> bool:
    """Move the data of one record as they are; says whether they stood elsewhere."""
    if customer.is_apart == is_apart:
        return False
    card = ContactCard.objects.filter(customer=customer).first() or ContactCard(customer=customer)
    gather(customer, card)
    place(customer, card, is_apart=is_apart)
    return True


def same_as(customer: Customer) -> list[int]:
    """The keys of those that were merged into a customer, at any distance."""
    found: list[int] = []
    waiting = [customer.pk]
    while waiting:
        waiting = list(Customer.objects.filter(merged_into__in=waiting).values_list("pk", flat=True))
        found += waiting
    return found


def place(customer: Customer, card: ContactCard, *, is_apart: bool) -> None:
    """`keep` for a record of which it is known where it belongs: one that was merged stands where its heir does.

    Records `customers.placed_apart` or `customers.placed_back` where it moves, without an actor: it is the rule that moves it.
    """
    was_apart = customer.is_apart
    customer.is_apart, customer.is_gathered = is_apart, False
    if was_apart != is_apart:
        record(
            journal.PLACED_APART if is_apart else journal.PLACED_BACK, actor=None, subject=customer.subject
        )
    if not is_apart:
        _save(customer, card)
        if was_apart:
            ApartRecord.objects.filter(pk=customer.pk).delete()
            _forget_cached(customer)
        return
    store = ApartRecord(customer=customer, profile=_sealed_profile(customer))
    for name in CARD:  # in clear first: `conceal` makes digests of it
        setattr(card, name, text_of(getattr(card, name)) or b"")
    cards.conceal(card, store)
    for name, value in EMPTY.items():
        setattr(customer, name, value)
    customer.diet_kept = b""
    _save(customer, card)
    if was_apart:
        store.save(force_update=True, update_fields=[*CARD, "profile"])
    else:
        store.save(force_insert=True)
    _forget_cached(customer)
    if not was_apart:
        conceal_copies(customer)


def conceal_copies(customer: Customer) -> None:
    """What other rooms copied of the contacts of somebody who is kept apart goes, or comes under the keys of that store."""
    for reference in references():
        if reference.conceal:
            reference.conceal(customer)


def _save(customer: Customer, card: ContactCard) -> None:
    customer.save()
    card.save()


def _forget_cached(customer: Customer) -> None:
    customer._state.fields_cache.pop("apart", None)


def _sealed_profile(customer: Customer) -> str:
    values = {name: getattr(customer, name) for name in PROFILE}
    values["born_on"] = customer.born_on.isoformat() if customer.born_on else ""
    values[DIET] = text_of(customer.diet_kept)
    said = {name: value for name, value in values.items() if value}
    return json.dumps(said, ensure_ascii=False) if said else ""


def importance() -> Params:
    """The parameters by which customers are important today."""
    return params_on([kept_where_they_belong])[kept_where_they_belong.id]


def belongs_apart(customer: Customer, p: Params | None = None) -> bool:
    """Whether a living customer is important now."""
    p = p or importance()
    identities: frozenset[str] = frozenset()
    if p.identity != NOBODY:
        identities = frozenset(customer.identities.values_list("identity", flat=True))
    holds = customer.grade_until is None or customer.grade_until >= clock.today()
    return is_important(
        Placed(customer.grade if holds else "", identities, customer.marked_at is not None), p
    )


def important(p: Params | None = None) -> Q:
    """The condition on customers that they are important now; the same as `belongs_apart`."""
    p = p or importance()
    holds = Q(grade_until=None) | Q(grade_until__gte=clock.today())
    condition = Q(marked_at__isnull=False) | (Q(grade__in=counted_grades(p)) & holds)
    if p.identity != NOBODY:
        condition |= Q(pk__in=CustomerIdentity.objects.filter(identity=p.identity).values("customer"))
    return condition


@dataclass(frozen=True)
class Profile:
    """The profile of an important customer, for conditions and dates; no page is made of it."""

    customer_id: int
    values: dict[str, Any]


def profiles(ids: Iterable[int] | None = None) -> Iterable[Profile]:
    """The profiles kept apart of living customers: of these, or of all. Important customers are few.

    One that no key opens is left out, and said in the log.
    """
    found = ApartRecord.objects.filter(customer__merged_into=None, customer__erased_at=None)
    if ids is not None:
        found = found.filter(pk__in=ids)
    closed = 0
    for one in found.only("profile").iterator(1000):
        try:
            yield Profile(one.pk, one.told)
        except Unopened:
            closed += 1
    if closed:
        log.error("%s profiles of important customers are left out: no key opens them", closed)


def told_by_profile(test: Callable[[dict[str, Any]], bool]) -> Q:
    """The condition that a customer is kept apart and a test holds of the profile. Conditions of audiences add it with `|`."""
    return Q(pk__in=[one.customer_id for one in profiles() if test(one.values)])


def birthdays_of(customers: QuerySet[Customer]) -> list[tuple[int, date]]:
    """The dates of birth that are known among these customers, wherever they stand."""
    plain = customers.exclude(born_on=None).values_list("pk", "born_on")
    away = profiles(customers.filter(is_apart=True).values_list("pk", flat=True))
    return [*plain, *((one.customer_id, one.values["born_on"]) for one in away if one.values["born_on"])]
