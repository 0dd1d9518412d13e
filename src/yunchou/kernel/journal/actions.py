"""Writing entries, sealing them, and forgetting a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.compiled import insertion
from yunchou.kernel.core.restoring import erasable, remember_erasure
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .chain import link
from .crypto import encrypt, new_key, unwrap
from .kinds import Kind, kind
from .models import ChainHead, JournalEntry, PersonalValue, PersonKey, Seal
from .selectors import unsealed

FORGOTTEN = kind("journal.person_forgotten", _("destroyed the key of a person's values"), icon="eraser")

BATCH = 1000


def record(
    kind: Kind,
    *,
    actor: User | None,
    subject: Subject | None = None,
    data: Mapping[str, Any] | None = None,
    personal: Mapping[User, Mapping[str, Any]] | None = None,
) -> JournalEntry:
    """Append one entry in the caller's transaction.

    `data` holds JSON values and `Say`s; `personal` maps a person to values that die with the person's key.
    """
    entry = _entry(Line(kind, actor, subject, data or {}))
    entry.save()
    for person, secret in (personal or {}).items():
        text = json.dumps(secret, ensure_ascii=False, sort_keys=True, cls=DjangoJSONEncoder)
        PersonalValue.objects.create(entry=entry, user=person, sealed=encrypt(_key_of(person), text))
    return entry


@dataclass(frozen=True)
class Line:
    """One entry to be written, without personal values: see `record`."""

    kind: Kind
    actor: User | None
    subject: Subject | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def record_all(lines: Iterable[Line]) -> list[JournalEntry]:
    """Append entries in their order in one statement, in the caller's transaction."""
    return JournalEntry.objects.bulk_create([_entry(line) for line in lines])


def within(line: Line, source: str) -> tuple[str, dict[str, Any]]:
    """The writing of an entry as a part of the caller's own statement, once for each row of `source`: see `insertion`."""
    return insertion(_entry(line), "entry", source)


def _entry(line: Line) -> JournalEntry:
    values = {k: v.to_json() if isinstance(v, Say) else v for k, v in line.data.items()}
    return JournalEntry(
        kind=line.kind.key, actor=line.actor, subject=line.subject, at=clock.now(), data=values
    )


def _key_of(person: User) -> bytes:
    held, _made = PersonKey.objects.get_or_create(user=person, defaults={"wrapped": new_key()})
    return unwrap(bytes(held.wrapped))


@transaction.atomic
def forget_person(*, person: User, actor: User) -> None:
    """Destroy the person's key: their values in the journal become unreadable, the chain stays whole (R-CUS-03)."""
    PersonKey.objects.filter(user=person).delete()
    record(FORGOTTEN, actor=actor, data={"person": person.pk})
    remember_erasure(FORGOTTEN.key, person.pk)


def _forgotten() -> Iterable[int]:
    found = JournalEntry.objects.filter(kind=FORGOTTEN.key).values_list("data", flat=True)
    return (data["person"] for data in found.iterator())


erasable(
    FORGOTTEN.key,
    known=_forgotten,
    again=lambda numbers: PersonKey.objects.filter(user__in=numbers).delete()[0],
)


def seal_entries(limit: int = BATCH) -> int:
    """Seal up to `limit` unsealed entries in order of id; returns how many. Any number of sealers may run.

    Sealing by absence of a seal, not by a watermark, so that an entry whose transaction ended late is not passed over.
    """
    with transaction.atomic():
        head, _made = ChainHead.objects.select_for_update().get_or_create(pk=1)
        waiting = list(unsealed().order_by("pk").prefetch_related("personal")[:limit])
        seals, number, digest = [], head.number, head.digest
        for entry in waiting:
            number, digest = number + 1, link(digest, number + 1, entry)
            seals.append(Seal(number=number, entry_id=entry.pk, digest=digest))
        Seal.objects.bulk_create(seals)
        ChainHead.objects.filter(pk=1).update(number=number, digest=digest)
    return len(seals)


def seal_all() -> int:
    """Seal everything that waits; for `verify`, archives and tests."""
    total = 0
    while count := seal_entries():
        total += count
    return total
