"""What changes the course of a plan: sending, withdrawing, changing, breaking down, closing, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.approvals.routing import NoRoute, Route
from yunchou.kernel.approvals.selectors import predict
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.rules.selectors import Judged, evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.selectors import Shown
from yunchou.kernel.ui.dialogs import dialog, go, typed
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..coverage import items_coverage
from ..documents import MEANINGS, Principle
from ..facts import missing_from
from ..flow import SEND_CHANGE, SUBMIT, flow
from ..forms import ChangeForm, NoteForm, SubmitForm
from ..models import Plan, Status
from ..permissions import Perm
from ..routes import route_of
from ..rules import ALL, SENDING, parts_are_complete
from ..selectors import change_of, facts_of
from .shared import open_plan, plan_at

Act = Callable[..., Plan]
ACTS: dict[str, Act] = {
    "close": actions.close_plan,
    "cancel": actions.cancel_plan,
    "drop_change": actions.drop_change,
}
WITH_REASON = frozenset({"cancel"})
CONSEQUENCES = {
    "close": gettext_lazy("The plan can no longer be changed; items that are still open are owed no more."),
    "cancel": gettext_lazy("Its money goes back to where it came from, and nothing of it is owed any more."),
    "drop_change": gettext_lazy("Every table goes back to the version in force; what was written is lost."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_move(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """A move as a dialog that tells what follows; opening a change asks for reason and effect."""
    subject = open_plan(request, pk)
    move = flow.moves.get(key)
    if move is None or not (key in ACTS or key == "change"):
        raise Http404
    require(request.user, move.needs, subject)
    plan = plan_at(pk)
    back = plan.get_absolute_url()
    if key == "change":
        form = ChangeForm(typed(request))

        def open_change() -> str:
            actions.open_change(plan=plan, actor=request.user, **form.cleaned_data)
            toast(request, _("The plan can be changed now"))
            return back

        return dialog(
            request, form, _("Change the approved plan"), _("Open the change"), open_change, back=back
        )
    note = NoteForm(typed(request)) if key in WITH_REASON else None
    if request.method == "POST" and (note is None or note.is_valid()):
        ACTS[key](plan=plan, actor=request.user, **(note.cleaned_data if note else {}))
        toast(request, _("%(move)s: done") % {"move": move.label})
        return go(request, back)
    context = {"plan": plan, "move": move, "form": note, "consequence": CONSEQUENCES[key]}
    status = 422 if note and note.is_bound else 200
    return render(request, "planning/move_dialog.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """First what is missing, with its places, the route and the money; then the plan, or its change, can be sent."""
    subject = open_plan(request, pk, Perm.SUBMIT)
    plan = plan_at(pk)
    is_change = plan.status == Status.CHANGING
    form = SubmitForm(typed(request), plan=plan, is_change=is_change)
    refused: RuleRefused | None = None
    if request.method == "POST" and form.is_valid():
        try:
            act = actions.send_change if is_change else actions.submit_plan
            act(plan=plan, actor=request.user, **form.cleaned_data)
        except RuleRefused as error:
            refused = error
        except Invalid as error:
            if "principles" not in error.fields:
                raise
            form.add_error("principles", str(error.fields["principles"]))
        else:
            toast(request, _("Sent for approval"))
            return go(request, plan.get_absolute_url())
    facts = facts_of(subject)
    failed = [verdict for verdict in evaluate(ALL, facts) if not verdict.passed]
    blocking = [verdict for verdict in failed if verdict.blocks]
    stops = {rule.id for rule in SENDING} - {parts_are_complete.id}
    route = _route(request, plan)
    context = page_context(
        request,
        subject,
        "plan_overview",
        form=form,
        refused=refused,
        missing=missing_from(facts),
        blocking=_shown(verdict for verdict in blocking if verdict.rule_id in stops),
        warnings=_shown(verdict for verdict in failed if not verdict.blocks),
        route=route,
        coverage=items_coverage([plan])[pk],
        change=change_of(plan),
        principles=_principles(form) if plan.document.is_budget else (),
        is_change=is_change,
        would_pass=not blocking and route is not None and route.obstacle is None,
        is_sendable=plan.status in (*SUBMIT.source, *SEND_CHANGE.source),
    )
    status = 422 if refused or (form.is_bound and form.errors) else 200
    return render(request, "planning/plan_submit.html", context, status=status)


def _principles(form: SubmitForm) -> list[tuple[Principle, object, bool]]:
    """The principles of budgeting, what each means, and whether it is ticked."""
    ticked = form.data.getlist("principles") if form.is_bound else []  # type: ignore[attr-defined]
    return [(principle, MEANINGS[principle], principle in ticked) for principle in Principle]


def _shown(verdicts: Any) -> list[Shown]:
    found: list[Verdict] = list(verdicts)
    return [Shown(Judged(verdict)) for verdict in found]


def _route(request: SignedInRequest, plan: Plan) -> Route | None:
    """The route it would take, or None where no routes are laid down at all."""
    try:
        return predict(plan.subject, route_of(plan), request.user)
    except NoRoute:
        return None


@require_POST
@login_required
def plan_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the plan, or its change, back from its approvers."""
    open_plan(request, pk)
    plan = actions.withdraw_plan(plan=plan_at(pk), actor=request.user)
    toast(request, _("Withdrawn"))
    return go(request, plan.get_absolute_url())


@require_POST
@login_required
def plan_break_down(request: SignedInRequest, pk: int) -> HttpResponse:
    """Lay out the missing quarter plans and project plans in one go."""
    open_plan(request, pk, Perm.RUN)
    made = actions.break_down(plan=plan_at(pk), actor=request.user)
    toast(request, _("%(count)s plans laid out") % {"count": len(made)})
    return redirect(reverse("planning:plan_breakdown", args=[pk]))
