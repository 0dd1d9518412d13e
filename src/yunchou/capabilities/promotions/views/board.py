"""The tab 推广 of an activity: coupons, forwarding, live streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from yunchou.capabilities.sales.forms.shared import customers_in
from yunchou.directory.customers.selectors.find import matching
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.money import format_percent
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import open_subject, page_context

from ..actions.shared import TABLE
from ..permissions import Perm
from ..selectors.coupons import series_of, used_in
from ..selectors.forwarding import tasks_of
from ..selectors.streams import streams_of, together
from .shared import segments, unkept

OFFERED: Final = 20


@require_safe
@login_required
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """One part of the tab; coupons unless another is asked for."""
    subject = open_subject(request, pk, Perm.VIEW)
    asked = request.GET.get("view", "")
    part = asked if asked in CONTEXTS else "coupons"
    lock = lock_on(subject, TABLE)
    context = page_context(
        request,
        subject,
        "promotions",
        part=part,
        views=segments(subject, part),
        lock=lock,
        may_redeem=holds(request.user, Perm.REDEEM, subject),
        may_build=not lock and holds(request.user, Perm.EDIT, subject),
        template=f"promotions/parts/{part}.html",
        **CONTEXTS[part](subject),
    )
    return unkept(render(request, "promotions/board.html", context))


def shown_rate(value: Any) -> str:
    """`16.2%`, or a dash."""
    return "—" if value is None else format_percent(value, 1)


def _coupons(subject: Subject) -> dict[str, Any]:
    found = series_of(subject)
    for one in found:
        one.series.rate = shown_rate(one.used.rate)  # type: ignore[attr-defined]
    used = used_in(subject)
    return {"every": found, "used": used, "rate": shown_rate(used.rate)}


def _forwarding(subject: Subject) -> dict[str, Any]:
    return {"tasks": tasks_of(subject)}


def _streams(subject: Subject) -> dict[str, Any]:
    found = streams_of(subject)
    for one in found:
        one.stream.rate = shown_rate(one.stream.interaction_rate)  # type: ignore[attr-defined]
        one.stream.reached = shown_rate(one.stream.attainment)  # type: ignore[attr-defined]
    every = together([one.stream for one in found])
    return {"streams": found, "together": every, "rate": shown_rate(every.rate)}


CONTEXTS: Final[dict[str, Callable[[Subject], dict[str, Any]]]] = {
    "coupons": _coupons,
    "forwarding": _forwarding,
    "streams": _streams,
}


@require_POST
@login_required
def customer_options(request: SignedInRequest, pk: int) -> HttpResponse:
    """Up to 20 customers of the activity's company whom the person sees, for a picker, by the posted `q`."""
    subject = open_subject(request, pk, Perm.REDEEM)
    found = customers_in(subject).visible_to(request.user)
    rows = matching(found, request.POST.get("q", "")[:80]).select_related("card")[:OFFERED]
    results = [
        {"value": one.pk, "text": one.name, "note": one.organisation or getattr(one.card, "phone_mask", "")}
        for one in rows
    ]
    return JsonResponse({"results": results})
