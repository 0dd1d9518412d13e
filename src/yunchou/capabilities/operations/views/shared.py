"""What the pages of this room share: dialogs, refusals beside their fields, days and limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.kernel.ui.formats import span_text
from yunchou.kernel.ui.toasts import toast

from .. import forms
from ..models import Issue
from ..rules import (
    closed_issue_is_verified,
    data_report_in_time,
    large_issue_is_answered,
    progress_report_in_time,
    responses_keep_their_limit,
    risks_are_scored,
    safety_is_planned,
    small_issue_is_small,
    triggers_open_responses,
    weekly_report_in_time,
)

COUNTED_DOWN = timedelta(hours=2)
STEPS = (
    Issue.State.REPORTED,
    Issue.State.DECIDED,
    Issue.State.ADJUSTING,
    Issue.State.VERIFIED,
    Issue.State.CLOSED,
)
RULES = {
    "progress": progress_report_in_time,
    "data": data_report_in_time,
    "weekly": weekly_report_in_time,
    "scored": risks_are_scored,
    "triggers": triggers_open_responses,
    "limits": responses_keep_their_limit,
    "safety": safety_is_planned,
    "small": small_issue_is_small,
    "large": large_issue_is_answered,
    "verified": closed_issue_is_verified,
}
"""The rules that templates name."""
BANDS = {"high": "act", "medium": "watch", "low": "fine"}


def may(request: SignedInRequest, right: str, subject: Subject, table: str) -> bool:
    return holds(request.user, right, subject) and lock_on(subject, table) is None


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def left_until(due_at: datetime | None) -> str:
    """`29 min left`, in the last two hours before a limit."""
    left = due_at - clock.now() if due_at else timedelta(0)
    return _("%(span)s left") % {"span": span_text(left)} if timedelta(0) < left <= COUNTED_DOWN else ""


def status_of(request: SignedInRequest) -> int:
    return 422 if request.method == "POST" else 200


def attempt(form: Any, act: Callable[[], Any]) -> Any:
    """Do it; what the action refuses about fields is shown beside them, other refusals go their way."""
    try:
        return act()
    except Invalid as refused:
        if not forms.refused_fields(form, list(form.fields), refused):
            form.add_error(None, str(refused))
        return None


def dialog(
    request: SignedInRequest,
    form: Any,
    save: Callable[[], str],
    *,
    title: str,
    verb: str,
    note: str = "",
    told: Any = (),
    suffixes: dict[str, str] | None = None,
    options: Sequence[str] = (),
) -> HttpResponse:
    """The one dialog, with the look of this room; `save` calls the action and says where to go then.

    `told` is what the form is about, `options` are proposed in the field that names the list `channels`.
    """
    fields = [(field, (suffixes or {}).get(field.name, "")) for field in form]
    return dialogs.dialog(
        request, form, title, verb, save, back="/", template="operations/dialog.html", fields=fields, note=note,
        told=told, options=options,
    )  # fmt: skip


def said(request: SignedInRequest, words: str, address: str) -> str:
    """Say what was done; the address where it is seen."""
    toast(request, words)
    return address


def done(request: SignedInRequest, words: str, address: str) -> HttpResponse:
    """Say what was done, and show the page as it is now."""
    return dialogs.go(request, said(request, words, address))


def views_of(active: str) -> list[dict[str, Any]]:
    """The views of the tab of reports."""
    found = [("days", _("By day")), ("weeks", _("Weekly")), ("opinions", _("User feedback"))]
    return [{"label": label, "url": f"?view={key}", "active": key == active} for key, label in found]
