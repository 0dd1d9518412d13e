"""How the pages of this room find what an address names."""

from __future__ import annotations

from django.http import Http404

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import open_subject

from ..models import Plan
from ..permissions import PLAN_KIND


def open_plan(request: SignedInRequest, pk: int, perm: str = "") -> Subject:
    """The subject of a plan that the person may see: else 404, and 403 without `perm`."""
    subject = open_subject(request, pk, perm)
    if subject.kind != PLAN_KIND:
        raise Http404
    return subject


def plan_at(pk: int) -> Plan:
    return Plan.objects.whole(pk)
