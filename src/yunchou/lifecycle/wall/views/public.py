"""What guests and the public open: a question in the frame of the invitation, and a draw that everybody can verify."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.core.errors import Refused
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.selectors.guests import page_of
from yunchou.lifecycle.events.views.public import by_link, framed

from ..actions.polls import answer_poll
from ..models import Draw, Poll, PollKind
from ..selectors.draws import masked, told_of, winners_of
from ..selectors.polls import chosen_by, results_of


@require_http_methods(["GET", "HEAD", "POST"])
def poll_answer(request: HttpRequest, token: str, poll: int) -> HttpResponse:
    """Answer a question, or change the answer until it is closed. Works without scripts."""
    return by_link(lambda asked, guest: _answer(asked, guest, poll))(request, token)


poll_answer.csrf_exempt = True  # type: ignore[attr-defined]  # the secret in the address is the right to answer


def _answer(request: HttpRequest, guest: Guest, pk: int) -> HttpResponse:
    polls = Poll.objects.filter(subject=guest.subject_id, opened_at__isnull=False)
    poll = get_object_or_404(polls, pk=pk)
    refused: Refused | None = None
    if request.method == "POST":
        chosen = {int(one) for one in request.POST.getlist("choice") if one.isdecimal() and len(one) < 3}
        try:
            answer_poll(poll=poll, guest=guest, chosen=chosen)
        except Refused as told:
            refused = told
        else:
            return redirect(f"{reverse('wall:poll_answer', args=[guest.token, poll.pk])}?thanks=1")
    own = chosen_by(poll, guest)
    context = {
        **framed(guest),
        "poll": poll,
        "choices": [(n, label, n in own) for n, label in enumerate(poll.choices)],
        "is_many": poll.kind == PollKind.MANY,
        "is_rating": poll.kind == PollKind.RATING,
        "has_answered": bool(own),
        "thanks": request.GET.get("thanks") == "1" and bool(own),
        "refused": refused,
        "result": results_of([poll])[0] if own or not poll.is_open else None,
        "home": reverse("events:guest_page", args=[guest.token]),
    }
    return render(request, "wall/public/poll.html", context, status=refused.status if refused else 200)


def _frozen(code: str) -> Draw:
    found: Draw = get_object_or_404(
        Draw.objects.select_related("subject__unit", "poll").prefetch_related("prizes"),
        code=code,
        frozen_at__isnull=False,
    )
    return found


@require_safe
def draw_public(request: HttpRequest, code: str) -> HttpResponse:
    """Rules, digests and result of a draw, and how to draw again. No names but those of the hall."""
    draw = _frozen(code)
    winners = [(lot, masked(lot.guest)) for lot in winners_of(draw)] if draw.drawn_at else []
    context = {
        "draw": draw,
        "title": draw.subject.title,
        "host_name": page_of(draw.subject).host_name or draw.subject.unit.name,
        "look": "night",
        "entered": draw.lots.count(),
        "winners": winners,
    }
    return _plain(render(request, "wall/public/draw.html", context))


@require_safe
def draw_file(request: HttpRequest, code: str) -> HttpResponse:
    """Everything that is needed to draw again, for `verify_draw.py`."""
    draw = _frozen(code)
    response = JsonResponse(told_of(draw), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="draw-{draw.code}.json"'
    return _plain(response)


def _plain(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-cache"
    return response
