"""The code of conduct: acknowledged by everybody once a year, and what happens when it is broken (SUP-04)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.rulebook.models import Edition, Regulation
from yunchou.capabilities.rulebook.selectors.documents import editions_in_force
from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import Change, Owed, change_duties, fulfil
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.journal.actions import Line, record, record_all
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Role, Subject

from .. import journal, notices
from ..duties import CONDUCT, DUE_HOUR
from ..models import Acknowledgement, Breach, ConductRound
from ..permissions import Perm
from ..rules import conduct_is_acknowledged
from ..subject import BREACH, CONDUCT_ROUND
from ..terms import term
from .shared import refused, text_given

ADDRESS = "/supervision/conduct/"


@transaction.atomic
def open_round(*, regulation: Regulation, year: int, due_on: date, actor: User | None) -> ConductRound:
    """Ask everybody with a post to acknowledge the code of conduct in the edition in force; each owes it by the day.

    Refuses without `supervision.conduct` for the whole group, a day that has passed, a document without an edition in
    force (422), and a year that was asked for already (409). Records `supervision.conduct_asked`.
    """
    group = Unit.objects.get(parent=None)
    if actor is not None:
        require(actor, Perm.CONDUCT, group)
    if due_on < clock.today():
        raise refused("due_on", say(_("This day has passed.")))
    edition = Edition.objects.filter(pk=editions_in_force().get(regulation.pk, 0)).first()
    if edition is None:
        raise refused("regulation", say(_("This document has no edition in force.")))
    if ConductRound.objects.filter(year=year).exists():
        raise WrongState(say(_("Everybody was asked for {year} already."), year=year))
    made: ConductRound = ConductRound.objects.create(
        edition=edition, year=year, due_on=due_on, opened_by=actor
    )
    people = _staff()
    data = {"count": len(people), "year": year, "day": due_on.isoformat(), "edition": str(edition)}
    _ask(made, people, due_on, actor, [Line(journal.CONDUCT_ASKED, actor, None, data)])
    return made


@transaction.atomic
def open_yearly_round(*, today: date) -> ConductRound | None:
    """Ask again when a year has gone by since the last time, by the same document; for the night."""
    last = ConductRound.objects.select_related("edition__regulation").order_by("-year").first()
    if last is None or last.year >= today.year:
        return None
    due = term(conduct_is_acknowledged, "yearly", since=today)
    return open_round(regulation=last.edition.regulation, year=today.year, due_on=due, actor=None)


@transaction.atomic
def ask_newcomers(*, today: date) -> int:
    """Ask those who joined since the last time; for the night. Says how many."""
    last = ConductRound.objects.order_by("-year").first()
    if last is None:
        return 0
    known = set(Acknowledgement.objects.filter(round=last).values_list("user", flat=True))
    people = [person for person in _staff() if person.pk not in known]
    if people:
        _ask(last, people, term(conduct_is_acknowledged, "newcomer", since=today), None, [])
    return len(people)


def _staff() -> list[User]:
    held = Appointment.objects.valid().order_by().values("user")
    return list(User.objects.active().filter(pk__in=held).order_by("pk"))


def _ask(
    turn: ConductRound, people: Iterable[User], due_on: date, actor: User | None, lines: list[Line]
) -> None:
    words = Acknowledgement.objects.bulk_create(
        Acknowledgement(round=turn, user=person, due_on=due_on) for person in people
    )
    group = _group_subject(turn)
    due = clock.moment(due_on, DUE_HOUR)
    owed = [
        Owed(CONDUCT.key, group, one.user, due, one.key, {"year": str(turn.year)}, ADDRESS, is_new=True)
        for one in words
    ]
    record_all([*lines, *change_duties(Change(owed=owed), actor=actor)])
    notify(
        users=[one.user for one in words],
        kind=notices.CONDUCT.key,
        say=say(_("Acknowledge the code of conduct by {day}"), day=due_on.isoformat()),
        address=ADDRESS,
        key=f"conduct:{turn.year}",
    )


def _group_subject(turn: ConductRound) -> Subject:
    """Duties hang on a subject: one for each year, which only tells of itself."""
    found = Subject.objects.filter(kind=CONDUCT_ROUND.key, code=f"XW-{turn.year}").first()
    if found:
        return found
    group = Unit.objects.get(parent=None)
    return open_subject(
        kind=CONDUCT_ROUND.key, unit=group, title=str(turn.edition.regulation), address=ADDRESS, code=f"XW-{turn.year}",
        actor=turn.opened_by,
    )  # fmt: skip


@transaction.atomic
def acknowledge(*, turn: ConductRound, actor: User) -> Acknowledgement:
    """Give one's word to keep the code of conduct; a second time changes nothing. Records `conduct_acknowledged`."""
    rows = Acknowledgement.objects.select_for_update(of=("self",)).select_related("round")
    word = rows.filter(round=turn, user=actor).first()
    if word is None:
        raise NotAllowed(say(_("You were not asked for this year.")))
    if word.at is None:
        word.at = clock.now()
        word.save(update_fields=["at"])
        fulfil(actor=actor, key=word.key)
        data = {"year": turn.year, "edition": str(turn.edition)}
        record(journal.ACKNOWLEDGED, actor=actor, data=data)
    return word


