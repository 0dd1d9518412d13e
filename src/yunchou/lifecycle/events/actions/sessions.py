"""Sessions, waves, the words of the invitation, and what guests are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..kinds import demand_open
from ..models import Page, Place, PlaceState, Question, QuestionKind, Session, Wave
from ..permissions import Perm
from . import seats
from .replies import promote


@dataclass(frozen=True)
class SessionFacts:
    """What is entered of a session."""

    name: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    place: str = ""
    reply_until: datetime | None = None
    companions: int = 1


@transaction.atomic
def keep_session(
    *, subject: Subject, facts: SessionFacts, actor: User, session: Session | None = None
) -> Session:
    """Add a session, or change one; more seats let those who wait move up. Records `events.session_kept`.

    Refuses fewer seats than are promised, an end before the start, and a deadline after the start.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    name = wanted(facts.name, "name", 80)
    if facts.ends_at <= facts.starts_at:
        raise at_field("ends_at", _("The end lies before the start."))
    if facts.reply_until and facts.reply_until > facts.starts_at:
        raise at_field("reply_until", _("Replies end before the session begins."))
    if facts.capacity < 1:
        raise at_field("capacity", _("A session has at least one seat."))
    kept = seats.lock([session.pk]).get(session.pk) if session else Session(subject=locked)
    if kept is None or kept.removed_at:
        raise wrong(_("Somebody removed this session meanwhile."))
    if facts.capacity < kept.taken:
        raise at_field("capacity", _("{count} seats are promised already."), count=kept.taken)
    kept.name, kept.place, kept.capacity = name, facts.place.strip(), facts.capacity
    kept.starts_at, kept.ends_at, kept.reply_until = facts.starts_at, facts.ends_at, facts.reply_until
    kept.companions = facts.companions
    fields = ["name", "place", "capacity", "starts_at", "ends_at", "reply_until", "companions"]
    kept.save(update_fields=fields if session else None)
    when = f"{clock.local(kept.starts_at):%Y-%m-%d %H:%M}"
    told = {"session": name, "when": when, "seats": kept.capacity}
    record(journal.SESSION, actor=actor, subject=locked, data=told)
    if session:
        promote(kept)
    return kept


@transaction.atomic
def remove_session(*, session: Session, actor: User) -> None:
    """Take a session out of the event. Refused while somebody has a seat in it or waits for one."""
    locked = open_table(session.subject, "", actor, Perm.EDIT)
    demand_open(locked)
    kept = seats.lock([session.pk])[session.pk]
    if Place.objects.filter(session=kept, state__in=[PlaceState.HELD, PlaceState.WAITING]).exists():
        raise wrong(_("Guests have seats in this session, or wait for one."))
    Session.objects.filter(pk=kept.pk).update(removed_at=clock.now())
    record(journal.SESSION_REMOVED, actor=actor, subject=locked, data={"session": kept.name})


@transaction.atomic
def keep_wave(
    *, subject: Subject, name: str, actor: User, days_before: int | None = None, wave: Wave | None = None
) -> Wave:
    """Add or change a wave of invitations: whom to invite together, so many days before the event."""
    locked = open_table(subject, "", actor, Perm.INVITE)
    demand_open(locked)
    kept = wave or Wave(subject=locked, order=Wave.objects.filter(subject=locked).count())
    kept.name, kept.days_before = wanted(name, "name", 60), days_before
    kept.save()
    record(journal.WAVE, actor=actor, subject=locked, data={"wave": kept.name})
    return kept


@transaction.atomic
def keep_page(*, subject: Subject, values: Mapping[str, Any], actor: User) -> Page:
    """Keep the words and the look of the invitation, and open or close its links. Records `events.page_kept`."""
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    if values.get("is_open") and not Session.objects.filter(subject=locked, removed_at=None).exists():
        raise at_field("is_open", _("Enter a session first: guests reply to sessions."))
    page, _made = Page.objects.get_or_create(subject=locked)
    for key, value in values.items():
        setattr(page, key, value)
    page.changed_by = actor
    page.save()
    record(journal.PAGE, actor=actor, subject=locked)
    return page


@dataclass(frozen=True)
class QuestionFacts:
    """What is entered of a question; `shown_if` with an answer of it makes this one appear."""

    text: str
    kind: str = QuestionKind.TEXT
    options: Sequence[str] = ()
    is_required: bool = False
    shown_if: Question | None = None
    shown_if_answer: str = ""


@transaction.atomic
def keep_question(
    *, subject: Subject, facts: QuestionFacts, actor: User, question: Question | None = None
) -> Question:
    """Add a question or change one. Refuses a choice without answers, and a condition that its question cannot meet."""
    locked = open_table(subject, "", actor, Perm.EDIT)
    demand_open(locked)
    options = list(dict.fromkeys(option.strip()[:80] for option in facts.options if option.strip()))
    is_choice = facts.kind in {QuestionKind.CHOICE, QuestionKind.CHOICES}
    if is_choice and len(options) < 2:
        raise at_field("options", _("Give at least two answers to choose from, one in a line."))
    kept = question or Question(subject=locked, order=Question.objects.filter(subject=locked).count())
    _demand_condition(kept, facts, locked)
    kept.text, kept.kind = wanted(facts.text, "text", 160), facts.kind
    kept.options = options if is_choice else []
    kept.is_required, kept.shown_if = facts.is_required, facts.shown_if
    kept.shown_if_answer = facts.shown_if_answer.strip() if facts.shown_if else ""
    kept.save()
    record(journal.QUESTION, actor=actor, subject=locked, data={"question": kept.text})
    return kept


def _demand_condition(kept: Question, facts: QuestionFacts, subject: Subject) -> None:
    """The condition names an earlier question of the same event, and an answer that it has."""
    on = facts.shown_if
    if on is None:
        return
    if (
        on.subject_id != subject.pk
        or on.pk == kept.pk
        or (kept.pk and (on.order, on.pk) > (kept.order, kept.pk))
    ):
        raise at_field("shown_if", _("Choose a question that is asked before this one."))
    if facts.shown_if_answer.strip() not in on.choices:
        raise at_field(
            "shown_if_answer", _("Choose one of its answers: {answers}"), answers="、".join(on.choices) or "—"
        )


@transaction.atomic
def remove_question(*, question: Question, actor: User) -> None:
    """Ask it no more. Answers that were given stay with the guests; questions that hung on it are asked of everybody."""
    locked = open_table(question.subject, "", actor, Perm.EDIT)
    demand_open(locked)
    text = question.text
    question.delete()
    record(journal.QUESTION_REMOVED, actor=actor, subject=locked, data={"question": text})
