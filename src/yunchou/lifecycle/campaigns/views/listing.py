"""The list of campaigns as table, board and calendar over the same saved views and filters."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.ui.formats import date_range
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.scope import chosen_path

from .. import listing
from ..categories import name_of
from ..forms import FilterForm, asked_month
from ..models import CampaignQuerySet, Kind, Status
from ..permissions import Perm


@require_safe
@login_required
def campaign_list(request: SignedInRequest) -> HttpResponse:
    """`?view=` a saved view, `?as=` table, board or calendar, `?sort=` and the filters."""
    now, user = clock.now(), request.user
    everything = listing.visible_campaigns(user, chosen_path(request))
    counts = listing.counts_of(everything, user, now)
    view = next((one for one in listing.SAVED if one.key == request.GET.get("view")), listing.CURRENT)
    form = FilterForm(request.GET)
    filters = form.filters
    found = filters.apply(listing.of_view(everything, view, user, now))
    shape = request.GET.get("as", "table")
    context: dict[str, Any] = {
        "form": form,
        "filters": filters,
        "view": view,
        "shape": shape,
        "tabs": _tabs(request, view, counts),
        "shapes": _shapes(request, shape),
        "chips": _chips(request, filters),
        "total": counts[listing.ALL.key],
        "kept_names": [
            (name, request.GET[name]) for name in ("view", "as", "sort", "month") if request.GET.get(name)
        ],
        "may_create": holds(user, Perm.CREATE),
        "may_keep_aims": holds(user, Perm.KEEP_AIMS),
        "import_url": reverse("campaigns:import_start") if holds(user, Perm.CREATE) else "",
    }
    if shape == "board":
        context["columns"] = listing.board_of(found, now)
    elif shape == "calendar":
        context |= _calendar(request, found)
    else:
        context |= _table(
            request, found, counts[view.key] if filters.is_empty else found.order_by().count(), now
        )
    return render(request, "campaigns/campaign_list.html", context)


def _table(request: SignedInRequest, found: CampaignQuerySet, total: int, now: Any) -> dict[str, Any]:
    campaigns, by = listing.ordered(found, request.GET.get("sort", "due"))
    page = paginate(listing.bare(campaigns, by), request.GET, by=by, size=listing.SIZE, total=total)
    rows = listing.rows_of(listing.whole(page), now)
    amounts = [row.amount for row in rows if row.amount is not None]
    return {"page": page, "rows": rows, "sum": sum(amounts) if amounts else None}


def _calendar(request: SignedInRequest, found: CampaignQuerySet) -> dict[str, Any]:
    month = listing.month_of(found, asked_month(request.GET.get("month", "")))
    return {
        "month": month,
        "today": clock.today(),
        "previous_url": _with(request, month=f"{month.previous:%Y-%m}"),
        "next_url": _with(request, month=f"{month.next:%Y-%m}"),
        "this_url": _with(request, month=""),
    }


def _tabs(request: SignedInRequest, view: listing.SavedView, counts: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "url": _with(request, view=one.key),
            "active": one is view,
            "count": counts[one.key],
            "level": one.level if counts[one.key] else "",
        }
        for one in listing.SAVED
    ]


def _shapes(request: SignedInRequest, shape: str) -> list[dict[str, Any]]:
    shapes = (
        ("table", _("Table"), "table"),
        ("board", _("Board"), "layout-kanban"),
        ("calendar", _("Calendar"), "calendar"),
    )
    asked = shape if shape in {"board", "calendar"} else "table"
    return [
        {"label": label, "icon": icon, "url": _with(request, **{"as": key}), "active": key == asked}
        for key, label, icon in shapes
    ]


def _chips(request: SignedInRequest, filters: listing.Filters) -> list[dict[str, Any]]:
    """The filters in force, each with the address without it."""
    ends = date_range(filters.ends_from, filters.ends_to) if filters.ends_from and filters.ends_to else ""
    shown = [
        (_("Search"), filters.words, {"q": ""}),
        (_("Status"), Status(filters.status).label if filters.status else "", {"status": ""}),
        (_("Kind"), Kind(filters.kind).label if filters.kind else "", {"kind": ""}),
        (_("Audience category"), name_of(filters.audience), {"audience": ""}),
        (_("Organisation"), filters.unit, {"unit": ""}),
        (_("Overall lead"), filters.owner, {"owner": ""}),
        (_("Ends"), ends, {"ends_from": "", "ends_to": ""}),
        (
            _("Ends from"),
            "" if ends or not filters.ends_from else f"{filters.ends_from:%Y-%m}",
            {"ends_from": ""},
        ),
        (_("Ends until"), "" if ends or not filters.ends_to else f"{filters.ends_to:%Y-%m}", {"ends_to": ""}),
    ]
    return [
        {"label": label, "value": value, "remove_url": _with(request, **without)}
        for label, value, without in shown
        if value
    ]


def _with(request: SignedInRequest, **changes: str) -> str:
    """The address of this list with other parameters, on its first page."""
    query: QueryDict = request.GET.copy()
    for name in ("after", "before", *changes):
        query.pop(name, None)
    query.update({name: value for name, value in changes.items() if value})
    for name in [name for name in query if not query[name]]:
        del query[name]
    return f"?{query.urlencode()}"
