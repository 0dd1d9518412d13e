"""The tab 团队与进度: chart, task table, division of work and team; a person's own work of the day."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import trigger_client_event

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, Refused, RuleRefused
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.selectors import ORDER, Judged
from yunchou.kernel.sheets.persons import context_for
from yunchou.kernel.subjects.kinds import findings_of, lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.middleware import as_data
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, forms
from ..baselines import baselines_of, drift_of, ends
from ..chart import chart_of
from ..chart import task_row as chart_row
from ..deliveries import Handing, handing_of, my_work, to_accept
from ..models import Assignment, Baseline, Delivery, GanttTask
from ..permissions import Perm
from ..rules import UnknownName, nothing_deviates_much, nothing_is_overdue
from ..selectors import (
    Line,
    Plan,
    assignments_of,
    late_words,
    lines_of,
    overlaps_of,
    owners_of,
    plan_of,
    tasks_of,
)
from ..states import Phase, State
from ..tables import DIVISION, SCHEDULE, AssignmentRow
from ..team import modules_of, roster_of, sees_contacts, staffing_of, standard_for

VIEWS = ("gantt", "tasks", "division", "team", "readiness", "baselines")
SHOWN_FINDINGS = 3
LISTED = 200
LEVELS = {"block": "act", "need_approval": "watch", "warn": "watch"}


# ---------------------------------------------------------------- the tab


@require_safe
@login_required
def schedule_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?view=` gantt, tasks, division or team; each is a page of its own address."""
    subject = open_subject(request, pk)
    asked = request.GET.get("view", "")
    view = asked if asked in VIEWS else VIEWS[0]
    return render(
        request,
        "work/schedule_detail.html",
        page_context(request, subject, "work", **_page(request, subject, view)),
    )


@require_safe
@login_required
def schedule_data(request: SignedInRequest, pk: int) -> JsonResponse:
    """What the chart draws."""
    subject = open_subject(request, pk)
    plan = plan_of(subject)
    lines, can_edit = lines_of(plan, owners_of(plan)), may_edit(request, subject)
    return JsonResponse(chart_of(plan, lines, can_edit=can_edit, beside=compared(request, subject)))


def compared(request: SignedInRequest, subject: Subject) -> Baseline | None:
    """The baseline that `?baseline=` asks to see beside the schedule."""
    asked = request.GET.get("baseline", "")
    return baselines_of(subject).filter(pk=asked).first() if asked.isdecimal() else None


def _page(request: SignedInRequest, subject: Subject, view: str) -> dict[str, Any]:
    plan = plan_of(subject)
    owners = owners_of(plan)
    judged = _told([one for one in findings_of(subject) if one.is_open and _is_ours(one)])
    shown = _shown(request, plan, judged)
    lines = [shown.task(line) for line in lines_of(plan, owners)]
    context: dict[str, Any] = {
        "view": view,
        "views": _segments(view),
        "zooms": [
            ("day", pgettext("scale", "Day")),
            ("week", pgettext("scale", "Week")),
            ("month", pgettext("scale", "Month")),
        ],
        "lines": lines,
        "phases": [(phase, own) for phase in Phase if (own := [row for row in lines if row.phase == phase])],
        "milestones": [row for row in lines if row.line.task.is_milestone],
        "baseline_on": next((task.baseline_end_on for task in plan.tasks if task.baseline_end_on), None),
        "has_tasks": bool(plan.tasks),
        "findings": [one.verdict for one in judged[:SHOWN_FINDINGS]],
        "more_findings": [one.verdict for one in judged[SHOWN_FINDINGS:]],
        "can_edit": shown.can_edit,
        "lock": lock_on(subject, SCHEDULE.key),
        "setting": plan.setting,
        "may_plan": holds(request.user, Perm.EDIT, subject),
        "may_keep_templates": holds(request.user, Perm.TEMPLATES),
    }
    if view in ("gantt", "baselines"):
        context["beside"] = beside = compared(request, subject)
        if view == "baselines":
            drifts = drift_of(plan, beside) if beside else ()
            context |= {
                "baselines": baselines_of(subject),
                "drifts": [one for one in drifts if one.is_moved],
                "drift_ends": ends(drifts),
            }
    if view == "division":
        context["rows"] = [shown.assignment(n, row, owners) for n, row in enumerate(plan.assignments)]
        context["heads"] = [column.label for column in DIVISION.columns]
    if view == "team":
        context |= _team(request, plan)
    return context


