"""The parts of a creative plan, switching to an alternative, and confirming the plan."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog, mark, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import FinalForm, SwitchForm
from ..permissions import Perm
from ..plans import CREATIVE, Module, modules_of, plan
from ..rules import contents_keep_to_their_phases
from ..selectors.basis import basis_of
from ..selectors.contents import phase_lines
from ..selectors.drafts import drafts_of
from ..selectors.final import final_of, what_stops
from ..selectors.rewards import lotteries_of, offers_of
from .shared import BASIS, CONTENTS, DRAFTS, PARTS, REWARDS, page_of


@require_safe
@login_required
def board(request: SignedInRequest, pk: int, part: str) -> HttpResponse:
    """One part of the creative plan."""
    subject = open_subject(request, pk, Perm.VIEW)
    plan(subject)
    if part not in PARTS:
        raise Http404
    context = page_of(
        request,
        subject,
        part,
        template=f"creative/parts/{part}.html",
        may_edit=holds(request.user, Perm.EDIT, subject),
        **CONTEXTS[part](request, subject),
    )
    return render(request, "creative/board.html", context)


def _contents(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {
        "lines": phase_lines(subject),
        "told": plan(subject),
        "rule": contents_keep_to_their_phases,
    }


def _drafts(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"drafts": drafts_of(subject)}


def _basis(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"basis": basis_of(subject), "plan_locked": lock_on(subject, CREATIVE)}


def _rewards(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"offers": offers_of(subject), "lotteries": lotteries_of(subject)}


CONTEXTS = {BASIS: _basis, CONTENTS: _contents, DRAFTS: _drafts, REWARDS: _rewards}


# ---------------------------------------------------------------- alternatives


def _module(subject: Subject, row: int) -> Module:
    found = next((one for one in modules_of(subject) if one.pk == row), None)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def module_switch(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """Go over to the alternative of a module; the dialog shows what that does before it is done."""
    subject = open_subject(request, pk, Perm.EDIT)
    module = _module(subject, row)
    form = SwitchForm(typed(request), subject=subject, module=module)

    def save() -> str:
        actions.switch_alternative(
            subject=subject, row=row, instead=form.instead, actor=request.user, seen=form.cleaned_data["seen"]
        )
        toast(request, _("“%(module)s” is carried out by its alternative now.") % {"module": module.module})
        return plan(subject).page

    return dialog(
        request,
        form,
        _("Switch “%(module)s” to its alternative") % {"module": module.module},
        _("Switch"),
        save,
        back=plan(subject).page,
        wide=("tasks", "days", "changes_nothing"),
        also={"line": "line_1"},
        part="creative/parts/switch_texts.html",
        below="creative/parts/switch_effect.html",
        module=module,
        subject=subject,
        lock=lock_on(subject, CREATIVE),
    )


@require_POST
@login_required
def switch_effect(request: SignedInRequest, pk: int, row: int) -> HttpResponse:
    """What the switch that is being typed would do: dates, costs, or what is still missing. Nothing is written."""
    subject = open_subject(request, pk, Perm.EDIT)
    module = _module(subject, row)
    form = SwitchForm(request.POST, subject=subject, module=module)
    context: dict[str, Any] = {"subject": subject, "module": module}
    if not form.is_valid():
        context["waits"] = True
        return render(request, "creative/parts/effect.html", context)
    try:
        context["effect"] = actions.preview_switch(
            subject=subject, row=row, instead=form.instead, actor=request.user
        )
    except Refused as refused:
        mark(form, refused)
        context["refused"] = refused
    return render(request, "creative/parts/effect.html", context)


# ---------------------------------------------------------------- the final plan


def final_card(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    """What the card of the final plan shows."""
    return {
        "final": final_of(subject),
        "may_confirm": holds(request.user, Perm.APPROVE, subject),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def final_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm the plan as it stands, with what it is to bring about and how that will be told."""
    subject = open_subject(request, pk, Perm.APPROVE)
    last = final_of(subject).last
    initial = {"effect": last.effect, "evaluation": last.evaluation} if last else {}
    form = FinalForm(typed(request), subject=subject, initial=initial)

    def save() -> str:
        given = form.cleaned_data
        made = actions.confirm_plan(
            subject=subject, effect=given["effect"], evaluation=given["evaluation"], actor=request.user,
            seen=given["seen"],
        )  # fmt: skip
        toast(request, _("The final plan is confirmed as %(version)s.") % {"version": made.version})
        return plan(subject).page

    return dialog(
        request,
        form,
        _("Confirm the final plan"),
        _("Confirm and freeze"),
        save,
        back=plan(subject).page,
        hint=_(
            "The plan is frozen as a version with what you state here; later changes make another version."
        ),
        part="creative/parts/final_stops.html",
        stops=what_stops(subject) if request.method == "GET" else (),
    )
