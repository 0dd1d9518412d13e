"""Gifts of an event: what is given, for whom it is set aside, and handing it over."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.preparation.forms.shared import ReasonForm
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.views.shared import event_of, guest_of

from ..actions import gifts
from ..forms import GuestGiftForm, LineForm, PlanForm
from ..models import Gift, GiftLine, GiftState
from ..rules import gift_within_limits
from ..selectors.gifts import chosen, gifts_of, limits, lines_of
from .shared import BOTH, dialog, done, part_context, unkept, url

REFUSED: Final = "hospitality.not_given"
MOST: Final = 40
"""So many who may not have a gift are named at once."""


def _line(subject: Subject, pk: int) -> GiftLine:
    found: GiftLine = get_object_or_404(
        GiftLine.objects.select_related("item", "subject"), subject=subject, pk=pk
    )
    return found


def _gift(subject: Subject, pk: int) -> Gift:
    found: Gift = get_object_or_404(
        Gift.objects.select_related("line__item", "guest", "subject"), subject=subject, pk=pk
    )
    return found


@require_safe
@login_required
def gift_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """The gifts of the event with the limits in force, and who has or gets one; who could not have one just now is named once."""
    subject = event_of(request, pk)
    asked = request.GET.get("state", "")
    state = asked if asked in GiftState.values else ""
    rows = gifts_of(subject, state)
    page = paginate(rows, request.GET, by="pk", total=rows.count())
    views = [
        {"label": label, "url": f"?state={key}" if key else "?", "active": key == state}
        for key, label in (("", pgettext("gift", "All")), *GiftState.choices)
    ]
    context = part_context(
        request,
        subject,
        "gifts",
        lines=lines_of(subject),
        page=page,
        states=views,
        state=state,
        limits=limits(),
        rule=gift_within_limits,
        refused=request.session.pop(REFUSED, []),
    )
    return unkept(render(request, "hospitality/gift_list.html", context))


@require_http_methods(BOTH)
@login_required
def line_keep(request: SignedInRequest, pk: int, line: int = 0) -> HttpResponse:
    """A thing from the stock that the event gives."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _line(subject, line) if line else None
    form = LineForm(typed(request), user=request.user, line=kept)

    def save() -> str:
        gifts.keep_line(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return url("gift_list", subject)

    title = kept.item.name if kept else _("New gift")
    hint = "" if kept else _("What lies in stock; receipts are entered there.")
    return dialog(request, form, title, _("Save"), save, back=url("gift_list", subject), hint=hint)


@require_http_methods(BOTH)
@login_required
def gifts_plan(request: SignedInRequest, pk: int, line: int) -> HttpResponse:
    """Set a gift aside for many in one go."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _line(subject, line)
    form = PlanForm(typed(request))

    def save() -> str:
        who = chosen(subject, form.cleaned_data["who"])
        told = gifts.reserve_gifts(
            line=kept, guests=who, quantity=form.cleaned_data["quantity"], actor=request.user
        )
        request.session[REFUSED] = [str(one.reason) for one in told.refused[:MOST]]
        toast(request, _("Set aside for {n} guests").format(n=len(told.gifts)))
        return url("gift_list", subject)

    title = _("Set {item} aside").format(item=kept.item.name)
    hint = _("Who has it already is passed over; who may not have it is named with the figures.")
    return dialog(request, form, title, _("Set aside"), save, back=url("gift_list", subject), hint=hint)


@require_http_methods(BOTH)
@login_required
def gift_reserve(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """Set a gift aside for one guest."""
    subject = event_of(request, pk, Perm.EDIT)
    whom = guest_of(request, subject, guest)
    form = GuestGiftForm(typed(request), subject=subject)

    def save() -> str:
        gifts.reserve_gift(guest=whom, actor=request.user, **form.cleaned_data)
        toast(request, _("Set aside"))
        return url("care_card", subject, whom.pk)

    back = url("care_card", subject, whom.pk)
    return dialog(
        request, form, _("A gift for {name}").format(name=whom.name), _("Set aside"), save, back=back
    )


@require_http_methods(BOTH)
@login_required
def gift_release(request: SignedInRequest, pk: int, gift: int) -> HttpResponse:
    """Give back what was set aside."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _gift(subject, gift)
    form = ReasonForm(typed(request))

    def save() -> str:
        gifts.release_gift(gift=kept, actor=request.user, **form.cleaned_data)
        toast(request, pgettext("gift", "Released"))
        return url("gift_list", subject)

    title = _("Release {item}").format(item=kept.line.item.name)
    back = url("gift_list", subject)
    return dialog(request, form, title, pgettext("gift", "Release"), save, back=back, hint=kept.guest.name)


@require_POST
@login_required
def gift_give(request: SignedInRequest, pk: int, gift: int) -> HttpResponse:
    """The guest has it; one tap, from the list or from the guest's card."""
    subject = event_of(request, pk, Perm.DOOR)
    kept = gifts.hand_over(gift=_gift(subject, gift), actor=request.user)
    card = url("care_card", subject, kept.guest_id)
    return done(
        request,
        pgettext("gift", "Handed over"),
        card if request.GET.get("card") else url("gift_list", subject),
    )
