"""Attaching, replacing and removing files."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePath
from typing import Protocol

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind
from yunchou.kernel.subjects.models import Subject

from . import journal, store
from .content import ENDINGS, detect
from .models import Attachment, StoredFile

MEGABYTE = 1024 * 1024
NAME_LENGTH = 150


class Upload(Protocol):
    """What Django hands over for an uploaded file, as far as we use it."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterable[bytes]: ...


def max_bytes() -> int:
    """The largest file accepted; `UPLOAD_MAX_MB` in the settings, 50 unless set."""
    return int(getattr(settings, "UPLOAD_MAX_MB", 50)) * MEGABYTE


def store_file(*, upload: Upload, name: str = "") -> StoredFile:
    """Keep content and return its row; the same content twice is one row.

    Refuses what is empty, too large (`max_bytes`), of a kind not accepted or not what its name says (422), and a full
    disk (507). Content is complete on disk before the row exists; a row is written in the caller's transaction.
    """
    with store.receive(_limited(upload)) as incoming:
        if not incoming.size:
            raise Invalid(say(_("The file is empty.")))
        content_type = detect(incoming.file, name or upload.name or "")
        store.keep(incoming)
        row, _made = StoredFile.objects.get_or_create(
            sha256=incoming.sha256, defaults={"size": incoming.size, "content_type": content_type}
        )
    return row


def _limited(upload: Upload) -> Iterable[bytes]:
    """The blocks of an upload, broken off where it grows larger than it may."""
    limit, seen = max_bytes(), 0
    for block in upload.chunks():
        seen += len(block)
        if seen > limit:
            raise Invalid(say(_("The file is too large: at most {count} MB."), count=limit // MEGABYTE))
        yield block


def attach_file(
    *,
    subject: Subject,
    upload: Upload,
    actor: User,
    name: str = "",
    replaces: Attachment | None = None,
    stage: str = "",
    note: str = "",
    needs: str = "",
) -> Attachment:
    """Attach an uploaded file to a subject, as a new version when it `replaces` one.

    Refuses who may not see the subject or lacks the right `needs` on it, what `store_file` refuses, and a second
    successor of the same version (409). Records `files.attached`.
    """
    _require(actor, subject, needs)
    if replaces and (replaces.subject_id != subject.pk or replaces.removed_at):
        raise WrongState(say(_("That version is no longer here.")))
    shown = clean_name(name or upload.name or "")
    stored = store_file(upload=upload, name=shown)
    if not PurePath(shown).suffix:
        shown += ENDINGS[stored.content_type][0]
    try:
        with transaction.atomic():
            attachment = Attachment.objects.create(
                subject=subject,
                file=stored,
                name=shown,
                version=_next_number(replaces) if replaces else 1,
                stage=stage or (replaces.stage if replaces else ""),
                note=note,
                replaces=replaces,
                uploaded_by=actor,
            )
            _record(journal.ATTACHED, attachment, actor)
    except IntegrityError as error:
        raise WrongState(
            say(_("Somebody has just uploaded a newer version; look at that one first."))
        ) from error
    return attachment


@transaction.atomic
def add_version(
    *,
    document: Attachment,
    upload: Upload,
    actor: User,
    name: str = "",
    note: str = "",
    needs: str = "",
) -> Attachment:
    """Put a newer version in the place of a document; the one before stays to be read, with who brought it and when.

    `document` is the version that stands. Under a name without another one the document keeps its own. Refuses what
    `attach_file` refuses, a version that is no longer the newest (409) and content that is the same as before (422).
    Records `files.attached`.
    """
    attachment = attach_file(
        subject=document.subject, upload=upload, actor=actor, name=name or upload.name or document.name,
        replaces=document, note=note, needs=needs,
    )  # fmt: skip
    if attachment.file_id == document.file_id:
        same = say(_("This is what version {version} says already."), version=document.version)
        raise Invalid(same, fields={"file": same})
    return attachment


def _next_number(document: Attachment) -> int:
    """The number after every version that ever followed, removed ones included: no number is given twice."""
    last, found = document.version, [document.pk]
    while found:
        after = list(Attachment.objects.filter(replaces__in=found).values_list("pk", "version"))
        last = max([last, *(version for _pk, version in after)])
        found = [pk for pk, _version in after]
    return last + 1


@transaction.atomic
def remove_attachment(*, attachment: Attachment, actor: User, needs: str = "") -> Attachment:
    """Take an attachment out of sight; its content stays. Refuses as `attach_file`; records `files.removed`."""
    _require(actor, attachment.subject, needs)
    locked = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if locked.removed_at:
        raise WrongState(say(_("That version is no longer here.")))
    locked.removed_at = clock.now()
    locked.save(update_fields=["removed_at"])
    _record(journal.REMOVED, locked, actor)
    return locked


@transaction.atomic
def restore_attachment(*, attachment: Attachment, actor: User, needs: str = "") -> Attachment:
    """Undo `remove_attachment`; refuses where another version took its place (409). Records `files.restored`."""
    _require(actor, attachment.subject, needs)
    locked = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if locked.removed_at:
        if (
            locked.replaces_id
            and Attachment.objects.filter(replaces=locked.replaces_id, removed_at=None).exists()
        ):
            raise WrongState(say(_("Another version has taken its place.")))
        locked.removed_at = None
        locked.save(update_fields=["removed_at"])
        _record(journal.RESTORED, locked, actor)
    return locked


@transaction.atomic
def move_attachments(*, source: Subject, target: Subject, actor: User, needs: str = "") -> int:
    """Hand all files of one subject over to another, for two that prove to be the same; says how many.

    Refuses as `attach_file` at both; records `files.moved` at the target, if there was anything to move.
    """
    for subject in (source, target):
        _require(actor, subject, needs)
    count = Attachment.objects.filter(subject=source).update(subject=target)
    if count:
        data = {"count": count, "source": source.title, "from": source.pk}
        record(journal.MOVED, actor=actor, subject=target, data=data)
    return count


def clean_name(name: str) -> str:
    """The last part of a path, without control and direction characters, at most 150 characters with its ending."""
    last = PurePath(name.replace("\\", "/")).name
    text = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs")).strip(
        " ."
    )
    if not text:
        return str(say(_("File")))
    path = PurePath(text)
    return f"{path.stem[: NAME_LENGTH - len(path.suffix)]}{path.suffix}" if len(text) > NAME_LENGTH else text


def _require(actor: User, subject: Subject, needs: str) -> None:
    if needs:
        require(actor, needs, subject)
    elif not visible_subjects(actor).filter(pk=subject.pk).exists():
        raise NotAllowed(say(_("You may not see this.")))


def _record(kind: Kind, attachment: Attachment, actor: User) -> None:
    record(
        kind,
        actor=actor,
        subject=attachment.subject,
        data={
            "name": attachment.name,
            "version": attachment.version,
            "sha256": attachment.file.sha256,
            "attachment": attachment.pk,
        },
    )
