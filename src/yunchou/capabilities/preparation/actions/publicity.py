"""Sending what is published for approval, what becomes of that, publishing it, and noting whom it reached (PRE-10)."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.actions import missing_route_told, open_case, withdraw
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.selectors import running_case, valid_version
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.core.refusing import at_field, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.files.actions import Upload
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Member, Role, Subject
from yunchou.kernel.versions.actions import present_digest

from .. import journal
from ..events import event
from ..following import follow, part_url
from ..materials import why_not
from ..models import Publicity, Review
from ..permissions import PUBLICITY_KIND
from ..rules import Posting, only_what_was_approved
from .reports import tell_reach
from .reviews import keep_material, told_of
from .shared import again, bracketed, opened_for

TABLE: Final = "publicity"
CHANNELS: Final = {
    "website": _("the website"),
    "social": _("social media"),
    "email": _("e-mail"),
    "message": _("text messages"),
    "other": _("another channel"),
    "": _("another channel"),
}
"""How the journal names them."""


def send_publicity(*, row: Publicity, upload: Upload | None, actor: User, note: str = "") -> Publicity:
    """Send what is to be published to its approvers, with a picture or text as a file where there is one.

    The decision is bound to channel, content, day and file: what is changed afterwards is sent anew. Refuses what has neither
    day nor owner yet, what is being approved, approved as it stands or published, and where no route can be laid. Records
    `preparation.review_asked` and what `approvals.open_case` records.
    """
    with missing_route_told(row.subject, actor), transaction.atomic():
        subject = opened_for(row, TABLE, actor)
        matter = _matter_of(row, subject, actor)
        locked = again(row)
        if locked.published_on:
            raise wrong(_("This is published already."))
        if running_case(matter):
            raise wrong(_("This is being approved already."))
        if upload is None and is_as_approved(locked):
            raise wrong(_("This is approved already, as it stands."))
        if locked.due_on is None or locked.owner_id is None:
            raise wrong(_("Say first when it is published and who answers for it."))
        keep_material(locked, subject, upload, actor, TABLE)
        _demand_material(locked, subject)
        locked.matter = matter
        locked.review, locked.asked_by, locked.asked_at = Review.ASKED, actor, clock.now()
        locked.reviewed_by = locked.reviewed_at = None
        locked.review_note = ""
        locked.save()
        record(journal.REVIEW_ASKED, actor=actor, subject=subject, data=told_of(locked))
        open_case(subject=matter, definition=PUBLICITY_KIND, actor=actor, note=note)
        locked.refresh_from_db()  # where nobody has to be asked it is approved at once
    return locked


def _matter_of(row: Publicity, subject: Subject, actor: User) -> Subject:
    """What stands for the row in approvals, under its lock: whoever leads the activity leads it, too.

    Like the engine it is locked before the row, or two people meet in a deadlock.
    """
    title = f"{row.get_channel_display()}：{row}"[:160]
    known = Publicity.objects.filter(pk=row.pk).values_list("matter", flat=True).first()
    if known is None:
        matter = open_subject(
            kind=PUBLICITY_KIND, unit=subject.unit, title=title, address=part_url(subject, TABLE),
            code=subject.code, actor=actor,
        )  # fmt: skip
    else:
        matter = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=known)
        matter.title, matter.code, matter.unit = title, subject.code, subject.unit
        matter.save()
    leading = Member.objects.filter(subject=subject, role__in=(Role.OWNER, Role.LEAD)).select_related("user")
    Member.objects.filter(subject=matter).exclude(user__in=[member.user for member in leading]).delete()
    for member in leading:
        add_member(subject=matter, user=member.user, role=member.role)
    return matter


@transaction.atomic
def take_publicity_back(*, row: Publicity, actor: User) -> Publicity:
    """Take back what is being approved, so that it can be worded anew; only who sent it may. Records what the engine records."""
    opened_for(row, TABLE, actor)
    matter = Publicity.objects.filter(pk=row.pk).values_list("matter", flat=True).first()
    case = Case.objects.filter(subject=matter, state=Case.State.RUNNING).first() if matter else None
    if case is None:
        raise wrong(_("This is not being approved."))
    withdraw(case=case, actor=actor)
    return Publicity.objects.get(pk=row.pk)


# -- outcomes, called by the engine within its transaction -------------------------------------------------------------


def publicity_approved(case: Case, actor: User) -> None:
    """The last approver agreed: it may be published as it stands. Records `preparation.review_passed`."""
    row = _settle(case, actor, Review.PASSED)
    data = {**told_of(row), "note": bracketed(row.review_note)}
    record(journal.REVIEW_PASSED, actor=actor, subject=row.subject, data=data)


def publicity_returned(case: Case, actor: User) -> None:
    """Sent back or rejected: it is worded anew and sent again. Records `preparation.review_returned`."""
    row = _settle(case, actor, Review.RETURNED)
    data = {**told_of(row), "note": row.review_note}
    record(journal.REVIEW_RETURNED, actor=actor, subject=row.subject, data=data)


def publicity_withdrawn(case: Case, actor: User) -> None:
    """Taken back: nothing is asked any more."""
    _settle(case, actor, Review.NONE)


def _settle(case: Case, actor: User, review: Review) -> Publicity:
    row = (
        Publicity.objects.select_for_update(of=("self",))
        .select_related("subject__unit", "material__file")
        .get(matter=case.subject_id)
    )
    row.review, row.review_note = review, ""
    row.reviewed_by = row.reviewed_at = None
    if review != Review.NONE:
        row.reviewed_by, row.reviewed_at = actor, clock.now()
        last = Task.objects.filter(step__case=case, assignee=actor, decided_at__isnull=False)
        row.review_note = (last.order_by("-decided_at").values_list("opinion", flat=True).first() or "")[:300]
    row.save()
    follow(TABLE, row.subject, actor)
    return row


# -- publishing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(*, row: Publicity, published_on: date, address: str, actor: User) -> Publicity:
    """Note that something was published, when and where to find it; records `preparation.published`.

    Refuses what is not approved as it stands (K-PRE-01), a picture that may not be shown, what is published already, a day to
    come, and a report after the event without a link.
    """
    subject = opened_for(row, TABLE, actor)
    locked = again(row)
    _demand_approval(locked)
    _demand_material(locked, subject)
    if locked.is_report and not address.strip():
        raise at_field("address", _("A report is found under a link."))
    if locked.is_report and (ends := event(subject).ends_on) and published_on < ends:
        raise at_field("published_on", _("A report is published after the event."))
    if locked.published_on:
        raise wrong(_("This is published already."))
    if published_on > clock.today():
        raise at_field("published_on", _("This day has not come yet."))
    locked.published_on, locked.published_at_address = published_on, address.strip()[:300]
    locked.save()
    data = {"name": str(locked), "channel": say(CHANNELS[locked.channel])}
    record(journal.PUBLISHED, actor=actor, subject=subject, data=data)
    follow(TABLE, subject, actor)
    return locked


def is_as_approved(row: Publicity) -> bool:
    """Whether it is approved, and still what was approved."""
    approved = valid_version(row.matter) if row.matter and row.is_passed else None
    return row.matter is not None and approved is not None and approved.digest == present_digest(row.matter)


def _demand_approval(row: Publicity) -> None:
    """Refuse what nobody approved, or what is no longer as it was approved (K-PRE-01)."""
    was_approved = row.matter is not None and valid_version(row.matter) is not None
    [verdict] = evaluate([only_what_was_approved], Posting(str(row), is_as_approved(row), was_approved))
    if not verdict.passed:
        raise RuleRefused(verdict.reason, verdicts=[verdict])


def _demand_material(row: Publicity, subject: Subject) -> None:
    """Refuse a picture of somebody who has not agreed to be shown, whoever approved it."""
    if row.material and (reason := why_not(subject, row.material.file.sha256)):
        raise Invalid(reason, fields={"file": reason})


@transaction.atomic
def note_reach(*, row: Publicity, reach: int, actor: User) -> Publicity:
    """Note how many people something published has reached so far; records `preparation.reached`."""
    subject = opened_for(row, TABLE, actor)
    locked = again(row)
    if not locked.published_on:
        raise wrong(_("This is not published yet."))
    if reach < 0:
        raise at_field("reach", _("Not below zero."))
    locked.reach = reach
    locked.save(update_fields=["reach"])
    record(journal.REACHED, actor=actor, subject=subject, data={"name": str(locked), "reach": reach})
    if locked.is_report:
        tell_reach(subject)
    return locked
