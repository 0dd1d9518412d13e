"""The retrospective meeting and its outcome."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.actions import keep_verdicts
from yunchou.kernel.rules.selectors import evaluate, with_rulings
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.campaigns.selectors import facts_of

from .. import journal
from ..addresses import review_url
from ..duties import ACTION, DUE_HOUR
from ..models import Invitee, RetroItem, Retrospective
from ..permissions import Perm
from ..rules import retrospective_is_complete

OPEN_IN = (Status.CLOSED, Status.EVALUATED)


@transaction.atomic
def record_meeting(
    *,
    subject: Subject,
    actor: User,
    held_on: date,
    invited: Iterable[User],
    present: Iterable[User] = (),
    notes: str = "",
) -> Retrospective:
    """Record the meeting, who was asked and who came (RET-01); records `reviews.meeting_recorded`.

    Who came counts as invited. Refuses a day to come, a meeting of nobody, and a submitted retrospective.
    """
    campaign = _campaign(subject, actor)
    if held_on > clock.today():
        wrong = say(_("That day is still to come."))
        raise Invalid(wrong, fields={"held_on": wrong})
    came = {user.pk: user for user in present}
    people = {user.pk: user for user in invited} | came
    if not people:
        wrong = say(_("Name at least one person."))
        raise Invalid(wrong, fields={"invited": wrong})
    held = _retrospective(campaign.subject)
    held.held_on, held.notes = held_on, notes.strip()
    held.save()
    held.invitees.all().delete()
    Invitee.objects.bulk_create(
        Invitee(retrospective=held, user=user, is_present=pk in came) for pk, user in sorted(people.items())
    )
    told = {
        "day": held_on.isoformat(),
        "present": len(came),
        "invited": len(people),
        "people": sorted(people),
    }
    record(journal.MEETING, actor=actor, subject=campaign.subject, data=told)
    return held


@transaction.atomic
def submit_retrospective(*, subject: Subject, actor: User) -> Retrospective:
    """Settle the retrospective: its lines stay as they are, its actions are owed from now on (RET-05).

    Refuses by R-RET-02 with what is missing (an empty part, a missed indicator without root cause, an action without
    person, date or effect), a second time, and before the campaign was closed. Records
    `reviews.retrospective_submitted`.
    """
    campaign = _campaign(subject, actor)
    facts = facts_of(campaign.subject)
    verdicts = evaluate([retrospective_is_complete], facts)
    stopping = [judged.verdict for judged in with_rulings(verdicts, campaign.subject) if judged.stops]
    if stopping:
        raise RuleRefused(
            say(_("The retrospective is not complete: {count} findings."), count=len(stopping)),
            verdicts=stopping,
        )
    held = _retrospective(campaign.subject)
    held.submitted_at, held.submitted_by = clock.now(), actor
    held.save()
    keep_verdicts(subject=campaign.subject, occasion="Retrospective.submit", verdicts=verdicts, context=facts)
    actions = list(RetroItem.objects.actions().filter(subject=campaign.subject).select_related("owner"))
    for item in actions:
        owe_action(item, campaign, actor)
    record(journal.SUBMITTED, actor=actor, subject=campaign.subject, data={"count": len(actions)})
    return held


def owe_action(item: RetroItem, campaign: Campaign, actor: User) -> None:
    """Its person owes an action; the overall lead where the person is not known. History is owed by nobody."""
    if item.due_on is None or (campaign.history_until and item.due_on <= campaign.history_until):
        return
    owe(
        kind=ACTION.key,
        subject=campaign.subject,
        owner=item.owner or campaign.owner,
        due_at=clock.moment(item.due_on, DUE_HOUR),
        key=action_key(item),
        params={"action": item.title[:40]},
        address=review_url(campaign.subject, item),
        actor=actor,
    )


def action_key(item: RetroItem) -> str:
    """The key of an action's duty; one that was sent back is owed anew."""
    return f"{ACTION.key}:{item.pk}:{item.rounds}"


def _campaign(subject: Subject, actor: User) -> Campaign:
    """The campaign, locked, for somebody who may write its retrospective now."""
    locked = Subject.objects.select_for_update().select_related("unit").get(pk=subject.pk)
    require(actor, Perm.EDIT, locked)
    campaign: Campaign = Campaign.objects.select_related("subject__unit", "owner").get(pk=locked.pk)
    if campaign.status not in OPEN_IN:
        raise WrongState(
            say(
                _("A retrospective follows the end of the campaign; it is “{state}”."),
                state=str(campaign.get_status_display()),
            )
        )
    if Retrospective.objects.filter(subject=locked, submitted_at__isnull=False).exists():
        raise WrongState(say(_("The retrospective was submitted; its lines stay as they are.")))
    return campaign


def _retrospective(subject: Subject) -> Retrospective:
    return Retrospective.objects.get_or_create(subject=subject)[0]
