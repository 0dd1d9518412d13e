"""The plan of a session: the room, its furniture, what is proposed, and who is kept apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.seen import Stale
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.kinds import is_over
from yunchou.lifecycle.events.models import Session
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.views.shared import event_of

from ..actions.apart import end_apart, keep_apart
from ..actions.furnishing import furnish, keep_table, place_table, remove_table
from ..actions.people import seat_rest
from ..forms import ApartForm, FurnishForm, TableForm
from ..models import Apart, Shape
from ..selectors.proposals import Proposal, proposal_of
from ..selectors.rooms import aparts_of, news_of, offer_of, room_of, sessions_of
from .shared import BOTH, changes, dialog, parts_of, plan_url, session_of, table_of


@require_safe
@login_required
def plan_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The seating plan of one session, the first unless another is chosen."""
    subject = event_of(request, pk)
    sessions = list(sessions_of(subject))
    session = _chosen(request, sessions)
    context = page_context(
        request, subject, "seating", over=is_over(subject), sessions=_tabs(sessions, session)
    )
    if session:
        session.subject = subject
        room = room_of(session)
        context |= parts_of(request, room, subject)
        context["aparts"] = aparts_of(subject)
        context["may_export"] = holds(request.user, Perm.EXPORT, subject)
        context["list_query"] = f"session={session.pk}"
        if not room.furniture:
            context["offer"] = offer_of(session)
    return render(request, "seating/plan_detail.html", context)


def _chosen(request: SignedInRequest, sessions: list[Session]) -> Session | None:
    """The session of the address; otherwise the first that has a plan, or the first."""
    asked = request.GET.get("session", "")
    if asked:
        return next((one for one in sessions if str(one.pk) == asked), None) or (
            sessions[0] if sessions else None
        )
    planned = (one for one in sessions if hasattr(one, "seating_plan"))
    return next(planned, sessions[0] if sessions else None)


def _tabs(sessions: list[Session], chosen: Session | None) -> list[dict[str, Any]]:
    return [{"label": one.name, "url": f"?session={one.pk}", "active": one == chosen} for one in sessions]


