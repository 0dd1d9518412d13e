"""Lists of customers: handed in, columns told apart, checked line by line, taken over batch by batch (trust F1)."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.sealing import digest_of
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.files.actions import clean_name
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.journal.actions import Line, record, record_all

from .. import bulk, cards, exchange, journal, mails, phones
from ..exchange import PIECE, read_line
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
    ListLine,
    ListPiece,
    Nature,
    Purpose,
    Result,
    Source,
)
from ..names import readings_of
from ..permissions import Perm
from ..subject import CUSTOMER
from .consents import newest_notice
from .register import card_of, missing, write_contacts

AT_ONCE: Final = 2_000
"""Lists of so many lines are checked and taken over while the person waits; longer ones by a job."""
BATCH: Final = 2_000
"""So many lines are taken over in one transaction."""
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
    """The headings, and how many lines follow at about: for progress, and to choose between waiting and a job."""
    try:
        lines = lines_of(handed)
        _number, headings = next(lines, (0, []))
        first = next(lines, None)
        many = breaks if handed.is_csv else 1 + sum(1 for _line in lines)
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
    """Read every line, find who is known, and keep what was found; a second run begins anew."""
    handed.lines.all().delete()
    seen: set[int] = set()
    lines = lines_of(handed)
    next(lines, None)
    done = 0
    while some := list(islice(lines, 1000)):
        _stage(handed, some, seen)
        done += len(some)
        if tell:
            tell(done)
    handed.step = CustomerList.Step.CHECKED
    handed.counts = {**handed.counts, "lines": done}
    handed.save(update_fields=["step", "counts"])


_STAGED: Final = ("handed", "number", "values", "result", "choice", "match", "faults", "is_done")


def _stage(handed: CustomerList, lines: Sequence[tuple[int, list[str]]], seen: set[int]) -> None:
    reads = [(number, read_line(cells, handed.mapping)) for number, cells in lines]
    found = _Known(handed, [read.values for _n, read in reads])
    rows = []
    for number, read in reads:
        match, result = found.of(read.values)
        keys = found.marks(read.values)
        if read.faults:
            result, match = Result.FAULT, None
        elif any(key in seen for key in keys):
            result, match = Result.TWICE, None
        seen.update(keys)
        values = json.dumps(read.values, ensure_ascii=False, separators=(",", ":"))
        faults = [[key, message.to_json()] for key, message in read.faults]
        rows.append((handed.pk, number, values, result, PROPOSED[result], match, faults, False))
    bulk.write(ListLine, _STAGED, rows)


PROPOSED: Final[dict[str, Choice]] = {
    Result.NEW: Choice.NEW,
    Result.KNOWN: Choice.UPDATE,
    Result.ALIKE: Choice.SKIP,
    Result.TWICE: Choice.SKIP,
    Result.FAULT: Choice.SKIP,
}


class _Known:
    """Who of the directory some lines mean, found by three queries for all of them; only whom the person sees."""

    def __init__(self, handed: CustomerList, values: Sequence[dict[str, str]]) -> None:
        self.digests = {
            text: digest_of(text, use)
            for key, use in (("phone", cards.PHONE_USE), ("email", cards.EMAIL_USE))
            for text in {one[key] for one in values if one.get(key)}
        }
        living = Customer.objects.visible_to(handed.actor).living()
        phones_, emails_ = self._all(values, "phone"), self._all(values, "email")
        self.by_digest: dict[str, int] = {}
        for column, wanted_ in (("card__phone_digest", phones_), ("card__email_digest", emails_)):
            if wanted_:
                rows = living.filter(**{f"{column}__in": wanted_}).values_list(column, "pk")
                self.by_digest.update(dict(rows))
        said = {
            readings_of(one["name"]).pinyin for one in values if one.get("name") and one.get("organisation")
        }
        rows = (
            living.filter(pinyin__in=said - {""}).exclude(organisation="")
            if said
            else Customer.objects.none()
        )
        self.by_name = {
            (sound, place): pk for sound, place, pk in rows.values_list("pinyin", "organisation", "pk")
        }

    def _all(self, values: Sequence[dict[str, str]], key: str) -> list[str]:
        return list({self.digests[one[key]] for one in values if one.get(key)})

    def of(self, values: dict[str, str]) -> tuple[int | None, str]:
        for key in ("phone", "email"):
            if values.get(key) and (pk := self.by_digest.get(self.digests[values[key]])):
                return pk, Result.KNOWN
        if values.get("name") and values.get("organisation"):
            key_ = (readings_of(values["name"]).pinyin, values["organisation"])
            if pk := self.by_name.get(key_):
                return pk, Result.ALIKE
        return None, Result.NEW

    def marks(self, values: dict[str, str]) -> list[int]:
        """Short stand-ins for number and address, to know within a million lines those that come twice."""
        return [int(self.digests[values[key]][:15], 16) for key in ("phone", "email") if values.get(key)]


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

    Refuses a list of somebody else and one that is not checked; records `customers.list_taken` at its end.
    """
    locked = _own(handed, actor)
    require(actor, Perm.IMPORT, locked.unit)
    if locked.step != CustomerList.Step.CHECKED:
        raise wrong(_("This list is at work already."))
    chosen = locked.lines.exclude(choice=Choice.SKIP)
    if not chosen.exists():
        raise wrong(_("No line is to be taken over."))
    locked.step = CustomerList.Step.TAKING
    locked.save(update_fields=["step"])
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
    """First and last number of the lines of every batch."""
    numbers = handed.lines.exclude(choice=Choice.SKIP).order_by("number").values_list("number", flat=True)
    flow = numbers.iterator(chunk_size=BATCH)
    while some := list(islice(flow, BATCH)):
        yield some[0], some[-1], len(some)


