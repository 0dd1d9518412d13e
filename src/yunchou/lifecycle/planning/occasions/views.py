"""The calendar of occasions by year and month, the list in which it is kept, and plan items by one click."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.calendar.days import WEEKDAYS
from yunchou.kernel.calendar.selectors import working_calendar
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.toasts import toast

from ..models import Plan
from ..models.occasions import Occasion, Promotion
from ..permissions import Perm
from ..views.listing import tabs
from . import actions, registry
from .clashes import Clash, clashes
from .feed import AFTER, BEFORE, calendar_of, token_of, user_of
from .forms import OccasionForm
from .grid import weeks_of, year_of
from .rules import FIRST_YEAR, LAST_YEAR, Happening
from .selectors import happenings, hidden_keys, plans_open_to, rule_of, visible_occasions
from .standard import STANDARD

SHOWN_CLASHES = 12
COMING = 8


@require_safe
@login_required
def occasion_calendar(request: SignedInRequest) -> HttpResponse:
    """A year as twelve months, or one month as weeks: occasions, days off, what is planned, and what clashes."""
    user = request.user
    require(user, Perm.VIEW)
    today = clock.today()
    month = _month(request.GET.get("month", ""))
    year = month.year if month else _year(request.GET.get("year", ""), today)
    first, last = (month, _last_of(month)) if month else (date(year, 1, 1), date(year, 12, 31))
    shown, running = happenings(user, first, last), registry.entries(user, first, last)
    found = [clash for clash in clashes(running) if clash.last >= min(today, first)]
    coming = [one for one in shown if one.ends_on >= max(today, first)][:COMING]
    plans = list(plans_open_to(user, coming[0].on)) if coming else []
    context: dict[str, Any] = {
        "year": year,
        "month": month,
        "today": today,
        "shapes": _shapes(year, month, today),
        "steps": _steps(year, month),
        "clashes": found[:SHOWN_CLASHES],
        "more_clashes": len(found) - SHOWN_CLASHES,
        "clashing": _clashing(found),
        "blocked": _clashing([clash for clash in found if clash.level == "act"]),
        "coming": coming,
        "plans": [_plan_link(request, plan) for plan in plans],
        "plan": _chosen(plans, request.GET.get("plan", "")),
        "tabs": tabs("occasions", request),
        "may_keep": holds(user, Perm.OCCASIONS),
        "promotions": dict(Promotion.choices),
        "count": len(running),
        "here": request.get_full_path(),
        "feed": request.build_absolute_uri(reverse("planning:occasion_feed", args=[token_of(user)])),
    }
    calendar = working_calendar()
    if month:
        days = [calendar.day_info(first + timedelta(days=n)) for n in range((last - first).days + 1)]
        context |= {
            "weeks": weeks_of(first, shown, running, calendar),
            "agenda": [row for info in days if (row := _agenda(info, shown, running, first))],
        }
        return render(request, "planning/occasion_month.html", context)
    context["weekdays"] = WEEKDAYS
    context["months"] = year_of(year, shown, running, calendar)
    return render(request, "planning/occasion_year.html", context)


def _agenda(
    info: Any, shown: list[Happening], running: list[registry.Entry], first: date
) -> dict[str, Any] | None:
    """What a phone lists of one day: occasions on it and what begins on it (or goes on, on the first day of the month)."""
    day = info.day
    on = [one for one in shown if one.on == day]
    begin = [one for one in running if one.start_on == day or (day == first and one.start_on < day)]
    is_special = info.kind in ("holiday", "makeup") and bool(info.name)
    return {"info": info, "happenings": on, "entries": begin} if on or begin or is_special else None


def _clashing(found: list[Clash]) -> frozenset[str]:
    return frozenset(entry.key for clash in found for entry in (clash.one, clash.other))


def _shapes(year: int, month: date | None, today: date) -> list[dict[str, Any]]:
    """Year or month; from the year one comes to the present month, or to its first."""
    address = reverse("planning:occasion_calendar")
    near = month or (today.replace(day=1) if today.year == year else date(year, 1, 1))
    return [
        {"label": _("Year"), "url": f"{address}?year={year}", "active": month is None},
        {"label": _("Month"), "url": f"{address}?month={near:%Y-%m}", "active": month is not None},
    ]


def _steps(year: int, month: date | None) -> dict[str, str]:
    """The addresses of the period before and after this one."""
    address = reverse("planning:occasion_calendar")
    if month:
        before, after = (month - timedelta(days=1)).replace(day=1), _last_of(month) + timedelta(days=1)
        return {"before": f"{address}?month={before:%Y-%m}", "after": f"{address}?month={after:%Y-%m}"}
    return {"before": f"{address}?year={year - 1}", "after": f"{address}?year={year + 1}"}


def _plan_link(request: SignedInRequest, plan: Plan) -> dict[str, Any]:
    query = {**{k: v for k, v in request.GET.items() if k in ("year", "month")}, "plan": plan.pk}
    return {"plan": plan, "url": f"?{urlencode(query)}"}


def _chosen(plans: list[Plan], text: str) -> Plan | None:
    """The plan into which items go by one click: the one named, else the first."""
    return next((plan for plan in plans if str(plan.pk) == text), plans[0] if plans else None)


def _last_of(first: date) -> date:
    return first.replace(day=monthrange(first.year, first.month)[1])


def _month(text: str) -> date | None:
    """`2026-06`; None for what is no month of a year that can be shown."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if FIRST_YEAR < found.year < LAST_YEAR else None


