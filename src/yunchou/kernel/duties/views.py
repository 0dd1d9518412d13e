"""The inbox as a page: what I owe, what I have done, what is late below me."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.ui.paging import paginate

from .compliance import BY, compliance_by, late_in, narrowed, overseen_by, total_of, units_overseen
from .models import Duty
from .panel import inbox_panel
from .selectors import open_count, overdue_below

#: The periods that the figures can be asked for, in days.
PERIODS = (7, 30, 90, 365)


@require_safe
@login_required
def duty_list(request: SignedInRequest) -> HttpResponse:
    """`?tab=` open (grouped by `?by=`), done, or overdue (of people whose work this person answers for)."""
    tab = request.GET.get("tab", "open")
    context: dict[str, Any] = {"tab": tab}
    late = overdue_below(request.user)
    late_count = late.count()
    if tab == "done":
        done = Duty.objects.filter(owner=request.user, state=Duty.State.DONE).select_related(
            "subject", "done_by"
        )
        context["page"] = paginate(done, request.GET, by="-done_at")
    elif tab == "overdue":
        context["page"] = paginate(late, request.GET, by="due_at", total=late_count)
    else:
        context |= {"tab": "open", "panel": inbox_panel(request)}
    mine = context["panel"].box.total if "panel" in context else open_count(request.user)
    context["tabs"] = _tabs(context["tab"], mine, late_count)
    return render(request, "duties/duty_list.html", context)


@require_safe
@login_required
def compliance(request: SignedInRequest) -> HttpResponse:
    """How well the rules were kept, `?by=` rule, unit or person, in the last `?days=`, in and below `?unit=`; `?of=` lists
    what is late under one heading.
    """
    asked, user = request.GET, request.user
    now = clock.now()
    days = next((each for each in PERIODS if str(each) == asked.get("days")), PERIODS[1])
    since = now - timedelta(days=days)
    units = units_overseen(user)
    unit = next((each for each in units if str(each.pk) == asked.get("unit")), None)
    by = asked.get("by", "rule") if units and asked.get("by") in BY else "rule"
    duties = narrowed(overseen_by(user), "unit", str(unit.pk)) if unit else overseen_by(user)
    rows = compliance_by(by, duties, since, now, unit or next(iter(units), None))
    context = {
        "days": days, "by": by, "unit": unit, "units": units, "rows": rows, "total": total_of(rows),
        "tabs": _tabs("compliance", open_count(user), overdue_below(user).count()),
        "periods": [(each, ngettext("last %(days)d day", "last %(days)d days", each) % {"days": each}) for each in PERIODS],
        "ways": _ways(by, asked) if units else [],
    }  # fmt: skip
    if heading := next((row for row in rows if row.key == asked.get("of")), None):
        late = late_in(narrowed(duties, by, heading.key), since, now).select_related("subject", "owner")
        context |= {"heading": heading, "page": paginate(late, asked, by="-due_at", total=heading.late)}
    return render(request, "duties/compliance.html", context)


def _ways(by: str, asked: QueryDict) -> list[dict[str, Any]]:
    """The three headings that the figures can be told by, with the other choices kept."""
    words = {"rule": _("By rule"), "unit": _("By unit"), "person": _("By person")}
    ways = []
    for key, label in words.items():
        kept = asked.copy()
        for name in ("of", "after", "before"):
            kept.pop(name, None)
        kept["by"] = key
        ways.append({"label": label, "url": f"?{kept.urlencode()}", "active": key == by})
    return ways


def _tabs(active: str, mine: int, late: int) -> list[dict[str, Any]]:
    """Late duties of others have a tab where there are any, or where it is open."""
    shown = [("open", _("To do"), mine, ""), ("done", pgettext("duty", "Done"), None, "")]
    if late or active == "overdue":
        shown.append(("overdue", _("Late below me"), late, "act" if late else ""))
    lists, kept = reverse("duties:duty_list"), reverse("duties:compliance")
    tabs = [
        {"label": label, "url": f"{lists}?tab={key}", "active": key == active, "count": count, "level": level}
        for key, label, count, level in shown
    ]
    return [*tabs, {"label": _("Kept in time"), "url": kept, "active": active == "compliance"}]
