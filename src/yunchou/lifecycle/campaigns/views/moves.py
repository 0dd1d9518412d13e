"""What changes the course of a campaign: sending its proposal, the other moves, other dates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from yunchou.capabilities.ledger.selectors.pages import veiled
from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.approvals.routing import NoRoute, Route
from yunchou.kernel.approvals.selectors import predict
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.sheets.selectors import Shown
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..ahead import levels_ahead
from ..flow import SUBMIT, flow
from ..forms import NoteForm, RedateForm
from ..models import Campaign
from ..permissions import Perm
from ..redating import moves_of
from ..rules.splitting import nothing_is_split
from ..selectors import classification, proposal_findings, proposal_total
from .conflicts import confirmed, conflicts
from .pages import open_campaign

Act = Callable[..., Campaign]

# Moves that people make from the head of the page. Sending has its own page; outcomes are the approvers'.
ACTS: dict[str, Act] = {
    "plan": actions.start_planning,
    "prepare": actions.start_preparation,
    "start": actions.start_campaign,
    "close": actions.close_campaign,
    "evaluate": actions.complete_evaluation,
    "archive": actions.archive_campaign,
    "suspend": actions.suspend_campaign,
    "resume": actions.resume_campaign,
    "cancel": actions.cancel_campaign,
}
WITH_REASON = frozenset({"suspend", "cancel"})
CONSEQUENCES = {
    "plan": gettext_lazy(
        "The draft becomes a plan; everything stays editable until it is sent for approval."
    ),
    "prepare": gettext_lazy("Owners of tasks owe them by their ends from now on."),
    "start": gettext_lazy("Tasks, and the progress and data reports of every day, are owed from now on."),
    "close": gettext_lazy(
        "Open tasks and reports are no longer owed; owners of goals owe their final figures."
    ),
    "evaluate": gettext_lazy("The evaluation is complete; afterwards the campaign can only be archived."),
    "archive": gettext_lazy("Nothing of the campaign can be changed any more."),
    "suspend": gettext_lazy("Tasks and reports are not owed until the campaign is resumed."),
    "resume": gettext_lazy("The campaign goes on from where it was suspended."),
    "cancel": gettext_lazy("Whatever is owed for the campaign is dropped. This cannot be undone."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def campaign_move(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """A move as a dialog that tells what follows; the dialog's answer makes it."""
    subject = open_campaign(request, pk)
    move, act = flow.moves.get(key), ACTS.get(key)
    if move is None or act is None:
        raise Http404
    require(request.user, move.needs, subject)
    campaign = Campaign.objects.select_related("subject__unit").get(pk=pk)
    form = NoteForm(_typed(request)) if key in WITH_REASON else None
    if request.method == "POST" and (form is None or form.is_valid()):
        more = {"note": form.cleaned_data["note"]} if form else {}
        act(campaign=campaign, actor=request.user, **more)
        toast(request, _("%(move)s: done") % {"move": move.label})
        return _to(request, campaign)
    context = {"campaign": campaign, "move": move, "form": form, "consequence": CONSEQUENCES[key]}
    return render(
        request, "campaigns/move_dialog.html", context, status=422 if form and form.is_bound else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def campaign_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """First the route, what still blocks and what the budget will be; then it can be sent."""
    subject = open_campaign(request, pk, Perm.SUBMIT)
    form = NoteForm(_typed(request), is_needed=False)
    refused: RuleRefused | None = None
    if request.method == "POST" and form.is_valid():
        campaign = Campaign.objects.select_related("subject__unit").get(pk=pk)
        try:
            actions.submit_campaign(
                campaign=campaign,
                actor=request.user,
                note=form.cleaned_data["note"],
                confirmed=confirmed(request),
            )
        except RuleRefused as error:
            refused = error
        else:
            toast(request, _("Sent for approval"))
            return _to(request, campaign)
    judged = proposal_findings(subject)
    blocking = [Shown(one) for one in judged if one.stops]
    disagreements = conflicts(request, subject)
    disagreeing = {one.judged.verdict.fingerprint for one, _typed in disagreements}
    route = _route(request, pk)
    is_sendable = Campaign.objects.filter(pk=pk, status__in=SUBMIT.source).exists()
    context = page_context(
        request,
        subject,
        "proposal",
        form=form,
        refused=refused,
        route=route,
        blocking=blocking,
        conflicts=disagreements,
        excepted=[Shown(one) for one in judged if one.ruling],
        joined=[Shown(one) for one in judged if one.verdict.rule_id == nothing_is_split.id],
        open_findings=[
            Shown(one)
            for one in judged
            if one.is_open
            and not one.stops
            and one.verdict.rule_id != nothing_is_split.id
            and one.verdict.fingerprint not in disagreeing
        ],
        large=classification(subject),
        money=proposal_total(subject),
        levels=veiled(levels_ahead(subject), request.user),
        would_pass=not blocking and route is not None and route.obstacle is None,
        is_sendable=is_sendable,
        is_shut=not is_sendable,
    )
    status = 422 if refused or (form.is_bound and not form.is_valid()) else 200
    return render(request, "campaigns/campaign_submit.html", context, status=status)


def _route(request: SignedInRequest, pk: int) -> Route | None:
    """The route it would take, or None where no routes are laid down at all."""
    subject = Campaign.objects.select_related("subject__unit").get(pk=pk).subject
    try:
        return predict(subject, "campaign", request.user)
    except NoRoute:
        return None


@require_POST
@login_required
def campaign_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the proposal back."""
    open_campaign(request, pk)
    campaign = Campaign.objects.select_related("subject__unit").get(pk=pk)
    campaign = actions.withdraw_campaign(campaign=campaign, actor=request.user)
    toast(request, _("Withdrawn"))
    return _to(request, campaign)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def campaign_redate(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another start, with every date that moves along shown first."""
    open_campaign(request, pk, Perm.EDIT)
    campaign = Campaign.objects.select_related("subject__unit").get(pk=pk)
    form = RedateForm(_typed(request) or request.GET or None, initial={"start_on": campaign.start_on})
    moves: list[Any] = []
    if form.is_bound and form.is_valid():
        start_on = form.cleaned_data["start_on"]
        if request.method == "POST":
            try:
                campaign = actions.redate_campaign(campaign=campaign, start_on=start_on, actor=request.user)
            except Invalid as refused:
                for name, text in refused.fields.items():
                    form.add_error(name, str(text))
            else:
                toast(request, _("All dates moved"))
                return _to(request, campaign)
        moves = moves_of(campaign, start_on)
    context = {"campaign": campaign, "form": form, "moves": moves}
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/redate_dialog.html", context, status=status)


def _typed(request: SignedInRequest) -> QueryDict | None:
    """What was posted, be it nothing; None where nothing was."""
    return request.POST if request.method == "POST" else None


def _to(request: SignedInRequest, campaign: Campaign) -> HttpResponse | HttpResponseRedirect:
    """The overview, as a whole page even from a dialog."""
    address = campaign.get_absolute_url()
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
