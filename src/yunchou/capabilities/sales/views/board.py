"""The tab 线索与订单 of an activity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.metrics.permissions import Perm as MetricsPerm
from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.models.people import IN_PROCESS
from yunchou.directory.customers.selectors.find import matching
from yunchou.kernel.access.selectors import holds, units_with
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..actions.benefits import employees_of
from ..actions.shared import TABLE
from ..counting import is_in_window
from ..forms.shared import customers_in
from ..models import BenefitKind, LeadChannel, Order, OrderChannel, Stage
from ..permissions import Perm
from ..rules import LACKS, enough_leads_are_valid
from ..selectors.figures import BASES, counted, measured_of, sales_of, shown_rate, signed_of
from ..selectors.leads import (
    LeadFilters,
    forms_of,
    late_of,
    orders_for,
    orders_of,
    sources_of,
    stages_of,
    with_details,
)
from ..selectors.targeted import calendar_of, offers_of
from .shared import METHODS, part_url, parts_of, segments, unkept

OFFERED: Final = 20
TONES: Final = {
    Stage.NEW: "info", Stage.CONTACTED: "neutral", Stage.INTERESTED: "watch", Stage.NEGOTIATING: "watch", Stage.WON: "ok",
    Stage.LOST: "neutral",
}  # fmt: skip


@require_http_methods(METHODS)
@login_required
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """One part of the tab; the leads unless another is asked for. Words to search come by POST and stand in no address."""
    subject = open_subject(request, pk, Perm.VIEW)
    known = parts_of(subject)
    asked = request.GET.get("view", "")
    part = asked if asked in known else "leads"
    lock = lock_on(subject, TABLE)
    may_edit = holds(request.user, Perm.EDIT, subject)
    context = page_context(
        request,
        subject,
        "sales",
        part=part,
        views=segments(subject, part),
        lock=lock,
        may_capture=not lock and holds(request.user, Perm.CAPTURE, subject),
        may_edit=may_edit,
        may_build=may_edit and not lock,
        template=f"sales/parts/{part}.html",
        **CONTEXTS[part](request, subject),
    )
    return unkept(render(request, "sales/board.html", context))


def _leads(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    filters = LeadFilters.read(request.GET, request.POST.get("words", ""))
    page = paginate(with_details(filters.of(subject, request.user)), request.GET, by="-captured_at")
    late = set(late_of(subject))
    for lead in page:
        lead.tone, lead.is_late = TONES[Stage(lead.stage)], lead.pk in late
        lead.lack_words = [LACKS[key] for key in lead.lacks if key in LACKS]
    stages = stages_of(subject)
    return {
        "page": page,
        "filters": filters,
        "stages": _stages(request.GET, filters, stages),
        "states": _states(request.GET, filters, len(late)),
        "channels": LeadChannel.choices,
        "kept": [(name, value) for name, value in request.GET.items() if name in NARROWING],
        **_numbers(subject),
    }


NARROWING: Final = ("stage", "channel", "valid", "state")


def _with(query: QueryDict, **changes: str) -> str:
    """The filters of the address with some of them changed; empty takes one away."""
    kept = QueryDict(mutable=True)
    for name in NARROWING:
        if value := changes.get(name, query.get(name, "")):
            kept[name] = value
    return kept.urlencode()


def _stages(query: QueryDict, filters: LeadFilters, counts: dict[str, int]) -> list[dict[str, Any]]:
    known: list[tuple[str, Any, int]] = [("", _("All"), sum(counts.values()))]
    known += [(stage.value, stage.label, counts.get(stage, 0)) for stage in Stage]
    return [
        {
            "label": label,
            "count": number or None,
            "url": f"?{_with(query, stage=key)}",
            "active": key == filters.stage,
        }
        for key, label, number in known
    ]


def _states(query: QueryDict, filters: LeadFilters, late: int) -> list[dict[str, Any]]:
    known = [
        ("state", "mine", pgettext("leads", "Mine"), None),
        ("state", "late", pgettext("leads", "Contact late"), late),
        ("state", "keen", pgettext("leads", "High intent"), None),
        ("valid", "valid", pgettext("leads", "Valid"), None),
        ("valid", "invalid", pgettext("leads", "Not valid"), None),
    ]
    found = []
    for name, key, label, number in known:
        is_on = getattr(filters, name) == key
        url = f"?{_with(query, **{name: '' if is_on else key})}"
        found.append({"label": label, "count": number or None, "url": url, "active": is_on})
    return found


def _numbers(subject: Subject) -> dict[str, Any]:
    """The card of conversion: leads, valid, converted within the window, and what may still come (GOA-07, GOA-08)."""
    found = counted(subject)
    verdict = evaluate([enough_leads_are_valid], found)[0]
    return {
        "counted": found,
        "valid_rate": shown_rate(found.valid_rate),
        "conversion": shown_rate(found.rate),
        "base_words": BASES[found.base],
        "other_rate": shown_rate(found.other_rate),
        "other_base": BASES["all" if found.base == "valid" else "valid"],
        "valid_verdict": verdict,
        "sales": sales_of(subject),
    }  # fmt: skip


def _orders(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    page = paginate(orders_of(subject), request.GET, by="-ordered_at")
    days = counted(subject)
    for order in page:
        _mark(order, days.days)
    return {"page": page, **_numbers(subject)}


def _mark(order: Order, days: int) -> None:
    """Say of an order whether it counts as a conversion."""
    lead = order.lead
    order.in_window = lead is not None and is_in_window(lead.captured_at, order.ordered_at, days)  # type: ignore[attr-defined]


def _offers(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"offers": offers_of(subject), "signed": signed_of(subject)}


def _benefits(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    months = calendar_of(subject)
    return {
        "months": months,
        "given": sum(one.given_at is not None for month in months for one in month.benefits),
        "total": sum(len(month.benefits) for month in months),
        "employees": employees_of(subject).count(),
        "kinds": BenefitKind.choices,
        "today": clock.today(),
    }


def _figures(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {
        "measured": measured_of(subject),
        "sources": sources_of(subject),
        "may_record": holds(request.user, MetricsPerm.RECORD, subject),
        **_numbers(subject),
    }


def _forms(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"forms": list(forms_of(subject))}


CONTEXTS: Final[dict[str, Callable[[SignedInRequest, Subject], dict[str, Any]]]] = {
    "leads": _leads,
    "orders": _orders,
    "offers": _offers,
    "benefits": _benefits,
    "figures": _figures,
    "forms": _forms,
}


@require_POST
@login_required
def figure_take_over(request: SignedInRequest, pk: int, series: int) -> HttpResponse:
    """Have an indicator computed that was fed by hand."""
    subject = open_subject(request, pk, MetricsPerm.RECORD)
    found = get_object_or_404(Series, pk=series, subject=subject)
    actions.take_over(subject=subject, series=found, actor=request.user)
    toast(request, _("Computed from now on"))
    return go(request, part_url(subject, "figures"))


@require_POST
@login_required
def customer_options(request: SignedInRequest, pk: int, among: str) -> HttpResponse:
    """Up to 20 customers of the activity's company, for a picker, by the posted `q`; prospects or employees alone where asked."""
    subject = open_subject(request, pk, Perm.EDIT)
    found = customers_in(subject).visible_to(request.user)
    if among == "prospects":
        found = found.filter(stage__in=IN_PROCESS)
    elif among == "employees":
        found = employees_of(subject).visible_to(request.user)
    rows = matching(found, request.POST.get("q", "")[:80]).select_related("card")[:OFFERED]
    results = [{"value": one.pk, "text": one.name, "note": one.organisation or _tail(one)} for one in rows]
    return JsonResponse({"results": results})


def _tail(customer: Customer) -> str:
    card = getattr(customer, "card", None)
    return card.phone_mask if card else ""


@require_safe
@needs(Perm.VIEW)
def order_list(request: SignedInRequest) -> HttpResponse:
    """The orders of the companies that the person serves, of activities or not, newest first."""
    units = units_with(request.user, Perm.VIEW).filter(kind__in=(Unit.Kind.GROUP, Unit.Kind.REGION))
    channel = request.GET.get("channel", "")
    page = paginate(orders_for(units, channel), request.GET, by="-ordered_at")
    views = [
        {"label": label, "url": f"?channel={key}" if key else "?", "active": key == channel}
        for key, label in [("", _("All")), *OrderChannel.choices]
    ]
    return unkept(render(request, "sales/order_list.html", {"page": page, "views": views}))
