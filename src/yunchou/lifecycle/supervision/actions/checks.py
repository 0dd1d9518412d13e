"""Looking at an activity: live, by inspection, or for legality and honesty (SUP-02, SUP-03)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.models import Member, Role, Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status

from .. import journal, notices
from ..checklists import points_for
from ..duties import DUE_HOUR, LEGALITY
from ..models import Answer, Check, Field, Mode
from ..rules import legality_is_checked
from ..selectors.checks import kind_of, may_check, team_for, unchecked
from ..selectors.teams import people_of
from ..subject import CHECK
from ..terms import term
from .shared import refused, text_given

LOOKED_AHEAD = (Status.APPROVED, Status.PREPARING, Status.RUNNING)
MODE_WORDS: dict[str, str] = {
    Mode.LIVE: _("followed live"),
    Mode.INSPECTION: _("by inspection"),
    Mode.LEGALITY: _("legality and honesty"),
}
NOT_YOURS = _("Activities are checked by the supervision team or the auditor, never by their own people.")


@transaction.atomic
def record_check(
    *,
    about: Subject,
    mode: str,
    on: date,
    text: str,
    actor: User,
    field: str = "",
    answers: Mapping[str, tuple[str, str]] | None = None,
) -> Check:
    """Write down what was looked at and seen; what is not in order becomes findings of this check.

    `answers` maps each point of the checklist to (answer, note), for a check of legality and honesty. Refuses whoever
    belongs to no team of the unit and does not audit, and who works on the activity himself (403); missing texts, a point
    left open, one not in order without a word, a day to come (422). Records `supervision.checked`.
    """
    locked = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=about.pk)
    if not may_check(actor, locked):
        raise NotAllowed(say(NOT_YOURS))
    if not Campaign.objects.filter(pk=locked.pk).exists():
        raise WrongState(say(_("Only activities are checked.")))
    if mode not in Mode.values:
        raise refused("mode", say(_("Choose how it was checked.")))
    if mode != Mode.LEGALITY and field not in Field.values:
        raise refused("field", say(_("Choose one of the four fields.")))
    if on > clock.today():
        raise refused("on", say(_("This day is still to come.")))
    seen = text_given("text", text, say(_("Write what was seen.")))
    answered = _answers(locked, answers or {}) if mode == Mode.LEGALITY else {}
    team = team_for(actor, locked)
    subject = open_subject(
        kind=CHECK.key, unit=locked.unit, title=f"{locked.title[:140]} · {on:%Y-%m-%d}", actor=actor
    )
    check: Check = Check.objects.create(
        subject=subject, about=locked, team=team, mode=mode, field="" if mode == Mode.LEGALITY else field, on=on,
        text=seen, answers=answered, checker=actor,
    )  # fmt: skip
    subject.address, subject.code = check.get_absolute_url(), f"JC-{subject.pk}"
    subject.save()
    _seat(check, actor)
    data = {
        "title": locked.title, "mode": say(MODE_WORDS[mode]), "findings": check.wrong, "check": subject.code,
    }  # fmt: skip
    record(journal.CHECKED, actor=actor, subject=locked, data=data)
    if mode == Mode.LEGALITY:
        fulfil(actor=actor, key=legality_key(locked))
    owners = Member.objects.filter(subject=locked, role=Role.OWNER).select_related("user")
    notify(
        users={tie.user for tie in owners} - {actor},
        kind=notices.CHECKED.key,
        say=say(_("{person} checked “{title}”"), person=actor.name, title=locked.title),
        subject=subject,
    )
    return check


def _seat(check: Check, actor: User) -> None:
    """Whoever checked keeps it; the people of the team may verify what was corrected."""
    add_member(subject=check.subject, user=actor, role=Role.LEAD)
    if check.team is not None:
        people = people_of(check.team)
        for person in (people.head, *people.members):
            if person is not None:
                add_member(subject=check.subject, user=person)


def _answers(about: Subject, given: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, str]]:
    faults: dict[str, Text] = {}
    kept = {}
    for point in points_for(kind_of(about)):
        answer, note = given.get(point.key, ("", ""))
        if answer not in Answer.values:
            faults[f"point_{point.key}"] = say(_("Answer every point."))
        elif answer == Answer.NO and not note.strip():
            faults[f"note_{point.key}"] = say(_("Say what is not in order."))
        kept[point.key] = {"answer": answer, "note": note.strip()[:300]}
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    return kept


def legality_key(about: Subject) -> str:
    return f"supervision.legality:{about.pk}"


@transaction.atomic
def owe_legality_checks(*, today: date) -> int:
    """Let the head of each team owe the check of the activities of its unit that nobody checked yet; says how many.

    For the nightly round. Due on the eve of the first day, yet not before the team has had its time (K-SPV-04).
    """
    count, earliest = 0, term(legality_is_checked, since=today)
    for campaign in unchecked(statuses=LOOKED_AHEAD):
        team = team_for(None, campaign.subject)
        head = people_of(team).head if team else None
        if head is None:
            continue
        first = campaign.start_on or today
        due = max(first - timedelta(days=1), earliest)
        owe(
            kind=LEGALITY.key, subject=campaign.subject, owner=head, due_at=clock.moment(due, DUE_HOUR),
            key=legality_key(campaign.subject), params={"title": campaign.subject.title},
            address=f"/supervision/checks/add/{campaign.pk}/?mode=legality",
        )  # fmt: skip
        count += 1
    return count
