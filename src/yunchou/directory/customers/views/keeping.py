"""Consents, grades, touches, merging and erasing: what is done with one customer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core import clock
from yunchou.kernel.ui.dialogs import go, mark, typed
from yunchou.kernel.ui.toasts import toast

from ..actions.consents import give_consent, newest_notice, publish_notice, withdraw_consent
from ..actions.erasing import erase_customer
from ..actions.grading import grade_customer
from ..actions.merging import Said, lost, merge_customers
from ..actions.placing import mark_important, unmark_important
from ..actions.sources import add_source, close_source
from ..actions.touches import add_touch
from ..apart import same_as
from ..forms import ConsentForm, GradeForm, NoticeForm, ReasonForm, SourceForm, TouchForm, WithdrawForm
from ..models import Basis, Channel, Grade, Notice, Purpose, Source
from ..permissions import Perm
from ..selectors import register as read
from ..selectors.find import search_customers, twins_of
from ..selectors.history import grade_by_criteria, purchases_of
from .shared import customer_or_404, dialog, needs, unkept

METHODS = ["GET", "HEAD", "POST"]
CANDIDATES = 10


@require_http_methods(METHODS)
@needs(Perm.MANAGE)
def consent_give(request: SignedInRequest, pk: int, purpose: str = "") -> HttpResponse:
    customer = customer_or_404(request, pk, Perm.MANAGE)
    form = ConsentForm(typed(request), initial={"purpose": purpose, "basis": Basis.PAPER})

    def save() -> str:
        give_consent(customer=customer, actor=request.user, **form.cleaned_data)
        toast(request, _("Consent noted"))
        return f"{customer.get_absolute_url()}#consents"

    notice = newest_notice(purpose) if purpose else None
    hint = (
        notice.text
        if notice
        else _("Consent is asked for each purpose by itself, in words that were published.")
    )
    return dialog(
        request, form, _("Note a consent"), _("Note"), save, back=customer.get_absolute_url(), hint=hint
    )


@require_http_methods(METHODS)
@needs(Perm.MANAGE)
def consent_withdraw(request: SignedInRequest, pk: int, purpose: str) -> HttpResponse:
    """Two clicks: the word in the line, and the word in the dialog."""
    customer = customer_or_404(request, pk, Perm.MANAGE)
    form = WithdrawForm(typed(request), initial={"channel": Channel.ANY})

    def save() -> str:
        withdraw_consent(
            customer=customer, purpose=purpose, basis=Basis.SPOKEN, actor=request.user, **form.cleaned_data
        )
        toast(request, _("Withdrawal noted"))
        return f"{customer.get_absolute_url()}#consents"

    hint = _("It holds at once: what is queued is not sent any more.")
    if purpose == Purpose.SENSITIVE:
        hint = _("It holds at once, and the sensitive data of this customer are destroyed.")
    title = _("Withdraw: %(purpose)s") % {
        "purpose": Purpose(purpose).label if purpose in Purpose.values else ""
    }
    words = (title, pgettext("consent", "Withdraw"))
    return dialog(request, form, *words, save, back=customer.get_absolute_url(), hint=hint, is_dangerous=True)


@require_http_methods(METHODS)
@needs(Perm.MANAGE)
def customer_grade(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk, Perm.MANAGE)
    ids = [customer.pk, *same_as(customer)]
    proposed, spent = grade_by_criteria(ids), purchases_of(ids).in_a_year
    form = GradeForm(typed(request), initial={"grade": customer.grade or proposed})

    def save() -> str:
        grade_customer(customer=customer, actor=request.user, **form.cleaned_data)
        toast(request, _("Graded"))
        return customer.get_absolute_url()

    words = (_("Grade the customer"), pgettext("verb", "Grade"))
    hint = _("Bought within twelve months: %(spent)s yuan. By the criteria: %(grade)s.") % {
        "spent": f"{spent:,.2f}",
        "grade": Grade(proposed).label,
    }
    return dialog(request, form, *words, save, back=customer.get_absolute_url(), hint=hint)


@require_http_methods(METHODS)
@needs(Perm.APART)
def customer_mark(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a customer as important by hand, or take the mark away: with a reason, and the data move with it."""
    customer = customer_or_404(request, pk, Perm.APART)
    form, is_marked = ReasonForm(typed(request)), customer.marked_at is not None

    def save() -> str:
        act = unmark_important if is_marked else mark_important
        act(customer=customer, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("Mark taken away") if is_marked else _("Marked as important"))
        return customer.get_absolute_url()

    hint = _(
        "Contacts, papers, diet and profile go into the store kept apart, under keys of its own; unmasking them then needs a"
        " grant."
    )
    words = (_("Mark as important"), pgettext("customer", "Mark"))
    if is_marked:
        hint = _("The data go back among the others, unless the grade or an identity keeps them apart.")
        words = (_("Take the mark away"), pgettext("customer", "Take away"))
    return dialog(request, form, *words, save, back=customer.get_absolute_url(), hint=hint)


