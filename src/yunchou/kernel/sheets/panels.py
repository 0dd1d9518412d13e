"""The card of findings beside a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .editor import book, may_edit
from .selectors import findings_in


@dataclass(frozen=True)
class Panel:
    """Which findings a card holds: of some tables, of some rules or all but some; `title` is its head."""

    tables: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    title: str = ""
    bare: bool = False

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> Panel:
        """The panel that `query` wrote into an address."""
        return cls(
            **{name: split(query.get(name, "")) for name in ("tables", "only", "but")},
            title=str(query.get("title", ""))[:60],
            bare=bool(query.get("bare")),
        )

    @property
    def query(self) -> str:
        parts = {"tables": ",".join(self.tables), "only": ",".join(self.only), "but": ",".join(self.but)}
        more = {"title": self.title, "bare": "1" if self.bare else ""}
        return urlencode({name: part for name, part in (parts | more).items() if part})

    @property
    def key(self) -> str:
        return "-".join(("findings", *self.tables, *self.only)).lower()


def split(words: Any) -> tuple[str, ...]:
    """`budget, goals` as its parts."""
    return tuple(part.strip() for part in str(words or "").split(",") if part.strip())


def panel_context(request: Any, subject: Subject, panel: Panel) -> dict[str, Any]:
    """What `sheets/findings.html` draws."""
    found = findings_in(request, subject, panel.tables, only=panel.only, but=panel.but)
    tables = [kept for kept in book(subject).kept if not panel.tables or kept.table.key in panel.tables]
    named = {
        place.table
        for one in found
        if one.can_apply or one.can_except
        for place in (*one.verdict.at, *(one.verdict.fix.changes if one.verdict.fix else ()))
    }
    locked = frozenset(key for key in named if lock_on(subject, key) is not None)
    found = [replace(one, locked=locked) for one in found]
    return {
        "subject": subject,
        "panel": panel,
        "findings": found,
        "open_count": sum(shown.judged.is_open for shown in found),
        "may_rule": any(may_edit(kept, subject, request.user) for kept in tables),
        "url": f"{reverse('sheets:findings', args=[subject.pk])}?{panel.query}",
    }
