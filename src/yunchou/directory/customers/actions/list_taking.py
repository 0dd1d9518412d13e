"""The lines of a list of customers are taken over: batch by batch, by few statements for thousands of them (trust F1)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import bulk as rows
from yunchou.kernel.core import clock
from yunchou.kernel.core.sealing import Sealed, Unopened, digests_of_all
from yunchou.kernel.core.text import say
from yunchou.kernel.journal.actions import Line, record_all
from yunchou.kernel.subjects.models import Subject

from .. import apart, bulk, cards, journal, mails, phones
from ..models import (
    Basis,
    Channel,
    Choice,
    Consent,
    ConsentEntry,
    ContactCard,
    Customer,
    CustomerIdentity,
    CustomerList,
    Identity,
    ListBatch,
    ListLine,
    Nature,
    Result,
)
from ..names import readings_of
from ..subject import CUSTOMER
from .consents import newest_notice
from .list_lines import AT_A_TIME, Known
from .placing import settle_some
from .register import card_of, missing, write_contacts

_PROFILE: Final = (
    "organisation", "title", "stage", "gender", "city", "occupation", "income", "interests", "preferences",
)  # fmt: skip
_CARD: Final = tuple(field.name for field in ContactCard._meta.concrete_fields if not field.primary_key)
PERSON: Final = Nature.PERSON.value


def take_lines(handed: CustomerList, first: int, last: int) -> int:
    """One batch, in the caller's transaction, which also says that it is done: a second run writes nothing.

    Who was new when the list was checked and is known by now does not come again, and is left out; says how many were taken.
    """
    _batch, is_first = ListBatch.objects.get_or_create(handed=handed, first=first)
    if not is_first:
        return 0
    lines = handed.lines.filter(number__range=(first, last)).exclude(choice=Choice.SKIP).order_by("number")
    lines = lines.defer("faults")
    new: list[tuple[ListLine, dict[str, str]]] = []
    known: list[tuple[ListLine, dict[str, str]]] = []
    for line in lines:
        assert isinstance(line.values, Sealed)
        if not line.values:  # of somebody who was erased meanwhile
            continue
        values = json.loads(line.values.open())
        (known if line.choice == Choice.UPDATE and line.match_id else new).append((line, values))
    left = _known_meanwhile(handed, new)
    entered = [values for line, values in new if line.choice == Choice.NEW]
    _enter(handed, entered)
    heirs = _heirs({line.match_id for line, _values in known if line.match_id})
    done = _complete(handed, [(heirs[line.match_id or 0], values) for line, values in known])
    gone = [line for line, _values in known if heirs[line.match_id or 0] not in done]
    for line in gone:
        line.choice = Choice.SKIP
    rows.update([*left, *gone], ["result", "choice", "match"])
    return len(entered) + len(known) - len(gone)


def _known_meanwhile(
    handed: CustomerList, lines: Sequence[tuple[ListLine, dict[str, str]]]
) -> list[ListLine]:
    """Leave out those lines that nobody was known by when they were looked at, and somebody is now; gives them back.

    By number and address whoever it is; by name and organisation only who was there before the list began to be taken over,
    since two of one name may stand in it.
    """
    looked = [(line, values) for line, values in lines if line.result == Result.NEW]
    newest, left = handed.counts.get("newest", 0), []
    for first in range(0, len(looked), AT_A_TIME):
        part = looked[first : first + AT_A_TIME]
        found = Known(handed, [values for _line, values in part])
        for n, (line, _values) in enumerate(part):
            match, result = found.of(n)
            if match and (result == Result.KNOWN or match <= newest):
                line.match_id, line.result, line.choice = match, result, Choice.SKIP
                left.append(line)
    return left


def _heirs(keys: Iterable[int]) -> dict[int, int]:
    """What each of these customers has become, be it merged several times over."""
    heirs = {pk: pk for pk in keys}
    while True:
        merged = dict(
            Customer.objects.filter(pk__in=set(heirs.values()), merged_into__isnull=False).values_list(
                "pk", "merged_into"
            )
        )
        if not merged:
            return heirs
        heirs = {pk: merged.get(heir, heir) for pk, heir in heirs.items()}


def _enter(handed: CustomerList, lines: Sequence[dict[str, str]]) -> None:
    """New customers: subjects, records, cards, identities and consents, each by one statement for all of them."""
    if not lines:
        return
    now, actor, count = clock.now(), handed.actor_id, len(lines)

    def every(key: str, default: str = "") -> list[str]:
        return [values.get(key) or default for values in lines]

    names, phones_, emails, natures = every("name"), every("phone"), every("email"), every("nature", PERSON)
    said = [readings_of(name) for name in names]
    keys = bulk.new_subjects(
        names,
        [f" {name.lower()} {one.pinyin} {one.initials}"[:400] for name, one in zip(names, said, strict=True)],
        kind=CUSTOMER.key,
        unit=handed.unit_id,
        actor=actor,
        now=now,
        address=reverse("customers:customer_detail", args=[0]).replace("/0/", "/{}/"),
    )
    columns: dict[str, Sequence[Any] | bulk.Same] = {
        "subject": keys,
        "name": names,
        "nature": natures,
        "name_key": [one.key for one in said],
        "pinyin": [one.pinyin for one in said],
        "initials": [one.initials for one in said],
        "born_on": [day or None for day in every("born_on")],
        "is_incomplete": [
            not (values.get("phone") or values.get("email"))
            or (nature == Nature.COMPANY and not values.get("city"))
            for values, nature in zip(lines, natures, strict=True)
        ],
        **{key: every(key) for key in _PROFILE},
    }
    columns |= {key: bulk.Same(value) for key, value in _new(handed, now).items()}
    bulk.write(Customer, columns, count)
    card: bulk.Columns = {
        "customer": keys,
        "phone": phones_,
        "phone_mask": [phones.mask(one) for one in phones_],
        "phone_tail": [phones.tail(one) for one in phones_],
        "phone_digest": digests_of_all(phones_, cards.PHONE_USE),
        "email": emails,
        "email_mask": [mails.mask(one) for one in emails],
        "email_digest": digests_of_all(emails, cards.EMAIL_USE),
        "wechat": every("wechat"),
        "address": every("address"),
        "identity_number": bulk.Same(""),
        "identity_digest": bulk.Same(""),
    }
    bulk.write(ContactCard, card, count)
    _identify(
        [
            (pk, one)
            for pk, words in zip(keys, every("identities", Identity.PROSPECT.value), strict=True)
            for one in words.split(",")
        ]
    )
    _agree(handed, keys, handed.purposes)
    settle_some(keys)


def _new(handed: CustomerList, now: datetime) -> dict[str, Any]:
    """What is the same of all customers whom a list brings: everything that the list does not say."""
    given: dict[str, Any] = {
        "keeper": handed.actor_id,
        "source": handed.source_id,
        "entered_by": handed.actor_id,
    }
    given |= {"verified_at": now, "verified_by": handed.actor_id, "created_at": now, "diet_kept": ""}
    said = {
        "subject",
        "name",
        "nature",
        "name_key",
        "pinyin",
        "initials",
        "born_on",
        "is_incomplete",
        *_PROFILE,
    }
    others = [field for field in Customer._meta.concrete_fields if field.name not in said | given.keys()]
    return given | {field.name: field.get_default() for field in others}


def _identify(rows: Sequence[tuple[int, str]]) -> None:
    columns: bulk.Columns = {"customer": [pk for pk, _one in rows], "identity": [one for _pk, one in rows]}
    bulk.write(CustomerIdentity, columns, len(rows))


def _agree(handed: CustomerList, keys: Sequence[int], purposes: Iterable[str]) -> None:
    """The consents under which the list stands."""
    now = clock.now()
    for purpose in purposes:
        notice = newest_notice(purpose)
        given: dict[str, Any] = {
            "purpose": purpose,
            "channel": Channel.ANY.value,
            "is_given": True,
            "at": now,
        }
        same = {name: bulk.Same(value) for name, value in given.items()}
        bulk.write(Consent, {"customer": keys, **same}, len(keys))
        given = {
            "notice": notice.pk if notice else None,
            "basis": Basis.IMPORTED.value,
            "by": handed.actor_id,
        }
        same |= {name: bulk.Same(value) for name, value in given.items()}
        bulk.write(ConsentEntry, {"customer": keys, "proof": bulk.Same(handed.proof), **same}, len(keys))


def _complete(handed: CustomerList, lines: Sequence[tuple[int, dict[str, str]]]) -> set[int]:
    """Known customers get what they lack; nothing that is known is written over, and nothing that was refused is agreed to.

    Says whom of them there still are.
    """
    if not lines:
        return set()
    wanted_ = {match for match, _values in lines}
    # Their subjects first, in one order, as whoever changes one of them does.
    list(Subject.objects.select_for_update().filter(pk__in=wanted_).order_by("pk").values_list("pk"))
    found = (
        Customer.objects.visible_to(handed.actor)
        .living()
        .select_related("subject", "source", "apart")
        .in_bulk(list(wanted_))
    )
    own_cards = ContactCard.objects.in_bulk(list(found))
    held: dict[int, set[str]] = defaultdict(set)
    for one in CustomerIdentity.objects.filter(customer__in=found):
        held[one.customer_id].add(one.identity)
    customers, changed_cards, identities, told = [], [], [], []
    away: dict[int, tuple[Customer, ContactCard]] = {}
    for match, values in lines:
        customer = found.get(match)
        if customer is None:
            continue
        card = own_cards.get(customer.pk) or card_of(customer)
        if customer.is_apart and customer.pk not in away:
            try:
                apart.gather(customer, card)
            except Unopened:  # what is known cannot be completed while nobody can read it
                del found[match]
                continue
            away[customer.pk] = customer, card
        if _fill(customer, card, values):
            if customer.pk not in away:
                customers.append(customer)
                changed_cards.append(card)
            words = say(_("completed from a list"))
            told.append(Line(journal.CHANGED, handed.actor, customer.subject, {"what": words}))
        more = set(values["identities"].split(",")) - held[customer.pk] if values.get("identities") else set()
        identities += [(customer.pk, one) for one in sorted(more)]
        held[customer.pk] |= more
    names = [*_PROFILE, "born_on", "is_incomplete", "name_key", "pinyin", "initials"]
    rows.update(customers, names)
    rows.update([card for card in changed_cards if card.pk in own_cards], _CARD)
    for card in changed_cards:
        if card.pk not in own_cards:
            card.save()
    for customer, card in away.values():
        apart.keep(customer, card)
    _identify(identities)
    settle_some({pk for pk, _one in identities})
    record_all(told)
    for purpose in handed.purposes:
        spoken = set(
            Consent.objects.filter(customer__in=found, purpose=purpose).values_list("customer", flat=True)
        )
        _agree(handed, [pk for pk in found if pk not in spoken], [purpose])
    return set(found)


def _fill(customer: Customer, card: ContactCard, values: dict[str, str]) -> bool:
    """Put what is lacking; says whether anything was."""
    lacking = {key: values[key] for key in _PROFILE if values.get(key) and not getattr(customer, key)}
    for key, value in lacking.items():
        setattr(customer, key, value)
    if values.get("born_on") and customer.born_on is None:
        customer.born_on = date.fromisoformat(values["born_on"])
        lacking["born_on"] = values["born_on"]
    contacts = {
        key: values[key]
        for key in ("phone", "email", "wechat", "address")
        if values.get(key) and not getattr(card, key)
    }
    write_contacts(card, contacts)
    customer.is_incomplete = bool(missing(customer, card))
    return bool(lacking or contacts)