def take_lines(handed: CustomerList, first: int, last: int) -> int:
    """One batch, in the caller's transaction: lines that are done already are passed over, so a second run writes nothing."""
    lines = handed.lines.filter(number__range=(first, last), is_done=False).exclude(choice=Choice.SKIP)
    chosen = list(lines.select_for_update().order_by("number"))
    new: list[ListLine] = []
    known: list[ListLine] = []
    for line in chosen:
        (known if line.choice == Choice.UPDATE and line.match_id else new).append(line)
    _enter(handed, [json.loads(line.values.open()) for line in new])
    _complete(handed, known)
    handed.lines.filter(pk__in=[line.pk for line in chosen]).update(is_done=True)
    return len(chosen)


_CUSTOMER: Final = (
    "subject", "nature", "name", "name_key", "pinyin", "initials", "organisation", "title", "grade", "grade_until", "stage",
    "keeper", "source", "gender", "born_on", "city", "occupation", "income", "interests", "preferences", "diet_kept",
    "language", "is_official", "no_profiling", "is_incomplete", "entered_by", "verified_at", "verified_by", "merged_into",
    "erased_at", "created_at",
)  # fmt: skip
_CARD: Final = (
    "customer", "phone", "phone_mask", "phone_tail", "phone_digest", "email", "email_mask", "email_digest", "wechat",
    "address", "identity_number", "identity_digest",
)  # fmt: skip


def _enter(handed: CustomerList, lines: Sequence[dict[str, str]]) -> None:
    """New customers: subjects, records, cards, identities and consents, each by one statement for all of them."""
    if not lines:
        return
    now, actor = clock.now(), handed.actor_id
    said = [readings_of(values["name"]) for values in lines]
    titles = [
        (values["name"], f" {values['name'].lower()} {reading.pinyin} {reading.initials}"[:400])
        for values, reading in zip(lines, said, strict=True)
    ]
    address = reverse("customers:customer_detail", args=[0]).replace("/0/", "/{}/")
    keys = bulk.new_subjects(titles, CUSTOMER.key, handed.unit_id, actor, now, address)
    customers, own_cards, identities = [], [], []
    for pk, values, reading in zip(keys, lines, said, strict=True):
        get = values.get
        phone, email = get("phone", ""), get("email", "")
        nature, city = get("nature", Nature.PERSON), get("city", "")
        lacks = not (phone or email) or (nature == Nature.COMPANY and not city)
        born = date.fromisoformat(values["born_on"]) if get("born_on") else None
        customers.append((
            pk, nature, values["name"], *reading, get("organisation", ""), get("title", ""), "", None, get("stage", ""),
            actor, handed.source_id, get("gender", ""), born, city, get("occupation", ""), get("income", ""),
            get("interests", ""), get("preferences", ""), b"", "zh-hans", False, False, lacks, actor, now, actor, None,
            None, now,
        ))  # fmt: skip
        own_cards.append((
            pk, phone, phones.mask(phone), phones.tail(phone), digest_of(phone, cards.PHONE_USE), email, mails.mask(email),
            digest_of(email, cards.EMAIL_USE), get("wechat", ""), get("address", ""), b"", "",
        ))  # fmt: skip
        identities += [(pk, one) for one in get("identities", Identity.PROSPECT).split(",")]
    bulk.write(Customer, _CUSTOMER, customers)
    bulk.write(ContactCard, _CARD, own_cards)
    bulk.write(CustomerIdentity, ("customer", "identity"), identities)
    _agree(handed, keys)


