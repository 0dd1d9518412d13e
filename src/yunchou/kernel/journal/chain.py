"""The hash chain: what a link covers, and how a broken one is found. No database writes here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from django.core.serializers.json import DjangoJSONEncoder

from .models import ChainHead, JournalEntry, Seal

START = "0" * 64


def canonical(value: object) -> bytes:
    """JSON that is the same bytes for the same value, whatever database or process wrote it."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)
    return text.encode()


def link(before: str, number: int, entry: JournalEntry) -> str:
    """The digest of link `number`, which follows the link with digest `before`."""
    personal = sorted(
        f"{value.user_id}:{hashlib.sha256(bytes(value.sealed)).hexdigest()}" for value in entry.personal.all()
    )
    told = {
        "number": number,
        "id": entry.pk,
        "kind": entry.kind,
        "actor": entry.actor_id,
        "subject": entry.subject_id,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "data": entry.data,
        "personal": personal,
    }
    return hashlib.sha256(before.encode() + canonical(told)).hexdigest()


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold. `problem` is altered, deleted, reordered, missing_link or wrong_head."""

    problem: str
    number: int
    entry: int | None


def breaks(batch: int = 1000) -> Iterator[Break]:
    """Walk the chain from its start and name every link that does not hold."""
    before, expected = START, 0
    while seals := list(Seal.objects.filter(number__gt=expected).order_by("number")[:batch]):
        entries = {
            e.pk: e
            for e in JournalEntry.objects.filter(pk__in=[s.entry_id for s in seals]).prefetch_related(
                "personal"
            )
        }
        for seal in seals:
            if seal.number != expected + 1:
                yield Break("missing_link", expected + 1, None)
            entry = entries.get(seal.entry_id)
            if entry is None:
                yield Break("deleted", seal.number, seal.entry_id)
            elif link(before, seal.number, entry) != seal.digest:
                yield Break("altered", seal.number, seal.entry_id)
            # Go on from what is stored, so that one altered entry is named once and not as all that follow it.
            before, expected = seal.digest, seal.number
    head = ChainHead.objects.filter(pk=1).first()
    if (head.number, head.digest) != (expected, before) if head else expected:
        yield Break("wrong_head", expected, None)
