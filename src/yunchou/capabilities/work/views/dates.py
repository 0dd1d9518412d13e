"""The dates of tasks: dragging a bar, what other dates would do, moving and taking it back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.core.text import say
from yunchou.kernel.ui.middleware import as_data
from yunchou.kernel.ui.subject_pages import open_subject

from .. import actions, forms
from ..chart import rows_of
from ..models import GanttTask
from ..permissions import Perm
from ..selectors import lines_of, owners_of, plan_of
from .lines import dated_words, task_of
from .shared import done


@require_POST
@login_required
def task_drag(request: SignedInRequest, pk: int) -> JsonResponse:
    """A bar was dragged: `{id, start, end}` in, the changed rows out; refusals as `{error}` with their status."""
    subject = open_subject(request, pk, Perm.EDIT)
    try:
        body = json.loads(request.body)
        form = forms.MoveForm({"start": body["start"], "end": body["end"]})
        number = int(body["id"])
    except (ValueError, KeyError, TypeError):
        return _refused_json(Invalid(say(gettext_noop("This is not a move of a task."))))
    if not form.is_valid():
        return _refused_json(Invalid(say(gettext_noop("These are not dates."))))
    task = task_of(subject, number)
    before = (task.start_on, task.end_on)
    try:
        moved = actions.move_task(
            task=task,
            actor=request.user,
            start_on=form.cleaned_data["start"],
            end_on=form.cleaned_data["end"],
        )
    except Refused as refused:
        return _refused_json(refused)
    plan = moved.plan
    dated = [line for line in lines_of(plan, owners_of(plan)) if line.span]
    rows = rows_of(plan, dated, can_edit=True)
    answer: dict[str, Any] = {"tasks": rows, "toast": {"text": _moved_words(moved.task)}}
    if all(before):
        answer["toast"]["undo"] = reverse(
            "work:task_restore", args=[pk, task.pk, *(day.isoformat() for day in before if day)]
        )
    return JsonResponse(answer)


@require_safe
@login_required
def task_effect(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """What other dates would do: the successors' new earliest dates and the end of the whole (SCH-06)."""
    subject = open_subject(request, pk)
    found = task_of(subject, task)
    form = forms.MoveForm({"start": request.GET.get("start_on"), "end": request.GET.get("end_on")})
    context: dict[str, Any] = {"subject": subject, "task": found}
    if form.is_valid() and form.cleaned_data["start"] <= form.cleaned_data["end"]:
        plan = plan_of(subject)
        start, end = form.cleaned_data["start"], form.cleaned_data["end"]
        effect = actions.tasks.effect_of_move(plan, found.pk, start, end)
        context |= {
            "start": start,
            "end": end,
            "effect": effect,
            "shifts": [(f"T{shift.key + 1} {plan.tasks[shift.key].name}", shift) for shift in effect.shifts],
            "is_other": (start, end) != (found.start_on, found.end_on),
        }
    return render(request, "work/_effect.html", context)


@require_POST
@login_required
def task_move(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Other dates from the dialog, with `follow` for the successors as well."""
    subject = open_subject(request, pk, Perm.EDIT)
    found = task_of(subject, task)
    form = forms.MoveForm(request.POST)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("These are not dates.")))
    data = form.cleaned_data
    moved = actions.move_task(
        task=found, actor=request.user, start_on=data["start"], end_on=data["end"], follow=data["follow"]
    )
    return done(request, subject, _moved_words(moved.task))


@require_POST
@login_required
def task_restore(request: SignedInRequest, pk: int, task: int, start: str, end: str) -> HttpResponse:
    """Undo of a move: the dates it had."""
    subject = open_subject(request, pk, Perm.EDIT)
    found = task_of(subject, task)
    actions.move_task(
        task=found, actor=request.user, start_on=date.fromisoformat(start), end_on=date.fromisoformat(end)
    )
    return HttpResponse(status=204)


def _moved_words(task: GanttTask) -> str:
    words = _("%(task)s: %(start)s — %(end)s") % {
        "task": task,
        "start": f"{task.start_on:%m-%d}",
        "end": f"{task.end_on:%m-%d}",
    }
    return dated_words(words, task)


def _refused_json(refused: Refused) -> JsonResponse:
    return JsonResponse({"error": as_data(refused)}, status=refused.status)
