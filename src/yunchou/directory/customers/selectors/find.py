"""Finding customers by what people type, and those that may be the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.sealing import Unopened
from yunchou.kernel.core.search import initials_meant, mixed_pattern
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User

from .. import apart, cards, mails, phones
from ..models import Customer
from ..models.people import CustomerQuerySet
from ..names import readings_of

DIGITS_OF_A_NUMBER = 7
TAIL = 4
ALIKE_AT_MOST = 8


COMPANIES: Final = frozenset({Unit.Kind.GROUP, Unit.Kind.REGION})


def home_of(unit: Unit) -> Unit:
    """The group or regional company that has the customers of a unit: of a project or a department the one above it."""
    if unit.kind in COMPANIES:
        return unit
    above = Unit.objects.in_bulk(unit.ancestor_ids)
    return next((above[pk] for pk in unit.ancestor_ids if above[pk].kind in COMPANIES), unit)


def customers_of(unit: Unit) -> CustomerQuerySet:
    """All customers of the company that has those of a unit."""
    found: CustomerQuerySet = Customer.objects.filter(subject__unit=home_of(unit))
    return found


def search_customers(user: User, words: str) -> CustomerQuerySet:
    """Living customers whom the person sees and whom `words` mean: see `matching`."""
    seen: CustomerQuerySet = Customer.objects.visible_to(user)
    return matching(seen.living(), words)


def matching(among: CustomerQuerySet, words: str) -> CustomerQuerySet:
    """Those found by the beginning of name, pinyin, initials or organisation, by the last four digits of the number, or by
    the whole number or mail address, which are compared by their digests; nothing else of them can be looked for.

    Each way goes by an index of its own. Characters from inside a name are looked for where nothing begins with them.
    """
    key = words.strip().lower()
    bare = "".join(key.split())
    if not bare:
        return among
    if "@" in bare:
        return among.filter(card__email_digest__in=cards.email_digests(_or_nothing(mails.tidy, bare)))
    digits = "".join(sign for sign in bare if sign.isdigit())
    if len(digits) >= DIGITS_OF_A_NUMBER and not any(sign.isalpha() for sign in bare):
        return among.filter(card__phone_digest__in=cards.phone_digests(_or_nothing(phones.tidy, bare)))
    if len(bare) == TAIL and bare.isdigit() and bare.isascii():
        return among.filter(card__phone_tail=bare)
    return _named(among, key, bare)


def _named(among: CustomerQuerySet, key: str, bare: str) -> CustomerQuerySet:
    if bare.isascii():
        begins = Q(pinyin__startswith=bare) | Q(initials__startswith=bare)
        found = among.filter(begins if bare.isalpha() else begins | Q(name__istartswith=key))
        # Half pinyin, half initials (limlang): the initials narrow, the pattern decides.
        heads = initials_meant(bare) if bare.isalpha() else [bare[0]]
        narrowed = reduce(or_, (Q(initials__startswith=one) for one in heads))
        return found if found.exists() else among.filter(narrowed, name_key__regex=mixed_pattern(bare))
    begins = Q(name__startswith=key) | Q(organisation__startswith=key)
    if any("a" <= sign <= "z" for sign in bare):
        # 李m, 李minglang: the first character narrows, the pattern decides.
        return among.filter(name__startswith=bare[0], name_key__regex=mixed_pattern(bare))
    found = among.filter(begins)
    return found if found.exists() else among.filter(Q(name__contains=key) | Q(organisation__contains=key))


def _or_nothing(tidy: object, text: str) -> str:
    try:
        return str(tidy(text))  # type: ignore[operator]
    except phones.Unusable:
        return ""


@dataclass(frozen=True)
class Alike:
    """A customer who may be the same, and why. `is_sure`: a number or an address is the same."""

    customer: Customer
    why: Say
    is_sure: bool


def alike(
    *,
    name: str = "",
    phone: str = "",
    email: str = "",
    organisation: str = "",
    user: User | None = None,
    besides: int | None = None,
) -> list[Alike]:
    """Living customers who may be the one meant, surest first, among those whom `user` sees (None: among all).

    The same number or mail address; the same name as it sounds, in the same organisation where one is given. Numbers and
    addresses that cannot be read find nothing.
    """
    every: CustomerQuerySet = Customer.objects.all() if user is None else Customer.objects.visible_to(user)
    among = every.living().exclude(pk=besides).select_related("subject__unit", "card")
    found: dict[int, Alike] = {}
    for digests, column, why in (
        (
            cards.phone_digests(_or_nothing(phones.tidy, phone)),
            "card__phone_digest__in",
            _("the same phone number"),
        ),
        (
            cards.email_digests(_or_nothing(mails.tidy, email)),
            "card__email_digest__in",
            _("the same mail address"),
        ),
    ):
        if digests:
            for customer in among.filter(**{column: digests})[:ALIKE_AT_MOST]:
                found.setdefault(customer.pk, Alike(customer, say(why), True))
    if said := readings_of(name.strip()).pinyin:
        named = among.filter(pinyin=said)
        if organisation.strip():
            named = named.filter(organisation=organisation.strip())
        for customer in named[:ALIKE_AT_MOST]:
            same = customer.name == name.strip()
            why = _("the same name") if same else _("a name that sounds the same")
            found.setdefault(customer.pk, Alike(customer, say(why), False))
    return list(found.values())[:ALIKE_AT_MOST]


def twins_of(customer: Customer, user: User) -> list[Alike]:
    """Others whom the person sees and who may be the same as a customer: same number, same address, same sound of name."""
    seen: CustomerQuerySet = Customer.objects.visible_to(user)
    among = seen.living().exclude(pk=customer.pk).select_related("subject__unit", "card")
    phone, email = _known_by(customer)
    named = Q(pinyin=customer.pinyin)
    if customer.organisation:
        # Of two organisations it is hardly one person.
        named &= Q(organisation__in=["", customer.organisation])
    ways = [named]
    if phone:
        ways.append(Q(card__phone_digest__in=phone))
    if email:
        ways.append(Q(card__email_digest__in=email))
    # Each way by an index of its own: joined by "or" they would look through all customers.
    keys = {pk for way in ways for pk in among.filter(way).values_list("pk", flat=True)[:ALIKE_AT_MOST]}
    found = among.filter(pk__in=keys)[:ALIKE_AT_MOST] if keys else ()
    return [_twin(customer, other, phone, email) for other in found]


def _known_by(customer: Customer) -> tuple[list[str], list[str]]:
    """Every digest under which the number and the address of a customer may stand on another's card.

    One of the two may be kept apart and the other not: then the digests are under different keys, and the value is opened to
    make both.
    """
    card = getattr(customer, "card", None)
    try:
        phone, email = (apart.value_of(customer, card, name) for name in ("phone", "email"))
    except Unopened:  # what cannot be read is like nothing
        return [], []
    return cards.phone_digests(phone), cards.email_digests(email)


def _twin(customer: Customer, other: Customer, phone: list[str], email: list[str]) -> Alike:
    theirs = getattr(other, "card", None)
    if theirs and theirs.phone_digest in phone:
        return Alike(other, say(_("the same phone number")), True)
    if theirs and theirs.email_digest in email:
        return Alike(other, say(_("the same mail address")), True)
    why = _("the same name") if customer.name == other.name else _("a name that sounds the same")
    return Alike(other, say(why), False)
