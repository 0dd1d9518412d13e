"""The tab 风险与问题: risks with their matrix, responses and measures, and what is prepared for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.budgets.permissions import Perm as BudgetPerm
from yunchou.capabilities.metrics.figures import shown
from yunchou.capabilities.metrics.permissions import Perm as MetricsPerm
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, roles_on
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.subject_pages import open_subject, page_context

from .. import actions, forms, risk_forms
from ..actions.shared import LIVE
from ..models import Issue, LibraryRisk, Measure, PreparedResource, Risk, grade_word
from ..permissions import Perm
from ..rules import band, risks_are_scored
from ..safety import safety_of
from ..selectors import issue_counts, issues_of, newest_values, response_log, risks_of
from ..spending import Spending, spending_of
from ..tables import RISKS
from ..timing import tested_at
from .shared import BANDS, RULES, STEPS, attempt, dialog, done, may, said, status_of


@dataclass(frozen=True)
class RiskLine:
    """A risk on the page."""

    number: int
    risk: Risk
    band: str
    response: Any
    is_over: bool
    can_act: bool
    spending: Spending
    can_draw: bool = False
    can_record: bool = False
    latest: Any = None
    contact: str = ""

    @property
    def measures(self) -> list[tuple[Measure, bool, str]]:
        """The measures of the open response, whether each is over its limit, and how it stands."""
        now = clock.now()
        found = self.response.measures.all() if self.response else ()
        return [(one, one.is_over_limit(now), _level_of(one, now)) for one in found]

    @property
    def latest_value(self) -> str:
        """The newest value of what the trigger watches."""
        return shown(self.latest.figure("today") or self.latest.figure("cumulative")) if self.latest else ""

    @property
    def tested_at(self) -> datetime | None:
        """When the system tests a trigger by a task or a day."""
        return tested_at(self.risk)

    @property
    def level(self) -> str:
        """The glyph: over its limit, being responded to, quiet, or never assessed."""
        if self.risk.score is None:
            return "unknown"
        if not self.response:
            return "fine"
        return "act" if self.is_over else "watch"

    @property
    def band_word(self) -> str:
        return {"high": _("high"), "medium": _("medium"), "low": _("low")}.get(self.band, _("not assessed"))

    @property
    def band_tone(self) -> str:
        return {"high": "bad", "medium": "warn"}.get(self.band, "neutral")

    @property
    def grades(self) -> tuple[Any, Any]:
        return grade_word(self.risk.likelihood), grade_word(self.risk.impact)


def _level_of(measure: Measure, now: datetime) -> str:
    if measure.is_done:
        return "fine"
    return "act" if measure.is_over_limit(now) else "watch"


@require_safe
@login_required
def risk_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?view=` risks, issues, the safety plan, or the plan as an editable table; `?cell=32` one cell of the matrix."""
    subject = open_subject(request, pk, Perm.VIEW)
    asked = request.GET.get("view", "")
    view = asked if asked in ("risks", "issues", "safety", "plan") else "risks"
    counts = issue_counts(subject)
    lines = _risk_lines(request, subject)
    cell = _cell(request.GET.get("cell", ""))
    can_edit = holds(request.user, Perm.EDIT, subject)
    context: dict[str, Any] = {
        "view": view,
        "rules": RULES,
        "views": _segments(view, len(lines), sum(counts.values()) - counts[Issue.State.CLOSED]),
        "lines": [line for line in lines if cell in (None, (line.risk.likelihood, line.risk.impact))],
        "all_lines": lines,
        "cell": tuple(map(grade_word, cell)) if cell else None,
        "set_off": [line for line in lines if line.response],
        "matrix": _matrix(lines, cell),
        "log": response_log(subject) if view == "risks" else [],
        "issues": issues_of(subject) if view == "issues" else [],
        "states": [(state.label, counts[state]) for state in STEPS],
        "now": clock.now(),
        "can_report": may(request, Perm.REPORT, subject, LIVE),
        "can_edit": can_edit,
        "can_plan": can_edit and lock_on(subject, RISKS.key) is None,
        "can_secure": can_edit and lock_on(subject, LIVE) is None,
        "is_team": bool(roles_on(request.user, subject)),
        "can_keep": holds(request.user, Perm.LIBRARY),
        "safety": safety_of(subject) if view == "safety" else [],
        "lock": lock_on(subject, LIVE),
    }
    return render(request, "operations/risk_list.html", page_context(request, subject, "risks", **context))


def _segments(active: str, risks: int, issues: int) -> list[dict[str, Any]]:
    found = [
        ("risks", _("Risks"), risks),
        ("issues", _("Issues"), issues),
        ("safety", _("Safety plan"), None),
        ("plan", _("Risk plan"), None),
    ]
    return [
        {"label": label, "url": f"?view={key}", "active": key == active, "count": count}
        for key, label, count in found
    ]


