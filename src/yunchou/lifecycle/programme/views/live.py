"""现在/下一项: the one page that the host and everybody on site hold in their hands during the event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.sales.permissions import Perm as SalesPerm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.kinds import is_over

from ..actions import running as actions
from ..forms.running import ExchangeForm, ParticipantsForm
from ..models import Day, RunSheetItem
from ..selectors.running import calls, day_of, lines_of, running_in
from ..selectors.safety import alarms
from .shared import BOTH, dialog, event_of, item_of, live_url, sheet_url

STEP: Final = 5
"""Minutes by which one tap gives or takes time."""


def _earlier(item: RunSheetItem, actor: Any) -> object:
    return actions.put_item(item=item, place=_place(item) - 1, actor=actor)


def _later(item: RunSheetItem, actor: Any) -> object:
    return actions.put_item(item=item, place=_place(item) + 1, actor=actor)


def _place(item: RunSheetItem) -> int:
    before = RunSheetItem.objects.filter(subject=item.subject_id, order__lt=item.order)
    return before.count()


CALLS: Final[dict[str, Callable[[RunSheetItem, Any], object]]] = {
    "begin": lambda item, actor: actions.begin_item(item=item, actor=actor),
    "end": lambda item, actor: actions.end_item(item=item, actor=actor),
    "skip": lambda item, actor: actions.skip_item(item=item, actor=actor),
    "back": lambda item, actor: actions.take_back_in(item=item, actor=actor),
    "longer": lambda item, actor: actions.lengthen_item(item=item, minutes=STEP, actor=actor),
    "shorter": lambda item, actor: actions.lengthen_item(item=item, minutes=-STEP, actor=actor),
    "earlier": _earlier,
    "later": _later,
}


@require_safe
@login_required
def live(request: SignedInRequest, pk: int) -> HttpResponse:
    """What runs now and what comes next, big; who calls the items calls them here."""
    subject = event_of(request, pk)
    return render(
        request,
        "programme/live.html",
        page_context(request, subject, "run_sheet", **_state(request, subject)),
    )


@require_safe
@login_required
def live_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same, asked for every second: nothing (304 or 204) while nothing has changed and the minute is the same."""
    subject = event_of(request, pk)
    tag = _tag(subject)
    if request.GET.get("v") == tag or request.headers.get("If-None-Match") == f'"{tag}"':
        response = HttpResponse(status=204 if "v" in request.GET else 304)
    else:
        response = _fragment(request, subject)
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _tag(subject: Subject) -> str:
    """What the page shows, in a word: one query."""
    version = Day.objects.filter(pk=subject.pk).values_list("version", flat=True).first() or 0
    return f"{version}-{clock.now():%H%M}"


def _state(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    now = clock.now()
    lines, day = lines_of(subject, now), day_of(subject)
    state = running_in(lines)
    by_key = {line.item.pk: line for line in lines}
    coming = [by_key[item.pk] for item in state.upcoming]
    return {
        "now": now,
        "stamp": int(now.timestamp()),
        "tag": f"{day.version}-{now:%H%M}",
        "state": state,
        "current": by_key[state.current.pk] if state.current else None,
        "next": coming[0] if coming else None,
        "next_waits": bool(coming) and coming[0].waits(now),
        "later": coming[1:],
        "skipped": [line for line in lines if line.item.skipped_at],
        "past": [line for line in lines if line.item.ended_at],
        "total": len(lines),
        "alarms": [one for one in alarms(subject) if one.is_open],
        "may_call": is_over(subject) is None and calls(request.user, subject, day),
        "may_capture": holds(request.user, SalesPerm.CAPTURE, subject),
        "day": day,
        "step": STEP,
        "moves": [
            ("begin", pgettext("run sheet", "Begin it now"), "player-play"),
            ("earlier", pgettext("run sheet", "One place earlier"), "arrow-up"),
            ("later", pgettext("run sheet", "One place later"), "arrow-down"),
            ("longer", pgettext("run sheet", "{minutes} min more").format(minutes=STEP), "clock-plus"),
            ("shorter", pgettext("run sheet", "{minutes} min less").format(minutes=STEP), "clock-minus"),
            ("skip", pgettext("run sheet", "Leave out"), "player-skip-forward"),
        ],
    }


def _fragment(request: SignedInRequest, subject: Subject) -> HttpResponse:
    return render(request, "programme/parts/live.html", {"subject": subject, **_state(request, subject)})


@require_POST
@login_required
def item_call(request: SignedInRequest, pk: int, item: int, what: str) -> HttpResponse:
    """One tap of the host: begin, end, leave out, take back in, five minutes more or less, earlier or later."""
    subject = event_of(request, pk)
    call = CALLS.get(what)
    if call is None:
        raise Http404
    call(item_of(subject, item), request.user)
    if request.htmx:
        return _fragment(request, subject)
    return HttpResponseRedirect(
        sheet_url(subject) if request.GET.get("back") == "sheet" else live_url(subject)
    )


@require_http_methods(BOTH)
@login_required
def participants_note(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """How many took part in an interaction."""
    subject = event_of(request, pk)
    kept = item_of(subject, item)
    form = ParticipantsForm(typed(request), initial={"participants": kept.participants})

    def save() -> str:
        actions.note_participants(item=kept, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return live_url(subject)

    return dialog(request, form, kept.title, _("Save"), save, back=live_url(subject))


@require_http_methods(BOTH)
@login_required
def exchange_note(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """A business contact made at an interaction."""
    subject = event_of(request, pk)
    kept = item_of(subject, item)
    form = ExchangeForm(typed(request), subject=subject)

    def save() -> str:
        actions.note_exchange(item=kept, actor=request.user, **form.cleaned_data)
        toast(request, pgettext("exchange", "Contact noted"))
        return live_url(subject)

    title = pgettext("exchange", "Business contact")
    return dialog(request, form, title, _("Save"), save, back=live_url(subject), hint=kept.topics)
