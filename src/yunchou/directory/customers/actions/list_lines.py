"""The lines of a list of customers: read, found known or new, and kept with what is to become of them."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from yunchou.kernel.core.sealing import APART, digests_of_all
from yunchou.kernel.core.text import Say

from .. import bulk, cards, exchange
from ..marks import Marks
from ..models import (
    Choice,
    ContactCard,
    Customer,
    CustomerList,
    ListLine,
    Result,
)
from ..names import readings_of

AT_A_TIME: Final = 2_000
"""So many lines are looked at together."""
Tell = Callable[[int], None]
_dump: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_PROPOSED: Final = {str(result): str(Choice.SKIP) for result in Result} | {
    str(Result.NEW): str(Choice.NEW),
    str(Result.KNOWN): str(Choice.UPDATE),
}
"""What is to become of a line until the person says otherwise."""


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


def _stage(
    handed: CustomerList, lines: Sequence[tuple[int, list[str]]], read: exchange.Reader, seen: Marks
) -> None:
    reads = [read(cells) for _number, cells in lines]
    found = Known(handed, [one.values for one in reads])
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


def _on_cards(column: str, digests: Iterable[str]) -> list[tuple[str, int]]:
    """On which cards thousands of digests stand. Written into the statement, since they hold no sign but hexadecimal digits."""
    every = ", ".join(f"'{int(digest, 16):064x}'" for digest in digests)
    if not every:
        return []
    table = ContactCard._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, customer_id FROM {table} WHERE {column} IN ({every})")  # noqa: S608
        return list(cursor.fetchall())


class Known:
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