def _team(request: SignedInRequest, plan: Plan) -> dict[str, Any]:
    """The team in its tiers, the modules, and the team beside the standard of its kind."""
    subject, user = plan.subject, request.user
    roster, standard = roster_of(subject), standard_for(subject)
    return {
        "roster": roster,
        "modules": modules_of(roster, plan.assignments),
        "staffing": staffing_of(roster, standard) if standard else None,
        "sees_contacts": sees_contacts(user, subject),
        "may_form": holds(user, Perm.TEAM, subject) and lock_on(subject, actions.team.TEAM) is None,
        "overlaps": overlaps_of(subject, user),
    }


def _segments(active: str) -> list[dict[str, Any]]:
    labels = {
        "gantt": _("Gantt chart"),
        "tasks": _("Tasks"),
        "division": _("Division of work"),
        "team": _("Team"),
        "readiness": _("Readiness"),
        "baselines": _("Baselines"),
    }
    return [{"label": label, "url": f"?view={key}", "active": key == active} for key, label in labels.items()]


def _is_ours(judged: Judged) -> bool:
    """A finding is shown here when its first place is, or when it speaks of the team and has no place."""
    places = judged.verdict.at
    return (
        places[0].table in (SCHEDULE.key, DIVISION.key)
        if places
        else judged.verdict.rule_id.startswith("R-TEA")
    )


def _told(found: list[Judged]) -> list[Judged]:
    """Worst first, then the latest; a major deviation is not told a second time as being overdue."""
    major = {one.verdict.at for one in found if one.verdict.rule_id == nothing_deviates_much.id}
    told = [
        one for one in found if one.verdict.rule_id != nothing_is_overdue.id or one.verdict.at not in major
    ]
    return sorted(
        told, key=lambda one: (ORDER[one.verdict.severity], -int(one.verdict.values.get("days") or 0))
    )


def may_edit(request: SignedInRequest, subject: Subject, table: str = SCHEDULE.key) -> bool:
    return holds(request.user, Perm.EDIT, subject) and lock_on(subject, table) is None


# ---------------------------------------------------------------- rows as they are shown


@dataclass(frozen=True)
class Mark:
    """A cell where a rule fails."""

    level: str
    reason: str


@dataclass(frozen=True)
class TaskLine:
    """A task on the page: what it is, where rules fail, and what this person may do about it."""

    line: Line
    marks: dict[str, Mark]
    guesses: list[tuple[str, list[tuple[int | None, str]]]]
    can_edit: bool
    can_report: bool
    standard: str = ""
    may_accept: bool = False
    delivery: Delivery | None = None
    returned: Delivery | None = None

    @property
    def table(self) -> str:
        """The part of the address of what is handed in."""
        return "tasks"

    @property
    def may_hand_in(self) -> bool:
        """Can it be handed in as finished now?"""
        return self.can_report and self.line.state != State.DONE and self.delivery is None

    @property
    def phase(self) -> Phase:
        return self.line.task.known_phase

    @property
    def words(self) -> Say | str:
        return late_words(self.line)

    @property
    def moves(self) -> list[tuple[str, str, str]]:
        """The states that can be set next: value, verb, icon."""
        if not self.can_report or self.delivery is not None:
            return []
        return moves_from(self.line.state, self.may_accept and not self.standard)


def moves_from(state: State, may_finish: bool) -> list[tuple[str, str, str]]:
    """What can be said next of work: value, verb, icon. Who accepts work without a delivery standard says it is done."""
    done = [(State.DONE, pgettext("verb", "Done"), "check")] if may_finish else []
    offered = {
        State.NOT_STARTED: [(State.IN_PROGRESS, _("Begin"), "player-play"), *done],
        State.IN_PROGRESS: [*done, (State.NOT_STARTED, _("Not begun"), "arrow-back-up")],
        State.DONE: [(State.IN_PROGRESS, _("Reopen"), "arrow-back-up")],
    }
    return [(after.value, verb, icon) for after, verb, icon in offered[state]]


@dataclass(frozen=True)
class AssignmentLine:
    """A row of the division of work on the page."""

    position: int
    row: AssignmentRow
    owner: Any
    assistants: str
    marks: dict[str, Mark]
    can_edit: bool
    can_report: bool
    may_accept: bool
    level: str
    delivery: Delivery | None = None
    returned: Delivery | None = None

    @property
    def table(self) -> str:
        """The part of the address of what is handed in."""
        return "division"

    @property
    def state(self) -> State:
        return self.row.state or State.NOT_STARTED

    @property
    def words(self) -> Say | str:
        """The state; that it is overdue is computed."""
        if self.row.state is None:
            return "—"
        return say(gettext_noop("Overdue")) if self.level else str(self.state.label)

    @property
    def may_hand_in(self) -> bool:
        return self.can_report and self.state != State.DONE and self.delivery is None

    @property
    def moves(self) -> list[tuple[str, str, str]]:
        """The states that can be set next: value, verb, icon."""
        if not self.can_report or self.delivery is not None:
            return []
        return moves_from(self.state, self.may_accept and not self.row.standard)


