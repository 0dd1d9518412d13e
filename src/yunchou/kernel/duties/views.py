"""The inbox as a page: what I owe, what I have done, what is late below me."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.ui.paging import paginate

from .models import Duty
from .panel import inbox_panel
from .selectors import open_count, overdue_below


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


def _tabs(active: str, mine: int, late: int) -> list[dict[str, Any]]:
    """Late duties of others have a tab where there are any, or where it is open."""
    shown = [("open", _("To do"), mine, ""), ("done", pgettext("duty", "Done"), None, "")]
    if late or active == "overdue":
        shown.append(("overdue", _("Late below me"), late, "act" if late else ""))
    return [
        {"label": label, "url": f"?tab={key}", "active": key == active, "count": count, "level": level}
        for key, label, count, level in shown
    ]