def _agree(handed: CustomerList, keys: Sequence[int]) -> None:
    """The consents under which the list stands."""
    now = clock.now()
    for purpose in handed.purposes:
        notice = newest_notice(purpose)
        rows = [(pk, purpose, Channel.ANY, True, now) for pk in keys]
        bulk.write(Consent, ("customer", "purpose", "channel", "is_given", "at"), rows)
        names = ("customer", "purpose", "channel", "is_given", "notice", "basis", "proof", "at", "by")
        shown = notice.pk if notice else None
        entries = [
            (pk, purpose, Channel.ANY, True, shown, Basis.IMPORTED, handed.proof, now, handed.actor_id)
            for pk in keys
        ]
        bulk.write(ConsentEntry, names, entries)


_TEXTS: Final = (
    "organisation", "title", "stage", "gender", "city", "occupation", "income", "interests", "preferences",
)  # fmt: skip


def _complete(handed: CustomerList, lines: Sequence[ListLine]) -> None:
    """Known customers get what they lack; nothing that is known is written over, and nothing that was refused is agreed to."""
    if not lines:
        return
    found = (
        Customer.objects.living()
        .select_related("subject", "source")
        .in_bulk([line.match_id for line in lines])
    )
    own_cards = ContactCard.objects.in_bulk(list(found))
    held: dict[int, set[str]] = defaultdict(set)
    for one in CustomerIdentity.objects.filter(customer__in=found):
        held[one.customer_id].add(one.identity)
    customers, changed_cards, identities, told = [], [], [], []
    for line in lines:
        customer = found.get(line.match_id)
        if customer is None:
            continue
        values = json.loads(line.values.open())
        card = own_cards.get(customer.pk) or card_of(customer)
        if fill(customer, card, values):
            customers.append(customer)
            changed_cards.append(card)
            words = say(_("completed from a list"))
            told.append(Line(journal.CHANGED, handed.actor, customer.subject, {"what": words}))
        more = set(values["identities"].split(",")) - held[customer.pk] if values.get("identities") else set()
        identities += [(customer.pk, one) for one in sorted(more)]
        held[customer.pk] |= more
    names = [*_TEXTS, "born_on", "is_incomplete", "name_key", "pinyin", "initials"]
    Customer.objects.bulk_update(customers, names, batch_size=200)
    for card in changed_cards:
        card.save()
    bulk.write(CustomerIdentity, ("customer", "identity"), identities)
    record_all(told)
    for purpose in handed.purposes:
        spoken = set(
            Consent.objects.filter(customer__in=found, purpose=purpose).values_list("customer", flat=True)
        )
        _agree_to(handed, purpose, [pk for pk in found if pk not in spoken])


def _agree_to(handed: CustomerList, purpose: str, keys: Sequence[int]) -> None:
    only = CustomerList(actor_id=handed.actor_id, purposes=[purpose], proof=handed.proof)
    _agree(only, keys)


def fill(customer: Customer, card: ContactCard, values: dict[str, str]) -> bool:
    """Put what is lacking; says whether anything was."""
    lacking = {key: values[key] for key in _TEXTS if values.get(key) and not getattr(customer, key)}
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
    by = dict(
        handed.lines.filter(is_done=True)
        .values_list("choice")
        .annotate(n=Count("pk"))
        .values_list("choice", "n")
    )
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