@dataclass(frozen=True)
class _Shown:
    """What the rows of one page share."""

    plan: Plan
    marks: dict[tuple[str, int], dict[str, Mark]]
    unknown: dict[int, list[UnknownName]]
    user_id: int
    can_edit: bool
    can_edit_division: bool
    can_report: bool
    context: Any
    handing: Handing

    def task(self, line: Line) -> TaskLine:
        guesses = [
            (
                each.given,
                [(self.plan.tasks[n].pk, f"T{n + 1} {self.plan.tasks[n].name}") for n in each.candidates],
            )
            for each in self.unknown.get(line.position, ())
        ]
        is_own = bool(line.task.owner and line.task.owner.id == self.user_id)
        key = ("task", line.task.pk or 0)
        return TaskLine(
            line,
            self.marks.get((SCHEDULE.key, line.position), {}),
            guesses,
            self.can_edit,
            self.can_report or is_own,
            standard=self.handing.standard_of(key),
            may_accept=self.handing.may_accept(key),
            delivery=self.handing.waiting.get(key),
            returned=self.handing.returned.get(key) if line.state != State.DONE else None,
        )

    def assignment(self, n: int, row: AssignmentRow, owners: dict[int, Any]) -> AssignmentLine:
        owner = owners.get(row.owner.id) if row.owner and row.owner.id else None
        is_own = bool(owner and owner.pk == self.user_id)
        key = ("assignment", row.pk or 0)
        is_late = row.state != State.DONE and row.end_on is not None and row.end_on < self.plan.today
        return AssignmentLine(
            position=n,
            row=row,
            owner=owner or (row.owner.name if row.owner else None),
            assistants=str(DIVISION.by_key["assistants"].display(row.assistants, self.context)),
            marks=self.marks.get((DIVISION.key, n), {}),
            can_edit=self.can_edit_division,
            can_report=self.can_report or is_own,
            may_accept=self.handing.may_accept(key),
            level="act" if is_late else "",
            delivery=self.handing.waiting.get(key),
            returned=self.handing.returned.get(key) if row.state != State.DONE else None,
        )


def _shown(request: SignedInRequest, plan: Plan, judged: Iterable[Judged]) -> _Shown:
    marks: dict[tuple[str, int], dict[str, Mark]] = {}
    for one in judged:
        level = LEVELS.get(str(one.verdict.severity.value))
        for place in one.verdict.at:
            if level and place.row is not None:
                marks.setdefault((place.table, place.row), {}).setdefault(
                    place.column, Mark(level, str(one.verdict.reason))
                )
    unknown: dict[int, list[UnknownName]] = {}
    for each in plan.facts().unknown:
        unknown.setdefault(each.task, []).append(each)
    return _Shown(
        plan=plan,
        marks=marks,
        unknown=unknown,
        user_id=request.user.pk,
        can_edit=may_edit(request, plan.subject),
        can_edit_division=may_edit(request, plan.subject, DIVISION.key),
        can_report=holds(request.user, Perm.PROGRESS, plan.subject)
        and lock_on(plan.subject, actions.opening.PROGRESS) is None,
        context=context_for(plan.subject),
        handing=handing_of(plan.subject, request.user),
    )


def _line(request: SignedInRequest, subject: Subject, pk: int) -> TaskLine:
    """One task as its page shows it."""
    plan = plan_of(subject)
    judged = [one for one in findings_of(subject) if one.is_open]
    lines = lines_of(plan, owners_of(plan))
    return _shown(request, plan, judged).task(lines[plan.position_of(pk)])


def _task(subject: Subject, pk: int) -> GanttTask:
    return get_object_or_404(
        GanttTask.objects.select_related("subject__unit", "owner"), subject=subject, pk=pk
    )


# ---------------------------------------------------------------- tasks


@require_http_methods(["GET", "POST"])
@login_required
def task_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new task, in a dialog."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.TaskForm(request.POST or None, subject=subject)
    if request.method == "POST" and form.is_valid():
        task = _try(
            form, lambda: actions.add_task(subject=subject, actor=request.user, fields=form.as_fields())
        )
        if task is not None:
            return done(request, subject, _("Added: %(task)s") % {"task": task})
    return _dialog(request, "work/task_form.html", subject, form)


