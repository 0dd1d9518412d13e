"""Files of a subject, and whether content and rows agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

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
    """An attachment and the versions before it, newest first."""
    found: list[Attachment] = []
    step: Attachment | None = attachment
    by_pk = {a.pk: a for a in Attachment.objects.visible_to(user).filter(subject=attachment.subject_id)}
    while step is not None:
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
