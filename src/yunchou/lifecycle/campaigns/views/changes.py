"""Changing an approved proposal, or one that is being decided on: opening, looking at the difference, sending, dropping."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.approvals.routing import NoRoute
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.selectors import Shown
from yunchou.kernel.subjects.kinds import content_of
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.kernel.versions.models import digest_of

from .. import actions
from ..change_models import Change
from ..changing import asked_by, changes_of, made_void
from ..differing import proposal_difference
from ..forms import NoteForm, PrinciplesForm
from ..models import Campaign
from ..permissions import Perm
from ..rules.splitting import nothing_is_split
from ..selectors import proposal_findings
from .conflicts import confirmed, conflicts
from .pages import open_campaign

OPENING = {"change": actions.open_change, "amendment": actions.open_amendment}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change_open(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """A dialog that tells what opening the proposal means, and asks why."""
    if kind not in OPENING:
        raise Http404
    open_campaign(request, pk, Perm.SUBMIT)
    campaign = Campaign.objects.whole(pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        OPENING[kind](campaign=campaign, actor=request.user, reason=form.cleaned_data["note"])
        toast(request, _("The tables of the proposal are open"))
        address = _address(campaign)
        return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
    context = {"campaign": campaign, "form": form, "kind": kind}
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/change_dialog.html", context, status=status)


@require_safe
@login_required
def change_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a change would do: the difference, what is still in the way, whom it needs, which decisions become void."""
    subject = open_campaign(request, pk)
    return _page(request, subject, _change(pk))


@require_POST
@login_required
def change_send(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send it, to those who have to agree."""
    subject, change = open_campaign(request, pk, Perm.SUBMIT), _shown_change(request, pk)
    if not (seen := request.POST.get("digest", "")):
        raise _another()
    try:
        change = actions.send_change(
            change=change, actor=request.user, seen=seen, confirmed=confirmed(request)
        )
    except RuleRefused as refused:
        return _page(request, subject, change, refused)
    toast(request, _("Sent for approval"))
    return redirect(change.campaign)


@require_POST
@login_required
def change_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give it up; the tables go back to what they were."""
    open_campaign(request, pk, Perm.SUBMIT)
    change = actions.drop_change(change=_shown_change(request, pk), actor=request.user)
    toast(request, _("Dropped; everything is as it was"))
    return redirect(change.campaign)


@require_POST
@login_required
def principles_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick the principles that the plan keeps to."""
    open_campaign(request, pk, Perm.EDIT)
    form = PrinciplesForm(request.POST)
    form.full_clean()
    ticked = [name for name in form.fields if form.cleaned_data[name]]
    actions.confirm_principles(campaign=Campaign.objects.whole(pk), actor=request.user, principles=ticked)
    return redirect("campaigns:proposal_detail", pk)


def _page(
    request: SignedInRequest, subject: Subject, change: Change, refused: RuleRefused | None = None
) -> HttpResponse:
    judged = proposal_findings(subject) if change.is_open else []
    case, content = running_case(subject), content_of(subject)
    try:
        asked = asked_by(subject, request.user) if change.is_open and not change.is_amendment else ()
    except NoRoute:
        asked = ()
    context: dict[str, Any] = {
        "change": change,
        "refused": refused,
        "digest": digest_of(content),
        "differences": proposal_difference(change.base.content, content),
        "conflicts": conflicts(request, subject) if change.is_open else [],
        "blocking": [Shown(one) for one in judged if one.stops],
        "joined": [Shown(one) for one in judged if one.verdict.rule_id == nothing_is_split.id],
        "asked": asked,
        "case": case,
        "void": made_void(case) if case and change.is_open and change.is_amendment else [],
    }
    status = 422 if refused else 200
    page = page_context(request, subject, "proposal", **context)
    return render(request, "campaigns/change_detail.html", page, status=status)


def _change(pk: int) -> Change:
    """The change that is written or decided on; an amendment of it comes first."""
    live = changes_of(pk)
    if not live:
        raise Http404
    return live[-1]


def _shown_change(request: SignedInRequest, pk: int) -> Change:
    """The change that the person looked at; 409 where another one is written by now."""
    change = _change(pk)
    if request.POST.get("change") != str(change.pk):
        raise _another()
    return change


def _another() -> WrongState:
    return WrongState(
        say(gettext_noop("This is no longer the change you looked at. Look at it again.")), code="stale"
    )


def _address(campaign: Campaign) -> str:
    return f"{campaign.get_absolute_url()}proposal/"
