"""A business intention that was recorded becomes a lead that sales follows up (EVA-07)."""

from __future__ import annotations

from yunchou.capabilities.sales.actions import LeadFacts, capture_lead
from yunchou.capabilities.sales.models import LeadChannel, Way
from yunchou.capabilities.surveys.hearing import Intention, hears_intention


@hears_intention("reviews")
def take_intention(intention: Intention) -> None:
    """A lead of the activity with the words as its need; the same told twice is one, and nobody is a lead twice.

    The overall lead follows it up until they hand it on; the first contact is owed as for every lead (R-CUS-05).
    """
    facts = LeadFacts(
        channel=LeadChannel.FORM, place=intention.source[:40], need=intention.words, is_keen=intention.is_keen,
        key=intention.key,
    )  # fmt: skip
    capture_lead(
        subject=intention.subject,
        facts=facts,
        customer=intention.customer,
        actor=None,
        way=Way.PUBLIC,
        after=True,
    )
