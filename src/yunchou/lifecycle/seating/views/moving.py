"""Moving people: by drag, by choosing a seat for a guest, by choosing a guest for a seat."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.lifecycle.events.models import Place, Session
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.views.shared import event_of

from ..actions.people import UNSEEN, seat_guest, seat_party, swap, unseat
from ..forms import ChairForm, PersonForm, ReasonForm, seats_seen
from ..models import Table
from ..neighbours import seat_text
from ..selectors.rooms import Room, Sitter, room_of
from .shared import BOTH, changes, dialog, place_of, plan_url, rights, session_of, table_of


@require_POST
@login_required
def move(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """One move: to a seat, to a table with the whole party, against somebody (`other`), or away from the table.

    `seen` is the seat on which the page showed the guest. A VIP block that is refused asks whoever may pass it for the reason.
    """
    subject = event_of(request, pk, Perm.ADD)
    kept = session_of(subject, session)
    before = room_of(kept)
    try:
        _moved(request, kept)
    except RuleRefused:
        if not (request.htmx and rights(request, subject)["may_edit"]):
            raise
        return _why(request, kept)
    return changes(request, before, subject) if request.htmx else redirect(plan_url(kept))


def _moved(request: SignedInRequest, session: Session) -> None:
    told = request.POST
    place = place_of(session, _number(told.get("place")))
    common: dict[str, Any] = {"actor": request.user, "why": told.get("why", "").replace("\0", "")}
    seen = told.get("seen", UNSEEN)
    if other := _number(told.get("other")):
        there = told.get("seen_other", UNSEEN)
        swap(place=place, other=place_of(session, other), seen=seen, seen_other=there, **common)
        return
    if not told.get("table"):
        unseat(place=place, actor=request.user, seen=seen)
        return
    table, number = table_of(session, _number(told.get("table"))), _number(told.get("number"))
    if told.get("party") in ("1", "True") or not number:
        seen_all = seats_seen(_json(told.get("seen_all")))
        seat_party(place=place, table=table, number=number, seen=seen, seen_all=seen_all, **common)
    else:
        seat_guest(place=place, table=table, number=number, seen=seen, **common)


def _json(text: str | None) -> object:
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def _why(request: SignedInRequest, session: Session) -> HttpResponse:
    """Ask why somebody who is no VIP sits in a VIP block; the answer goes where the move went."""
    told = request.POST
    form = ReasonForm(told if told.get("why") is not None else None, initial=told.dict())
    context = {
        "form": form, "title": _("A seat in the VIP block"), "verb": pgettext("seating", "Seat them there"),
        "back": plan_url(session), "action": request.path, "wide": {"why"}, "verdicts": (),
        "hint": _("This guest is no important guest, nor brought by one. Say why they sit there."),
    }  # fmt: skip
    response = render(request, "ui/parts/dialog.html", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#dialog", "innerHTML"
    return response


@require_http_methods(BOTH)
@login_required
def chair(request: SignedInRequest, pk: int, session: int, table: int, number: int) -> HttpResponse:
    """Who sits on one seat, without dragging anything."""
    subject = event_of(request, pk, Perm.ADD)
    kept = session_of(subject, session)
    spot = table_of(kept, table)
    room = room_of(kept)
    sitter = next((one for one in room.people if (one.table, one.number) == (spot.pk, number)), None)
    if sitter:
        return _person(request, subject, room, sitter)
    form = ChairForm(typed(request), room=room, is_vip=spot.is_vip)

    def save() -> str:
        place = place_of(kept, _number(form.cleaned_data["place"]))
        told = {
            "table": spot,
            "number": number,
            "actor": request.user,
            "seen": form.seen_seat,
            "why": form.cleaned_data.get("why", ""),
        }
        if form.cleaned_data["with_party"]:
            seat_party(place=place, seen_all=form.seen_all, **told)
        else:
            seat_guest(place=place, **told)
        return plan_url(kept)

    title = seat_text(spot.name, number)
    return _asked(request, subject, room, form, title, save)


@require_http_methods(BOTH)
@login_required
def person(request: SignedInRequest, pk: int, session: int, place: int) -> HttpResponse:
    """Where one guest sits, without dragging anything."""
    subject = event_of(request, pk, Perm.ADD)
    kept = session_of(subject, session)
    room = room_of(kept)
    found = next((one for one in room.people if one.place == place), None)
    if found is None:
        get_object_or_404(Place, session=kept, pk=place)
        raise wrong(_("This guest does not come to this session any more."))
    return _person(request, subject, room, found)


def _person(request: SignedInRequest, subject: Subject, room: Room, sitter: Sitter) -> HttpResponse:
    kept = room.session
    if request.method == "POST" and "away" in request.POST:
        unseat(place=place_of(kept, sitter.place), actor=request.user, seen=request.POST.get("seen", UNSEEN))
        return changes(request, room, subject) if request.htmx else redirect(plan_url(kept))
    form = PersonForm(typed(request), room=room, sitter=sitter)

    def save() -> str:
        place = place_of(kept, sitter.place)
        table, number = form.chosen
        told: dict[str, Any] = {
            "place": place, "table": get_object_or_404(Table, plan=kept.pk, pk=table), "number": number,
            "actor": request.user, "why": form.cleaned_data.get("why", ""),
        }  # fmt: skip
        if form.cleaned_data.get("with_party"):
            seen_all = seats_seen(form.cleaned_data["seen_all"])
            seat_party(seen=form.cleaned_data["seen"], seen_all=seen_all, **told)
        else:
            seat_guest(seen=form.cleaned_data["seen"], **told)
        return plan_url(kept)

    may_diet = rights(request, subject)["may_diet"]
    more = {"sitter": sitter, "part": "seating/parts/sitter.html", "may_diet": may_diet}
    return _asked(request, subject, room, form, sitter.guest.name, save, **more)


def _asked(
    request: SignedInRequest,
    subject: Subject,
    room: Room,
    form: Any,
    title: str,
    save: Callable[[], str],
    **more: Any,
) -> HttpResponse:
    """The dialog; when it has done its work, only what changed is drawn anew."""
    verb = pgettext("seating", "Seat them")
    response = dialog(request, form, title, verb, save, back=plan_url(room.session), **more)
    if response.has_header("HX-Redirect"):
        return changes(request, room, subject)
    return response
