"""The home page and the search palette."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.approvals.selectors import waiting_cases
from yunchou.kernel.calendar.selectors import working_calendar
from yunchou.kernel.core import clock
from yunchou.kernel.duties.compliance import compliance
from yunchou.kernel.duties.panel import inbox_panel

from .areas import areas_of, overseen_by
from .search import search
from .selectors import calendar_strip, campaign_lines

SHOWN_CASES = 5
WEEK = timedelta(days=7)


@require_GET
@login_required
def home(request: SignedInRequest) -> HttpResponse:
    """What this person owes, decides and answers for, today."""
    now = clock.now()
    if request.htmx and request.htmx.target == "duty-inbox":
        return render(request, "duties/inbox.html", {"panel": inbox_panel(request)})
    lines, total = campaign_lines(request.user)
    cases = list(waiting_cases(request.user)[: SHOWN_CASES + 1])
    return render(
        request,
        "insights/home.html",
        {
            "now": clock.local(now),
            "today": working_calendar().day_info(clock.today()),
            "strip": calendar_strip(request.user),
            "perms_create": request.user.has_perm("campaigns.create"),
            "panel": inbox_panel(request),
            "lines": lines,
            "campaign_total": total,
            "cases": cases[:SHOWN_CASES],
            "has_more_cases": len(cases) > SHOWN_CASES,
            "has_areas": bool(overseen_by(request.user)),
            "compliance": compliance(request.user, now - WEEK, now),
        },
    )


@require_GET
@login_required
def areas(request: SignedInRequest) -> HttpResponse:
    """The regions of those who oversee several. The home page asks for it when it is there: it reads thousands."""
    return render(request, "insights/areas.html", {"areas": areas_of(request.user, clock.now())})


@require_http_methods(["GET", "POST"])
@login_required
def search_palette(request: SignedInRequest) -> HttpResponse:
    """Hits for the palette. The words come by POST, so that they stay out of logs and history (trust.md T18)."""
    words = request.POST.get("q", "") or request.GET.get("q", "")
    return render(
        request, "insights/search.html", {"groups": search(request, request.user, words), "words": words}
    )
