"""Proposals of change: the list, one, sending it again, taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.rules.registry import as_declared, rules
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..flow import flow
from ..forms import ProposeForm, ReasonForm
from ..models import Proposal, Status
from ..permissions import Perm
from ..replay import row_from_json
from .routes import row_views
from .shared import dialog, shell


@require_GET
@needs(Perm.VIEW)
def proposal_list(request: SignedInRequest) -> HttpResponse:
    """Every proposal, the newest first."""
    found = Proposal.objects.visible_to(request.user).select_related("subject", "proposed_by")
    page = paginate(found, request.GET, by="-proposed_at")
    return render(request, "rulebook/proposal_list.html", {**shell(request, "proposals"), "page": page})


@require_GET
@needs(Perm.VIEW)
def proposal_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What changes, why, from when, what a trial showed, and where the approval stands."""
    proposal = _proposal(request, pk)
    is_own = proposal.proposed_by_id == request.user.pk
    context: dict[str, Any] = {
        **shell(request, "proposals"),
        "proposal": proposal,
        "view": selectors.proposal_view(proposal, request.user),
        "may_withdraw": is_own and proposal.status == Status.IN_APPROVAL,
        "moves": flow.offered(proposal, request.user) if is_own else [],
    }
    if proposal.target == Proposal.Target.ROUTES:
        context["rows"] = row_views(proposal.key, tuple(map(row_from_json, proposal.after)))
    return render(request, "rulebook/proposal_detail.html", context)


@require_http_methods(["GET", "POST"])
@needs(Perm.PROPOSE)
def proposal_again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a returned proposal again, with other values, reason or day."""
    proposal = _proposal(request, pk)
    form, read = _form(request, proposal)

    def save() -> str:
        data = form.cleaned_data
        actions.resubmit_proposal(
            proposal=proposal,
            actor=request.user,
            reason=data["reason"],
            effective_on=data["effective_on"],
            typed=read() if read else None,
        )
        toast(request, _("Sent for approval"))
        return proposal.get_absolute_url()

    return dialog(request, form, _("Send again"), _("Send"), save, back=proposal.get_absolute_url())


def _form(request: SignedInRequest, proposal: Proposal) -> tuple[forms.Form, Any]:
    initial: dict[str, Any] = {"reason": proposal.reason, "effective_on": proposal.effective_on}
    if proposal.target != Proposal.Target.PARAMETERS:
        return ReasonForm(request.POST or None, initial=initial), None
    rule = rules[proposal.key]
    for name, value in proposal.after.items():
        initial[name] = rule.bound(name).typed(as_declared(rule.params[name], value))
    form = ProposeForm(rule, request.POST or None, initial=initial)
    return form, lambda: form.typed


@require_POST
@needs(Perm.PROPOSE)
def proposal_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it back from management."""
    proposal = actions.withdraw_proposal(proposal=_proposal(request, pk), actor=request.user)
    toast(request, _("Withdrawn"))
    return redirect(proposal)


@require_POST
@needs(Perm.PROPOSE)
def proposal_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a returned proposal up."""
    proposal = actions.drop_proposal(proposal=_proposal(request, pk), actor=request.user)
    return redirect(proposal)


def _proposal(request: SignedInRequest, pk: int) -> Proposal:
    found = Proposal.objects.visible_to(request.user).select_related("subject", "proposed_by", "trial")
    proposal: Proposal = get_object_or_404(found, pk=pk)
    return proposal
