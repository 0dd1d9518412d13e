"""What a guest's page offers now: a question that is open, a prize that was won."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.lifecycle.events.links import Offer, guest_offer
from yunchou.lifecycle.events.models import Guest

from .models import Lot, Poll


@guest_offer
def open_polls(guest: Guest) -> Iterable[Offer]:
    """The questions that are open now."""
    found = Poll.objects.filter(subject=guest.subject_id, opened_at__isnull=False, closed_at=None)
    for poll in found:
        url = reverse("wall:poll_answer", args=[guest.token, poll.pk])
        yield Offer(say(_("A question to everybody")), poll.question, url, say(_("Answer now")))


@guest_offer
def won_prizes(guest: Guest) -> Iterable[Offer]:
    """What the guest won, until and after it was handed out."""
    found = Lot.objects.filter(guest=guest, prize__isnull=False).select_related("prize", "draw")
    for lot in found:
        words = (
            say(_("{prize} — {draw}. You have received it."), prize=str(lot.prize), draw=lot.draw.title)
            if lot.handed_at
            else say(
                _("{prize} — {draw}. Show your ticket at the desk."),
                prize=str(lot.prize),
                draw=lot.draw.title,
            )
        )
        url = reverse("wall:draw_public", args=[lot.draw.code])
        yield Offer(say(_("You have won")), words, url, say(_("How it was drawn")), is_glad=True)