# -- breaches ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """What is written about a breach."""

    person: User
    clause: str
    on: date
    text: str
    measure: str
    source: Subject | None = None


@transaction.atomic
def record_breach(*, broken: Broken, actor: User) -> Breach:
    """Record a breach of the code of conduct with its consequence; the person is told and may say something to it.

    Refuses without `supervision.record_breaches` where the person works, one's own breach (403), missing texts, a day to
    come, and somebody without a post (422). Records `supervision.breach_recorded` without what happened.
    """
    post = (
        Appointment.objects.valid()
        .filter(user=broken.person)
        .select_related("unit")
        .order_by("-is_main", "pk")
        .first()
    )
    if post is None:
        raise refused("person", say(_("{person} holds no post."), person=broken.person.name))
    require(actor, Perm.RECORD_BREACHES, post.unit)
    if broken.person.pk == actor.pk:
        raise NotAllowed(say(_("Nobody records his own breach.")), code="own_work")
    clause = text_given("clause", broken.clause, say(_("Say which clause was broken.")))
    text = text_given("text", broken.text, say(_("Write what happened.")))
    measure = text_given("measure", broken.measure, say(_("Say what follows from it.")))
    if broken.on > clock.today():
        raise refused("on", say(_("This day is still to come.")))
    subject = open_subject(kind=BREACH.key, unit=post.unit, title=str(broken.on.year), actor=None)
    breach: Breach = Breach.objects.create(
        subject=subject, person=broken.person, source=broken.source, clause=clause[:60], on=broken.on, text=text,
        measure=measure, recorded_by=actor,
    )  # fmt: skip
    subject.address, subject.code = breach.get_absolute_url(), f"WG-{subject.pk}"
    subject.title = subject.code
    subject.save()
    add_member(subject=subject, user=broken.person, role=Role.OWNER)
    record(
        journal.BREACH_RECORDED,
        actor=actor,
        subject=subject,
        data={"code": subject.code, "clause": clause[:60]},
    )
    notify(
        users=[broken.person],
        kind=notices.BREACH.key,
        say=say(_("A breach of the code of conduct was recorded: {code}"), code=subject.code),
        subject=subject,
    )
    return breach


@transaction.atomic
def make_statement(*, breach: Breach, text: str, actor: User) -> Breach:
    """Say one's own word to a breach, once. Refuses everybody else (403), no words (422), a second one (409)."""
    if breach.person_id != actor.pk:
        raise NotAllowed(say(_("Only the person concerned makes a statement.")))
    clean = text_given("text", text, say(_("Write your statement.")))
    locked: Breach = (
        Breach.objects.select_for_update(of=("self",)).select_related("subject").get(pk=breach.pk)
    )
    if locked.stated_at:
        raise WrongState(say(_("You have made your statement already.")))
    locked.statement, locked.stated_at = clean, clock.now()
    locked.save(update_fields=["statement", "stated_at"])
    record(journal.BREACH_ANSWERED, actor=actor, subject=locked.subject, data={"code": locked.subject.code})
    return locked
