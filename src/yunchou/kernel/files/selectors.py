"""Files of a subject, and whether content and rows agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.template.defaultfilters import filesizeformat

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import wall
from yunchou.kernel.subjects.models import Subject

from . import store
from .models import Attachment, AttachmentQuerySet, StoredFile


def attachments_of(subject: Subject, user: User) -> AttachmentQuerySet:
    """The current versions at a subject that the person may see, with file and uploader."""
    found = Attachment.objects.visible_to(user).current().filter(subject=subject)
    return found.select_related("file", "uploaded_by")


def versions_of(attachment: Attachment, user: User) -> list[Attachment]:
    """An attachment and the versions before it, newest first, without removed ones."""
    if not visible_subjects(user).filter(pk=attachment.subject_id).exists():
        return []
    rows = Attachment.objects.filter(subject=attachment.subject_id).select_related("file", "uploaded_by")
    return _line(attachment, {row.pk: row for row in rows})


@dataclass(frozen=True)
class Version:
    """One version of a document; `change` is its size against the version before, in bytes, None for the first."""

    attachment: Attachment
    change: int | None

    @property
    def change_text(self) -> str:
        """The change of size for people, with its sign."""
        if self.change is None:
            return ""
        return f"{'−' if self.change < 0 else '+'}{filesizeformat(abs(self.change))}"


@dataclass(frozen=True)
class Document:
    """A file at a subject as it stands, with everything it was before."""

    versions: tuple[Version, ...]

    @property
    def current(self) -> Attachment:
        return self.versions[0].attachment

    @property
    def first(self) -> Attachment:
        return self.versions[-1].attachment

    @property
    def earlier(self) -> tuple[Version, ...]:
        return self.versions[1:]


def documents_of(subject: Subject, user: User, *, stage: str | None = None) -> list[Document]:
    """The files of a subject that the person may see, each with its versions, the one changed last first; two queries."""
    if not visible_subjects(user).filter(pk=subject.pk).exists():
        return []
    return _documents(Attachment.objects.filter(subject=subject), stage)


def documents_like(attachments: Iterable[Attachment]) -> dict[int, Document]:
    """For files that a page already may show: the document that each belongs to, by the file's id; one query."""
    given = list(attachments)
    every = _documents(Attachment.objects.filter(subject__in={one.subject_id for one in given}), None)
    return {version.attachment.pk: document for document in every for version in document.versions}


def _documents(rows: AttachmentQuerySet, stage: str | None) -> list[Document]:
    found = {row.pk: row for row in rows.select_related("file", "uploaded_by")}
    followed = {row.replaces_id for row in found.values() if not row.removed_at}
    heads = [row for row in found.values() if not row.removed_at and row.pk not in followed]
    if stage is not None:
        heads = [row for row in heads if row.stage == stage]
    heads.sort(key=lambda row: (row.uploaded_at, row.pk), reverse=True)
    return [Document(_with_changes(_line(row, found))) for row in heads]


def _with_changes(line: list[Attachment]) -> tuple[Version, ...]:
    before: list[Attachment | None] = [*line[1:], None]
    return tuple(
        Version(one, one.file.size - earlier.file.size if earlier else None)
        for one, earlier in zip(line, before, strict=True)
    )


def _line(attachment: Attachment, by_pk: dict[int, Attachment]) -> list[Attachment]:
    """From a version back to the first one, stepping over those that were removed."""
    found: list[Attachment] = []
    step: Attachment | None = attachment
    while step is not None:
        if not step.removed_at:
            found.append(step)
        step = by_pk.get(step.replaces_id) if step.replaces_id else None
    return found


@dataclass
class FileReport:
    """Where rows and content disagree, by hash. Empty is well."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)  # rows without content
    damaged: list[str] = field(default_factory=list)  # content whose bytes have changed
    orphans: list[str] = field(default_factory=list)  # content without a row

    @property
    def is_well(self) -> bool:
        return not (self.missing or self.damaged)


def orphans(older_than: timedelta = timedelta(0)) -> Iterator[str]:
    """Content that no row speaks of and that has lain for a while: uploads in progress look like that for a moment."""
    limit = wall() - older_than
    held = [sha256 for sha256, written_at in store.all_hashes() if written_at <= limit]
    for start in range(0, len(held), 500):
        block = held[start : start + 500]
        known = set(StoredFile.objects.filter(sha256__in=block).values_list("sha256", flat=True))
        yield from (sha256 for sha256 in block if sha256 not in known)


def verify_files(*, read: bool = True) -> FileReport:
    """Compare every row with its content and list content without rows; with `read` the bytes are hashed again."""
    report = FileReport(orphans=list(orphans()))
    for sha256 in (
        StoredFile.objects.order_by("pk").values_list("sha256", flat=True).iterator(chunk_size=1000)
    ):
        report.checked += 1
        if not store.has_content(sha256):
            report.missing.append(sha256)
        elif read and not store.is_intact(sha256):
            report.damaged.append(sha256)
    return report
