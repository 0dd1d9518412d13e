"""The list of plans, the year of the group with its regions, what is overdue, and a new plan."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, units_with
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Appointment, Unit
from yunchou.kernel.ui.dialogs import mark
from yunchou.kernel.ui.nav import address_of
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.scope import chosen_path
from yunchou.kernel.ui.toasts import toast

from .. import listing
from ..actions import create_plan
from ..documents import DOCUMENTS, Kind
from ..forms import FilterForm, PlanForm, asked_year
from ..models import Plan, Status
from ..periods import MONTHS, QUARTERS, Period
from ..permissions import Perm
from ..selectors import parents_for

SIZE = 30


@require_safe
@login_required
def plan_list(request: SignedInRequest) -> HttpResponse:
    """Every plan that the person sees, newest first, with state, coverage and signals."""
    require(request.user, Perm.VIEW)
    form = FilterForm(request.GET)
    filters = form.filters
    found = filters.of(request.user)
    if path := chosen_path(request):
        found = found.filter(subject__unit__path__startswith=path)
    page = paginate(found, request.GET, by="-year", size=SIZE, total=found.order_by().count())
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "rows": listing.rows_of(list(page)),
        "chips": _chips(request, filters),
        "tabs": tabs("list", request),
        "late": len(listing.overdue(request.user)),
        "may_create": holds(request.user, Perm.DRAFT),
    }
    return render(request, "planning/plan_list.html", context)


def tabs(here: str, request: SignedInRequest) -> list[dict[str, Any]]:
    """The pages of the room as segments."""
    pages = (
        ("list", _("Plans"), "planning:plan_list"),
        ("year", _("Year"), "planning:year_now"),
        ("overdue", _("Overdue"), "planning:overdue_list"),
        ("dedicated", _("Dedicated money"), "planning:dedicated_list"),
        ("risks", _("Budget risks"), "planning:risk_list"),
        ("strategy", _("Strategic goals"), "planning:strategy_list"),
        ("occasions", _("Occasions"), "planning:occasion_calendar"),
    )
    return [
        {"label": label, "url": url, "active": key == here}
        for key, label, name in pages
        if (url := address_of(name))
    ]


@require_safe
@login_required
def year_overview(request: SignedInRequest, year: int | None = None) -> HttpResponse:
    """The group with its regions in a year: what is owed, what covers what, how it is carried out."""
    require(request.user, Perm.VIEW)
    if year is not None and not 2000 <= year <= 2100:
        raise Http404
    year = year or asked_year("")
    units = listing.year_of(year, request.user)
    context = {
        "year": year,
        "years": listing.years(request.user),
        "units": units,
        "late": sum(due.is_late for unit in units for due in unit.due),
        "tabs": tabs("year", request),
        "may_create": holds(request.user, Perm.DRAFT),
    }
    return render(request, "planning/year_overview.html", context)


@require_safe
@login_required
def overdue_list(request: SignedInRequest) -> HttpResponse:
    """Plans whose deadline has passed and that are not approved (PLN-15)."""
    require(request.user, Perm.VIEW)
    year = clock.today().year
    coming = [
        due
        for each in (year, year + 1)
        for due in listing.dues(each, request.user)
        if due.due_on >= clock.today() and not due.is_done
    ]
    context = {
        "late": listing.overdue(request.user),
        "coming": sorted(coming, key=lambda due: (due.due_on, due.unit.path)),
        "tabs": tabs("overdue", request),
    }
    return render(request, "planning/overdue_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_create(request: SignedInRequest) -> HttpResponse:
    """A new draft; `?kind=`, `?unit=` and `?year=` fill the form, as a reminder's button does."""
    require(request.user, Perm.DRAFT)
    data = request.POST if request.method == "POST" else None
    beginning = _beginning(request)
    parents = _parents(request) if data is not None else _fitting(beginning)
    units = set(units_with(request.user, Perm.DRAFT).values_list("pk", flat=True))
    form = PlanForm(data, initial=beginning, parents=parents, units=units)
    if data is not None and form.is_valid():
        try:
            plan = create_plan(actor=request.user, **form.cleaned_data)
        except Invalid as refused:
            if not mark(form, refused):
                raise
        else:
            toast(request, _("Draft %(code)s created") % {"code": plan.subject.code})
            return redirect(plan)
    documents = [DOCUMENTS[kind] for kind in Kind]
    status = 422 if form.is_bound else 200
    context = {"form": form, "documents": documents, "tabs": tabs("list", request)}
    return render(request, "planning/plan_create.html", context, status=status)


