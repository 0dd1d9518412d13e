"""Drafts with their versions, remarks, and what differs between two versions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q

from yunchou.kernel.subjects.models import Subject

from ..differing import Piece, differences
from ..models import Draft, DraftVersion, Remark


@dataclass(frozen=True)
class DraftLine:
    """A draft in the list: its newest version, and how many remarks on it are open."""

    draft: Draft
    newest: DraftVersion
    open: int
    remarks: int

    @property
    def is_approved(self) -> bool:
        return self.draft.approved_id == self.newest.pk

    @property
    def level(self) -> str:
        return "fine" if self.is_approved else "act" if self.open else "watch"


def drafts_of(subject: Subject) -> list[DraftLine]:
    """The drafts of an activity, the newest first; two queries."""
    versions = DraftVersion.objects.select_related("file__file", "made_by")
    found = (
        Draft.objects.filter(subject=subject)
        .select_related("approved", "approved_by")
        .prefetch_related(Prefetch("versions", versions))
        .annotate(
            remarks=Count("versions__remarks"),
            open=Count("versions__remarks", filter=Q(versions__remarks__resolved_at=None)),
        )
    )
    return [DraftLine(one, one.versions.all()[0], one.open, one.remarks) for one in found]


@dataclass(frozen=True)
class Proof:
    """One version of a draft beside another: its remarks, and for texts what differs."""

    draft: Draft
    versions: tuple[DraftVersion, ...]
    shown: DraftVersion
    against: DraftVersion | None
    remarks: tuple[Remark, ...]
    pieces: tuple[Piece, ...]
    elsewhere: tuple[Remark, ...]

    @property
    def is_newest(self) -> bool:
        return self.shown.pk == self.versions[0].pk

    @property
    def open(self) -> int:
        """How many remarks on the draft are not resolved."""
        return sum(one.is_open for one in (*self.remarks, *self.elsewhere))


def proof_of(draft: Draft, number: int | None = None, against: int | None = None) -> Proof:
    """A version (the newest unless asked), beside the one before it unless another is asked for; two queries."""
    versions = tuple(draft.versions.select_related("file__file", "made_by"))
    by_number = {one.number: one for one in versions}
    shown = by_number.get(number or 0, versions[0])
    other = by_number.get(against if against is not None else shown.number - 1)
    if other is not None and other.pk == shown.pk:
        other = None
    every = Remark.objects.filter(version__draft=draft).select_related("author", "resolved_by", "version")
    remarks = list(every.order_by("version__number", "number"))
    pieces: list[Piece] = []
    if draft.kind == Draft.Kind.TEXT and other is not None:
        older, newer = sorted((other, shown), key=lambda one: one.number)
        pieces = differences(older.text, newer.text)
    return Proof(
        draft,
        versions,
        shown,
        other,
        tuple(one for one in remarks if one.version_id == shown.pk),
        tuple(pieces),
        tuple(one for one in remarks if one.version_id != shown.pk),
    )
