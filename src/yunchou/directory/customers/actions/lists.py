"""Lists of customers: handed in, columns told apart, checked line by line, taken over batch by batch (trust F1)."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction
from django.db.models import Count, Exists, F, IntegerField, Max, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import bulk as rows
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.sealing import APART, Sealed, Unopened, digests_of_all
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.files.actions import clean_name
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.journal.actions import Line, record, record_all
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject

from .. import apart, bulk, cards, exchange, journal, mails, phones
from ..exchange import PIECE
from ..marks import Marks
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
    ListPiece,
    Nature,
    Purpose,
    Result,
    Source,
)
from ..names import readings_of
from ..permissions import Perm
from ..rules import lists_go
from ..subject import CUSTOMER
from .consents import newest_notice
from .placing import settle_some
from .register import card_of, missing, write_contacts

AT_ONCE: Final = 2_000
"""Lists of so many lines are checked and taken over while the person waits; longer ones by a job."""
BATCH: Final = 5_000
"""So many lines are taken over in one transaction."""
AT_A_TIME: Final = 2_000
"""So many lines are looked at together."""
CHECK_JOB, TAKE_JOB = "customers.check_list", "customers.take_list"
Tell = Callable[[int], None]


@transaction.atomic
def hand_in(
    *,
    upload: File[bytes],
    unit: Unit,
    source: Source,
    actor: User,
    purposes: Sequence[str] = (),
    proof: str = "",
) -> CustomerList:
    """Keep a list, encrypted, and guess its columns; nothing of the directory changes yet.

    Refuses without `customers.import` in the unit, a closed source, consents without a proof, and files that are neither a
    workbook nor a text file, too large, or without lines; records `customers.list_handed_in`.
    """
    require(actor, Perm.IMPORT, unit)
    if source.closed_at:
        raise at_field("source", _("This source is closed; nothing more may come from it."))
    if purposes:
        wanted(proof, "proof", 200)
    start = upload.read(4)
    upload.seek(0)
    is_csv = not start.startswith(b"PK")
    limit = exchange.MAX_CSV if is_csv else exchange.MAX_XLSX
    if (upload.size or 0) > limit:
        raise at_field("upload", _("The file is larger than {limit} MB."), limit=limit // 2**20)
    handed = CustomerList.objects.create(
        actor=actor,
        unit=unit,
        source=source,
        name=clean_name(upload.name or "")[:120],
        is_csv=is_csv,
        purposes=[one for one in Purpose.values if one in purposes and one != Purpose.SENSITIVE],
        proof=proof.strip(),
    )
    digest, count = hashlib.sha256(), 0
    for number, piece in enumerate(iter(lambda: upload.read(PIECE), b"")):
        digest.update(piece)
        count += piece.count(b"\n")
        ListPiece.objects.create(handed=handed, number=number, content=b64encode(piece).decode())
    handed.sha256 = digest.hexdigest()
    headings, lines = _headings(handed, count)
    handed.headings, handed.mapping = headings, exchange.guess(headings)
    handed.counts = {"lines": lines}
    handed.save()
    record(journal.LIST_HANDED_IN, actor=actor, data={"list": handed.pk, "sha256": handed.sha256})
    return handed


def _headings(handed: CustomerList, breaks: int) -> tuple[list[str], int]:
    """The headings, and how many lines follow at about: for progress, and to choose between waiting and a job.

    Of a workbook no more are read while the person waits than that choice needs; the check tells the number.
    """
    try:
        lines = lines_of(handed)
        _number, headings = next(lines, (0, []))
        first = next(lines, None)
        many = breaks if handed.is_csv else 1 + sum(1 for _line in islice(lines, AT_ONCE))
    except Invalid as invalid:
        raise Invalid(invalid.message, fields={"upload": invalid.message}) from invalid
    if not headings or first is None:
        raise at_field("upload", _("The file has no lines under its headings."))
    return [heading.strip()[:40] for heading in headings], many


def lines_of(handed: CustomerList) -> Iterator[tuple[int, list[str]]]:
    """Every line with its number, headings first."""
    if handed.is_csv:
        start = handed.pieces.order_by("number").first()
        encoding = exchange.encoding_of(b64decode(start.content.open()) if start else b"")
        return exchange.csv_lines(_pieces(handed), encoding)
    return exchange.xlsx_lines(b"".join(b64decode(piece) for piece in _pieces(handed)))


def _pieces(handed: CustomerList) -> Iterator[str]:
    count = handed.pieces.count()
    for number in range(count):
        yield handed.pieces.get(number=number).content.open()


@transaction.atomic
def map_list(*, handed: CustomerList, mapping: dict[str, int], actor: User) -> CustomerList:
    """Say which column is what, and look at every line: at once for a short list, else as a job.

    Refuses a list of somebody else, one that is being taken over, a mapping without a name, and one column for two things.
    """
    locked = _own(handed, actor)
    if locked.step not in (CustomerList.Step.RECEIVED, CustomerList.Step.CHECKED):
        raise wrong(_("This list is at work already."))
    chosen = {
        key: n for key, n in mapping.items() if key in exchange.BY_KEY and 0 <= n < len(locked.headings)
    }
    if "name" not in chosen:
        raise at_field("name", _("Say which column holds the name."))
    if len(set(chosen.values())) < len(chosen):
        raise at_field("name", _("One column stands for two things."))
    locked.mapping, locked.step = chosen, CustomerList.Step.CHECKING
    locked.save(update_fields=["mapping", "step"])
    if locked.counts["lines"] > AT_ONCE:
        job = start_job(
            kind=CHECK_JOB,
            actor=actor,
            payloads=[{"list": locked.pk, "size": max(1, locked.counts["lines"])}],
        )
        locked.job = job.pk
        locked.save(update_fields=["job"])
    else:
        check_lines(locked)
    return locked


def check_lines(handed: CustomerList, tell: Tell | None = None) -> None:
    """Read every line, find who is known, and keep what was found; a second run begins anew.

    A run that comes when the list is checked already, chosen from or taken over, leaves it as it is.
    """
    with transaction.atomic():
        locked = CustomerList.objects.select_for_update(of=("self",)).get(pk=handed.pk)
        if locked.step != CustomerList.Step.CHECKING:
            return
        handed.lines.all().delete()
    seen = Marks(2 * handed.counts["lines"])
    read = exchange.reader_of(handed.mapping)
    lines = lines_of(handed)
    next(lines, None)
    done = 0
    while some := list(islice(lines, AT_A_TIME)):
        _stage(handed, some, read, seen)
        done += len(some)
        if tell:
            tell(done)
    counts = {**handed.counts, "lines": done}
    if _checking(handed).update(step=CustomerList.Step.CHECKED, counts=counts):
        handed.step, handed.counts = CustomerList.Step.CHECKED, counts


def give_back(handed: CustomerList) -> None:
    """A list that cannot be checked goes back to its columns, so that the person can go on."""
    _checking(handed).update(step=CustomerList.Step.RECEIVED)


def _checking(handed: CustomerList) -> QuerySet[CustomerList]:
    return CustomerList.objects.filter(pk=handed.pk, step=CustomerList.Step.CHECKING)


_dump: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _stage(
    handed: CustomerList, lines: Sequence[tuple[int, list[str]]], read: exchange.Reader, seen: Marks
) -> None:
    reads = [read(cells) for _number, cells in lines]
    found = _Known(handed, [one.values for one in reads])
    results, matches = [], []
    for line, one in enumerate(reads):
        match, result = found.of(line)
        came = [seen.add(mark) for mark in found.digests_at(line)]
        if one.faults:
            result, match = Result.FAULT, None
        elif any(came):
            result, match = Result.TWICE, None
        results.append(str(result))
        matches.append(match)
    columns: bulk.Columns = {
        "handed": bulk.Same(handed.pk),
        "number": [number for number, _cells in lines],
        "values": [_dump(one.values) for one in reads],
        "result": results,
        "choice": [_PROPOSED[result] for result in results],
        "match": matches,
        "faults": [[[key, message.to_json()] for key, message in one.faults] for one in reads],
    }
    bulk.write(ListLine, columns, len(reads))


PROPOSED: Final[dict[str, Choice]] = {
    Result.NEW: Choice.NEW,
    Result.KNOWN: Choice.UPDATE,
    Result.ALIKE: Choice.SKIP,
    Result.TWICE: Choice.SKIP,
    Result.FAULT: Choice.SKIP,
}
_PROPOSED: Final = {str(result): str(choice) for result, choice in PROPOSED.items()}


def _on_cards(column: str, digests: Iterable[str]) -> list[tuple[str, int]]:
    """On which cards thousands of digests stand. Written into the statement, since they hold no sign but hexadecimal digits."""
    every = ", ".join(f"'{int(digest, 16):064x}'" for digest in digests)
    if not every:
        return []
    table = ContactCard._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, customer_id FROM {table} WHERE {column} IN ({every})")  # noqa: S608
        return list(cursor.fetchall())


class _Known:
    """Who of the directory some lines mean, found by four queries for all of them; only whom the person sees."""

    def __init__(self, handed: CustomerList, values: Sequence[dict[str, str]]) -> None:
        self._values = values
        self._phones = digests_of_all([one.get("phone", "") for one in values], cards.PHONE_USE)
        self._emails = digests_of_all([one.get("email", "") for one in values], cards.EMAIL_USE)
        living = Customer.objects.visible_to(handed.actor).living()
        self._by_digest: dict[str, int] = {}
        # Important customers are known by digests under keys of their own; most registers have few of them.
        some_apart = Customer.objects.filter(is_apart=True).exists()
        for column, key, newest, all_of, use in (
            ("phone_digest", "phone", self._phones, cards.phone_digests, cards.PHONE_USE),
            ("email_digest", "email", self._emails, cards.email_digests, cards.EMAIL_USE),
        ):
            # While a key is being changed, a value may still stand under the older one.
            stands = {newer: newer for newer in newest if newer}
            if some_apart:
                texts = [one.get(key, "") for one in values]
                there = zip(digests_of_all(texts, use, APART), newest, strict=True)
                stands |= {digest: newer for digest, newer in there if newer}
            if len(settings.SEALING_KEYS) > 1 or len(settings.APART_KEYS) > 1:
                for line, newer in enumerate(newest):
                    stands |= dict.fromkeys(all_of(values[line].get(key, "")), newer)
            held = _on_cards(column, stands)
            seen = (
                set(living.filter(pk__in=[pk for _one, pk in held]).values_list("pk", flat=True))
                if held
                else ()
            )
            self._by_digest.update({stands[digest]: pk for digest, pk in held if pk in seen})
        said = {
            readings_of(one["name"]).pinyin for one in values if one.get("name") and one.get("organisation")
        }
        rows = (
            living.filter(pinyin__in=said - {""}).exclude(organisation="")
            if said
            else Customer.objects.none()
        )
        self._by_name = {
            (sound, place): pk for sound, place, pk in rows.values_list("pinyin", "organisation", "pk")
        }

    def digests_at(self, line: int) -> list[str]:
        """By which digests a line is known again further down."""
        return [one for one in (self._phones[line], self._emails[line]) if one]

    def of(self, line: int) -> tuple[int | None, str]:
        for digest in self.digests_at(line):
            if pk := self._by_digest.get(digest):
                return pk, Result.KNOWN
        values = self._values[line]
        if self._by_name and values.get("name") and values.get("organisation"):
            key = (readings_of(values["name"]).pinyin, values["organisation"])
            if found := self._by_name.get(key):
                return found, Result.ALIKE
        return None, Result.NEW


@transaction.atomic
def choose(
    *, handed: CustomerList, choice: str, actor: User, result: str = "", line: int | None = None
) -> int:
    """What becomes of one line, or of all lines with one result; says how many. Faulty lines stay left out.

    A line that means nobody known cannot complete anybody; it is left as it was.
    """
    locked = _own(handed, actor)
    if locked.step != CustomerList.Step.CHECKED:
        raise wrong(_("This list is at work already."))
    found = locked.lines.exclude(result=Result.FAULT)
    found = found.filter(number=line) if line is not None else found.filter(result=result)
    if Choice(choice) == Choice.UPDATE:
        found = found.exclude(match=None)
    return found.update(choice=choice)


@transaction.atomic
def take_list(*, handed: CustomerList, actor: User) -> CustomerList:
    """Take the chosen lines over: at once for a short list, else as a job with a part for every batch.

    Refuses a list of somebody else, one that is not checked, and a source that was closed meanwhile; records
    `customers.list_taken` at its end.
    """
    locked = _own(handed, actor)
    require(actor, Perm.IMPORT, locked.unit)
    if locked.source.closed_at:
        raise wrong(_("This source is closed; nothing more may come from it."))
    if locked.step != CustomerList.Step.CHECKED:
        raise wrong(_("This list is at work already."))
    chosen = locked.lines.exclude(choice=Choice.SKIP)
    if not chosen.exists():
        raise wrong(_("No line is to be taken over."))
    locked.step = CustomerList.Step.TAKING
    newest = Customer.objects.aggregate(newest=Max("pk"))["newest"]
    locked.counts = {**locked.counts, "newest": newest or 0}
    locked.save(update_fields=["step", "counts"])
    ranges = list(_ranges(locked))
    if locked.counts["lines"] > AT_ONCE:
        payloads = [{"list": locked.pk, "first": a, "last": b, "size": size} for a, b, size in ranges]
        locked.job = start_job(kind=TAKE_JOB, actor=actor, payloads=payloads).pk
        locked.save(update_fields=["job"])
    else:
        for first, last, _size in ranges:
            take_lines(locked, first, last)
        finish_list(locked)
    return locked


def _ranges(handed: CustomerList) -> Iterator[tuple[int, int, int]]:
    """First and last number of the lines of every batch, and how many of them are taken."""
    batch = Cast(F("number") / BATCH, IntegerField())
    found = (
        handed.lines.exclude(choice=Choice.SKIP)
        .values_list(batch)
        .annotate(a=Min("number"), b=Max("number"), n=Count("pk"))
        .values_list("a", "b", "n")
        .order_by("a")
    )
    yield from found


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
        found = _Known(handed, [values for _line, values in part])
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


_PROFILE: Final = (
    "organisation", "title", "stage", "gender", "city", "occupation", "income", "interests", "preferences",
)  # fmt: skip


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
    _agree(handed, keys)
    settle_some(keys)


PERSON: Final = Nature.PERSON.value


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


def _agree(handed: CustomerList, keys: Sequence[int]) -> None:
    """The consents under which the list stands."""
    now = clock.now()
    for purpose in handed.purposes:
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


_CARD: Final = tuple(field.name for field in ContactCard._meta.concrete_fields if not field.primary_key)


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
        if fill(customer, card, values):
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
        _agree_to(handed, purpose, [pk for pk in found if pk not in spoken])
    return set(found)


def _agree_to(handed: CustomerList, purpose: str, keys: Sequence[int]) -> None:
    only = CustomerList(actor_id=handed.actor_id, purposes=[purpose], proof=handed.proof)
    _agree(only, keys)


def fill(customer: Customer, card: ContactCard, values: dict[str, str]) -> bool:
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


def finish_list(handed: CustomerList) -> dict[str, int]:
    """The list is taken over: says and records how many lines became what; its content is kept no longer."""
    by = dict(handed.lines.values_list("choice").annotate(n=Count("pk")))
    total = handed.lines.count()
    new, updated = by.get(Choice.NEW, 0), by.get(Choice.UPDATE, 0)
    told = {"new": new, "updated": updated, "skipped": total - new - updated}
    CustomerList.objects.filter(pk=handed.pk).update(
        step=CustomerList.Step.TAKEN, taken_at=clock.now(), counts={**handed.counts, **told}
    )
    handed.step = CustomerList.Step.TAKEN
    record(journal.LIST_TAKEN, actor=handed.actor, data={**told, "list": handed.pk})
    return told


def marked_rows(handed: CustomerList) -> Iterable[tuple[list[str], str, str]]:
    """Every line as it came with what became of it and why, for the file that goes back to its writer."""
    found = {
        line.number: line for line in handed.lines.only("number", "result", "choice", "faults").iterator(2000)
    }
    lines = lines_of(handed)
    next(lines, None)
    for number, cells in lines:
        line = found.get(number)
        faults = (
            [f"{exchange.BY_KEY[key].label}: {Say.from_json(text)}" for key, text in line.faults]
            if line
            else []
        )
        yield cells, str(Result(line.result).label) if line else "", "; ".join(faults)


def _own(handed: CustomerList, actor: User) -> CustomerList:
    locked = (
        CustomerList.objects.select_for_update(of=("self",)).select_related("actor", "unit").get(pk=handed.pk)
    )
    if locked.actor_id != actor.pk:
        raise wrong(_("This list is at work already."))
    return locked


def destroy_old_lists() -> int:
    """Destroy content and lines of lists that were taken over, or left lying, longer ago than the rulebook keeps them (K-CUS-03).

    That the list came, from where, by whom and with what result stays. Says how many. Runs each night.
    """
    days = int(params_on([lists_go])[lists_go.id].days)
    until = clock.now() - timedelta(days=days)
    still = CustomerList.objects.exclude(step__in=(CustomerList.Step.CHECKING, CustomerList.Step.TAKING))
    over = still.filter(Q(taken_at__lt=until) | Q(taken_at=None, created_at__lt=until))
    count = 0
    for handed in over.filter(Exists(ListPiece.objects.filter(handed=OuterRef("pk")))):
        with transaction.atomic():
            handed.pieces.all().delete()
            handed.lines.all().delete()
        count += 1
    return count
