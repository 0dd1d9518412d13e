"""The tab 大屏: walls and their links, polls, draws; made for the phone of whoever hosts the event."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog, typed
from yunchou.kernel.ui.paging import Page, paginate
from yunchou.kernel.ui.qr import drawn_code
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.campaigns.permissions import Perm as CampaignPerm
from yunchou.lifecycle.events.kinds import CAMPAIGN, has_guests
from yunchou.lifecycle.events.permissions import Perm

from ..actions.draws import close_entries, draw_now, freeze_draw, hand_out, keep_draw
from ..actions.polls import close_poll, keep_poll, open_poll
from ..actions.screens import make_screen, revoke_screen
from ..actions.staging import stage, unstage
from ..forms import DrawForm, PollForm, PublicNumberForm, ScreenForm
from ..models import Draw, Lot, Poll, Screen
from ..models.draws import KEPT_YEARS
from ..selectors.draws import draws_of, taking_part, winners_of
from ..selectors.polls import polls_of

BOTH: Final = ["GET", "HEAD", "POST"]
SHOWN_ONCE: Final = "wall_links"
WIDE: Final = ("title", "source", "picked")


def _event(request: SignedInRequest, pk: int, perm: str = Perm.VIEW) -> Subject:
    subject = open_subject(request, pk, perm)
    if not has_guests(subject):
        raise Http404
    return subject


def _board(subject: Subject) -> str:
    return reverse("wall:board", args=[subject.pk])


@require_safe
@login_required
def board(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the wall; screens, polls and draws of an event."""
    subject = open_subject(request, pk, CampaignPerm.VIEW)
    if subject.kind != CAMPAIGN:
        raise Http404
    if not has_guests(subject):
        return render(request, "wall/board_plain.html", page_context(request, subject, "wall_plain"))
    subject = _event(request, pk)
    now = clock.now()
    screens = [
        {"screen": one, "works": one.works_at(now)}
        for one in Screen.objects.filter(subject=subject).select_related("made_by")
    ]
    context = {
        "screens": screens, "polls": polls_of(subject), "draws": draws_of(subject),
        "may_edit": holds(request.user, Perm.EDIT, subject),
    }  # fmt: skip
    return render(request, "wall/board.html", page_context(request, subject, "wall", **context))


# ------------------------------------------------------------------------------------------------ screens


@require_http_methods(BOTH)
@login_required
def screen_make(request: SignedInRequest, pk: int) -> HttpResponse:
    """A link for a computer in the hall."""
    subject = _event(request, pk, Perm.EDIT)
    form = ScreenForm(typed(request), subject=subject)

    def save() -> str:
        screen, token = make_screen(subject=subject, actor=request.user, **form.cleaned_data)
        request.session[SHOWN_ONCE] = {str(screen.pk): token}
        return reverse("wall:screen_link", args=[subject.pk, screen.pk])

    hint = _("Whoever has the link sees the hall's wall: no names, no alerts, no money.")
    return dialog(
        request, form, _("Link for a screen in the hall"), pgettext("wall", "Make the link"), save,
        back=_board(subject), hint=hint,
    )  # fmt: skip


