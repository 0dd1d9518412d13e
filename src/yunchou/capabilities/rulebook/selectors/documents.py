"""Regulations, their editions and clauses."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from difflib import SequenceMatcher

from django.db.models import Count, Q

from yunchou.kernel.core import clock

from ..defaults import shipped
from ..models import Clause, Edition, Regulation


def clauses_in_force() -> list[Clause]:
    """The clauses of every regulation's edition in force; two queries. Those shipped where none was laid down."""
    ids = list(editions_in_force().values())
    found = list(
        Clause.objects.filter(edition__in=ids)
        .select_related("edition__regulation")
        .order_by("edition__regulation__number", "order")
    )
    if found:
        return found
    return [
        Clause(order=order, **asdict(one) | {"rules": list(one.rules)})
        for spec in shipped()
        for order, one in enumerate(spec.clauses, 1)
    ]


def editions_in_force(day: date | None = None) -> dict[int, int]:
    """The primary key of the edition in force by regulation."""
    published = Edition.objects.filter(
        state=Edition.State.PUBLISHED, effective_from__lte=day or clock.today()
    )
    return dict(published.order_by("effective_from", "number").values_list("regulation", "pk"))


def regulations() -> list[Regulation]:
    """Every regulation with its edition in force, and one that is in work or coming, if there is."""
    current = editions_in_force()
    by_pk = Edition.objects.filter(pk__in=current.values()).annotate(clause_count=Count("clauses")).in_bulk()
    found = list(Regulation.objects.all())
    ahead: dict[int, Edition] = {}
    coming = Q(state__in=[Edition.State.DRAFT, Edition.State.IN_APPROVAL]) | Q(
        effective_from__gt=clock.today()
    )
    for edition in Edition.objects.filter(coming).order_by("number"):
        ahead[edition.regulation_id] = edition
    for regulation in found:
        regulation.current = by_pk.get(current.get(regulation.pk, 0))  # type: ignore[attr-defined]
        regulation.ahead = ahead.get(regulation.pk)  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True)
class ClauseChange:
    """A clause in two editions; `before` or `after` is None where it came or went."""

    ref: str
    before: Clause | None
    after: Clause | None

    @property
    def kind(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def heading(self) -> str:
        clause = self.after or self.before
        return clause.heading if clause else ""

    @property
    def is_rendered(self) -> bool:
        """Whether both sides can be compared as they are rendered for the reader."""
        return all(side.is_rendered for side in (self.before, self.after) if side is not None)

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """The text as the reader reads it, with what was taken out and put in: (same | out | in, words)."""
        return self._pieces("wording") if self.is_rendered else self.original_pieces

    @property
    def original_pieces(self) -> list[tuple[str, str]]:
        """The same of the words that are in force."""
        return self._pieces("text")

    def _pieces(self, words: str) -> list[tuple[str, str]]:
        return text_difference(getattr(self.before, words, ""), getattr(self.after, words, ""))


def compare_editions(old: Edition, new: Edition) -> list[ClauseChange]:
    """The clauses that differ, in the order of the newer edition; what went comes last."""
    before = {clause.ref: clause for clause in old.clauses.all()}
    after = {clause.ref: clause for clause in new.clauses.all()}
    found = [
        ClauseChange(ref, before.get(ref), clause)
        for ref, clause in after.items()
        if not _equal(before.get(ref), clause)
    ]
    return found + [ClauseChange(ref, clause, None) for ref, clause in before.items() if ref not in after]


def _equal(one: Clause | None, other: Clause) -> bool:
    """Whether neither its words nor its rules differ, nor the rendering where both have one."""
    if one is None or (one.title, one.text, one.rules) != (other.title, other.text, other.rules):
        return False
    return one.text_en == other.text_en or not (one.text_en and other.text_en)


def text_difference(before: str, after: str) -> list[tuple[str, str]]:
    """Two texts side by side in one: pieces that stayed, went out and came in."""
    pieces: list[tuple[str, str]] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("same", before[i:j]))
            continue
        if j > i:
            pieces.append(("out", before[i:j]))
        if m > k:
            pieces.append(("in", after[k:m]))
    return pieces