@require_safe
@login_required
def plan_news(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """Nothing while the plan is as the page shows it; otherwise the room as it is now."""
    subject = event_of(request, pk)
    kept = session_of(subject, session)
    if request.GET.get("version") == news_of(kept):
        return HttpResponse(status=204)
    context = parts_of(request, room_of(kept), subject) | {"is_swapped": True}
    response = render(request, "seating/parts/news.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


# ---------------------------------------------------------------- furniture


@require_http_methods(BOTH)
@login_required
def furnish_plan(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """Ten tables of ten, or eight rows of twelve; the dialog, and the quick makers that send it filled in."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = session_of(subject, session)
    initial = {"shape": Shape.ROUND, "count": 10, "seats": 10}
    form = FurnishForm(typed(request), initial=initial)

    def save() -> str:
        made = furnish(session=kept, actor=request.user, **form.cleaned_data)
        n = len(made)
        toast(request, ngettext("{n} table or row added", "{n} tables or rows added", n).format(n=n))
        return plan_url(kept)

    title = _("Add tables or rows")
    return dialog(request, form, title, pgettext("seating", "Add"), save, back=plan_url(kept))


@require_http_methods(BOTH)
@login_required
def table_keep(request: SignedInRequest, pk: int, session: int, table: int) -> HttpResponse:
    """One table: its name, seats, spot, serving order, and whether it is a VIP block."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = session_of(subject, session)
    one = table_of(kept, table)
    form = TableForm.of(one, typed(request))

    def save() -> str:
        keep_table(table=one, facts=form.facts, actor=request.user, seen=form.cleaned_data["seen"])
        toast(request, _("Saved"))
        return plan_url(kept)

    remove = reverse("seating:table_remove", args=[subject.pk, kept.pk, one.pk])
    return dialog(
        request, form, _("Table or row"), _("Save"), save, back=plan_url(kept), remove=remove,
        below="seating/parts/remove.html",
    )  # fmt: skip


@require_POST
@login_required
def table_place(request: SignedInRequest, pk: int, session: int, table: int) -> HttpResponse:
    """A table was dragged to another spot."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = session_of(subject, session)
    spot = [request.POST.get(name, "") for name in ("x", "y")]
    x, y = (int(one) if one.isdecimal() and len(one) < 5 else 0 for one in spot)
    place_table(table=table_of(kept, table), x=x, y=y, actor=request.user)
    if not request.htmx:
        return redirect(plan_url(kept))
    context = parts_of(request, room_of(kept), subject) | {"is_swapped": True}
    return render(request, "seating/parts/news.html", context)


@require_http_methods(BOTH)
@login_required
def table_remove(request: SignedInRequest, pk: int, session: int, table: int) -> HttpResponse:
    """Take a table out; the dialog says who loses a seat."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = session_of(subject, session)
    one = table_of(kept, table)
    sat = one.sittings.count()
    form = forms.Form(typed(request))

    def save() -> str:
        remove_table(table=one, actor=request.user)
        toast(request, pgettext("seating", "Taken out of the plan"))
        return plan_url(kept)

    hint = (
        ngettext(
            "{n} person sits there and will have no seat.", "{n} people sit there and will have no seat.", sat
        ).format(n=sat)
        if sat
        else _("Nobody sits there.")
    )
    title = _("Take “{name}” out of the plan").format(name=one.name)
    return dialog(
        request, form, title, pgettext("seating", "Take out"), save, back=plan_url(kept), hint=hint,
        is_dangerous=True,
    )  # fmt: skip


# ---------------------------------------------------------------- seating the rest


@require_http_methods(BOTH)
@login_required
def rest(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """Everybody else, as proposed: shown first, applied when it is pressed; shown anew where the plan changed meanwhile."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = session_of(subject, session)
    status, fault = 200, ""
    if request.method == "POST":
        try:
            return _applied(request, subject, kept)
        except Stale as stale:
            status, fault = stale.status, _("The plan changed meanwhile. This is the proposal now.")
        except Refused as refused:
            if refused.status == 403:
                raise
            status, fault = refused.status, str(refused)
    proposal = proposal_of(kept)
    context = {
        "form": forms.Form(), "title": _("Seat the rest"), "back": plan_url(kept), "action": request.get_full_path(),
        "proposal": proposal, "fault": fault, "lines": _proposed(kept, proposal), "dialog": "seating/parts/rest.html",
        "left": [one for one in room_of(kept).people if one.place in proposal.left],
    }  # fmt: skip
    page = "seating/parts/rest.html" if request.htmx else "ui/form_page.html"
    return render(request, page, context, status=status)


def _applied(request: SignedInRequest, subject: Subject, session: Session) -> HttpResponse:
    before = room_of(session)

    def save() -> str:
        n = seat_rest(session=session, actor=request.user, seen=request.POST.get("stamp", "") or "-")
        toast(request, ngettext("{n} person seated", "{n} people seated", n).format(n=n))
        return plan_url(session)

    address = once(request, save)
    return changes(request, before, subject) if request.htmx else go(request, address)


def _proposed(session: Session, proposal: Proposal) -> list[tuple[str, bool, list[tuple[int, str]]]]:
    """The proposal by table: its label, whether it is a VIP block, and who would sit on which seat."""
    room = room_of(session)
    names = {one.place: one.guest.name for one in room.people}
    found = []
    for one in room.furniture:
        spots = ((n, names[place]) for place, (table, n) in proposal.spots.items() if table == one.table.pk)
        if lines := sorted(spots):
            found.append((one.label, one.table.is_vip, lines))
    return found


# ---------------------------------------------------------------- kept apart


@require_http_methods(BOTH)
@login_required
def apart_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Guests who are not to sit together. No reason is asked."""
    subject = event_of(request, pk, Perm.EDIT)
    form = ApartForm(typed(request), subject=subject)
    back = reverse("seating:plan_detail", args=[subject.pk])

    def save() -> str:
        keep_apart(subject=subject, guests=form.cleaned_data["guests"], actor=request.user)
        toast(request, _("Saved"))
        return back

    hint = _("No two of them sit at one table, nor next to each other in a row. Why is asked nowhere.")
    return dialog(request, form, _("Keep guests apart"), _("Save"), save, back=back, hint=hint)


@require_POST
@login_required
def apart_remove(request: SignedInRequest, pk: int, apart: int) -> HttpResponse:
    """They may sit together again."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = get_object_or_404(Apart.objects.select_related("subject"), subject=subject, pk=apart)
    end_apart(apart=kept, actor=request.user)
    toast(request, _("They may sit together again."))
    return go(request, reverse("seating:plan_detail", args=[subject.pk]))
