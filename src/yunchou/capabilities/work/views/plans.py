"""The schedule as a whole: which days count, baselines under a name."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.jobs.selectors import progress
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions, forms
from ..actions.events import EventMoved
from ..counting import setting_of
from ..foreseeing import shown
from ..models import Assignment, Baseline, GanttTask
from ..occasions import occasion_of
from ..permissions import Perm
from ..recounting import recounted
from ..selectors import plan_of
from ..shifting import Going, going
from ..states import State
from ..tables import SCHEDULE, called
from ..whatif import late_by
from .shared import dialog, done, here, may_edit

SHOWN = 200
"""So many rows of an effect are shown; their number is always told."""


@require_http_methods(["GET", "POST"])
@login_required
def count_days(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which days count: the effect of the other choice is shown, and applied when it is sent."""
    subject = open_subject(request, pk, Perm.EDIT)
    if request.method == "POST":
        form = forms.DaysForm(request.POST)
        if form.is_valid():
            actions.count_days(subject=subject, actor=request.user, days=form.cleaned_data["days"])
            return done(request, subject, _("The schedule counts other days now."))
        return render(request, "work/days_form.html", {"subject": subject, "form": form}, status=422)
    if reason := lock_on(subject, SCHEDULE.key):
        raise WrongState(reason)
    plan = plan_of(subject)
    asked = forms.DaysForm(request.GET) if "days" in request.GET else None
    chosen = asked.cleaned_data["days"] if asked and asked.is_valid() else plan.setting.days
    effect = recounted(plan, chosen) if chosen != plan.setting.days else None
    context: dict[str, Any] = {
        "subject": subject,
        "form": forms.DaysForm(initial={"days": chosen}),
        "plan": plan,
        "effect": effect,
        "rows": effect.rows[:SHOWN] if effect else (),
    }
    return render(request, "work/days_form.html", context)


@require_POST
@login_required
def end_day(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show durations with the end day, or without it (SCH-03)."""
    subject = open_subject(request, pk, Perm.EDIT)
    is_shown = request.POST.get("shows_end_day") == "yes"
    actions.show_end_day(subject=subject, actor=request.user, is_shown=is_shown)
    words = _("Durations count the end day") if is_shown else _("Durations leave out the end day")
    return done(request, subject, words)


@require_POST
@login_required
def readiness(request: SignedInRequest, pk: int) -> HttpResponse:
    """How likely the schedule is to be ready; while a large one is played through, how far that is."""
    subject = open_subject(request, pk)
    found = actions.foresee(subject=subject, actor=request.user)
    plan = plan_of(subject)
    context: dict[str, Any] = {"subject": subject, "has_tasks": bool(plan.tasks)}
    if isinstance(found, Job):
        context |= {"job": found, "progress": progress(found)}
    elif found is not None:
        context["ready"] = shown(found.result, plan, _("The approval"))
    return render(request, "work/_readiness.html", context)


@require_safe
@login_required
def task_late(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """What if a task were late by some days: what moves, and whether everything is still ready. Nothing is saved."""
    subject = open_subject(request, pk)
    found = get_object_or_404(GanttTask.objects.select_related("subject"), subject=subject, pk=task)
    form = forms.LateForm(request.GET if "days" in request.GET else {"days": 2})
    context: dict[str, Any] = {"subject": subject, "task": found, "form": form}
    if found.start_on and found.end_on and form.is_valid():
        plan = plan_of(subject)
        what = late_by(plan, found.pk, form.cleaned_data["days"])
        context |= {
            "what": what,
            "shifts": [
                (called(shift.key, plan.tasks[shift.key]), shift) for shift in what.effect.shifts[:SHOWN]
            ],
            "can_edit": may_edit(request, subject) and found.state != State.DONE,
        }
    return render(request, "work/late_form.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def event(request: SignedInRequest, pk: int) -> HttpResponse:
    """The day of the event: every open task that goes along is shown first; those not ticked stay."""
    subject = open_subject(request, pk, Perm.EDIT)
    setting = setting_of(subject)
    form = forms.EventForm(
        typed(request) or request.GET or None,
        initial={"event_on": setting.event_on or occasion_of(subject).start_on},
    )
    rows: tuple[Going, ...] = ()
    if form.is_bound and form.is_valid():
        rows = going(subject, setting, form.cleaned_data["event_on"])
    elif request.method == "GET" and (reason := lock_on(subject, SCHEDULE.key)):
        raise WrongState(reason)
    ticked = set(request.POST.getlist("move"))

    def save() -> str:
        moved = actions.move_event(
            subject=subject,
            event_on=form.cleaned_data["event_on"],
            actor=request.user,
            keep=[one.task.pk for one in rows if str(one.task.pk) not in ticked],
        )
        toast(request, _event_words(moved, setting.event_on is None))
        return here(request, subject)

    more: dict[str, Any] = {
        "subject": subject,
        "setting": setting,
        "rows": [(one, request.method == "GET" or str(one.task.pk) in ticked) for one in rows],
        "assignments": Assignment.objects.filter(subject=subject).exclude(state=State.DONE).count(),
    }
    verb = pgettext("verb", "Move") if setting.event_on else _("Save")
    return dialog(request, form, _("Day of the event"), verb, save, template="work/event_form.html", **more)


def _event_words(moved: EventMoved, is_first: bool) -> str:
    if is_first:
        return _("The schedule hangs on the event now.")
    count = len(moved.moved)
    return ngettext(
        "%(count)s task moved with the event.", "%(count)s tasks moved with the event.", count
    ) % {"count": count}


@require_http_methods(["GET", "POST"])
@login_required
def baseline_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Keep the dates as they are under a name."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.BaselineForm(typed(request))

    def save() -> str:
        name = form.cleaned_data["name"]
        kept = actions.keep_named_baseline(subject=subject, actor=request.user, name=name)
        toast(request, _("Kept: %(name)s") % {"name": kept})
        return here(request, subject, "baselines")

    hint, verb = _("The approved baseline stays as it is."), pgettext("baseline", "Keep")
    return dialog(request, form, _("Keep the dates as they are"), verb, save, hint=hint)


@require_POST
@login_required
def baseline_delete(request: SignedInRequest, pk: int, baseline: int) -> HttpResponse:
    """Delete one that the person has kept."""
    subject = open_subject(request, pk)
    found = get_object_or_404(Baseline, subject=subject, pk=baseline)
    actions.delete_baseline(baseline=found, actor=request.user)
    return done(request, subject, _("Deleted: %(task)s") % {"task": found}, view="baselines")
