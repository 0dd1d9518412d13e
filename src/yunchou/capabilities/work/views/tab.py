"""The tab 团队与进度: chart, task table, division of work, team, forecast and baselines."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.rules.selectors import ORDER, Judged
from yunchou.kernel.subjects.kinds import findings_of, lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import open_subject, page_context

from .. import actions
from ..baselines import baselines_of, drift_of, ends
from ..chart import chart_of
from ..models import Baseline
from ..permissions import Perm
from ..rules import nothing_deviates_much, nothing_is_overdue
from ..selectors import Plan, lines_of, overlaps_of, owners_of, plan_of
from ..states import Phase
from ..tables import DIVISION, SCHEDULE
from ..team import modules_of, roster_of, sees_contacts, staffing_of, standard_for
from .lines import shown_of
from .shared import may_edit

VIEWS = ("gantt", "tasks", "division", "team", "readiness", "baselines")
SHOWN_FINDINGS = 3


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
    shown = shown_of(request, plan, judged)
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