@require_http_methods(METHODS)
@needs(Perm.MANAGE)
def touch_add(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk, Perm.MANAGE)
    form = TouchForm(typed(request), initial={"at": clock.local(clock.now())})

    def save() -> str:
        data = form.cleaned_data
        amount = int(data["amount"] * 100) if data["amount"] is not None else None
        add_touch(
            customer=customer,
            kind=data["kind"],
            at=data["at"],
            note=data["note"],
            amount=amount,
            actor=request.user,
        )
        toast(request, _("Written down"))
        return f"{customer.get_absolute_url()}#touches"

    return dialog(request, form, _("Write a touch down"), _("Save"), save, back=customer.get_absolute_url())


@require_http_methods(METHODS)
@needs(Perm.MERGE)
def merge_start(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which record is the same: those that look like it, and a search (posted)."""
    customer = customer_or_404(request, pk, Perm.MERGE)
    words = request.POST.get("q", "").strip()[:80]
    found = []
    if words:
        candidates = (
            search_customers(request.user, words).exclude(pk=pk).select_related("subject__unit", "card")
        )
        found = list(candidates.order_by("-pk")[:CANDIDATES])
    context = {
        "customer": customer,
        "twins": twins_of(customer, request.user),
        "found": found,
        "words": words,
    }
    return unkept(render(request, "customers/merge_start.html", context))


@require_http_methods(METHODS)
@needs(Perm.MERGE)
def customer_merge(request: SignedInRequest, pk: int, other: int) -> HttpResponse:
    """Both side by side with what was agreed to, before one becomes the other."""
    kept, merged = customer_or_404(request, pk, Perm.MERGE), customer_or_404(request, other, Perm.MERGE)
    form = ReasonForm(typed(request))
    if request.method == "POST" and form.is_valid():
        from yunchou.kernel.core.errors import Refused

        try:
            reason = form.cleaned_data["reason"]
            merge_customers(kept=kept, merged=merged, reason=reason, actor=request.user)
        except Refused as refused:
            mark(form, refused)
        else:
            toast(request, _("Merged"))
            return go(request, kept.get_absolute_url())
    context = {
        "kept": kept,
        "merged": merged,
        "sides": [(kept, read.card_lines(kept)), (merged, read.card_lines(merged))],
        "lost": lost(Said.by(kept.consents.all()), Said.by(merged.consents.all())),
        "form": form,
    }
    return unkept(
        render(request, "customers/customer_merge.html", context, status=422 if form.errors else 200)
    )


@require_http_methods(METHODS)
@needs(Perm.ERASE)
def customer_erase(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk, Perm.ERASE)
    form = ReasonForm(typed(request))

    def save() -> str:
        erase_customer(customer=customer, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("Erased"))
        return customer.get_absolute_url()

    hint = _(
        "Name, contacts, profile and sensitive data are destroyed and cannot be brought back. Figures stay."
    )
    words = (_("Erase the customer"), _("Erase"))
    return dialog(request, form, *words, save, back=customer.get_absolute_url(), hint=hint, is_dangerous=True)


# ---------------------------------------------------------------- sources and notices


@require_safe
@needs(Perm.VIEW)
def source_list(request: SignedInRequest) -> HttpResponse:
    """The lawful sources, and the words under which consent is asked."""
    notices = Notice.objects.select_related("published_by").order_by("purpose", "-number")
    context = {
        "sources": Source.objects.order_by("closed_at", "name"),
        "notices": notices,
        "may_keep": holds(request.user, Perm.IMPORT),
        "may_publish": holds(request.user, Perm.ERASE),
    }
    return render(request, "customers/source_list.html", context)


def _back() -> str:
    from django.urls import reverse

    return reverse("customers:source_list")


@require_http_methods(METHODS)
@needs(Perm.IMPORT)
def source_add(request: SignedInRequest) -> HttpResponse:
    form = SourceForm(typed(request))

    def save() -> str:
        add_source(actor=request.user, **form.cleaned_data)
        toast(request, _("Source registered"))
        return _back()

    return dialog(request, form, _("Register a source"), _("Register"), save, back=_back(), wide=("name",))


@require_http_methods(METHODS)
@needs(Perm.IMPORT)
def source_close(request: SignedInRequest, pk: int) -> HttpResponse:
    source = get_object_or_404(Source, pk=pk)
    form = ReasonForm(typed(request))

    def save() -> str:
        close_source(source=source, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("Source closed"))
        return _back()

    return dialog(
        request, form, source.name, pgettext("source", "Close"), save, back=_back(), is_dangerous=True
    )


@require_http_methods(METHODS)
@needs(Perm.ERASE)
def notice_publish(request: SignedInRequest) -> HttpResponse:
    require(request.user, Perm.ERASE)
    form = NoticeForm(typed(request))

    def save() -> str:
        publish_notice(actor=request.user, **form.cleaned_data)
        toast(request, _("Notice published"))
        return _back()

    hint = _("Those who agreed under an older version stay with it; from now on the new words are shown.")
    return dialog(request, form, _("Publish a notice"), _("Publish"), save, back=_back(), hint=hint)
