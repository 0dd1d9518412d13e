"""An improvement action from done to verified; it goes on after the campaign was archived (RET-05)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.duties.kinds import working_days_after
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign

from .. import journal
from ..addresses import review_url
from ..duties import VERIFY, VERIFY_DAYS
from ..models import ActionState, RetroItem
from ..permissions import Perm
from ..selectors import is_submitted
from .retrospective import action_key, owe_action


@transaction.atomic
def finish_action(*, item: RetroItem, actor: User, result: str) -> RetroItem:
    """Say that an action is done and what came of it; somebody else is to verify it. Records `reviews.action_done`.

    Its person may, and holders of `reviews.edit`. Refuses without words, and where it is not open.
    """
    item = _tracked(item)
    if item.owner_id != actor.pk:
        require(actor, Perm.EDIT, item.subject)
    _demand_state(item, ActionState.OPEN)
    item.result = _words(result, "result")
    item.state, item.done_on = ActionState.DONE, clock.today()
    item.save(update_fields=["result", "state", "done_on"])
    fulfil(actor=actor, key=action_key(item))
    lead = Campaign.objects.select_related("owner").get(pk=item.subject_id).owner
    if lead.pk != item.owner_id:
        _owe_verification(item, lead, actor)
    told = {"action": item.title, "result": item.result, "item": item.pk}
    record(journal.DONE, actor=actor, subject=item.subject, data=told)
    return item


def _finisher_of(item: RetroItem) -> int | None:
    """Who said last that the action is done."""
    done = JournalEntry.objects.filter(subject=item.subject, kind=journal.DONE.key, data__item=item.pk)
    return done.order_by("-pk").values_list("actor_id", flat=True).first()


@transaction.atomic
def verify_action(*, item: RetroItem, actor: User, verification: str, is_effective: bool = True) -> RetroItem:
    """Confirm that an action had its effect, or send it back; records `reviews.action_verified` or `…_reopened`.

    Needs `reviews.verify`; nobody verifies an action that is theirs or that they finished for somebody else. Refuses
    without words, and what is not done.
    """
    item = _tracked(item)
    require(actor, Perm.VERIFY, item.subject)
    if actor.pk in {item.owner_id, _finisher_of(item)}:
        raise NotAllowed(say(_("Nobody verifies an action of their own.")))
    _demand_state(item, ActionState.DONE)
    item.verification = _words(verification, "verification")
    fulfil(actor=actor, key=_verify_key(item))
    if is_effective:
        item.state, item.verified_by, item.verified_at = ActionState.VERIFIED, actor, clock.now()
    else:
        item.state, item.done_on, item.rounds = ActionState.OPEN, None, item.rounds + 1
    item.save(update_fields=["verification", "state", "verified_by", "verified_at", "done_on", "rounds"])
    if not is_effective:
        campaign = Campaign.objects.select_related("owner").get(pk=item.subject_id)
        owe_action(item, campaign, actor)
    told = {"action": item.title, "verification": item.verification, "item": item.pk}
    kind = journal.VERIFIED if is_effective else journal.REOPENED
    record(kind, actor=actor, subject=item.subject, data=told)
    return item


def _owe_verification(item: RetroItem, lead: User, actor: User) -> None:
    owe(
        kind=VERIFY.key,
        subject=item.subject,
        owner=lead,
        due_at=working_days_after(clock.now(), VERIFY_DAYS),
        key=_verify_key(item),
        params={"action": item.title[:40]},
        address=review_url(item.subject, item),
        actor=actor,
    )


def _verify_key(item: RetroItem) -> str:
    return f"{VERIFY.key}:{item.pk}:{item.rounds}"


def _tracked(item: RetroItem) -> RetroItem:
    """The action, locked, of a submitted retrospective."""
    Subject.objects.select_for_update().get(pk=item.subject_id)
    found = RetroItem.objects.actions().select_related("subject__unit", "owner").get(pk=item.pk)
    if not is_submitted(found.subject):
        raise WrongState(say(_("Actions are tracked once the retrospective was submitted.")))
    return found


def _demand_state(item: RetroItem, state: ActionState) -> None:
    if item.state != state:
        raise WrongState(say(_("The action is “{state}” now."), state=str(item.get_state_display())))


def _words(text: str, field: str) -> str:
    if not text.strip():
        wrong = say(_("Please fill this in."))
        raise Invalid(wrong, fields={field: wrong})
    return text.strip()
