"""What the room of creative plans has to know of campaigns."""

from __future__ import annotations

from django.urls import reverse

from yunchou.capabilities.creative.plans import Plan, plan_of
from yunchou.kernel.subjects.models import Subject

from .brief import campaign_of
from .models import Kind
from .tables import MODULES


@plan_of("campaign")
def campaign_plan(subject: Subject) -> Plan:
    """Period, audience, forms and phases of a campaign, and the page on which its tables stand."""
    from .selectors import phases_of

    campaign = campaign_of(subject.pk)
    theme, form, channels, contents = MODULES
    return Plan(
        page=reverse("campaigns:proposal_detail", args=[subject.pk]),
        tab="proposal",
        names=(theme, form, channels, contents),
        starts_on=campaign.start_on,
        ends_on=campaign.end_on,
        audience=campaign.audience_note,
        forms=tuple(campaign.forms),
        phases=phases_of(campaign),
        value=campaign.value_statement,
        is_high_end=campaign.kind == Kind.HIGH_END,
    )
