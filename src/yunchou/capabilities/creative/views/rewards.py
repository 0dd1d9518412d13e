"""Offers, lotteries, and the published winners."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog, go, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import EntriesForm, GrantForm, LotteryForm, OfferForm
from ..models import Lottery, Offer
from ..permissions import Perm
from ..rules import prizes_stay_below_the_limit
from ..selectors.rewards import lottery_state, verify, wins_of
from .shared import REWARDS, page_of, part_url

CHANGE = ["GET", "HEAD", "POST"]


def _lottery(
    request: SignedInRequest, pk: int, lottery: int, right: str = Perm.VIEW
) -> tuple[Subject, Lottery]:
    subject = open_subject(request, pk, right)
    return subject, get_object_or_404(
        Lottery.objects.select_related("drawn_by", "published_by", "subject"), pk=lottery, subject=subject
    )


@require_http_methods(CHANGE)
@login_required
def offer_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form, back = OfferForm(typed(request)), part_url(subject, REWARDS)

    def save() -> str:
        given = form.cleaned_data
        actions.make_offer(
            subject=subject, kind=given["kind"], terms=form.terms, stock=given["stock"], actor=request.user
        )
        return back

    return dialog(request, form, _("Set an offer"), _("Set"), save, back=back)


@require_http_methods(CHANGE)
@login_required
def offer_grant(request: SignedInRequest, pk: int, offer: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Offer.objects.select_related("subject"), pk=offer, subject=subject)
    form, back = GrantForm(typed(request)), part_url(subject, REWARDS)

    def save() -> str:
        given = form.cleaned_data
        actions.grant(offer=found, quantity=given["quantity"], note=given["note"], actor=request.user)
        return back

    title = _("Give “%(offer)s”, %(left)s left") % {"offer": found.title, "left": found.left}
    return dialog(request, form, title, _("Give"), save, back=back)


@require_http_methods(CHANGE)
@login_required
def lottery_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form, back = LotteryForm(typed(request)), part_url(subject, REWARDS)

    def save() -> str:
        made = actions.open_lottery(subject=subject, terms=form.terms, prizes=form.prizes, actor=request.user)
        return made.get_absolute_url()

    return dialog(
        request, form, _("Set a lottery"), _("Set"), save, back=back, also={"prizes": "value_1"},
        wide=("title", "prize_1", "prize_2", "prize_3", "prize_4"),
        hint=_("Rule, period and prizes stand once it is set; the commitment to the seed is told at once."),
    )  # fmt: skip


@require_safe
@login_required
def lottery_detail(request: SignedInRequest, pk: int, lottery: int) -> HttpResponse:
    """Rule, prizes, what was committed to, and after the draw the winners with a check of it."""
    subject, found = _lottery(request, pk, lottery)
    state = lottery_state(found)
    may_approve = holds(request.user, Perm.APPROVE, subject)
    is_told = state == "published" or (state == "drawn" and may_approve)
    context = page_of(
        request,
        subject,
        REWARDS,
        lottery=found,
        state=state,
        prizes=list(found.prizes.all()),
        people=found.entries.count(),
        wins=wins_of(found) if is_told else [],
        check=verify(found),
        rule=prizes_stay_below_the_limit,
        back=part_url(subject, REWARDS),
        may_edit=holds(request.user, Perm.EDIT, subject),
        may_approve=may_approve,
    )
    return render(request, "creative/lottery_detail.html", context)


@require_http_methods(CHANGE)
@login_required
def lottery_enter(request: SignedInRequest, pk: int, lottery: int) -> HttpResponse:
    _subject, found = _lottery(request, pk, lottery, Perm.EDIT)
    form = EntriesForm(typed(request))

    def save() -> str:
        count = actions.enter_lottery(lottery=found, people=form.cleaned_data["people"], actor=request.user)
        toast(request, _("%(count)s new people take part.") % {"count": count})
        return found.get_absolute_url()

    return dialog(request, form, _("Enter people"), _("Enter"), save, back=found.get_absolute_url())


@require_POST
@login_required
def lottery_draw(request: SignedInRequest, pk: int, lottery: int) -> HttpResponse:
    _subject, found = _lottery(request, pk, lottery, Perm.APPROVE)
    actions.draw_lottery(lottery=found, actor=request.user)
    return go(request, found.get_absolute_url())


@require_POST
@login_required
def lottery_publish(request: SignedInRequest, pk: int, lottery: int) -> HttpResponse:
    _subject, found = _lottery(request, pk, lottery, Perm.APPROVE)
    actions.publish_winners(lottery=found, actor=request.user)
    return go(request, found.get_absolute_url())
