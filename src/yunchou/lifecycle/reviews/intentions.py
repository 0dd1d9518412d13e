"""A business intention that was recorded becomes a lead that sales follows up (EVA-07)."""

from __future__ import annotations

from yunchou.capabilities.sales.actions import LeadFacts, capture_lead
from yunchou.capabilities.sales.models import LeadChannel, Way
from yunchou.capabilities.sales.permissions import Perm
from yunchou.capabilities.surveys.hearing import Intention, hears_intention
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.subjects.selectors import lead_of


@hears_intention("reviews")
def take_intention(intention: Intention) -> None:
    """A lead of the activity with the words as its need; the same told twice is one, and nobody is a lead twice.

    The overall lead follows it up until they hand it on; the first contact is owed as for every lead (R-CUS-05). A colleague
    who heard it has taken the lead in; where they may not, the journal keeps who it was.
    """
    by = intention.by
    may_capture = by is not None and holds(by, Perm.CAPTURE, intention.subject)
    facts = LeadFacts(
        channel=LeadChannel.FORM, place=intention.source[:40], need=intention.words, is_keen=intention.is_keen,
        key=intention.key,
    )  # fmt: skip
    capture_lead(
        subject=intention.subject,
        facts=facts,
        customer=intention.customer,
        actor=by if may_capture else None,
        told_by=by,
        way=Way.PAGE if by else Way.PUBLIC,
        owner=lead_of(intention.subject),
        after=True,
    )
