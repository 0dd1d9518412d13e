"""What rules say of the tables on a page, computed once a request."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.selectors import Judged
from yunchou.kernel.rules.verdicts import Place, Verdict
from yunchou.kernel.subjects.kinds import findings_of
from yunchou.kernel.subjects.models import Subject

from .registry import workbook_of

GRANTED = "granted"


@dataclass(frozen=True)
class Shown:
    """A finding as the component `finding` draws it, with what a person may do about it while none of its tables is `locked`."""

    judged: Judged
    locked: frozenset[str] = frozenset()

    @property
    def verdict(self) -> Verdict:
        return self.judged.verdict

    @property
    def severity(self) -> str:
        return GRANTED if self.judged.ruling else self.verdict.severity.value

    @property
    def reason(self) -> str:
        return str(self.verdict.reason)

    @property
    def rule_id(self) -> str:
        return self.verdict.rule_id

    @property
    def clause(self) -> str:
        return self.verdict.clause

    @property
    def fix_text(self) -> str:
        return "" if self.judged.ruling else self.verdict.fix_text

    @property
    def comment(self) -> str:
        """Who ruled on it, and why."""
        ruling = self.judged.ruling
        return f"{ruling.made_by}: {ruling.reason}" if ruling else ""

    @property
    def can_apply(self) -> bool:
        changes = self.verdict.fix.changes if self.verdict.fix else {}
        return bool(self.judged.is_open and changes) and not self._is_locked(changes)

    @property
    def can_confirm(self) -> bool:
        return self.judged.is_open and not self.verdict.blocks

    @property
    def can_except(self) -> bool:
        open_to_it = self.judged.is_open and self.verdict.blocks and self.verdict.exception_allowed
        return open_to_it and not self._is_locked(self.verdict.at)

    def _is_locked(self, places: Iterable[Place]) -> bool:
        return any(place.table in self.locked for place in places)


def findings_on(request: Any, subject: Subject) -> list[Judged]:
    """The failed findings of a subject, worst first; read once for all parts of a page."""
    if request is None:
        return _failed(subject)
    kept: dict[int, list[Judged]] = request.__dict__.setdefault("_sheet_findings", {})
    if subject.pk not in kept:
        kept[subject.pk] = _failed(subject)
    return kept[subject.pk]


def forget_findings(request: Any) -> None:
    """Read them anew: something was changed in this request."""
    request.__dict__.pop("_sheet_findings", None)


def _failed(subject: Subject) -> list[Judged]:
    return [judged for judged in findings_of(subject) if not judged.verdict.passed]


def findings_in(
    request: Any,
    subject: Subject,
    tables: Collection[str],
    *,
    only: Collection[str] = (),
    but: Collection[str] = (),
) -> list[Shown]:
    """Those that lie in one of the tables (all where none is named); open ones first. `only` and `but` name rules."""
    hidden = {
        kept.table.key
        for kept in workbook_of(subject.kind).kept
        if kept.view_perm and not holds(request.user, kept.view_perm, subject)
    }
    found = [
        Shown(judged)
        for judged in findings_on(request, subject)
        if not any(place.table in hidden for place in judged.verdict.at)
        and (not tables or any(place.table in tables for place in judged.verdict.at))
        and (not only or judged.verdict.rule_id in only)
        and judged.verdict.rule_id not in but
    ]
    return sorted(found, key=lambda shown: not shown.judged.is_open)


def open_verdict(subject: Subject, fingerprint: str) -> Verdict:
    """The open finding that a page showed; raises `WrongState` when it is no longer there."""
    for judged in _failed(subject):
        if judged.verdict.fingerprint == fingerprint and judged.is_open:
            return judged.verdict
    raise WrongState(say(_("This finding is no longer there: somebody changed what it was about.")))
