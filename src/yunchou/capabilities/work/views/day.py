"""One person's day across every activity (TEA-04)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock

from ..deliveries import Work, my_work, to_accept
from ..occasions import drafts_among
from ..selectors import assignments_of, tasks_of

LISTED = 200


@require_safe
@login_required
def my_tasks(request: SignedInRequest) -> HttpResponse:
    """What I have to do today, with its delivery standards (TEA-04); drafts of plans ask nothing of anybody yet."""
    today = clock.today()
    rows: list[Work] = [
        *tasks_of(request.user, until=today)[:LISTED],
        *assignments_of(request.user, today)[:LISTED],
    ]
    drafts = drafts_among(row.subject for row in rows)
    mine = my_work([row for row in rows if row.subject_id not in drafts])
    context = {
        "today": today,
        "late": [one for one in mine if one.work.is_overdue(today) and not one.delivery],
        "open": [one for one in mine if not one.work.is_overdue(today) and not one.delivery],
        "waiting": [one for one in mine if one.delivery],
        "to_accept": to_accept(request.user)[:LISTED],
    }
    return render(request, "work/my_tasks.html", context)
