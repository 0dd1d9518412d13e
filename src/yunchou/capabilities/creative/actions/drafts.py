"""Drafts: handing in versions, remarking, resolving one by one, approving."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.files.actions import Upload, add_version, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import Draft, DraftVersion, Remark
from ..permissions import Perm

TABLE: Final = "drafts"
STAGE: Final = "draft"


@transaction.atomic
def hand_in_draft(
    *, subject: Subject, title: str, actor: User, text: str = "", upload: Upload | None = None
) -> Draft:
    """Hand in the first version of a text or a file. Refuses without `creative.edit`, a title that is taken, and neither
    or both of text and file. Records `creative.draft_handed_in`."""
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    name = wanted(title, "title")
    if Draft.objects.filter(subject=locked, title=name).exists():
        raise at_field("title", _("There is a draft of this name; hand in a new version of it."))
    if bool(text.strip()) == (upload is not None):
        raise at_field("text", _("Write the text, or choose a file."))
    kind = Draft.Kind.TEXT if upload is None else Draft.Kind.FILE
    draft = Draft.objects.create(subject=locked, title=name, kind=kind, made_by=actor)
    _add(draft, actor, text=text, upload=upload, note="")
    return draft


@transaction.atomic
def hand_in_version(
    *, draft: Draft, seen: int, actor: User, text: str = "", upload: Upload | None = None, note: str = ""
) -> DraftVersion:
    """Hand in what was made of a draft. Refuses what is not newer than the version `seen` (409), or says the same.

    The approved version stays marked until another one is approved. Records `creative.draft_handed_in`.
    """
    open_table(draft.subject, TABLE, actor, Perm.EDIT)
    last = draft.versions.select_related("file").first()
    if last is None or last.number != seen:
        raise wrong(_("Somebody has just handed in a newer version; look at that one first."))
    if draft.kind == Draft.Kind.TEXT:
        wanted(text, "text")
        if _clean(text) == last.text:
            raise at_field("text", _("This is what version {version} says already."), version=last.number)
        upload = None
    elif upload is None:
        raise at_field("file", _("Choose the file."))
    return _add(draft, actor, text=text, upload=upload, note=note, last=last)


@transaction.atomic
def remark(
    *,
    version: DraftVersion,
    text: str,
    actor: User,
    at: tuple[Decimal, Decimal] | None = None,
    page: int = 1,
    quote: str = "",
) -> Remark:
    """Pin a remark to a point (in percent of the page) or to words of the text. Refuses who does not see the draft, words
    that the text does not have, and a version that is no longer the newest. Records `creative.remarked`."""
    draft = version.draft
    subject = open_table(draft.subject, TABLE, actor, Perm.VIEW)
    said = wanted(text, "text")
    if draft.versions.filter(number__gt=version.number).exists():
        raise wrong(_("There is a newer version; remark on that one."))
    quote = quote.strip()
    if draft.kind == Draft.Kind.TEXT and quote and quote not in version.text:
        raise at_field("quote", _("The text does not have these words."))
    if at is not None and not all(0 <= part <= 100 for part in at):
        raise at_field("text", _("The point lies beside the page."))
    number = (version.remarks.aggregate(last=Max("number"))["last"] or 0) + 1
    made = Remark.objects.create(
        version=version, number=number, page=page, x=at[0] if at else None, y=at[1] if at else None,
        quote=quote[:200], text=said, author=actor,
    )  # fmt: skip
    data = {"draft": draft.title, "version": str(version), "text": said}
    record(journal.REMARKED, actor=actor, subject=subject, data=data)
    return made


@transaction.atomic
def resolve_remark(*, remark: Remark, answer: str, actor: User) -> Remark:
    """Say how a remark was met. Refuses without `creative.edit` (whoever wrote it may as well), no answer, and one that is
    resolved. Records `creative.remark_resolved`."""
    draft = remark.version.draft
    right = Perm.VIEW if remark.author_id == actor.pk else Perm.EDIT
    subject = open_table(draft.subject, TABLE, actor, right)
    locked = Remark.objects.select_for_update(of=("self",)).get(pk=remark.pk)
    if not locked.is_open:
        raise wrong(_("This remark is resolved already."))
    locked.answer, locked.resolved_by, locked.resolved_at = wanted(answer, "answer"), actor, clock.now()
    locked.save(update_fields=["answer", "resolved_by", "resolved_at"])
    data = {"number": locked.number, "draft": draft.title, "answer": locked.answer}
    record(journal.RESOLVED, actor=actor, subject=subject, data=data)
    return locked


@transaction.atomic
def approve_draft(*, version: DraftVersion, actor: User) -> Draft:
    """Mark a version as the approved one. Refuses without `creative.approve`, one that is not the newest, and while a remark
    on the draft is open. Records `creative.draft_approved`."""
    subject = open_table(version.draft.subject, TABLE, actor, Perm.APPROVE)
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=version.draft_id)
    if draft.versions.filter(number__gt=version.number).exists():
        raise wrong(_("There is a newer version; look at that one first."))
    open_ones = Remark.objects.filter(version__draft=draft, resolved_at=None).count()
    if open_ones:
        raise wrong(_("{count} remarks are not resolved yet."), count=open_ones)
    if draft.approved_id == version.pk:
        raise wrong(_("This version is approved already."))
    draft.approved, draft.approved_by, draft.approved_at = version, actor, clock.now()
    draft.save(update_fields=["approved", "approved_by", "approved_at"])
    data = {"draft": draft.title, "version": str(version)}
    record(journal.DRAFT_APPROVED, actor=actor, subject=subject, data=data)
    return draft


def _add(
    draft: Draft,
    actor: User,
    *,
    text: str,
    upload: Upload | None,
    note: str,
    last: DraftVersion | None = None,
) -> DraftVersion:
    file = None
    if upload is not None and last is not None and last.file is not None:
        file = add_version(document=last.file, upload=upload, actor=actor, note=note[:200], needs=Perm.EDIT)
    elif upload is not None:
        file = attach_file(subject=draft.subject, upload=upload, actor=actor, stage=STAGE, needs=Perm.EDIT)
    made = DraftVersion.objects.create(
        draft=draft, number=last.number + 1 if last else 1, text="" if file else _clean(text), file=file,
        note=note.strip()[:200], made_by=actor,
    )  # fmt: skip
    words: str | Say = say(": {text}", text=made.note) if made.note else ""
    data = {"draft": draft.title, "version": str(made), "note": words}
    record(journal.DRAFT_HANDED_IN, actor=actor, subject=draft.subject, data=data)
    return made


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
