"""Offers to prospects and benefits of employees."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import AnswerForm, BenefitForm, BirthdaysForm, OfferForm, ProspectsForm
from ..forms.targeted import values_of
from ..models import Benefit, Offer, Prospect
from ..permissions import Perm
from .shared import METHODS, dialog, part_url


def _offer(request: SignedInRequest, pk: int, offer: int) -> tuple[Subject, Offer]:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Offer, pk=offer, subject=subject)
    found.subject = subject
    return subject, found


@require_http_methods(METHODS)
@login_required
def offer_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form = OfferForm(typed(request))

    def save() -> str:
        actions.make_offer(subject=subject, facts=form.facts, actor=request.user)
        return part_url(subject, "offers")

    words = (_("Draw up an offer"), pgettext("offer", "Draw up"))
    return dialog(request, form, *words, save, back=part_url(subject, "offers"))


@require_http_methods(METHODS)
@login_required
def offer_change(request: SignedInRequest, pk: int, offer: int) -> HttpResponse:
    subject, found = _offer(request, pk, offer)
    form = OfferForm(typed(request), initial=values_of(found))

    def save() -> str:
        actions.change_offer(offer=found, facts=form.facts, actor=request.user)
        return part_url(subject, "offers")

    return dialog(request, form, _("Change the offer"), _("Save"), save, back=part_url(subject, "offers"))


@require_http_methods(METHODS)
@login_required
def prospects_add(request: SignedInRequest, pk: int, offer: int) -> HttpResponse:
    subject, found = _offer(request, pk, offer)
    form = ProspectsForm(typed(request), subject=subject)

    def save() -> str:
        count = actions.add_prospects(
            offer=found, customers=form.cleaned_data["customers"], actor=request.user
        )
        toast(request, ngettext("Offered to %(n)s more", "Offered to %(n)s more", count) % {"n": count})
        return part_url(subject, "offers")

    words = (_("Offer it to prospects"), pgettext("offer", "Offer it"))
    return dialog(request, form, *words, save, back=part_url(subject, "offers"))


@require_http_methods(METHODS)
@login_required
def prospect_answer(request: SignedInRequest, pk: int, prospect: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    rows = Prospect.objects.select_related("offer", "customer")
    found = get_object_or_404(rows, pk=prospect, offer__subject=subject)
    found.offer.subject = subject
    initial = {"answer": found.answer, "note": found.note, "order": found.order_id}
    form = AnswerForm(typed(request), prospect=found, initial=initial)

    def save() -> str:
        actions.answer_offer(prospect=found, actor=request.user, **form.cleaned_data)
        return part_url(subject, "offers")

    title = _("What %(name)s said") % {"name": found.customer.name}
    return dialog(
        request, form, title, pgettext("contact", "Note down"), save, back=part_url(subject, "offers")
    )


@require_http_methods(METHODS)
@login_required
def birthdays_draw(request: SignedInRequest, pk: int) -> HttpResponse:
    """The birthdays of a period, from the register of employees."""
    subject = open_subject(request, pk, Perm.EDIT)
    today = clock.today()
    initial = {"start": today, "end": today.replace(month=12, day=31)}
    form = BirthdaysForm(typed(request), initial=initial)

    def save() -> str:
        count = actions.draw_birthdays(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, ngettext("%(n)s birthday added", "%(n)s birthdays added", count) % {"n": count})
        return part_url(subject, "benefits")

    words = (_("Birthdays from the register of employees"), pgettext("benefit", "Take over"))
    return dialog(request, form, *words, save, back=part_url(subject, "benefits"))


@require_http_methods(METHODS)
@login_required
def benefit_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form = BenefitForm(typed(request), subject=subject, initial={"due_on": clock.today()})

    def save() -> str:
        count = actions.add_benefits(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, ngettext("%(n)s benefit added", "%(n)s benefits added", count) % {"n": count})
        return part_url(subject, "benefits")

    words = (_("Add a benefit"), pgettext("benefit", "Add"))
    return dialog(request, form, *words, save, back=part_url(subject, "benefits"))


def _benefit(request: SignedInRequest, pk: int, benefit: int) -> tuple[Subject, Benefit]:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(Benefit, pk=benefit, subject=subject)
    found.subject = subject
    return subject, found


@require_POST
@login_required
def benefit_give(request: SignedInRequest, pk: int, benefit: int) -> HttpResponse:
    subject, found = _benefit(request, pk, benefit)
    actions.give_benefit(benefit=found, actor=request.user)
    return go(request, part_url(subject, "benefits"))


@require_POST
@login_required
def benefit_remove(request: SignedInRequest, pk: int, benefit: int) -> HttpResponse:
    subject, found = _benefit(request, pk, benefit)
    actions.remove_benefit(benefit=found, actor=request.user)
    return go(request, part_url(subject, "benefits"))