def _risk_lines(request: SignedInRequest, subject: Subject) -> list[RiskLine]:
    params, now = params_on([risks_are_scored])[risks_are_scored.id], clock.now()
    is_locked = lock_on(subject, LIVE) is not None
    may_all = holds(request.user, Perm.REPORT, subject)
    may_draw = holds(request.user, BudgetPerm.EDIT, subject)
    may_record = holds(request.user, MetricsPerm.RECORD, subject)
    risks = risks_of(subject)
    spending, newest = spending_of(subject, risks), newest_values(subject, risks)
    is_team = bool(roles_on(request.user, subject))
    return [
        RiskLine(
            number=number,
            risk=risk,
            band="" if risk.score is None else band(risk.score, params),
            response=(response := getattr(risk, "response", None)),
            is_over=bool(response and response.is_over_limit(now)),
            can_act=not is_locked and (may_all or risk.owner_id == request.user.pk),
            spending=spending[risk.pk],
            can_draw=not is_locked
            and risk.is_open
            and bool(spending[risk.pk].preapproved)
            and (may_draw or risk.owner_id == request.user.pk),
            can_record=not is_locked
            and risk.pk in newest
            and (may_record or newest[risk.pk].owner_id == request.user.pk),
            latest=newest.get(risk.pk),
            contact=risk.owner.phone if is_team and risk.owner else "",
        )
        for number, risk in enumerate(risks, 1)
    ]


def _cell(text: str) -> tuple[int, int] | None:
    """`32` is likelihood high, impact medium."""
    return (int(text[0]), int(text[1])) if len(text) == 2 and set(text) <= set("123") else None


def _matrix(lines: list[RiskLine], chosen: tuple[int, int] | None) -> dict[str, Any]:
    """Likelihood downwards from high, impact to the right; each cell with its band and how many risks stand in it."""
    params = params_on([risks_are_scored])[risks_are_scored.id]
    words = {grade: grade_word(grade) for grade in (1, 2, 3)}
    standing: dict[tuple[int | None, int | None], list[RiskLine]] = defaultdict(list)
    for line in lines:
        standing[line.risk.likelihood, line.risk.impact].append(line)
    rows: list[dict[str, Any]] = [
        {
            "word": words[likelihood],
            "cells": [
                {
                    "band": BANDS[band(likelihood * impact, params)],
                    "score": likelihood * impact,
                    "key": f"{likelihood}{impact}",
                    "is_chosen": chosen == (likelihood, impact),
                    "word": words[impact],
                    "lines": standing[likelihood, impact],
                    "open": sum(bool(line.response) for line in standing[likelihood, impact]),
                }
                for impact in (1, 2, 3)
            ],
        }
        for likelihood in (3, 2, 1)
    ]
    return {"heads": [words[impact] for impact in (1, 2, 3)], "rows": rows}


