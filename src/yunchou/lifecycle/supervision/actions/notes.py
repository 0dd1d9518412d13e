"""Noting monitoring and guidance on plans and activities, and answering it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Member, Role, Subject

from .. import journal, notices
from ..duties import ANSWER, DUE_HOUR
from ..models import GuidanceNote, NoteAnswer, Team
from ..permissions import Perm
from ..rules import notes_are_answered
from ..selectors.teams import team_of, works_on
from ..terms import term


@transaction.atomic
def add_note(
    *, subject: Subject, kind: str, text: str, answer_by: date | None = None, actor: User
) -> GuidanceNote:
    """Note what was seen on a plan or activity, or what was advised; the activity itself is not touched (ORG-02).

    The holders of `supervision.guide` may, and the people of a running supervision team within its unit, though not on
    work of their own. Guidance is owed an answer by a day (PLN-11), without one within three working days; monitoring
    only where a day is named. Refuses an empty note and a day that has passed; records `supervision.noted` and tells
    owner and lead.
    """
    team = _team_to_note(subject, actor)
    clean = text.strip()
    if not clean:
        message = say(_("Write the note."))
        raise Invalid(message, fields={"text": message})
    if kind not in GuidanceNote.Kind.values:
        raise Invalid(say(_("There is no such kind of note.")))
    if answer_by is not None and answer_by < clock.today():
        message = say(_("This day has passed."))
        raise Invalid(message, fields={"answer_by": message})
    if answer_by is None and kind == GuidanceNote.Kind.GUIDANCE:
        answer_by = term(notes_are_answered)
    note = GuidanceNote.objects.create(
        subject=subject, kind=kind, text=clean, author=actor, team=team, answer_by=answer_by
    )
    with override(None):
        word = Say(str(GuidanceNote.Kind(kind).label))
    data = {"kind": word, "text": clean, "note": note.pk, **({"team": team.name} if team else {})}
    record(journal.NOTED, actor=actor, subject=subject, data=data)
    _owe_answer(note, actor)
    notify(
        users=set(_leads(subject)) - {actor},
        kind=notices.NOTED.key,
        say=say(_("{person} noted on “{title}”"), person=actor.name, title=subject.title),
        subject=subject,
    )
    return note


@transaction.atomic
def answer_note(*, note: GuidanceNote, text: str, actor: User) -> NoteAnswer:
    """Say what the region makes of a note; the first answer fulfils the duty, later ones add to it (PLN-11).

    Refuses without `supervision.answer`, the note's own author, and an empty answer; records `supervision.answered` and
    tells the author.
    """
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=note.subject_id)
    require(actor, Perm.ANSWER, subject)
    if note.author_id == actor.pk:
        raise NotAllowed(say(_("A note is answered by somebody else than its author.")))
    clean = text.strip()
    if not clean:
        message = say(_("Write the answer."))
        raise Invalid(message, fields={"text": message})
    answer = NoteAnswer.objects.create(note=note, text=clean, author=actor)
    data = {"person": note.author.name, "text": clean, "note": note.pk}
    record(journal.ANSWERED, actor=actor, subject=subject, data=data)
    fulfil(actor=actor, key=note.key)
    notify(
        users=[note.author],
        kind=notices.ANSWERED.key,
        say=say(_("{person} answered your note on “{title}”"), person=actor.name, title=subject.title),
        subject=subject,
        address=_note_address(note),
    )
    return answer


def _team_to_note(subject: Subject, actor: User) -> Team | None:
    """The team in whose name a note is written; None for those who may by right. Refuses everybody else."""
    if holds(actor, Perm.GUIDE, subject):
        return None
    require(actor, Perm.VIEW, subject)
    team = team_of(actor, subject)
    if team is None:
        require(actor, Perm.GUIDE, subject)
    if works_on(actor, subject):
        raise NotAllowed(say(_("Nobody supervises work of his own.")), code="own_work")
    return team


def _owe_answer(note: GuidanceNote, actor: User) -> None:
    """The owner of what was noted on owes the answer, else its lead, else whoever opened it."""
    owner = next(iter(_leads(note.subject)), note.subject.created_by)
    if note.answer_by is None or owner is None:
        return
    owe(
        kind=ANSWER.key,
        subject=note.subject,
        owner=owner,
        due_at=clock.moment(note.answer_by, DUE_HOUR),
        key=note.key,
        params={"person": note.author.name},
        address=_note_address(note),
        actor=actor,
    )


def _note_address(note: GuidanceNote) -> str:
    return f"{reverse('supervision:note_list', args=[note.subject_id])}#note-{note.pk}"


def _leads(subject: Subject) -> list[User]:
    """Owners, then leads, of those still here."""
    ties = Member.objects.filter(
        subject=subject, role__in=(Role.OWNER, Role.LEAD), user__is_active=True
    ).select_related("user")
    return list(dict.fromkeys(t.user for t in sorted(ties, key=lambda t: (t.role != Role.OWNER, t.pk))))
