"""Rules: the list, one rule, trying it, proposing a change, and a decision of the past."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.rules.models import StoredVerdict
from yunchou.kernel.rules.registry import Rule, rules
from yunchou.kernel.rules.verdicts import Severity
from yunchou.kernel.ui.dialogs import go, mark
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..changes import read_values, tomorrow
from ..forms import ProposeForm, TrialForm
from ..models import Trial
from ..permissions import Perm
from ..replay import Change, replay_decision, source_for_rule
from .shared import shell


@require_GET
@needs(Perm.VIEW)
def rule_list(request: SignedInRequest) -> HttpResponse:
    """Every rule by room, narrowed by words, regulation, room and severity; `?pane=` gives the list beside a rule."""
    found = _narrowed(request, selectors.entries())
    context = {
        "shelves": selectors.shelves(found),
        "count": len(found),
        "current": request.GET.get("pane", ""),
    }
    if request.htmx and context["current"]:
        return render(request, "rulebook/parts/pane_list.html", context)
    context |= {
        **shell(request, "rules"),
        "q": request.GET.get("q", ""),
        "chosen": {name: request.GET.get(name, "") for name in ("regulation", "room", "severity")},
        "regulations": selectors.regulations(),
        "rooms": selectors.ROOMS,
        "severities": Severity.choices,
    }
    return render(request, "rulebook/rule_list.html", context)


def _narrowed(request: SignedInRequest, found: list[selectors.Entry]) -> list[selectors.Entry]:
    words, wanted = request.GET.get("q", "").strip(), request.GET
    return [
        entry
        for entry in found
        if (not words or entry.holds(words))
        and wanted.get("regulation", "") in {"", *entry.regulations}
        and wanted.get("room", "") in {"", entry.room}
        and wanted.get("severity", "") in {"", entry.severity}
    ]


@require_GET
@needs(Perm.VIEW)
def rule_detail(request: SignedInRequest, rule_id: str) -> HttpResponse:
    """A rule in a sentence whose words are its parameters, what it decided, and `?trial=` what a change would have."""
    entry = _entry(rule_id)
    return _page(request, entry, _trial(request, entry))


def _trial(request: SignedInRequest, entry: selectors.Entry) -> Trial | None:
    if pk := request.GET.get("trial", ""):
        found = Trial.objects.filter(pk=pk) if pk.isdigit() else Trial.objects.none()
        return get_object_or_404(found, made_by=request.user, change__rule=entry.id)
    return None


def _page(
    request: SignedInRequest,
    entry: selectors.Entry,
    trial: Trial | None = None,
    form: TrialForm | None = None,
) -> HttpResponse:
    rule, user = entry.rule, request.user
    context: dict[str, Any] = {
        **shell(request, "rules"),
        "view": selectors.rule_view(entry, user),
        "shelves": selectors.shelves(selectors.entries()),
        "current": entry.id,
        "trial": selectors.trial_view(trial, user) if trial else None,
        "may_try": False,
    }
    if rule is not None and rule.params and source_for_rule(rule.id):
        context["may_try"] = context["may_propose"]
        context["form"] = form or TrialForm(rule, initial=_initial(rule, trial))
    status = 422 if form is not None and form.errors else 200
    return render(request, "rulebook/rule_detail.html", context, status=status)


def last_year() -> tuple[date, date]:
    """The period that is offered first: the calendar year before this one."""
    year = clock.today().year - 1
    return date(year, 1, 1), date(year, 12, 31)


def _initial(rule: Rule[Any], trial: Trial | None) -> dict[str, Any]:
    """What the fields of a trial hold: the values of the last one, or those in force over last year."""
    if trial is None:
        since, until = last_year()
        return {"since": since, "until": until}
    values = Change.from_json(trial.change).values
    typed = {name: rule.bound(name).typed(value) for name, value in values.items()}
    return {"since": trial.since, "until": trial.until, **typed}


@require_POST
@needs(Perm.PROPOSE)
def rule_try(request: SignedInRequest, rule_id: str) -> HttpResponse:
    """Play other values through over a period; what is wrong with them is told beside the fields."""
    entry = _entry(rule_id)
    if entry.rule is None:
        raise Http404
    form = TrialForm(entry.rule, request.POST)
    if form.is_valid():
        try:
            change = Change(rule=rule_id, values=read_values(entry.rule, form.typed))
            period = {"since": form.cleaned_data["since"], "until": form.cleaned_data["until"]}
            trial = actions.start_trial(change=change, actor=request.user, **period)
            return go(request, f"{entry.url}?trial={trial.pk}#trial")
        except Refused as refused:
            mark(form, refused)
    return _page(request, entry, form=form)


@require_http_methods(["GET", "POST"])
@needs(Perm.PROPOSE)
def rule_propose(request: SignedInRequest, rule_id: str) -> HttpResponse:
    """Propose other values, with `?trial=` those that were tried; the trial goes along with the proposal."""
    entry = _entry(rule_id)
    rule = entry.rule
    if rule is None or not any(not rule.bound(name).is_fixed for name in rule.params):
        raise Http404
    asked = request.POST.get("trial") or request.GET.get("trial", "")
    trial = Trial.objects.filter(pk=asked, made_by=request.user).first() if asked.isdigit() else None
    initial = {"effective_on": tomorrow(), "trial": trial.pk if trial else None}
    if trial is not None:
        initial |= {k: v for k, v in _initial(rule, trial).items() if k in rule.params}
    form = ProposeForm(rule, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            proposal = actions.propose_parameters(
                rule=rule_id,
                typed=form.typed,
                reason=form.cleaned_data["reason"],
                effective_on=form.cleaned_data["effective_on"],
                actor=request.user,
                trial=trial,
            )
        except Refused as refused:
            mark(form, refused)
        else:
            toast(request, _("Sent for approval"))
            return go(request, proposal.get_absolute_url())
    context = {
        **shell(request, "rules"),
        "entry": entry,
        "form": form,
        "trial": selectors.trial_view(trial, request.user) if trial else None,
        "deciders": selectors.who_changes()[1],
    }
    return render(request, "rulebook/rule_propose.html", context, status=422 if form.errors else 200)


def _entry(rule_id: str) -> selectors.Entry:
    if (entry := selectors.find_entry(rule_id)) is None:
        raise Http404
    return entry


@require_GET
@needs(Perm.VIEW)
def trial_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A trial with every campaign that would have gone otherwise and that the reader may see."""
    view = selectors.trial_view(
        get_object_or_404(Trial.objects.select_related("made_by", "job"), pk=pk), request.user
    )
    page = paginate(view.rows, request.GET, by="-money", total=view.count)
    context = {**shell(request, "rules"), "view": view, "page": page, "lines": view.lines_of(page)}
    if request.htmx:
        return render(request, "rulebook/parts/trial.html", context | {"trial": view})
    return render(request, "rulebook/trial_detail.html", context)


@require_GET
@needs(Perm.VIEW)
def decision_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a rule said once, with the version and parameters of that day, judged again beside it."""
    seen = visible_subjects(request.user).order_by().values("pk")
    found = StoredVerdict.objects.select_related("subject", "circumstances").filter(subject__in=seen)
    stored = get_object_or_404(found, pk=pk)
    context = {
        **shell(request, "rules"),
        "stored": stored,
        "verdict": stored.as_verdict(),
        "level": selectors.level_of(stored),
        "rule": rules.get(stored.rule),
        "words": selectors.words_then(stored),
        "params": selectors.params_then(stored),
        "replayed": replay_decision(stored),
    }
    return render(request, "rulebook/decision_detail.html", context)
