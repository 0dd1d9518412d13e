"""The early-warning register: the list, one warning, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.seen import Stale

from .. import actions
from ..actions.warnings import stamp_of
from ..models import EarlyWarning, Warned, WarningField, grade_word
from ..permissions import Perm
from ..risk_forms import FollowForm, WarningForm
from .shared import RULES, attempt, dialog, done, said

LEVELS = {3: "act", 2: "watch", 1: "fine"}


@require_safe
@login_required
def warning_list(request: SignedInRequest) -> HttpResponse:
    """Warnings that this person may see, the newest first; `?field=` and `?state=` (closed, all) narrow them."""
    require(request.user, Perm.VIEW)
    field, state = request.GET.get("field", ""), request.GET.get("state", "")
    found = EarlyWarning.objects.visible_to(request.user).select_related("subject__unit", "owner")
    if field in WarningField.values:
        found = found.filter(field=field)
    if state != "all":
        found = found.filter(state=Warned.CLOSED) if state == "closed" else found.current()
    page = paginate(found, request.GET, by="-raised_at", total=found.count())
    rest = f"&state={state}" if state else ""
    context = {
        "page": page,
        "rows": [(one, LEVELS[one.level], grade_word(one.level)) for one in page],
        "fields": [{"label": _("All"), "url": f"?{rest.lstrip('&')}", "active": not field}]
        + [
            {"label": one.label, "url": f"?field={one.value}{rest}", "active": one.value == field}
            for one in WarningField
        ],
        "states": [
            {
                "label": label,
                "url": f"?state={key}" + (f"&field={field}" if field else ""),
                "active": state == key,
            }
            for key, label in (
                ("", pgettext("warnings", "In force")),
                ("closed", pgettext("warnings", "Lifted")),
                ("all", pgettext("warnings", "All")),
            )
        ],
        "can_raise": holds(request.user, Perm.WARN),
    }
    return render(request, "operations/warning_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def warning_new(request: SignedInRequest) -> HttpResponse:
    """Raise a warning, in a dialog."""
    require(request.user, Perm.WARN)
    form = WarningForm(typed(request), user=request.user, units=_units(request.user))

    def save() -> str:
        warning = actions.raise_warning(actor=request.user, **form.cleaned_data)
        return said(request, _("Warning raised"), warning.get_absolute_url())

    return dialog(request, form, save, title=_("Raise an early warning"), verb=_("Raise"))


@require_http_methods(["GET", "POST"])
@login_required
def warning_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One warning with its course; whoever may says what becomes of it."""
    found = EarlyWarning.objects.visible_to(request.user).select_related(
        "subject__unit", "owner", "raised_by"
    )
    warning: EarlyWarning = get_object_or_404(found, pk=pk)
    may_follow = warning.is_open and (
        warning.owner_id == request.user.pk or holds(request.user, Perm.WARN, warning.subject)
    )
    form: Any = None
    status = 200
    if request.method == "POST":
        form, status = FollowForm(request.POST), 422
        if form.is_valid():
            try:
                told = form.cleaned_data
                saved = attempt(
                    form, lambda: actions.follow_warning(warning=warning, actor=request.user, **told)
                )
                if saved is not None:
                    return done(request, _("Recorded"), warning.get_absolute_url())
            except Stale as stale:
                form.add_error(None, str(stale))
                form.see(stale.now)
    elif may_follow:
        form = FollowForm(
            initial={
                "state": warning.state,
                "level": warning.level,
                "response": warning.response,
                "seen": stamp_of(warning),
            }
        )
    context = {
        "warning": warning,
        "level": LEVELS[warning.level],
        "level_word": grade_word(warning.level),
        "steps": [
            (step, LEVELS[step.level], grade_word(step.level)) for step in warning.steps.select_related("by")
        ],
        "form": form if may_follow else None,
        "rules": RULES,
    }
    return render(request, "operations/warning_detail.html", context, status=status)


def _units(user: User) -> Any:
    """The units that this person was appointed to and may raise warnings for."""
    held = Unit.objects.filter(pk__in=Appointment.objects.valid().filter(user=user).values("unit"))
    return Unit.objects.filter(pk__in=[unit.pk for unit in held if holds(user, Perm.WARN, unit)])
