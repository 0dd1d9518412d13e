"""Whom the target lists of an event may take at all: the rules on guests as conditions on customers (TYP-02, 04, 06, 07)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.audiences.limits import Limit, limit_audiences
from yunchou.directory.customers.models import CustomerIdentity
from yunchou.directory.customers.models.people import IN_PROCESS
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject


def _is_one_of(identities: frozenset[str]) -> Q:
    return Q(Exists(CustomerIdentity.objects.filter(customer=OuterRef("pk"), identity__in=identities)))


@limit_audiences
def limits_of_guests(subject: Subject) -> list[Limit]:
    """What `rules.INVITING` says of single guests, said of all customers at once; a test holds the two together."""
    from yunchou.capabilities.creative.selectors.basis import (
        grades_of_forms,
    )  # found while apps are still loading
    from yunchou.directory.customers.selectors.cooperations import with_cooperation
    from yunchou.lifecycle.campaigns.brief import campaign_of
    from yunchou.lifecycle.campaigns.categories import belonging_to
    from yunchou.lifecycle.campaigns.models import Audience, Kind

    from . import rules
    from .kinds import CAMPAIGN, day_of

    if subject.kind != CAMPAIGN:
        return []
    campaign = campaign_of(subject.pk)
    found = []
    if campaign.kind == Kind.HIGH_END:
        lowest = params_on([rules.grade_is_high_enough])[rules.grade_is_high_enough.id].grade
        enough = rules.grades_from(lowest, grades_of_forms(campaign.forms))
        holds = Q(grade_until=None) | Q(grade_until__gte=clock.today())
        is_client = ~Q(Exists(CustomerIdentity.objects.filter(customer=OuterRef("pk")))) | _is_one_of(
            rules.CLIENTS
        )
        reason = say(_("Client grade too low for a high-end event"))
        found.append(Limit(rules.grade_is_high_enough.id, reason, is_client & ~(Q(grade__in=enough) & holds)))
    if campaign.kind == Kind.TARGETED and campaign.audience == Audience.DEAL:
        return [Limit(rules.prospect_is_open.id, say(_("Not an open prospect")), ~Q(stage__in=IN_PROCESS))]
    if (wanted := belonging_to(campaign.audience)) is None:
        return found
    belongs = _is_one_of(wanted.identities) if wanted.identities else ~Q(pk=None)
    if wanted.stages:
        belongs &= Q(stage__in=wanted.stages)
    found.append(Limit(rules.belongs_to_the_audience.id, say(_("Not of this audience")), ~belongs))
    if wanted.needs_cooperation:
        reason = say(_("No cooperation in force on its day"))
        found.append(Limit(rules.cooperation_is_in_force.id, reason, ~with_cooperation(day_of(campaign))))
    return found
