"""The emergency plan in one hand: set off, tick, close."""

from __future__ import annotations

import re
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.operations.models import Emergency
from yunchou.capabilities.operations.safety import safety_of
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.seen import stamp
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.permissions import Perm

from ..actions.safety import close_emergency, part_url, safety_people, start_emergency, take_step
from ..forms.onsite import CloseForm, EmergencyForm
from ..models import EmergencyRun, EmergencyStep
from ..selectors.safety import alarms
from .shared import BOTH, dialog, event_of

NUMBER: Final = re.compile(r"(?<![\d-])(?:\+?\d[\d-]{6,16}\d|1[12][0-9])(?![\d-])")
"""A telephone number in words: one to call on the spot, 119 and 120 among them."""
HELP: Final = ("119", "120", "110")
"""Fire brigade, ambulance, police."""


def run_url(run: EmergencyRun) -> str:
    return reverse("programme:emergency_run", args=[run.subject_id, run.pk])


@require_http_methods(BOTH)
@login_required
def emergency_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose what it is: that one press sets the plan off. A drill is said to be one before."""
    subject = event_of(request, pk)
    form = EmergencyForm(typed(request), initial={"is_drill": "drill" in request.GET})
    if request.method == "POST" and form.is_valid():
        scenario, _between, number = request.POST.get("scenario", "").partition(":")
        plan = (
            Emergency.objects.filter(subject=subject, pk=number).first()
            if number.isdecimal() and len(number) < 19
            else None
        )
        run = start_emergency(
            subject=subject, scenario=scenario, actor=request.user, emergency=plan, **form.cleaned_data
        )
        return go(request, run_url(run))
    context = page_context(
        request,
        subject,
        "day",
        form=form,
        lines=safety_of(subject),
        people=safety_people(subject),
        open_alarms=[one for one in alarms(subject) if one.is_open],
        back=part_url(subject, "emergency"),
    )
    return render(request, "programme/emergency_start.html", context)


def _run(subject: Subject, pk: int) -> EmergencyRun:
    found = EmergencyRun.objects.select_related(
        "subject__unit", "owner", "deputy", "started_by", "closed_by", "issue"
    )
    kept: EmergencyRun = get_object_or_404(found, subject=subject, pk=pk)
    return kept


def _told(request: SignedInRequest, subject: Subject, run: EmergencyRun) -> dict[str, Any]:
    steps = list(run.steps.select_related("done_by"))
    numbers = list(dict.fromkeys([*NUMBER.findall(run.help_at), *HELP]))
    may_close = request.user.pk in (run.owner_id, run.deputy_id, run.started_by_id) or holds(
        request.user, Perm.EDIT, subject
    )
    return {
        "run": run,
        "steps": steps,
        "done": sum(step.done_at is not None for step in steps),
        "numbers": numbers,
        "now": clock.now(),
        "stamp": int(clock.now().timestamp()),
        "tag": _tag(run, steps),
        "may_close": may_close,
    }


def _tag(run: EmergencyRun, steps: list[EmergencyStep]) -> str:
    """What the page shows, in a word."""
    ticked = "".join("1" if step.done_at else "0" for step in steps)
    return f"{ticked}-{1 if run.closed_at else 0}-{stamp(run.place)[:8]}"


def _fragment(request: SignedInRequest, subject: Subject, run: EmergencyRun) -> HttpResponse:
    context = {"subject": subject, **_told(request, subject, run)}
    return render(request, "programme/parts/emergency.html", context)


@require_safe
@login_required
def emergency_run(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    """The steps to tick, the numbers to call, where people gather."""
    subject = event_of(request, pk)
    context = page_context(request, subject, "day", **_told(request, subject, _run(subject, run)))
    return render(request, "programme/emergency_run.html", context)


@require_safe
@login_required
def emergency_state(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    """The same as it changes under several hands; 204 while nothing does."""
    subject = event_of(request, pk)
    kept = _run(subject, run)
    if request.GET.get("v") == _tag(kept, list(kept.steps.all())):
        return HttpResponse(status=204)
    return _fragment(request, subject, kept)


@require_POST
@login_required
def step_take(request: SignedInRequest, pk: int, run: int, step: int) -> HttpResponse:
    """Tick a step, or take the tick back."""
    subject = event_of(request, pk)
    found = EmergencyStep.objects.select_related("run__subject")
    kept = get_object_or_404(found, run__subject=subject, run=run, pk=step)
    take_step(step=kept, actor=request.user, is_done=request.POST.get("done") != "0")
    if request.htmx:
        return _fragment(request, subject, _run(subject, run))
    return HttpResponseRedirect(run_url(kept.run))


@require_http_methods(BOTH)
@login_required
def emergency_close(request: SignedInRequest, pk: int, run: int) -> HttpResponse:
    """End it with what happened."""
    subject = event_of(request, pk)
    kept = _run(subject, run)
    form = CloseForm(typed(request))

    def save() -> str:
        close_emergency(run=kept, actor=request.user, **form.cleaned_data)
        toast(request, pgettext("emergency", "Closed"))
        return run_url(kept)

    title = _("Close the drill") if kept.is_drill else _("Close the emergency")
    return dialog(request, form, title, pgettext("emergency", "Close"), save, back=run_url(kept))
