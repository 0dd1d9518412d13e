"""Reports of misconduct: anybody may make one, two offices deal with them, nobody learns from whom they come (SUP-03)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import visible_subjects, who
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.files.actions import Upload, clean_name, store_file
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject

from .. import journal, notices
from ..duties import DUE_HOUR
from ..duties import TIP as TIP_DUTY
from ..flow import DISMISS, TAKE, UPHOLD
from ..models import Tip, TipFile, TipKind
from ..permissions import Perm
from ..rules import misconduct_is_dealt_with
from ..selectors.conduct import is_impartial
from ..subject import TIP
from ..terms import term
from .shared import refused, text_given

FILES_AT_ONCE = 5


@transaction.atomic
def report_misconduct(
    *,
    kind: str,
    text: str,
    actor: User,
    about: Subject | None = None,
    accused: User | None = None,
    is_anonymous: bool = False,
    uploads: Sequence[Upload] = (),
) -> Tip:
    """Report fraud, untrue publicity or other misconduct. Anybody may, about anybody.

    Only whoever handles it sees the reporter, and nobody where the report is anonymous: neither the journal nor the files
    nor a notification tells. Refuses a report without a word, and one about what the reporter may not see (422). Records
    `supervision.tip_received` without an actor.
    """
    if kind not in TipKind.values:
        raise refused("kind", say(_("Choose what it is about.")))
    clean = text_given("text", text, say(_("Write what happened.")))
    if about is not None and not visible_subjects(actor).filter(pk=about.pk).exists():
        raise refused("about", say(_("Choose one of the activities that you see.")))
    if len(uploads) > FILES_AT_ONCE:
        raise refused("uploads", say(_("At most {count} files at once."), count=FILES_AT_ONCE))
    # Of the group as a whole: the unit of the reporter would tell where he works.
    unit = about.unit if about else Unit.objects.get(parent=None)
    subject = open_subject(kind=TIP.key, unit=unit, title=str(clock.today().year), actor=None)
    tip: Tip = Tip.objects.create(
        subject=subject,
        kind=kind,
        about=about,
        accused=accused,
        text=clean,
        reporter=None if is_anonymous else actor,
    )
    subject.address, subject.code = tip.get_absolute_url(), f"JU-{subject.pk}"
    subject.title = subject.code
    subject.save()
    for upload in uploads:
        name = clean_name(upload.name or "")
        TipFile.objects.create(tip=tip, file=store_file(upload=upload, name=name), name=name)
    record(journal.TIP_RECEIVED, actor=None, subject=subject, data={"code": subject.code, "kind": kind})
    handlers = [holder.user for holder in who(Perm.HANDLE_TIPS, subject)]
    notify(
        users=[one for one in handlers if one != actor and is_impartial(tip, one)],
        kind=notices.TIP.key,
        say=say(_("A report of misconduct came in: {code}"), code=subject.code),
        subject=subject,
    )
    return tip


@transaction.atomic
def take_tip(*, tip: Tip, actor: User) -> Tip:
    """Begin to examine a report, which then is owed its result. Refuses as `TAKE`, and whoever it touches."""
    _impartial(tip, actor)
    with TAKE.apply(tip, actor=actor) as locked:
        locked.handler = actor
        locked.save(update_fields=["handler"])
        due = term(misconduct_is_dealt_with)
        owe(
            kind=TIP_DUTY.key, subject=locked.subject, owner=actor, due_at=clock.moment(due, DUE_HOUR), key=locked.key,
            params={"code": locked.subject.code}, actor=actor,
        )  # fmt: skip
    return locked


@transaction.atomic
def close_tip(*, tip: Tip, is_upheld: bool, result: str, actor: User) -> Tip:
    """Say what came of a report; whoever made it is told. Refuses as the moves, whoever it touches, and no words."""
    _impartial(tip, actor)
    clean = text_given("result", result, say(_("Write what came of the report.")))
    # Written before the move, since a closed report without a result cannot be stored.
    locked = Tip.objects.select_for_update(of=("self",)).get(pk=tip.pk)
    locked.result = clean
    locked.save(update_fields=["result"])
    with (UPHOLD if is_upheld else DISMISS).apply(locked, actor=actor) as closed:
        closed.closed_at = clock.now()
        closed.save(update_fields=["closed_at"])
        fulfil(actor=actor, key=closed.key)
        if closed.reporter is not None:
            notify(
                users=[closed.reporter],
                kind=notices.TIP_RESULT.key,
                say=say(_("A report that you made was dealt with")),
                address="/supervision/tell/",
            )
    return closed


def _impartial(tip: Tip, actor: User) -> None:
    if not is_impartial(tip, actor):
        raise NotAllowed(say(_("Whoever a report touches does not deal with it.")), code="own_work")
