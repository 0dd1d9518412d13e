"""The plan as PDF."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.views.shared import event_of

from ..selectors.paper import KINDS, plan_pdf
from ..selectors.rooms import room_of
from .shared import session_of


@require_safe
@login_required
def plan_print(request: SignedInRequest, pk: int, session: int, what: str) -> HttpResponse:
    """Cards for the tables, the plan by table for the kitchen, or by name for reception: ready to be printed on A4."""
    # The plan for the kitchen says who does not eat what.
    subject = event_of(request, pk, Perm.DOOR if what == "kitchen" else Perm.VIEW)
    if what not in KINDS:
        raise Http404
    made = plan_pdf(room_of(session_of(subject, session)), what)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="seating-{what}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