def _year(text: str, today: date) -> int:
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    return min(max(year, FIRST_YEAR + 1), LAST_YEAR - 1)


@require_safe
@login_required
def occasion_download(request: SignedInRequest) -> HttpResponse:
    """The calendar of a year as an iCalendar file."""
    require(request.user, Perm.VIEW)
    year = _year(request.GET.get("year", ""), clock.today())
    content = calendar_of(
        request.user, date(year, 1, 1), date(year, 12, 31), request.build_absolute_uri("/")[:-1]
    )
    return _as_calendar(content, f"yunchou-{year}.ics")


@require_safe
def occasion_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What other calendars subscribe to: the person is named by a token of the address, since they do not sign in."""
    user = user_of(token)
    if user is None or not holds(user, Perm.VIEW):
        raise Http404
    today = clock.today()
    with translation.override(user.language or None):
        site = request.build_absolute_uri("/")[:-1]
        content = calendar_of(user, today - BEFORE, today + AFTER, site)
    response = _as_calendar(content, "yunchou.ics")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _as_calendar(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@login_required
def occasion_plan(request: SignedInRequest) -> HttpResponse:
    """Make an occasion an item of a plan."""
    sent = request.POST
    plan = get_object_or_404(Plan.objects.visible_to(request.user), pk=_number(sent.get("plan", "")))
    try:
        on = date.fromisoformat(sent.get("on", ""))
    except ValueError:
        on = date.min.replace(year=FIRST_YEAR)
    item = actions.plan_occasion(plan=plan, key=sent.get("key", ""), on=on, actor=request.user)
    toast(request, _("%(item)s is an item of %(plan)s now") % {"item": item.title, "plan": plan.name})
    query = {"month": f"{on:%Y-%m}"} if sent.get("shape") == "month" else {"year": on.year}
    return go(request, f"{reverse('planning:occasion_calendar')}?{urlencode({**query, 'plan': plan.pk})}")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@require_safe
@login_required
def occasion_list(request: SignedInRequest) -> HttpResponse:
    """Where the calendar is kept: the standard occasions with their day of the year, and those that units added."""
    user = request.user
    require(user, Perm.VIEW)
    year, hidden = _year(request.GET.get("year", ""), clock.today()), hidden_keys()
    group = Unit.objects.filter(kind=Unit.Kind.GROUP).order_by("pk").first()
    kept = visible_occasions(user).order_by("unit__path", "name", "pk")
    context = {
        "year": year,
        "standard": [
            {
                "one": one,
                "days": one.rule.days(year),
                "is_used": one.key not in hidden,
                "promotion": _word(one.promotion),
            }
            for one in STANDARD
        ],
        "own": [
            {"one": one, "days": rule_of(one).days(year), "may_keep": holds(user, Perm.OCCASIONS, one.unit)}
            for one in kept
        ],
        "tabs": tabs("occasions", request),
        "may_choose": group is not None and holds(user, Perm.OCCASIONS, group),
        "may_keep": holds(user, Perm.OCCASIONS),
    }
    return render(request, "planning/occasion_list.html", context)


def _word(promotion: str) -> str:
    return str(Promotion(promotion).label) if promotion else ""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def occasion_add(request: SignedInRequest) -> HttpResponse:
    require(request.user, Perm.OCCASIONS)
    return _keep(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def occasion_change(request: SignedInRequest, pk: int) -> HttpResponse:
    occasion = get_object_or_404(visible_occasions(request.user), pk=pk)
    require(request.user, Perm.OCCASIONS, occasion.unit)
    return _keep(request, occasion)


def _keep(request: SignedInRequest, occasion: Occasion | None) -> HttpResponse:
    """One form as a dialog, or as a page of its own without htmx."""
    form = OccasionForm(typed(request), user=request.user, occasion=occasion)
    back = reverse("planning:occasion_list")
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_occasion(occasion=occasion, actor=request.user, **form.what())
        except Refused as refused:
            told = {name: text for name, text in refused.fields.items() if name in form.fields}
            if not told:
                raise
            for name, text in told.items():
                form.add_error(name, str(text))
        else:
            toast(request, _("Saved"))
            return go(request, back)
    context = {
        "form": form,
        "title": occasion.name if occasion else _("Add an occasion"),
        "back": back,
        "action": request.get_full_path(),
    }
    template = "planning/parts/occasion_dialog.html" if request.htmx else "planning/occasion_form.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@login_required
def occasion_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    occasion = get_object_or_404(visible_occasions(request.user), pk=pk)
    actions.drop_occasion(occasion=occasion, actor=request.user)
    toast(request, _("%(occasion)s was taken out of the calendar") % {"occasion": occasion.name})
    return go(request, reverse("planning:occasion_list"))


@require_POST
@login_required
def occasion_use(request: SignedInRequest, key: str) -> HttpResponse:
    """Take a standard occasion up (`used=1`), or do without it."""
    actions.use_standard(key=key, is_used=request.POST.get("used") == "1", actor=request.user)
    toast(request, _("Saved"))
    return go(request, reverse("planning:occasion_list"))
