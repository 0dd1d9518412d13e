"""Handing in, passing and sending back what is printed or said; printing it. Publicity has approvers, see `publicity`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, TypeVar

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of

from .. import journal
from ..duties import DUE_HOUR
from ..duties import REVIEW as REVIEW_DUTY
from ..following import OWES, follow, part_url, review_key
from ..models import Print, Review, ReviewedRow, Speaker
from ..notices import REVIEW as REVIEW_NOTICE
from ..permissions import Perm
from .shared import again, bracketed, opened_for

R = TypeVar("R", bound=ReviewedRow)
TABLES: Final = {Print: "prints", Speaker: "speakers"}
REVIEW_DAYS: Final = 1
"""So many working days a review takes at most."""


def table_of(row: ReviewedRow) -> str:
    return TABLES[type(row)]


@transaction.atomic
def hand_in(*, row: R, upload: Upload | None, actor: User) -> R:
    """Hand in what is to be reviewed, as a file. A file handed in again is a new version of the same document, and what had
    passed is reviewed anew.

    Refuses what is printed already. Records `preparation.review_asked`; the overall lead (or who else may
    review, where the lead hands in) owes the review by the next working day.
    """
    subject = opened_for(row, table_of(row), actor)
    locked = again(row)
    if getattr(locked, "ordered_on", None):
        raise wrong(_("This is in print already."))
    if upload is None:
        raise at_field("file", _("Choose the file that is to be reviewed."))
    keep_material(locked, subject, upload, actor, table_of(row))
    locked.review, locked.asked_by, locked.asked_at = Review.ASKED, actor, clock.now()
    locked.reviewed_by = locked.reviewed_at = None
    locked.review_note = ""
    locked.save()
    record(journal.REVIEW_ASKED, actor=actor, subject=subject, data=told_of(locked))
    for key in _owed_reviews(locked):
        duties.cancel(actor=actor, key=key)
    if reviewer := _reviewer(subject, actor):
        day = add_working_days(clock.today(), REVIEW_DAYS)
        duties.owe(
            kind=REVIEW_DUTY.key, subject=subject, owner=reviewer, due_at=clock.moment(day, DUE_HOUR),
            key=f"{review_key(table_of(locked), locked.pk)}{clock.now():%Y%m%d%H%M%S%f}", params={"name": str(locked)},
            address=part_url(subject, OWES[table_of(row)].part), actor=actor,
        )  # fmt: skip
    return locked


@transaction.atomic
def review_material(*, row: R, passes: bool, note: str, actor: User) -> R:
    """Pass what was handed in, or send it back with words. Nobody reviews what he handed in himself.

    Refuses without `preparation.review`, and what is not under review (409). Records `preparation.review_passed` or
    `preparation.review_returned`; whoever handed it in hears of it.
    """
    subject = open_table(row.subject, table_of(row), actor, Perm.REVIEW)
    locked = again(row)
    if locked.review != Review.ASKED:
        raise wrong(_("This is not under review."))
    if locked.asked_by_id == actor.pk:
        raise NotAllowed(say(_("You handed this in; somebody else reviews it.")))
    locked.review_note = (note.strip() if passes else wanted(note, "note"))[:300]
    locked.review = Review.PASSED if passes else Review.RETURNED
    locked.reviewed_by, locked.reviewed_at = actor, clock.now()
    locked.save()
    kind = journal.REVIEW_PASSED if passes else journal.REVIEW_RETURNED
    words = bracketed(locked.review_note) if passes else locked.review_note
    record(kind, actor=actor, subject=subject, data={**told_of(locked), "note": words})
    for key in _owed_reviews(locked):
        duties.fulfil(actor=actor, key=key)
    follow(table_of(row), subject, actor)
    if locked.asked_by is not None:
        outcome = _("“{name}” passed its review.") if passes else _("“{name}” was sent back: {note}")
        notify(
            users=[locked.asked_by], kind=REVIEW_NOTICE.key, subject=subject,
            say=say(outcome, name=str(locked), note=locked.review_note),
            address=part_url(subject, OWES[table_of(row)].part),
        )  # fmt: skip
    return locked


@transaction.atomic
def send_to_print(*, row: Print, promised_on: date, actor: User) -> Print:
    """Print what has passed its review; `promised_on` is when it is to arrive. Records `preparation.print_ordered`."""
    subject = opened_for(row, "prints", actor)
    locked = again(row)
    if not locked.is_passed:
        raise wrong(_("Nothing is printed before its artwork has passed the review."))
    if locked.ordered_on:
        raise wrong(_("This is in print already."))
    if promised_on < clock.today():
        raise at_field("promised_on", _("This day has passed."))
    locked.ordered_on, locked.promised_on = clock.today(), promised_on
    locked.save()
    data = {"name": locked.name, "day": promised_on.isoformat()}
    record(journal.PRINT_ORDERED, actor=actor, subject=subject, data=data)
    return locked


@transaction.atomic
def receive_print(*, row: Print, arrived_on: date, note: str, actor: User) -> Print:
    """Note that printed matter has arrived, and when; records `preparation.print_arrived` with how late it is."""
    subject = opened_for(row, "prints", actor)
    locked = again(row)
    if not locked.ordered_on or locked.arrived_on:
        raise wrong(_("This is not in print."))
    if not locked.ordered_on <= arrived_on <= clock.today():
        raise at_field("arrived_on", _("Between the day of printing and today."))
    locked.arrived_on, locked.arrival_note = arrived_on, note.strip()[:200]
    locked.save()
    late: timedelta = arrived_on - locked.due_on if locked.due_on else timedelta(0)
    data = {
        "name": locked.name,
        "day": arrived_on.isoformat(),
        "late": say(_(", {days} days late"), days=late.days) if late.days > 0 else "",
    }
    record(journal.PRINT_ARRIVED, actor=actor, subject=subject, data=data)
    follow("prints", subject, actor)
    return locked


def keep_material(row: ReviewedRow, subject: Subject, upload: Upload | None, actor: User, table: str) -> None:
    """Attach the file that is handed in for a row, as a new version of the one before; the caller saves the row."""
    if upload is None:
        return
    before = None if row.material is None or row.material.removed_at else row.material
    row.material = attach_file(
        subject=subject, upload=upload, actor=actor, replaces=before, stage=table, note=str(row)[:200]
    )


def told_of(row: ReviewedRow) -> dict[str, object]:
    """What the journal keeps of what was handed in."""
    file = f"{row.material.name} v{row.material.version}" if row.material else say(_("the wording"))
    return {"name": str(row), "file": file, "attachment": row.material_id}


def _owed_reviews(row: ReviewedRow) -> list[str]:
    """The keys of the duties to review what was handed in for a row before."""
    begins = review_key(table_of(row), row.pk)
    owed = Duty.objects.open().filter(subject=row.subject_id, key__startswith=begins)
    return list(owed.values_list("key", flat=True))


def _reviewer(subject: Subject, actor: User) -> User | None:
    """Who owes the review: the overall lead, else whoever else may."""
    lead = lead_of(subject)
    if lead is not None and lead.pk != actor.pk:
        return lead
    return holders_of(Perm.REVIEW, subject).exclude(pk=actor.pk).order_by("pk").first()
