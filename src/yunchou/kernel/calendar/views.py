from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

from .actions import change_calendar_settings, release_day, set_day
from .days import WEEKDAYS
from .forms import DayForm, SettingsForm
from .models import CalendarSettings, DayOverride
from .permissions import Perm
from .selectors import working_calendar

FIRST_YEAR, LAST_YEAR = 2015, 2098


@login_required
@require_GET
def calendar_detail(request: HttpRequest) -> HttpResponse:
    """The working calendar of a year: holidays, make-up days, workdays a month, and what was laid down by hand."""
    return _detail(request, _year(request.GET.get("year", "")))


@login_required
@require_POST
def day_set(request: HttpRequest) -> HttpResponse:
    require(_person(request), Perm.EDIT)
    form = DayForm(request.POST)
    if not form.is_valid():
        return _detail(request, clock.today().year, day_form=form, status=422)
    override = set_day(actor=_person(request), **form.cleaned_data)
    messages.success(request, _("Saved. Due dates are counted with it from now on."))
    return redirect(override)


@login_required
@require_POST
def day_release(request: HttpRequest, pk: int) -> HttpResponse:
    override = get_object_or_404(DayOverride, pk=pk)
    release_day(override=override, actor=_person(request))
    messages.success(request, _("The official calendar holds for this day again."))
    return redirect(override)


@login_required
@require_POST
def settings_change(request: HttpRequest) -> HttpResponse:
    require(_person(request), Perm.EDIT)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _detail(request, clock.today().year, settings_form=form, status=422)
    change_calendar_settings(actor=_person(request), **form.cleaned_data)
    messages.success(request, _("Saved. Due dates are counted with it from now on."))
    return redirect("calendar:calendar_detail")


def _detail(
    request: HttpRequest,
    year: int,
    *,
    day_form: DayForm | None = None,
    settings_form: SettingsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    calendar = working_calendar()
    months = [(month, _workdays(year, month)) for month in range(1, 13)]
    stored = CalendarSettings.objects.filter(pk=CalendarSettings.ONLY).first()
    overrides = list(DayOverride.objects.filter(day__year=year))
    context = {
        "year": year,
        "years": _years(year),
        "calendar": calendar,
        "is_provisional": year > calendar.announced_until,
        "rests": calendar.rests_in(year),
        "months": months,
        "workdays": sum(count for _month, count in months),
        "overrides": [(row, WEEKDAYS[row.day.weekday()]) for row in overrides],
        "may_edit": _person(request).has_perm(Perm.EDIT),
        "day_form": day_form or DayForm(),
        "settings_form": settings_form or SettingsForm(instance=stored),
    }
    return render(request, "calendar/calendar_detail.html", context, status=status)


def _workdays(year: int, month: int) -> int:
    first = date(year, month, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return working_calendar().working_days_in(first, last)


def _years(year: int) -> list[dict[str, object]]:
    address = reverse("calendar:calendar_detail")
    shown = [each for each in range(year - 2, year + 3) if FIRST_YEAR <= each <= LAST_YEAR]
    return [{"label": str(each), "url": f"{address}?year={each}", "active": each == year} for each in shown]


def _year(text: str) -> int:
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else clock.today().year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
