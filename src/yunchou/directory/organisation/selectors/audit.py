"""The journal as the auditor reads it: everything, narrowed by person, kind, thing and period (SUP-06)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yunchou.kernel.access.rooms import in_order, room_of, room_word
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.crypto import decrypt, unwrap
from yunchou.kernel.journal.kinds import kinds
from yunchou.kernel.journal.models import JournalEntry, PersonKey, Seal

EXPORTED_AT_MOST = 20_000
# Keys that hold {field: [before, after]}, and pairs of keys that hold one before and one after.
CHANGES = ("cells", "changes")
PAIRS = (("before", "after"), ("from", "to"))


@dataclass(frozen=True)
class AuditFilter:
    """What the auditor asks for; empty values narrow nothing."""

    person: User | None = None
    kind: str = ""
    code: str = ""
    since: date | None = None
    until: date | None = None

    def apply(self) -> QuerySet[JournalEntry]:
        """The entries, newest first."""
        found = JournalEntry.objects.select_related("actor", "subject").order_by("-pk")
        if self.person:
            found = found.filter(actor=self.person)
        if self.kind:
            # A room ("campaigns.") or one kind.
            found = (
                found.filter(kind__startswith=self.kind)
                if self.kind.endswith(".")
                else found.filter(kind=self.kind)
            )
        if self.code:
            found = found.filter(subject__code__iexact=self.code.strip())
        if self.since:
            found = found.filter(at__gte=clock.moment(self.since))
        if self.until:
            found = found.filter(at__lt=clock.moment(self.until + timedelta(days=1)))
        return found

    def __str__(self) -> str:
        """The filter as the journal tells of an export."""
        parts = [self.person.username if self.person else "", self.kind, self.code]
        period = " — ".join(day.isoformat() if day else "…" for day in (self.since, self.until))
        if self.since or self.until:
            parts.append(period)
        return "; ".join(part for part in parts if part) or "—"


def kind_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every kind of entry under its room, for a select; the room itself stands first."""
    rooms: dict[str, list[tuple[str, str]]] = {}
    for kind in kinds:
        room = room_of(kind.key)
        rooms.setdefault(room, [(f"{room}.", _("Everything of this part"))]).append(
            (kind.key, _pattern(kind.sentence))
        )
    return [(str(room_word(room)), rooms[room]) for room in in_order(rooms)]


def _pattern(sentence: str) -> str:
    """A kind's sentence with dots where the values stand."""
    words = _(sentence)
    while (start := words.find("{")) >= 0 and (end := words.find("}", start)) > 0:
        words = f"{words[:start]}…{words[end + 1 :]}"
    return words


# Values that many kinds of entries have, in words; others go by their key.
VALUE_WORDS: Final[Mapping[str, str | Promise]] = {
    "person": gettext_lazy("Person no."),
    "account": gettext_lazy("Account no."),
    "username": gettext_lazy("User name"),
    "name": gettext_lazy("Full name"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Phone"),
    "position": gettext_lazy("Position"),
    "unit": gettext_lazy("Unit"),
    "right": gettext_lazy("Right"),
    "reason": gettext_lazy("Reason"),
    "title": gettext_lazy("Title"),
    "note": gettext_lazy("Note"),
    "opinion": gettext_lazy("Opinion"),
    "code": gettext_lazy("Code"),
    "version": gettext_lazy("Version"),
    "valid_from": gettext_lazy("First day"),
    "valid_to": gettext_lazy("Last day"),
    "ip": gettext_lazy("Address"),
    "browser": gettext_lazy("Browser"),
}


@dataclass(frozen=True)
class Change:
    """One value before and after; without a before it is simply told."""

    key: str
    before: str
    after: str

    @property
    def name(self) -> str:
        """The value's word, or its key."""
        return str(VALUE_WORDS.get(self.key, self.key))


@dataclass(frozen=True)
class EntryDetails:
    """What an entry says beyond its sentence."""

    changes: list[Change]
    facts: list[Change]


def details_of(data: Mapping[str, Any]) -> EntryDetails:
    """The values of an entry: those that changed, and all others."""
    changes: list[Change] = []
    used: set[str] = set()
    for key in CHANGES:
        if isinstance(pairs := data.get(key), dict) and all(_is_pair(pair) for pair in pairs.values()):
            changes += [Change(name, _told(pair[0]), _told(pair[1])) for name, pair in pairs.items()]
            used.add(key)
    for first, second in PAIRS:
        if first in data and second in data:
            changes += _between(data[first], data[second])
            used |= {first, second}
    facts = [Change(key, "", _told(value)) for key, value in data.items() if key not in used]
    return EntryDetails(changes, [fact for fact in facts if fact.after])


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _between(before: Any, after: Any) -> list[Change]:
    if isinstance(before, dict) and isinstance(after, dict) and "say" not in before and "say" not in after:
        names = [*before, *(name for name in after if name not in before)]
        pairs = ((name, _told(before.get(name)), _told(after.get(name))) for name in names)
        return [Change(name, was, now) for name, was, now in pairs if was != now]
    return [Change("", _told(before), _told(after))]


def _told(value: Any) -> str:
    """A stored value in the reader's language."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict) and "say" in value:
        return str(Say.from_json(value))
    if isinstance(value, list) and all(isinstance(part, str | int) for part in value):
        return _(", ").join(str(part) for part in value)
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
    )


@dataclass(frozen=True)
class PersonalDetails:
    """The personal values of an entry; None where the person's key was destroyed."""

    person: User
    details: EntryDetails | None


def personal_of(entry: JournalEntry) -> list[PersonalDetails]:
    """The values that concern people, deciphered. Whoever shows them records that (`actions.show_personal`)."""
    rows = list(entry.personal.select_related("user"))
    keys = dict(
        PersonKey.objects.filter(user__in=[row.user_id for row in rows]).values_list("user", "wrapped")
    )
    found = []
    for row in rows:
        wrapped = keys.get(row.user_id)
        secret = json.loads(decrypt(unwrap(bytes(wrapped)), bytes(row.sealed))) if wrapped else None
        found.append(PersonalDetails(row.user, details_of(secret) if secret is not None else None))
    return found


def seal_of(entry: JournalEntry) -> Seal | None:
    """The link of the chain that covers an entry, or None for one that is not sealed yet."""
    return Seal.objects.filter(entry_id=entry.pk).first()


def as_lines(entries: Iterable[JournalEntry]) -> list[list[str | int]]:
    """The rows of an export, head first: what the list shows, with before and after."""
    head: list[str | int] = [
        pgettext("of a list", "No."), _("Time"), _("User name"), _("Kind"),
        _("What happened"), _("Code"), _("Subject"), _("Before and after"),
    ]  # fmt: skip
    return [head, *(_line(entry) for entry in entries)]


def _line(entry: JournalEntry) -> list[str | int]:
    changes = details_of(entry.data).changes
    told = "; ".join(f"{c.name} {c.before or '—'} → {c.after or '—'}".strip() for c in changes)
    subject = entry.subject
    return [
        entry.pk,
        f"{clock.local(entry.at):%Y-%m-%d %H:%M:%S}",
        entry.actor.username if entry.actor else "",
        entry.kind,
        entry.sentence,
        subject.code if subject else "",
        subject.title if subject else "",
        told,
    ]
