"""The tab 筹备 of an activity: the readiness check, and the parts of a preparation."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..events import event
from ..following import part_url
from ..forms import ReasonForm
from ..permissions import Perm
from ..readiness import Board, board_of
from ..rules import (
    everybody_fits_in,
    nothing_red_at_the_start,
    only_what_was_approved,
    reports_follow_the_event,
    resource_is_agreed_in_writing,
    staff_on_site_are_trained,
)
from ..selectors.people import trained, trainings_of, untrained
from ..selectors.reports import reports_of
from ..selectors.research import attached_to
from ..selectors.site import site_of
from ..selectors.stock import moves_for
from ..selectors.venues import lines_of
from .shared import dialog

RULES = {
    "written": resource_is_agreed_in_writing,
    "fits": everybody_fits_in,
    "approved": only_what_was_approved,
    "ready": nothing_red_at_the_start,
    "trained": staff_on_site_are_trained,
    "reports": reports_follow_the_event,
}
"""The rules that templates name."""
PARTS = (
    "readiness",
    "venues",
    "agreements",
    "supplies",
    "prints",
    "people",
    "publicity",
    "trips",
    "research",
)
SHOWN_MOVES = 20


def _words() -> dict[str, str]:
    return {
        "readiness": _("Readiness check"),
        "venues": pgettext("preparation", "Venues"),
        "agreements": pgettext("preparation", "Agreements"),
        "supplies": pgettext("preparation", "Supplies"),
        "prints": pgettext("preparation", "Printed matter"),
        "people": pgettext("preparation", "People"),
        "publicity": pgettext("preparation", "Publicity"),
        "trips": pgettext("preparation", "Trips"),
        "research": pgettext("preparation", "Needs"),
    }


@require_safe
@login_required
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """One part of the preparation; the readiness check unless another is asked for."""
    subject = open_subject(request, pk, Perm.VIEW)
    asked = request.GET.get("view", "")
    part = asked if asked in PARTS else PARTS[0]
    lock = lock_on(subject, "readiness")
    views = [
        {"label": label, "url": f"?view={key}", "active": key == part} for key, label in _words().items()
    ]
    context = page_context(
        request,
        subject,
        "preparation",
        part=part,
        views=views,
        lock=lock,
        may_edit=lock is None and holds(request.user, Perm.EDIT, subject),
        event=event(subject),
        rules=RULES,
        template=f"preparation/parts/{part}.html",
        list_query=f"subject={subject.pk}",
        **CONTEXTS[part](request, subject),
    )
    return render(request, "preparation/board.html", context)


def _readiness(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    found: Board = board_of(subject)
    return {"board": found, "may_override": holds(request.user, Perm.OVERRIDE, subject)}


def _venues(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    lines = lines_of(subject, ended=True)
    live = [line for line in lines if line.booking.is_held or line.booking.is_confirmed]
    return {"lines": live, "ended": [line for line in lines if line not in live]}


def _supplies(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {
        "moves": list(moves_for(subject)[:SHOWN_MOVES]),
        "site": site_of(subject),
        "may_issue": holds(request.user, Perm.EDIT, subject) or holds(request.user, Perm.KEEP_STOCK),
    }


def _publicity(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"reports": reports_of(subject)}


def _people(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {
        "trainings": trainings_of(subject),
        "trained": trained(subject),
        "untrained": list(untrained(subject).values()),
    }


def _research(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"research": attached_to(subject)}


def _nothing(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {}


CONTEXTS = {
    "readiness": _readiness,
    "venues": _venues,
    "agreements": _nothing,
    "supplies": _supplies,
    "prints": _nothing,
    "people": _people,
    "publicity": _publicity,
    "trips": _nothing,
    "research": _research,
}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def go_ahead(request: SignedInRequest, pk: int) -> HttpResponse:
    """The overall lead lets it begin although something is red."""
    subject = open_subject(request, pk, Perm.OVERRIDE)
    form = ReasonForm(typed(request))

    def save() -> str:
        actions.go_ahead(subject=subject, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("It may begin; the journal keeps your reason."))
        return part_url(subject, "readiness")

    return dialog(
        request,
        form,
        _("Begin in spite of it"),
        _("Let it begin"),
        save,
        back=part_url(subject, "readiness"),
        hint=_("Holds for what is red now. Anything that turns red later stops it again."),
        is_dangerous=True,
        part="preparation/parts/reds.html",
        board=board_of(subject),
    )
