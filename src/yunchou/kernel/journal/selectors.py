"""Reading the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from yunchou.kernel.subjects.models import Subject

from .models import JournalEntry, Seal


def unsealed() -> QuerySet[JournalEntry]:
    """Entries that no link of the chain covers yet."""
    return JournalEntry.objects.filter(~Exists(Seal.objects.filter(entry_id=OuterRef("pk"))))


def timeline(subject: Subject) -> QuerySet[JournalEntry]:
    """What happened to a subject, newest first."""
    return JournalEntry.objects.filter(subject=subject).select_related("actor").order_by("-pk")


def lately(subject: Subject, count: int = 12) -> list[dict[str, Any]]:
    """The newest entries as a page's timeline shows them; what people owe stands in their lists of duties."""
    told = timeline(subject).exclude(kind__startswith="duties.")[:count]
    return [{"actor": one.actor, "verb": one.sentence, "at": one.at} for one in told]


@dataclass(frozen=True)
class Tail:
    """The entries not sealed yet: how many, and the ids of the first and the last."""

    count: int
    first: int | None
    last: int | None


def unsealed_tail() -> Tail:
    """What `verify` names, since nothing yet protects it."""
    ids = list(unsealed().order_by("pk").values_list("pk", flat=True))
    return Tail(len(ids), ids[0] if ids else None, ids[-1] if ids else None)
