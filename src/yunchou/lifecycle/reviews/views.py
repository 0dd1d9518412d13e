"""The tab 评估复盘: targets against actuals, return on investment, retrospective, actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.operations.permissions import Perm as OperationsPerm
from yunchou.capabilities.operations.selectors import lessons_of
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog, go, typed
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.campaigns.models import Campaign, Status

from . import actions, forms
from .addresses import review_url
from .models import ActionState, RetroItem, RetroKind
from .permissions import Perm
from .selectors import invitees_of, items_of, retrospective_of, review_of
from .tables import EVALUATION, ROI


@dataclass(frozen=True)
class Action:
    """An action as this person sees it."""

    item: RetroItem
    is_late: bool
    can_finish: bool
    can_verify: bool

    @property
    def tone(self) -> str:
        return {ActionState.DONE: "info", ActionState.VERIFIED: "ok"}.get(
            ActionState(self.item.state), "neutral"
        )


@require_safe
@login_required
def review_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """`?view=table` shows the retrospective as the table it came from."""
    subject = open_subject(request, pk, Perm.VIEW)
    return render(
        request,
        "reviews/review_detail.html",
        page_context(request, subject, "review", **_page(request, subject)),
    )


def _page(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    campaign = Campaign.objects.get(pk=subject.pk)
    held, items = retrospective_of(subject), items_of(subject)
    is_submitted = bool(held and held.submitted_at)
    can_edit = holds(request.user, Perm.EDIT, subject)
    is_over = campaign.status in (Status.CLOSED, Status.EVALUATED)
    invitees = invitees_of(held)
    lessons, responses = lessons_of(subject)
    return {
        "lessons": lessons,
        "responses": responses,
        "can_keep": holds(request.user, OperationsPerm.LIBRARY),
        "campaign": campaign,
        "review": review_of(subject),
        "held": held,
        "present": [one.user for one in invitees if one.is_present],
        "absent": [one.user for one in invitees if not one.is_present],
        "columns": _columns(items),
        "other_items": [item for item in items if item.kind == RetroKind.OTHER],
        "actions": [
            _action(item, request.user, subject, is_submitted)
            for item in items
            if item.kind == RetroKind.ACTION
        ],
        "is_submitted": is_submitted,
        "can_open": can_edit and lock_on(subject, EVALUATION.key) is None,
        "can_state_gain": can_edit and lock_on(subject, ROI.key) is None,
        "can_meet": can_edit and is_over and not is_submitted,
    }


def _columns(items: list[RetroItem]) -> list[tuple[str, str, str, list[RetroItem]]]:
    """The three parts (RET-02): title, icon, kind, lines."""
    parts = (
        (RetroKind.SUCCESS, _("Successes"), "thumb-up"),
        (RetroKind.PROBLEM, _("Problems"), "alert-triangle"),
        (RetroKind.ACTION, _("Improvement actions"), "checklist"),
    )
    return [(title, icon, kind, [item for item in items if item.kind == kind]) for kind, title, icon in parts]


def _action(item: RetroItem, user: User, subject: Subject, is_submitted: bool) -> Action:
    return Action(
        item,
        item.is_late(clock.today()),
        is_submitted
        and item.state == ActionState.OPEN
        and (item.owner_id == user.pk or holds(user, Perm.EDIT, subject)),
        is_submitted
        and item.state == ActionState.DONE
        and item.owner_id != user.pk
        and holds(user, Perm.VERIFY, subject),
    )


@require_POST
@login_required
def evaluation_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a row for each target that has none."""
    subject = open_subject(request, pk)
    lines = actions.open_evaluation(subject=subject, actor=request.user)
    return _done(request, subject, _("%(count)d indicators added") % {"count": len(lines)})


@require_POST
@login_required
def actuals_take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take what the sources of the four indicators say now."""
    subject = open_subject(request, pk)
    changed = actions.take_actuals(subject=subject, actor=request.user)
    words = ngettext("%(count)d actual value taken", "%(count)d actual values taken", len(changed))
    return _done(request, subject, words % {"count": len(changed)})


@require_http_methods(["GET", "POST"])
@login_required
def gain_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was sold and what would have been, in a dialog."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.GainForm(typed(request), subject=subject)

    def save() -> str:
        actions.state_gain(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return review_url(subject)

    return dialog(
        request, form, _("Sales and baseline"), _("Save"), save, back=review_url(subject),
        template="reviews/gain_form.html",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
def meeting_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The meeting and who came, in a dialog."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = forms.MeetingForm(typed(request), subject=subject, held=retrospective_of(subject))

    def save() -> str:
        actions.record_meeting(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return review_url(subject)

    return dialog(
        request, form, _("Retrospective meeting"), _("Save"), save, back=review_url(subject),
        template="reviews/meeting_form.html",
    )  # fmt: skip


@require_POST
@login_required
def retrospective_submit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Submit the retrospective."""
    subject = open_subject(request, pk)
    actions.submit_retrospective(subject=subject, actor=request.user)
    return _done(request, subject, _("The retrospective is submitted; its actions are now owed"))


@require_http_methods(["GET", "POST"])
@login_required
def action_finish(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Say what came of an action, in a dialog."""
    subject = open_subject(request, pk)
    found = _item(subject, item)
    form = forms.ResultForm(typed(request))

    def save() -> str:
        actions.finish_action(item=found, actor=request.user, **form.cleaned_data)
        return _saved(request, found)

    return _action_dialog(request, form, found, pgettext("verb", "Done"), save)


@require_http_methods(["GET", "POST"])
@login_required
def action_verify(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Look at what came of an action, in a dialog."""
    subject = open_subject(request, pk, Perm.VERIFY)
    found = _item(subject, item)
    form = forms.VerifyForm(typed(request))

    def save() -> str:
        actions.verify_action(item=found, actor=request.user, **form.cleaned_data)
        return _saved(request, found)

    return _action_dialog(request, form, found, _("Save"), save)


def _saved(request: SignedInRequest, item: RetroItem) -> str:
    toast(request, _("Saved: %(action)s") % {"action": item})
    return review_url(item.subject, item)


def _action_dialog(
    request: SignedInRequest, form: django_forms.Form, item: RetroItem, verb: str, save: Callable[[], str]
) -> HttpResponse:
    return dialog(
        request, form, item.title, verb, save, back=review_url(item.subject, item),
        template="reviews/action_form.html", item=item,
    )  # fmt: skip


def _item(subject: Subject, pk: int) -> RetroItem:
    return get_object_or_404(
        RetroItem.objects.actions().select_related("subject__unit", "owner"), subject=subject, pk=pk
    )


def _done(request: SignedInRequest, subject: Subject, words: str) -> HttpResponse:
    toast(request, words)
    return go(request, review_url(subject))