@require_http_methods(["GET", "POST"])
@login_required
def risk_trigger(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Set a risk off, in a dialog."""
    subject, found = _risk(request, pk, risk)
    form = forms.NoteForm(typed(request), label=pgettext("risk", "What happened"))

    def save() -> str:
        actions.trigger_risk(risk=found, note=form.cleaned_data["text"], actor=request.user)
        return said(request, _("Set off: %(risk)s") % {"risk": found}, _risks_at(subject))

    told = [found.trigger, *found.responses]
    return dialog(
        request, form, save, title=_("Set off: %(risk)s") % {"risk": found}, told=told, verb=_("Set off")
    )


@require_http_methods(["GET", "POST"])
@login_required
def risk_log(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Say what was done about a risk, in a dialog."""
    subject, found = _risk(request, pk, risk)
    form = forms.ResponseForm(typed(request), subject=subject)

    def save() -> str:
        actions.log_response(risk=found, actor=request.user, **form.cleaned_data)
        return said(request, _("Recorded: %(risk)s") % {"risk": found}, _risks_at(subject))

    return dialog(
        request,
        form,
        save,
        title=_("Response to: %(risk)s") % {"risk": found},
        told=found.responses,
        verb=pgettext("response", "Record"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def risk_close(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Close a response with its result, in a dialog."""
    subject, found = _risk(request, pk, risk)
    form = forms.NoteForm(typed(request), label=_("Result"))

    def save() -> str:
        actions.close_risk(risk=found, result=form.cleaned_data["text"], actor=request.user)
        return said(request, _("Closed: %(risk)s") % {"risk": found}, _risks_at(subject))

    return dialog(
        request,
        form,
        save,
        title=_("Close the response to: %(risk)s") % {"risk": found},
        note=_("The whole team is told of the result."),
        verb=_("Close response"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def risk_settings(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """What sets a risk off by itself, and its time limit, in a dialog; `?preset=` takes the trigger of the library."""
    subject, found = _risk(request, pk, risk)
    require(request.user, Perm.EDIT, subject)
    asked = request.GET.get("preset", "")
    preset = LibraryRisk.objects.filter(pk=int(asked) if asked.isdecimal() else 0).first()
    form = risk_forms.TriggerForm(request.POST or None, risk=found, preset=preset)
    if request.method == "POST" and form.is_valid():
        saved = attempt(
            form, lambda: actions.set_trigger(risk=found, actor=request.user, **form.cleaned_data)
        )
        if saved is not None:
            return done(request, _("Saved: %(risk)s") % {"risk": found}, _risks_at(subject))
    context = {
        "form": form,
        "risk": found,
        "subject": subject,
        "presets": LibraryRisk.objects.filter(is_active=True).exclude(watch=""),
    }
    return render(request, "operations/trigger_dialog.html", context, status=status_of(request))


@require_POST
@login_required
def measure_done(request: SignedInRequest, pk: int, measure: int) -> HttpResponse:
    """A prepared measure was carried out."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(
        Measure.objects.select_related("response__risk"), response__risk__subject=subject, pk=measure
    )
    actions.finish_measure(measure=found, actor=request.user)
    return done(request, _("Carried out: %(measure)s") % {"measure": found}, _risks_at(subject))


@require_http_methods(["GET", "POST"])
@login_required
def risk_value(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Record a value that the trigger watches, in a dialog."""
    subject, found = _risk(request, pk, risk)
    form = risk_forms.ValueForm(typed(request), initial={"day": clock.today()})

    def save() -> str:
        actions.record_value(risk=found, actor=request.user, **form.cleaned_data)
        return said(request, _("Recorded: %(risk)s") % {"risk": found.indicator}, _risks_at(subject))

    return dialog(
        request,
        form,
        save,
        title=_("Record: %(indicator)s") % {"indicator": found.indicator},
        note=_("The trigger is tested with it at once."),
        verb=pgettext("response", "Record"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def resource_edit(request: SignedInRequest, pk: int, risk: int, resource: int = 0) -> HttpResponse:
    """Prepare a backup for a risk, or change one, in a dialog."""
    subject, found = _risk(request, pk, risk)
    require(request.user, Perm.EDIT, subject)
    kept = get_object_or_404(PreparedResource, risk=found, pk=resource) if resource else None
    form = risk_forms.ResourceForm(typed(request), user=request.user, resource=kept)

    def save() -> str:
        told = form.cleaned_data
        saved = actions.prepare_resource(risk=found, resource=kept, actor=request.user, **told)
        return said(request, _("Prepared: %(name)s") % {"name": saved}, _risks_at(subject))

    return dialog(request, form, save, title=_("Ready for: %(risk)s") % {"risk": found}, verb=_("Save"))


@require_POST
@login_required
def resource_drop(request: SignedInRequest, pk: int, risk: int, resource: int) -> HttpResponse:
    """Prepare something no longer."""
    subject, found = _risk(request, pk, risk)
    kept = get_object_or_404(
        PreparedResource.objects.select_related("risk__subject"), risk=found, pk=resource
    )
    actions.drop_resource(resource=kept, actor=request.user)
    return done(request, _("Removed"), _risks_at(subject))


@require_http_methods(["GET", "POST"])
@login_required
def risk_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    """Copy risks of the library into the plan, in a dialog."""
    subject = open_subject(request, pk, Perm.VIEW)
    require(request.user, Perm.EDIT, subject)
    form = risk_forms.CopyForm(typed(request), subject=subject)

    def save() -> str:
        entries = list(form.cleaned_data["entries"])
        actions.copy_risks(subject=subject, entries=entries, actor=request.user)
        words = ngettext("%(count)s risk copied", "%(count)s risks copied", len(entries))
        return said(request, words % {"count": len(entries)}, _risks_at(subject))

    return dialog(
        request,
        form,
        save,
        title=_("Copy from the risk library"),
        note=_(
            "Response, trigger and time limit come along; you are responsible until you name somebody else."
        ),
        verb=_("Copy"),
    )


def _risk(request: SignedInRequest, pk: int, risk: int) -> tuple[Subject, Risk]:
    subject = open_subject(request, pk, Perm.VIEW)
    return subject, get_object_or_404(
        Risk.objects.select_related("subject", "owner"), subject=subject, pk=risk
    )


def _risks_at(subject: Subject) -> str:
    return reverse("operations:risk_list", args=[subject.pk])
