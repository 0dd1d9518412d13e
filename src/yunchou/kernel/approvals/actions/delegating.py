"""Deciding in somebody's stead for some days (委托)."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify

from .. import journal
from ..models import Delegation
from ..registry import definitions
from .checks import invalid
from .seating import reseat

#: Longer than that nobody is merely away.
LONGEST = timedelta(days=366)


@transaction.atomic
def delegate(*, actor: User, to: User, valid_from: date, valid_to: date, definition: str = "") -> Delegation:
    """Let `to` decide in the actor's stead on these days, on one kind of approvals or on all; open tasks move at once.

    Whoever has a share in a case is passed over there (R-APR-15). Refuses a period that is over, upside down or longer
    than a year, people who are no longer here, a second delegation of the same for the same days, and what would come
    back to the actor by way of others. Records `approvals.delegated`. Fields of refusals: to, definition, valid_from,
    valid_to.
    """
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if to.pk == actor.pk:
        raise invalid("to", say(_("Choose somebody else than yourself.")))
    if not to.is_active:
        raise invalid("to", say(_("{person} is no longer here."), person=str(to)))
    if definition and definition not in definitions:
        raise invalid("definition", say(_("There is no such kind of approvals.")))
    _check_period(valid_from, valid_to)
    at_that_time = _overlapping(valid_from, valid_to, definition)
    if same := at_that_time.filter(user=actor, definition=definition).select_related("to").first():
        words = _("You have delegated this to {person} at that time; end that first.")
        raise invalid("valid_from", say(words, person=str(same.to)))
    if _leads_to(actor, to, list(at_that_time.values_list("user_id", "to_id"))):
        words = _("{person} has delegated at that time, and it would come back to you.")
        raise invalid("to", say(words, person=str(to)))
    made = Delegation.objects.create(
        user=actor, to=to, definition=definition, valid_from=valid_from, valid_to=valid_to
    )
    days = {"from": valid_from.isoformat(), "until": valid_to.isoformat()}
    record(journal.DELEGATED, actor=actor, data={"to": str(to), "definition": definition, **days})
    words = _("{person} has delegated decisions to you from {start} to {end}")
    notify(
        users=[to],
        kind="approvals.delegated",
        say=say(words, person=str(actor), start=valid_from.isoformat(), end=valid_to.isoformat()),
        address=reverse("approvals:case_list"),
        key=f"approvals.delegation:{made.pk}",
    )
    if valid_from <= clock.today():
        reseat(user=actor, actor=actor)
    return made


@transaction.atomic
def end_delegation(*, delegation: Delegation, actor: User) -> Delegation:
    """End a delegation now; only who gave it may. Open tasks go back. Records `approvals.delegation_ended`."""
    delegation = Delegation.objects.select_for_update(of=("self",)).select_related("to").get(pk=delegation.pk)
    if delegation.user_id != actor.pk:
        raise NotAllowed(say(_("Only who gave a delegation may end it.")))
    yesterday = clock.today() - timedelta(days=1)
    if delegation.valid_to <= yesterday:
        raise WrongState(say(_("This delegation has ended already.")))
    if delegation.valid_from > yesterday:
        Delegation.objects.filter(pk=delegation.pk).delete()
    else:
        delegation.valid_to = yesterday
        delegation.save(update_fields=["valid_to"])
    record(journal.DELEGATION_ENDED, actor=actor, data={"to": str(delegation.to)})
    reseat(user=delegation.to, actor=actor)
    return delegation


def _check_period(valid_from: date, valid_to: date) -> None:
    if valid_to < valid_from:
        raise invalid("valid_to", say(_("The last day is before the first.")))
    if valid_to < clock.today():
        raise invalid("valid_to", say(_("These days are over.")))
    if valid_to - valid_from > LONGEST:
        raise invalid("valid_to", say(_("At most a year: whoever is away longer needs a successor.")))


def _overlapping(valid_from: date, valid_to: date, definition: str) -> QuerySet[Delegation]:
    """Delegations that hold on one of the days and may concern the same approvals."""
    found = Delegation.objects.filter(valid_from__lte=valid_to, valid_to__gte=valid_from)
    return found.filter(definition__in=["", definition]) if definition else found


def _leads_to(actor: User, to: User, given: list[tuple[int, int]]) -> bool:
    """Whether what `to` delegates comes to the actor, over however many people."""
    reached, waiting = {to.pk}, [to.pk]
    while waiting:
        current = waiting.pop()
        for giver, receiver in given:
            if giver == current and receiver not in reached:
                reached.add(receiver)
                waiting.append(receiver)
    return actor.pk in reached