@require_http_methods(["GET", "POST"])
@login_required
def task_edit(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """One task in a dialog: everything for those who plan, the state for its owner, reading for the others."""
    subject = open_subject(request, pk, Perm.EDIT if request.method == "POST" else "")
    found = _task(subject, task)
    if not may_edit(request, subject) and request.method == "GET":
        return render(
            request,
            "work/task_card.html",
            {"subject": subject, "row": _line(request, subject, task), "task": found},
        )
    form = forms.TaskForm(request.POST or None, subject=subject, task=found)
    if request.method == "POST" and form.is_valid():
        saved = _try(form, lambda: actions.edit_task(task=found, actor=request.user, fields=form.as_fields()))
        if saved is not None:
            return done(request, subject, _("Saved: %(task)s") % {"task": saved})
    return _dialog(
        request, "work/task_form.html", subject, form, task=found, row=_line(request, subject, task)
    )


@require_safe
@login_required
def task_waits(request: SignedInRequest, pk: int) -> HttpResponse:
    """The predecessors that are chosen in the dialog, each with how it holds."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.TaskForm(request.GET, subject=subject)
    return render(request, "work/_waits.html", {"form": form})


@require_safe
@login_required
def task_row(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """The row of a task in the table."""
    subject = open_subject(request, pk)
    return _row(request, subject, _task(subject, task).pk)


@require_http_methods(["GET", "POST"])
@login_required
def task_row_edit(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """The row of a task as a form, and saving it."""
    subject = open_subject(request, pk, Perm.EDIT)
    found = _task(subject, task)
    form = forms.TaskRowForm(request.POST or None, subject=subject, task=found)
    if request.method == "POST" and form.is_valid():
        saved = _try(form, lambda: actions.edit_task(task=found, actor=request.user, fields=form.as_fields()))
        if saved is not None:
            return trigger_client_event(_row(request, subject, task), "sheets:changed")
    status = 422 if request.method == "POST" else 200
    context = {"subject": subject, "form": form, "row": _line(request, subject, task)}
    return render(request, "work/_task_row_edit.html", context, status=status)


@require_POST
@login_required
def task_delete(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = _task(subject, task)
    actions.delete_task(task=found, actor=request.user)
    return done(request, subject, _("Deleted: %(task)s") % {"task": found})


# ---------------------------------------------------------------- dates


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
    task = _task(subject, number)
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
    rows = [chart_row(plan, line, can_edit=True) for line in lines_of(plan, owners_of(plan)) if line.span]
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
    found = _task(subject, task)
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
    found = _task(subject, task)
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
    found = _task(subject, task)
    actions.move_task(
        task=found, actor=request.user, start_on=date.fromisoformat(start), end_on=date.fromisoformat(end)
    )
    return HttpResponse(status=204)


def _moved_words(task: GanttTask) -> str:
    return _("%(task)s: %(start)s — %(end)s") % {
        "task": task,
        "start": f"{task.start_on:%m-%d}",
        "end": f"{task.end_on:%m-%d}",
    }


def _refused_json(refused: Refused) -> JsonResponse:
    return JsonResponse({"error": as_data(refused)}, status=refused.status)


# ---------------------------------------------------------------- progress


@require_POST
@login_required
def task_state(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """A new state. Where predecessors are not done, the overall lead is asked for a reason (R-SCH-03)."""
    subject = open_subject(request, pk)
    found = _task(subject, task)
    form = forms.StateForm(request.POST)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("This is not a state.")))
    try:
        actions.set_task_state(task=found, actor=request.user, **form.cleaned_data)
    except RuleRefused as refused:
        if refused.code != "waits" or not request.htmx or not holds(request.user, Perm.OVERRIDE, subject):
            raise
        form.fields["reason"].required = True
        context = {
            "subject": subject,
            "task": found,
            "refused": refused,
            "form": form,
            "state": form.cleaned_data["state"],
        }
        response = render(request, "work/override_form.html", context, status=422)
        response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
        return response
    return done(request, subject, _("Saved: %(task)s") % {"task": found})


@require_POST
@login_required
def task_progress(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    subject = open_subject(request, pk)
    found = _task(subject, task)
    form = forms.ProgressForm(request.POST)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("From 0 to 100 %.")))
    actions.set_progress(task=found, actor=request.user, percent=form.cleaned_data["percent"])
    return done(request, subject, _("Saved: %(task)s") % {"task": found})


# ---------------------------------------------------------------- links


@require_POST
@login_required
def task_link(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Choose which task a predecessor's name means, or add a predecessor."""
    return _linked(request, pk, task, is_link=True)


@require_POST
@login_required
def task_unlink(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """Take a predecessor away."""
    return _linked(request, pk, task, is_link=False)


def _linked(request: SignedInRequest, pk: int, task: int, *, is_link: bool) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = _task(subject, task)
    form = forms.LinkForm(request.POST, subject=subject)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("Choose a task of this schedule.")))
    before = form.cleaned_data["predecessor"]
    if is_link:
        actions.link_tasks(
            task=found, predecessor=before, actor=request.user, given=form.cleaned_data["given"]
        )
    else:
        actions.unlink_tasks(task=found, predecessor=before, actor=request.user)
    return done(request, subject, _("Saved: %(task)s") % {"task": found})


