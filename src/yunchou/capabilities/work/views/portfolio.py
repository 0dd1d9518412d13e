"""Campaigns side by side over the weeks, and whose days they take."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock

from .. import forms
from ..portfolio import WEEK, WEEKS, Window, loads, running
from ..states import Phase

VIEWS = ("campaigns", "people")


@require_safe
@login_required
def portfolio(request: SignedInRequest) -> HttpResponse:
    """`?view=` campaigns or people, `?from=` a day of the first week, `?weeks=` how many."""
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else VIEWS[0]
    form = forms.WindowForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    weeks = data.get("weeks") or WEEKS
    window = Window.around(data.get("from") or clock.today() - 2 * WEEK, weeks)
    context: dict[str, Any] = {
        "view": view,
        "views": [
            {"label": label, "url": _address(key, window), "active": key == view}
            for key, label in zip(VIEWS, (_("Campaigns"), _("People")), strict=True)
        ],
        "window": window,
        "earlier": _address(view, Window(window.first - 4 * WEEK, weeks)),
        "later": _address(view, Window(window.first + 4 * WEEK, weeks)),
        "today_share": window.share(clock.today()) if window.first <= clock.today() < window.end else None,
        "phases": list(Phase),
    }
    if view == "people":
        context["loads"] = loads(request.user, window)
    else:
        context["rows"] = running(request.user, window)
    return render(request, "work/portfolio.html", context)


def _address(view: str, window: Window) -> str:
    return f"?view={view}&from={window.first.isoformat()}&weeks={window.weeks}"