def _parents(request: SignedInRequest) -> Any:
    """Plans since last year under which the person may make one: of the units where he or she drafts, or above them."""
    above = {pk for unit in units_with(request.user, Perm.DRAFT) for pk in unit.ancestor_ids}
    live = Plan.objects.filter(
        kind__in=[Kind.GROUP, Kind.REGION, Kind.BUDGET],
        subject__unit__in=above,
        year__gte=clock.today().year - 1,
    )
    live = live.exclude(status__in=[Status.CANCELLED, Status.CLOSED])
    return live.select_related("subject__unit").order_by("-year", "kind", "quarter", "month", "pk")


def _beginning(request: SignedInRequest) -> dict[str, Any]:
    """What the address says, else the person's own region or group and the year that is planned now."""
    today = clock.today()
    year, quarter, month = (_number(request.GET.get(name)) for name in ("year", "quarter", "month"))
    unit = units_with(request.user, Perm.DRAFT).filter(pk=_number(request.GET.get("unit")) or 0).first()
    unit = unit or _own_unit(request)
    kind = request.GET.get("kind") or (Kind.REGION if unit and unit.kind == Unit.Kind.REGION else Kind.GROUP)
    planned = year if year and 2000 <= year <= 2100 else today.year + (today.month >= 10)
    month = month if month in MONTHS else None
    quarter = (month + 2) // 3 if month else quarter if quarter in QUARTERS else None
    period = Period(planned, quarter, month)
    parent = _number(request.GET.get("parent"))
    if parent is None and kind in DOCUMENTS and unit is not None:
        parent = _nearest(parents_for(kind, unit, period))
    return {
        "kind": kind,
        "unit": unit.pk if unit else None,
        "year": planned,
        "quarter": quarter,
        "month": month,
        "owner": request.user.pk,
        "parent": parent,
        "name": _name(kind, unit, period),
    }


def _fitting(beginning: dict[str, Any]) -> Any:
    """Plans that may stand above the one that the form is about to make."""
    unit, kind = Unit.objects.filter(pk=beginning["unit"]).first(), beginning["kind"]
    if unit is None or kind not in DOCUMENTS:
        return Plan.objects.none()
    return parents_for(kind, unit, Period(beginning["year"], beginning["quarter"], beginning["month"]))


NAMES = {
    Kind.GROUP: gettext_noop("{unit}, year plan of customer events {period}"),
    Kind.REGION: gettext_noop("{unit}, year plan of customer events {period}"),
    Kind.QUARTER: gettext_noop("{unit}, activity plan {period}"),
    Kind.PROJECT: gettext_noop("{unit}, plan of the project {period}"),
    Kind.TARGETED: gettext_noop("{unit}, targeted-activity plan {period}"),
    Kind.MARKETING: gettext_noop("{unit}, marketing plan {period}"),
    Kind.BUDGET: gettext_noop("{unit}, marketing budget {period}"),
}


def _name(kind: str, unit: Unit | None, period: Period) -> str:
    """A name to begin with."""
    if unit is None or kind not in NAMES:
        return ""
    return str(say(NAMES[Kind(kind)], unit=unit.name, period=str(period).replace(" ", "")))


def _nearest(plans: Any) -> int | None:
    """Of the plans that may stand above, the one of the shortest period; of the nearest unit."""
    found = list(plans)
    found.sort(key=lambda plan: (len(plan.period.months), plan.kind != Kind.BUDGET))
    return found[0].pk if found else None


def _own_unit(request: SignedInRequest) -> Unit | None:
    """The region or group in which the person drafts."""
    held = Appointment.objects.valid().filter(user=request.user).select_related("unit")
    ids = [pk for seat in held for pk in seat.unit.ancestor_ids]
    near = Unit.objects.filter(pk__in=ids, kind__in=[Unit.Kind.REGION, Unit.Kind.GROUP]).order_by("-path")
    return next((unit for unit in near if holds(request.user, Perm.DRAFT, unit)), None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


def _chips(request: SignedInRequest, filters: listing.Filters) -> list[dict[str, Any]]:
    """The filters in force, each with the address without it."""
    shown = [
        (_("Search"), filters.words, "q"),
        (_("Year"), filters.year, "year"),
        (_("Kind"), Kind(filters.kind).label if filters.kind else "", "kind"),
        (_("Status"), Status(filters.status).label if filters.status else "", "status"),
        (_("Organisation"), filters.unit, "unit"),
    ]
    return [
        {"label": label, "value": value, "remove_url": _without(request, name)}
        for label, value, name in shown
        if value
    ]


def _without(request: SignedInRequest, name: str) -> str:
    query: QueryDict = request.GET.copy()
    for each in ("after", "before", name):
        query.pop(each, None)
    return f"?{query.urlencode()}"
