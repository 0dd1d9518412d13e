"""What preparing has to know of campaigns, and what campaigns themselves add to the readiness check (PRE-13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.operations.tables import is_on_site
from yunchou.capabilities.preparation.events import Event, event_of
from yunchou.capabilities.preparation.readiness import Item, Light, ready_check, refusal_to_begin
from yunchou.capabilities.purchasing.selectors import unsigned_purchases
from yunchou.capabilities.work import selectors as work
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.signals import Level

from .brief import campaign_of
from .models import Kind

CAMPAIGN: Final = frozenset({"campaign"})
SAFETY_PLAN: Final = "safety_plan"
"""The key under which the room that keeps emergency plans registers its check (R-RSK-06)."""
REQUIRED: Final[dict[str, frozenset[str]]] = {
    Kind.HIGH_END: frozenset({"venue", "agreements", "supplies", "equipment", "training", SAFETY_PLAN}),
}
"""Which checks an event on site of a kind may not do without (003 二(三), 三(一)); online there is no place to get ready."""
USUAL: Final[dict[str, frozenset[str]]] = {
    Kind.HIGH_END: frozenset({"research", "publicity"}),
    Kind.CUSTOMER: frozenset({"venue", "agreements", "supplies", "training"}),
    Kind.PR: frozenset({"venue", "agreements", "training"}),
    Kind.MARKETING: frozenset({"agreements", "supplies"}),
    Kind.PROMOTION: frozenset({"agreements", "supplies"}),
    Kind.TARGETED: frozenset({"agreements"}),
}
"""Which checks a kind as a rule has something to say to: nothing entered is told, and stops nobody."""


@event_of("campaign")
def campaign_event(subject: Subject) -> Event:
    """How many are expected, when it begins, who leads it, and what its kind may not do without."""
    campaign = campaign_of(subject.pk)
    return Event(
        expected=campaign.expected_people,
        starts_on=campaign.start_on,
        ends_on=campaign.end_on,
        lead=campaign.owner,
        kind=str(campaign.get_kind_display()),
        required=REQUIRED.get(campaign.kind, frozenset()) if is_on_site(campaign.forms) else frozenset(),
        usual=USUAL.get(campaign.kind, frozenset()),
    )


@ready_check(
    "approvals", pgettext_lazy("readiness", "Approvals"), order=5, clause="003 四(二)1", kinds=CAMPAIGN
)
def approvals(subject: Subject, event: Event) -> Sequence[Item]:
    """Plan and budget are approved (R-APR-07)."""
    from .rules.execution import nothing_runs_unapproved
    from .selectors import approval_of

    campaign = campaign_of(subject.pk)
    [verdict] = nothing_runs_unapproved.check(approval_of(campaign, campaign.owner))
    light = Light.GREEN if verdict.passed else Light.RED
    return [
        Item(
            light,
            verdict.reason,
            reverse("campaigns:proposal_detail", args=[subject.pk]),
            event.lead,
            key="plan",
        )
    ]


@ready_check(
    "purchases", pgettext_lazy("readiness", "Purchases"), order=25, clause="003 四(二)", kinds=CAMPAIGN
)
def purchases(subject: Subject, event: Event) -> Sequence[Item]:
    """What was awarded is under contract."""
    url = reverse("purchasing:activity_purchases", args=[subject.pk])
    return [
        Item(
            Light.RED, say(_("“{name}” has no signed contract yet."), name=title), url, event.lead, key=title
        )
        for title in unsigned_purchases(subject.pk)
    ]


@ready_check(
    "schedule", pgettext_lazy("readiness", "Schedule"), order=110, clause="004 三(二)", kinds=CAMPAIGN
)
def schedule(subject: Subject, event: Event) -> Sequence[Item]:
    """Nothing is late; what is late is told, and stops nobody by itself."""
    signal = work.signals([subject.pk], clock.now()).get(subject.pk)
    if signal is None or signal.level == Level.UNKNOWN:
        return []
    light = Light.GREEN if signal.level == Level.FINE else Light.AMBER
    text = say(_("Schedule: {value}"), value=signal.value)
    return [Item(light, text, reverse("work:schedule_detail", args=[subject.pk]), event.lead, key="signal")]


def demand_readiness(subject: Subject) -> None:
    """Refuse to begin while something is red, unless the overall lead has said so (R-PRE-03)."""
    verdict = refusal_to_begin(subject)
    if verdict is not None:
        raise RuleRefused(verdict.reason, verdicts=[verdict])
