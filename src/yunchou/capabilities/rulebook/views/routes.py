"""Approval routes: which definitions there are, one as a table that people can read, and the builder of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.approvals.checker import Problem
from yunchou.kernel.approvals.conditions import Kind, Row
from yunchou.kernel.approvals.models import Definition
from yunchou.kernel.approvals.registry import Approvable, definitions
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Text
from yunchou.kernel.ui.dialogs import go, mark
from yunchou.kernel.ui.toasts import toast

from .. import actions, builder, selectors
from ..changes import check_routes, current_rows, problems_of, tomorrow
from ..forms import PeriodForm, ReasonForm
from ..models import Proposal, Status, Trial
from ..permissions import Perm
from ..replay import Change, row_from_json, source_for_definition
from .rules import last_year
from .shared import shell


@dataclass(frozen=True)
class RowView:
    """A routing row in words."""

    number: int
    row: Row
    sentence: str
    conditions: tuple[Text, ...]
    steps: tuple[tuple[str, str], ...]


def row_views(key: str, rows: tuple[Row, ...]) -> list[RowView]:
    """Rows as a table shows them: conditions in words, steps with what they do and who does it."""
    facts, names = definitions[key].facts, selectors.position_names()
    return [
        RowView(
            number,
            row,
            selectors.plain_sentence(key, row),
            tuple(c.words(facts) for c in row.conditions if c.fact in facts),
            tuple(
                (label, names.get(step.position, step.position)) for step, label in selectors.step_labels(row)
            ),
        )
        for number, row in enumerate(rows, 1)
    ]


@require_GET
@needs(Perm.VIEW)
def route_list(request: SignedInRequest) -> HttpResponse:
    """Every definition with how many rows it has and whether anything is wrong with them."""
    found = [
        {"declared": definitions[key], "rows": len(rows), "problems": _serious(problems_of(key, rows))}
        for key, rows in selectors.rows_in_force().items()
    ]
    return render(request, "rulebook/route_list.html", {**shell(request, "routes"), "found": found})


def _serious(problems: list[Problem]) -> int:
    return sum(problem.kind != "overlap" for problem in problems)


@require_GET
@needs(Perm.VIEW)
def route_detail(request: SignedInRequest, key: str) -> HttpResponse:
    """The rows of a definition in force, its versions, and what the checker says of them."""
    declared = _declared(key)
    rows = current_rows(key)
    coming = Definition.objects.filter(key=key, valid_from__gt=clock.today()).order_by("version")
    context = {
        **shell(request, "routes"),
        "declared": declared,
        "rows": row_views(key, rows),
        "problems": problems_of(key, rows),
        "versions": Definition.objects.filter(key=key),
        "coming": coming,
        "open": Proposal.objects.open().filter(key=key).select_related("subject").first(),
        "today": clock.today(),
    }
    return render(request, "rulebook/route_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.PROPOSE)
def route_edit(request: SignedInRequest, key: str) -> HttpResponse:
    """The builder. Every button sends all rows; `do` says what is done with them: an edit, `try` or `propose`.

    A GET begins with the rows in force, with those of `?trial=`, or with those of a returned proposal, `?again=`.
    """
    declared = _declared(key)
    trial, returned = _trial(request, key), _returned(request, key)
    if request.method == "GET":
        data = trial.change["rows"] if trial else returned.after if returned else None
        rows = tuple(map(row_from_json, data)) if data is not None else current_rows(key)
        reason = {"reason": returned.reason, "effective_on": returned.effective_on} if returned else {}
        form = ReasonForm(
            initial={"effective_on": tomorrow(), "trial": trial.pk if trial else None, **reason}
        )
        return _builder(request, declared, builder.drafts_of(rows), trial=trial, form=form)
    deed = request.POST.get("do", "")
    drafts = builder.settle(builder.edit(builder.read(request.POST), deed, declared.facts), declared.facts)
    rows_typed = builder.rows_from(drafts, declared.facts)
    if deed == "try":
        return _try(request, declared, drafts, rows_typed)
    if deed == "propose":
        return _propose(request, declared, drafts, rows_typed, trial)
    return _builder(request, declared, drafts)


def _try(
    request: SignedInRequest,
    declared: Approvable,
    drafts: list[builder.RowDraft],
    rows: tuple[Row, ...] | None,
) -> HttpResponse:
    form = PeriodForm(request.POST)
    if form.is_valid() and rows is not None:
        try:
            change = Change(definition=declared.key, rows=check_routes(declared.key, rows, clock.today()))
            trial = actions.start_trial(change=change, actor=request.user, **form.cleaned_data)
            return go(request, f"{request.path}?trial={trial.pk}#trial")
        except Refused as refused:
            mark(form, refused)
    return _builder(request, declared, drafts, period=form, status=422)


def _propose(
    request: SignedInRequest,
    declared: Approvable,
    drafts: list[builder.RowDraft],
    rows: tuple[Row, ...] | None,
    trial: Trial | None,
) -> HttpResponse:
    form = ReasonForm(request.POST)
    if form.is_valid() and rows is not None:
        try:
            data = {
                "rows": rows,
                "reason": form.cleaned_data["reason"],
                "effective_on": form.cleaned_data["effective_on"],
                "actor": request.user,
            }
            if returned := _returned(request, declared.key):
                proposal = actions.resubmit_proposal(proposal=returned, **data)
            else:
                proposal = actions.propose_routes(definition=declared.key, trial=trial, **data)
        except Refused as refused:
            mark(form, refused)
        else:
            toast(request, _("Sent for approval"))
            return go(request, proposal.get_absolute_url())
    return _builder(request, declared, drafts, form=form, status=422)


@require_POST
@needs(Perm.PROPOSE)
def route_check(request: SignedInRequest, key: str) -> HttpResponse:
    """What the checker says of the rows as they are typed just now."""
    declared = _declared(key)
    drafts = builder.settle(builder.read(request.POST), declared.facts)
    return render(request, "rulebook/parts/problems.html", _checked(declared, drafts))


def _checked(declared: Approvable, drafts: list[builder.RowDraft]) -> dict[str, Any]:
    rows = builder.rows_from(drafts, declared.facts)
    problems = problems_of(declared.key, rows) if rows is not None else []
    return {"problems": problems, "is_whole": rows is not None}


def _builder(
    request: SignedInRequest,
    declared: Approvable,
    drafts: list[builder.RowDraft],
    *,
    trial: Trial | None = None,
    form: ReasonForm | None = None,
    period: PeriodForm | None = None,
    status: int = 200,
) -> HttpResponse:
    since, until = last_year()
    context = {
        **shell(request, "routes"),
        "declared": declared,
        "drafts": drafts,
        "facts": {name: {"fact": fact, "ops": builder.ops_of(fact)} for name, fact in declared.facts.items()},
        "ops": builder.OPS,
        "flags": builder.FLAGS,
        "kinds": Kind.choices,
        "positions": selectors.position_names(),
        "form": form
        or ReasonForm(initial={"effective_on": tomorrow(), "trial": trial.pk if trial else None}),
        "period": period or PeriodForm(initial={"since": since, "until": until}),
        "may_try": source_for_definition(declared.key) is not None,
        "trial": selectors.trial_view(trial, request.user) if trial else None,
        "again": _returned(request, declared.key),
        **_checked(declared, drafts),
    }
    template = "rulebook/parts/builder.html" if request.htmx else "rulebook/route_edit.html"
    return render(request, template, context, status=status)


def _trial(request: SignedInRequest, key: str) -> Trial | None:
    asked = request.POST.get("trial") or request.GET.get("trial", "")
    mine = Trial.objects.filter(made_by=request.user, change__definition=key)
    return mine.filter(pk=asked).first() if asked.isdigit() else None


def _returned(request: SignedInRequest, key: str) -> Proposal | None:
    """The person's own returned proposal that is being mended."""
    asked = request.POST.get("again") or request.GET.get("again", "")
    own = Proposal.objects.filter(key=key, status=Status.RETURNED, proposed_by=request.user)
    return own.filter(pk=asked).first() if asked.isdigit() else None


def _declared(key: str) -> Approvable:
    declared = definitions.get(key)
    if declared is None:
        raise Http404
    return declared
