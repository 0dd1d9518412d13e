"""What is said on a case without deciding: remarks, questions, answers, reminders, copies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.calendar.selectors import working_calendar
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind as JournalKind
from yunchou.kernel.notify.actions import notify

from .. import journal
from ..models import Case, Copy, Remark, Step, Task
from .checks import demand, invalid, is_over, leads, takes_part
from .progress import Progress
from .situation import bracketed


@transaction.atomic
def remark(*, case: Case, actor: User, text: str) -> Remark:
    """Say something on a case without deciding; for those who take part in it or got a copy. The initiator is told.

    Records `approvals.remarked`.
    """
    _demand_part(case, actor)
    text = demand(text, "text", say(_("Write a remark.")))
    made = Remark.objects.create(case=case, author=actor, text=text)
    _record(journal.REMARKED, case, actor, text=text)
    words = say(_("{person} remarked on “{title}”"), person=str(actor), title=case.subject.title)
    if actor.pk != case.initiator_id:
        _tell([case.initiator], "approvals.remark", words, case, f"remark:{made.pk}")
    return made


@transaction.atomic
def ask(*, case: Case, actor: User, to: User, text: str) -> Remark:
    """Put a question to anybody, who gets a copy of the case with it; for those who take part.

    Records `approvals.asked`. Fields of refusals: to, text.
    """
    _demand_part(case, actor)
    text = demand(text, "text", say(_("Write your question.")))
    if to.pk == actor.pk or not to.is_active:
        raise invalid("to", say(_("Choose somebody who can answer.")))
    made = Remark.objects.create(case=case, kind=Remark.Kind.QUESTION, author=actor, to=to, text=text)
    if not takes_part(case, to):
        given = {"sent_by": actor, "step": _current_step(case)}
        Copy.objects.get_or_create(case=case, user=to, defaults=given)
    _record(journal.ASKED, case, actor, to=str(to), text=text)
    words = say(_("{person} asks you about “{title}”"), person=str(actor), title=case.subject.title)
    _tell([to], "approvals.asked", words, case, f"question:{made.pk}")
    return made


@transaction.atomic
def answer(*, question: Remark, actor: User, text: str) -> Remark:
    """Answer a question that was put to the actor, once; records `approvals.answered`."""
    question = (
        Remark.objects.select_for_update(of=("self",))
        .select_related("case__subject__unit", "case__initiator", "author")
        .get(pk=question.pk)
    )
    case = question.case
    if question.kind != Remark.Kind.QUESTION or question.to_id != actor.pk or question.author is None:
        raise NotAllowed(say(_("This question was not put to you.")))
    if question.answered_by.exists():
        raise WrongState(say(_("You have answered this question already.")))
    text = demand(text, "text", say(_("Write an answer.")))
    made = Remark.objects.create(
        case=case, kind=Remark.Kind.ANSWER, author=actor, to=question.author, answers=question, text=text
    )
    _record(journal.ANSWERED, case, actor, to=str(question.author), text=text)
    words = say(
        _("{person} answered your question about “{title}”"), person=str(actor), title=case.subject.title
    )
    _tell([question.author], "approvals.answered", words, case, f"answer:{made.pk}")
    return made


@transaction.atomic
def urge(*, case: Case, actor: User, text: str = "") -> Remark:
    """Remind those for whom the case waits (催办), each at most once per working half-day; for those who take part.

    Refuses with `WrongState` where nobody is left to remind in this half-day. Records `approvals.urged`.
    """
    progress = Progress.locked(case, actor)
    case = progress.case
    if not leads(case.subject, actor):
        _demand_part(case, actor)
    if not case.is_running:
        raise WrongState(is_over(case))
    waiting = [
        task
        for node in progress.open_nodes
        for task in node.in_state(Task.State.WAITING)
        if node.step.blocks and task.assignee_id != actor.pk
    ]
    now = clock.now()
    due = [t for t in waiting if t.urged_at is None or half_day_of(t.urged_at) != half_day_of(now)]
    if not due:
        words = _("Everybody for whom this waits was reminded in this half-day already.")
        raise WrongState(say(words), code="urged_already")
    for task in due:
        task.urged_at = now
    people = list(dict.fromkeys(task.assignee for task in due))
    names = ", ".join(str(person) for person in people)
    progress.record(journal.URGED, people=names, text=bracketed(text))
    urged = say(
        _("{person} urges you to decide on “{title}” {text}"),
        person=str(actor),
        title=case.subject.title,
        text=bracketed(text),
    )
    progress.tell(people, "approvals.urged", urged, f"urge:{case.pk}:{now.timestamp():.0f}")
    progress.note(Remark.Kind.URGE, people[0] if len(people) == 1 else None, text.strip())
    progress.save()
    return progress.remarks[0]


def half_day_of(moment: datetime) -> tuple[date, bool]:
    """The working half-day of a moment: its day and whether it is past noon. Free days belong to the afternoon before."""
    local, calendar = clock.local(moment), working_calendar()
    if calendar.is_working_day(local.date()):
        return local.date(), local.hour >= 12
    return calendar.add_working_days(local.date(), -1), True


@transaction.atomic
def copy_to(*, case: Case, actor: User, people: Iterable[User]) -> list[Copy]:
    """Show the case to people at the step where it is (抄送); who has a copy already is left out.

    For those who take part. Records `approvals.copied`.
    """
    _demand_part(case, actor)
    known = set(Copy.objects.filter(case=case).values_list("user_id", flat=True))
    new = [
        one for one in dict.fromkeys(people) if one.is_active and one.pk not in known and one.pk != actor.pk
    ]
    if not new:
        raise invalid("people", say(_("Choose people to whom this was not shown yet.")))
    step = _current_step(case)
    rows = [Copy(case=case, user=one, sent_by=actor, step=step) for one in new]
    # Who clicks twice at once shows it once.
    Copy.objects.bulk_create(rows, ignore_conflicts=True)
    _record(journal.COPIED, case, actor, people=", ".join(str(one) for one in new))
    words = say(_("{person} shows you “{title}”"), person=str(actor), title=case.subject.title)
    _tell(new, "approvals.copied", words, case, f"copy:{case.pk}")
    return list(Copy.objects.filter(case=case, user__in=new))


def mark_read(*, case: Case, actor: User) -> None:
    """Note that a copy was opened; nothing is journalled."""
    Copy.objects.filter(case=case, user=actor, read_at=None).update(read_at=clock.now())


def _demand_part(case: Case, actor: User) -> None:
    if not takes_part(case, actor):
        raise NotAllowed(say(_("Only those who take part may remark.")))


def _current_step(case: Case) -> Step | None:
    """The deciding step that is open, where there is one."""
    here = case.steps.filter(state=Step.State.OPEN).order_by("order", "pk")
    return next((step for step in here if step.blocks), None)


def _record(kind: JournalKind, case: Case, actor: User, **data: str) -> None:
    told = {"title": case.subject.title, "case": case.pk, "digest": case.digest, **data}
    record(kind, actor=actor, subject=case.subject, data=told)


def _tell(people: list[User], kind: str, words: Say, case: Case, key: str) -> None:
    notify(
        users=people,
        kind=kind,
        say=words,
        subject=case.subject,
        address=case.get_absolute_url(),
        key=f"approvals.{key}",
    )
