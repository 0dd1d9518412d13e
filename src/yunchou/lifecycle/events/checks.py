"""What guests tell other rooms: dates of invitations, how many have accepted, and whether the event became large by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Max, Min
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.preparation.events import Event, accepted_by
from yunchou.capabilities.preparation.readiness import Item, Light, ready_check
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.brief import campaign_of
from yunchou.lifecycle.campaigns.dated import Dated, dates_by
from yunchou.lifecycle.campaigns.rules.proposal import is_large
from yunchou.lifecycle.campaigns.selectors import facts_of

from .kinds import CAMPAIGN, has_guests
from .models import Session
from .selectors.guests import accepted_people, counts_of, sessions_of

if TYPE_CHECKING:
    from yunchou.lifecycle.campaigns.facts import CampaignFacts

INVITATION = "invitation"


@dates_by
def invitations(subjects: Collection[int]) -> Iterable[tuple[int, Dated]]:
    """From the first to the last day to which guests are invited (SCH-09)."""
    found = (
        Session.objects.filter(subject__in=subjects, removed_at=None)
        .order_by()
        .values_list("subject", "subject__title")
        .annotate(first=Min("starts_at"), last=Max("ends_at"))
    )
    for subject, title, first, last in found:
        yield subject, Dated(INVITATION, title, clock.local(first).date(), clock.local(last).date())


@accepted_by
def accepted(subject: Subject) -> int | None:
    """How many have accepted, for venues and catering (R-PRE-02)."""
    return accepted_people(subject) if has_guests(subject) else None


class _WithAccepted:
    """The facts of a campaign, with the guests who accepted in the place of those expected where they are more."""

    def __init__(self, facts: CampaignFacts, people: int) -> None:
        self._facts = facts
        self.expected_people = max(facts.expected_people or 0, people)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._facts, name)


def large_by_guests(subject: Subject) -> Verdict | None:
    """The large-event test with the accepted numbers (PRE-05), where the event was not large by what was planned."""
    people = accepted_people(subject) or 0
    campaign = campaign_of(subject.pk)
    if campaign.is_large or people <= (campaign.expected_people or 0):
        return None
    facts = facts_of(subject)
    params = params_on([is_large], facts.rules_day)[is_large.id]
    [verdict] = is_large.check(cast("CampaignFacts", _WithAccepted(facts, people)), params)
    return None if verdict.passed else verdict


@ready_check(
    "guests",
    pgettext_lazy("readiness", "Guests"),
    order=15,
    clause="003 二(三)3",
    kinds=frozenset({CAMPAIGN}),
)
def guests(subject: Subject, event: Event) -> Sequence[Item]:
    """Whether guests are invited, how many come, and whether that makes the event larger than what was approved."""
    sessions = sessions_of(subject) if has_guests(subject) else ()
    if not sessions:
        return []
    url = reverse("events:guest_list", args=[subject.pk])
    counts = counts_of(subject)
    words = _(
        "{accepted} have accepted with {companions} companions, {open} have not replied, {waiting} wait."
    )
    told = say(
        words,
        accepted=counts.accepted,
        companions=counts.companions,
        open=counts.open,
        waiting=counts.waiting,
    )
    light = Light.GREEN if counts.coming else Light.AMBER
    items = [Item(light, told, url, event.lead, key="replies")]
    if (verdict := large_by_guests(subject)) is not None:
        items.append(Item(Light.RED, verdict.reason, url, event.lead, key="large"))
    return items