@require_safe
@login_required
def screen_link(request: SignedInRequest, pk: int, screen: int) -> HttpResponse:
    """The link made a moment ago, as text and as a code. A second look shows it no more."""
    subject = _event(request, pk, Perm.EDIT)
    kept = get_object_or_404(Screen, subject=subject, pk=screen)
    token = request.session.pop(SHOWN_ONCE, {}).get(str(kept.pk), "")
    link = request.build_absolute_uri(reverse("wall:hall_wall", args=[token])) if token else ""
    context = page_context(
        request,
        subject,
        "wall",
        screen=kept,
        link=link,
        code=drawn_code(link) if link else "",
        board=_board(subject),
    )
    response = render(request, "wall/screen_link.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(BOTH)
@login_required
def screen_revoke(request: SignedInRequest, pk: int, screen: int) -> HttpResponse:
    """Switch a screen off."""
    subject = _event(request, pk, Perm.EDIT)
    kept = get_object_or_404(Screen, subject=subject, pk=screen)

    def save() -> str:
        revoke_screen(screen=kept, actor=request.user)
        toast(request, _("{screen} shows nothing any more.").format(screen=kept.name))
        return _board(subject)

    return dialog(
        request, forms.Form(typed(request)), _("Switch {screen} off").format(screen=kept.name),
        pgettext("wall", "Switch off"), save, back=_board(subject), hint=_("Its link opens nothing any more, at once."),
        is_dangerous=True,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ polls


@require_http_methods(BOTH)
@login_required
def poll_keep(request: SignedInRequest, pk: int, poll: int | None = None) -> HttpResponse:
    """Write a poll, or change one that has not been opened."""
    subject = _event(request, pk, Perm.EDIT)
    kept = get_object_or_404(Poll, subject=subject, pk=poll) if poll else None
    form = PollForm(typed(request), poll=kept)

    def save() -> str:
        keep_poll(subject=subject, actor=request.user, poll=kept, **form.cleaned_data)
        return _board(subject)

    title = _("Change the poll") if kept else _("New poll")
    return dialog(request, form, title, _("Save"), save, back=_board(subject), wide=("question",))


POLL_MOVES: Final = {"open": open_poll, "close": close_poll}


@require_POST
@login_required
def poll_move(request: SignedInRequest, pk: int, poll: int, move: str) -> HttpResponse:
    """Open or close a poll, put it on the wall or take it off."""
    subject = _event(request, pk, Perm.EDIT)
    kept = get_object_or_404(Poll.objects.select_related("subject"), subject=subject, pk=poll)
    if move in POLL_MOVES:
        POLL_MOVES[move](poll=kept, actor=request.user)
    else:
        _stage(request, kept, move)
    return redirect(_board(subject) + "#polls")


def _stage(request: SignedInRequest, what: Poll | Draw, move: str) -> None:
    if move == "show":
        stage(what=what, actor=request.user)
    elif move == "hide":
        unstage(what=what, actor=request.user)
    else:
        raise Http404


# ------------------------------------------------------------------------------------------------ draws


@require_http_methods(BOTH)
@login_required
def draw_keep(request: SignedInRequest, pk: int, draw: int | None = None) -> HttpResponse:
    """Prepare a draw, or change one that is not frozen."""
    subject = _event(request, pk, Perm.EDIT)
    kept = get_object_or_404(Draw.objects.select_related("poll"), subject=subject, pk=draw) if draw else None
    form = DrawForm(typed(request), subject=subject, user=request.user, draw=kept)

    def save() -> str:
        made = keep_draw(subject=subject, terms=form.terms, prizes=form.prizes, actor=request.user, draw=kept)
        return made.get_absolute_url()

    back = kept.get_absolute_url() if kept else _board(subject)
    title = _("Change the draw") if kept else _("New draw")
    return dialog(request, form, title, _("Save"), save, back=back, wide=WIDE)


def _draw(subject: Subject, pk: int) -> Draw:
    found: Draw = get_object_or_404(draws_of(subject).select_related("subject", "drawn_by"), pk=pk)
    return found


def _winners(request: SignedInRequest, draw: Draw) -> Page[Lot] | None:
    if draw.drawn_at is None:
        return None
    return paginate(winners_of(draw), request.GET, by="place", total=draw.won)  # type: ignore[attr-defined]


@require_safe
@login_required
def draw_detail(request: SignedInRequest, pk: int, draw: int) -> HttpResponse:
    """One draw: where it stands, what is told in public, who won and who has been given the prize."""
    subject = _event(request, pk)
    kept = _draw(subject, draw)
    context: dict[str, Any] = {
        "draw": kept,
        "steps": [
            pgettext("draw", "Prepared"),
            pgettext("draw", "Rules frozen"),
            pgettext("draw", "Entries closed"),
            pgettext("draw", "Drawn"),
        ],
        "step": ("drafted", "frozen", "closed", "drawn").index(kept.step) + 1,
        "page": _winners(request, kept),
        "would": taking_part(kept).count() if not kept.closed_at else kept.entered,  # type: ignore[attr-defined]
        "may_edit": holds(request.user, Perm.EDIT, subject),
        "may_hand": holds(request.user, Perm.DOOR, subject),
        "years": KEPT_YEARS,
        "form": PublicNumberForm(),
        "board": _board(subject),
    }
    return render(request, "wall/draw_detail.html", page_context(request, subject, "wall", **context))


@require_POST
@login_required
def draw_move(request: SignedInRequest, pk: int, draw: int, move: str) -> HttpResponse:
    """Freeze the rules, close the entries, put it on the wall or take it off."""
    subject = _event(request, pk, Perm.EDIT)
    kept = _draw(subject, draw)
    if move == "freeze":
        freeze_draw(draw=kept, actor=request.user)
        toast(request, _("The rules stand. Their digest is on the wall."))
    elif move == "close":
        closed = close_entries(draw=kept, actor=request.user)
        toast(request, _("{count} guests take part.").format(count=closed.lots.count()))
    else:
        _stage(request, kept, move)
    return redirect(kept.get_absolute_url())


@require_http_methods(BOTH)
@login_required
def draw_draw(request: SignedInRequest, pk: int, draw: int) -> HttpResponse:
    """Enter the public number and draw."""
    subject = _event(request, pk, Perm.EDIT)
    kept = _draw(subject, draw)
    form = PublicNumberForm(typed(request))

    def save() -> str:
        draw_now(draw=kept, actor=request.user, **form.cleaned_data)
        return kept.get_absolute_url()

    hint = _(
        "Agreed: {source}. It is drawn once; the winners follow from this number and are shown on the wall."
    )
    return dialog(
        request, form, kept.title, pgettext("draw", "Draw"), save,
        back=kept.get_absolute_url(), hint=hint.format(source=kept.source), wide=("public_value",),
    )  # fmt: skip


@require_POST
@login_required
def prize_hand(request: SignedInRequest, pk: int, draw: int, lot: int) -> HttpResponse:
    """Hand a prize out."""
    subject = _event(request, pk, Perm.DOOR)
    kept = get_object_or_404(
        Lot.objects.select_related("draw__subject"), draw__subject=subject, draw=draw, pk=lot
    )
    handed = hand_out(lot=kept, actor=request.user)
    toast(request, _("{prize} handed out.").format(prize=handed.prize))
    return redirect(f"{kept.draw.get_absolute_url()}#winners")
