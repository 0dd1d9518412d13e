"""Lists of customers: handed in, columns told apart, lines chosen, taken over, destroyed when they are old (trust F1)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, Max, Min, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.files.actions import clean_name
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import params_on

from .. import exchange, journal
from ..exchange import PIECE
from ..models import (
    Choice,
    Customer,
    CustomerList,
    ListPiece,
    Purpose,
    Result,
    Source,
)
from ..permissions import Perm
from ..rules import lists_go
from .list_lines import check_lines, lines_of
from .list_taking import take_lines

AT_ONCE: Final = 2_000
"""Lists of so many lines are checked and taken over while the person waits; longer ones by a job."""
BATCH: Final = 5_000
"""So many lines are taken over in one transaction."""
CHECK_JOB, TAKE_JOB = "customers.check_list", "customers.take_list"


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
