"""Which campaigns address prospects about to sign, and which the company's own people (TYP-04, TYP-05)."""

from __future__ import annotations

from yunchou.capabilities.sales.activities import Activities, declare
from yunchou.kernel.subjects.models import Subject


def _addresses(subject: Subject, audience: str) -> bool:
    from .brief import campaign_of
    from .models import Kind

    campaign = campaign_of(subject.pk)
    return campaign.kind == Kind.TARGETED and campaign.audience == audience


def _is_deal(subject: Subject) -> bool:
    return _addresses(subject, "deal")


def _is_for_employees(subject: Subject) -> bool:
    return _addresses(subject, "employee")


declare(Activities("campaign", is_deal=_is_deal, is_for_employees=_is_for_employees))