# ---------------------------------------------------------------- division of work


@require_http_methods(["GET", "POST"])
@login_required
def assignment_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.AssignmentForm(request.POST or None, subject=subject)
    if request.method == "POST" and form.is_valid():
        row = _try(
            form, lambda: actions.add_assignment(subject=subject, actor=request.user, fields=form.as_fields())
        )
        if row is not None:
            return done(request, subject, _("Added: %(task)s") % {"task": row}, view="division")
    return _dialog(request, "work/assignment_form.html", subject, form)


@require_http_methods(["GET", "POST"])
@login_required
def assignment_edit(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Assignment.objects.select_related("subject__unit"), subject=subject, pk=row)
    form = forms.AssignmentForm(request.POST or None, subject=subject, assignment=found)
    if request.method == "POST" and form.is_valid():
        saved = _try(
            form,
            lambda: actions.edit_assignment(assignment=found, actor=request.user, fields=form.as_fields()),
        )
        if saved is not None:
            return done(request, subject, _("Saved: %(task)s") % {"task": saved}, view="division")
    return _dialog(request, "work/assignment_form.html", subject, form, assignment=found)


@require_POST
@login_required
def assignment_state(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    subject = open_subject(request, pk)
    found = get_object_or_404(Assignment.objects.select_related("subject__unit"), subject=subject, pk=row)
    form = forms.StateForm(request.POST)
    if not form.is_valid():
        raise Invalid(say(gettext_noop("This is not a state.")))
    actions.set_assignment_state(assignment=found, actor=request.user, state=form.cleaned_data["state"])
    return done(request, subject, _("Saved: %(task)s") % {"task": found}, view="division")


@require_POST
@login_required
def assignment_delete(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Assignment.objects.select_related("subject__unit"), subject=subject, pk=row)
    actions.delete_assignment(assignment=found, actor=request.user)
    return done(request, subject, _("Deleted: %(task)s") % {"task": found}, view="division")


# ---------------------------------------------------------------- one person's day


@require_safe
@login_required
def my_tasks(request: SignedInRequest) -> HttpResponse:
    """What I have to do today, with its delivery standards (TEA-04)."""
    today = clock.today()
    mine = my_work(
        [*tasks_of(request.user, until=today)[:LISTED], *assignments_of(request.user, today)[:LISTED]]
    )
    context = {
        "today": today,
        "late": [one for one in mine if one.work.is_overdue(today) and not one.delivery],
        "open": [one for one in mine if not one.work.is_overdue(today) and not one.delivery],
        "waiting": [one for one in mine if one.delivery],
        "to_accept": to_accept(request.user)[:LISTED],
    }
    return render(request, "work/my_tasks.html", context)


# ---------------------------------------------------------------- answers


def _try(form: Any, act: Any) -> Any:
    """Do it; what the action refuses about fields is shown beside them, other refusals go their way."""
    try:
        return act()
    except (Invalid, RuleRefused) as refused:
        fields = {name: text for name, text in refused.fields.items() if name in form.fields}
        for name, text in fields.items():
            form.add_error(name, str(text))
        if not fields:
            form.add_error(
                "predecessors" if refused.code == "loop" and "predecessors" in form.fields else "start_on",
                str(refused),
            )
        return None


def _dialog(
    request: SignedInRequest, template: str, subject: Subject, form: Any, **more: Any
) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"subject": subject, "form": form, **more}, status=status)


def done(request: SignedInRequest, subject: Subject, words: str, *, view: str = "") -> HttpResponse:
    """Say what was done, and show the page as it is now."""
    toast(request, words)
    address = reverse("work:schedule_detail", args=[subject.pk])
    here = f"{address}?view={view}" if view else address
    if not request.htmx:
        return HttpResponseRedirect(here)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = request.htmx.current_url_abs_path or here
    return response


def _row(request: SignedInRequest, subject: Subject, pk: int) -> HttpResponse:
    return render(request, "work/_task_row.html", {"subject": subject, "row": _line(request, subject, pk)})
