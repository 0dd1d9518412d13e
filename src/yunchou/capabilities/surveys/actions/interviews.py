"""Notes of interviews with key clients and guests (EVA-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.permissions import Perm as CustomerPerm
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..hearing import Intention, tell_intention
from ..models import Interview
from ..permissions import Perm
from .shared import TABLE


@dataclass(frozen=True)
class Notes:
    """An interview as people type it: with a client of the directory, or with somebody known by name."""

    held_on: date
    interviewer: User
    text: str
    name: str = ""
    customer: Customer | None = None
    wishes: str = ""
    # The client wishes to work with us: sales is told (EVA-07).
    intends: bool = False


@transaction.atomic
def keep_interview(*, subject: Subject, notes: Notes, actor: User) -> Interview:
    """Keep notes of an interview; records `surveys.interviewed`.

    Refuses without `surveys.edit`, nobody, a client that the person may not see, no words, and a day to come.
    """
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    interview = Interview(subject=locked, made_by=actor)
    _fill(interview, notes, actor)
    interview.save(force_insert=True)
    _hear_intention(interview, notes, actor)
    record(journal.INTERVIEWED, actor=actor, subject=locked, data=_told(interview))
    return interview


def interview_stamp(interview: Interview) -> str:
    """How the notes stood when a form showed them."""
    return stamp(
        interview.name, interview.customer_id, interview.held_on, interview.interviewer_id, interview.text,
        interview.wishes,
    )  # fmt: skip


@transaction.atomic
def change_interview(*, interview: Interview, notes: Notes, actor: User, seen: str = "") -> Interview:
    """Change the notes; refuses what is not as it was `seen`. Records `surveys.interview_changed`."""
    subject = open_table(interview.subject, TABLE, actor, Perm.EDIT)
    locked = Interview.objects.select_for_update(of=("self",)).get(pk=interview.pk, subject=subject)
    refuse_stale(seen, interview_stamp(locked))
    _fill(locked, notes, actor)
    locked.save()
    locked.subject = subject
    _hear_intention(locked, notes, actor)
    record(journal.INTERVIEW_CHANGED, actor=actor, subject=subject, data=_told(locked))
    return locked


@transaction.atomic
def remove_interview(*, interview: Interview, actor: User) -> None:
    """Remove the notes; records `surveys.interview_removed`."""
    subject = open_table(interview.subject, TABLE, actor, Perm.EDIT)
    data = _told(interview)
    Interview.objects.filter(pk=interview.pk, subject=subject).delete()
    record(journal.INTERVIEW_REMOVED, actor=actor, subject=subject, data=data)


def _fill(interview: Interview, notes: Notes, actor: User) -> None:
    if notes.customer is not None and notes.customer.pk != interview.customer_id:
        require(actor, CustomerPerm.VIEW, notes.customer)
    name = notes.customer.name if notes.customer else notes.name
    if notes.held_on > clock.today():
        raise at_field("held_on", _("This day has not come yet."))
    interview.customer = notes.customer
    interview.name = wanted(name, "name", 80)
    interview.held_on, interview.interviewer = notes.held_on, notes.interviewer
    interview.text, interview.wishes = wanted(notes.text, "text", 5000), notes.wishes.strip()


def _hear_intention(interview: Interview, notes: Notes, actor: User) -> None:
    if not notes.intends:
        return
    if interview.customer is None:
        raise at_field("customer", _("Name the client: sales follows up people of the directory."))
    tell_intention(
        Intention(
            interview.subject, interview.customer, interview.held_on.isoformat(), (interview.wishes or interview.text)[:500],
            f"interview:{interview.pk}", by=actor,
        )
    )  # fmt: skip


def _told(interview: Interview) -> dict[str, object]:
    return {"day": interview.held_on.isoformat(), "interview": interview.pk}
