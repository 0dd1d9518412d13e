"""Coupons: their series, who has them, and the counter where they are redeemed."""

from __future__ import annotations

from typing import Any, Final

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.capabilities.sales.permissions import Perm as SalesPerm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Text
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, mark, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.qr import drawn_code
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, codes
from ..actions.coupons import refused
from ..forms import CodeForm, IssueForm, LinkForm, ReasonForm, RedeemForm, SeriesForm, series_values
from ..models import Coupon, CouponSeries
from ..permissions import Perm
from ..selectors.coupons import STATES, coupons_of, used_by_series
from .board import shown_rate
from .shared import METHODS, dialog, part_url, unkept

MOST_WRONG: Final = 10
"""So many wrong codes one person may type within ten minutes: nobody finds a code by trying."""
SPAN: Final = 600


@require_http_methods(METHODS)
@login_required
def series_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    form = SeriesForm(typed(request), subject=subject)

    def save() -> str:
        actions.make_series(subject=subject, facts=form.facts, actor=request.user)
        return part_url(subject)

    words = (_("New coupons or prizes"), pgettext("coupons", "Make"))
    return dialog(request, form, *words, save, back=part_url(subject))


def _series(request: SignedInRequest, pk: int, series: int, right: str) -> tuple[Subject, CouponSeries]:
    subject = open_subject(request, pk, right)
    found = get_object_or_404(
        CouponSeries.objects.select_related("stream", "form"), pk=series, subject=subject
    )
    found.subject = subject
    return subject, found


def _coupon(request: SignedInRequest, pk: int, coupon: int, right: str) -> tuple[Subject, Coupon]:
    subject = open_subject(request, pk, right)
    rows = Coupon.objects.select_related("series", "customer", "order")
    found = get_object_or_404(rows, pk=coupon, series__subject=subject)
    found.series.subject = subject
    return subject, found


def series_url(series: CouponSeries) -> str:
    return reverse("promotions:series_detail", args=[series.subject_id, series.pk])


@require_http_methods(METHODS)
@login_required
def series_change(request: SignedInRequest, pk: int, series: int) -> HttpResponse:
    subject, found = _series(request, pk, series, Perm.EDIT)
    form = SeriesForm(typed(request), subject=subject, initial=series_values(found))

    def save() -> str:
        actions.change_series(
            series=found, facts=form.facts, actor=request.user, seen=form.cleaned_data["seen"]
        )
        return series_url(found)

    return dialog(request, form, _("Change the coupons"), _("Save"), save, back=series_url(found))


@require_POST
@login_required
def series_close(request: SignedInRequest, pk: int, series: int) -> HttpResponse:
    _subject, found = _series(request, pk, series, Perm.EDIT)
    actions.close_series(series=found, actor=request.user)
    return go(request, series_url(found))


@require_http_methods(METHODS)
@login_required
def series_detail(request: SignedInRequest, pk: int, series: int) -> HttpResponse:
    """Who has which coupon and what became of it. Words to search come by POST and stand in no address."""
    subject, found = _series(request, pk, series, Perm.VIEW)
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    words = request.POST.get("words", "").strip()[:80]
    page = paginate(coupons_of(found, state, words), request.GET, by="-number")
    for one in page:
        one.series = found
    used = used_by_series([found.pk]).get(found.pk)
    states = [("", _("All")), ("open", pgettext("coupons", "Not redeemed")), ("redeemed", pgettext("coupons", "Redeemed")),
              ("voided", pgettext("coupons", "Taken back"))]  # fmt: skip
    context = page_context(
        request,
        subject,
        "promotions",
        series=found,
        page=page,
        used=used,
        rate=shown_rate(used.rate if used else None),
        words=words,
        states=[
            {"label": label, "url": f"?state={key}" if key else "?", "active": key == state}
            for key, label in states
        ],
        may_redeem=holds(request.user, Perm.REDEEM, subject),
        may_edit=holds(request.user, Perm.EDIT, subject),
        address=request.build_absolute_uri(found.path) if found.is_public and not found.closed_at else "",
    )
    if context["address"]:
        context["drawn"] = drawn_code(context["address"])
    return unkept(render(request, "promotions/series_detail.html", context))


@require_http_methods(METHODS)
@login_required
def coupon_issue(request: SignedInRequest, pk: int, series: int) -> HttpResponse:
    subject, found = _series(request, pk, series, Perm.REDEEM)
    form = IssueForm(typed(request), subject=subject)

    def save() -> str:
        made = actions.issue_coupon(series=found, customer=form.cleaned_data["customer"], actor=request.user)
        toast(request, _("Coupon %(code)s issued") % {"code": made.shown_code})
        return series_url(found)

    words = (_("Issue a coupon"), pgettext("coupons", "Issue"))
    return dialog(request, form, *words, save, back=series_url(found))


@require_http_methods(METHODS)
@login_required
def coupon_void(request: SignedInRequest, pk: int, coupon: int) -> HttpResponse:
    _subject, found = _coupon(request, pk, coupon, Perm.EDIT)
    form = ReasonForm(typed(request))

    def save() -> str:
        actions.void_coupon(coupon=found, reason=form.cleaned_data["reason"], actor=request.user)
        return series_url(found.series)

    words = (_("Take the coupon back"), pgettext("coupons", "Take back"))
    hint = _("It is worth nothing from then on and goes back to the stock.")
    return dialog(request, form, *words, save, back=series_url(found.series), hint=hint, is_dangerous=True)


@require_http_methods(METHODS)
@login_required
def coupon_link(request: SignedInRequest, pk: int, coupon: int) -> HttpResponse:
    _subject, found = _coupon(request, pk, coupon, Perm.REDEEM)
    form = LinkForm(typed(request), coupon=found, initial={"order": found.order_id})

    def save() -> str:
        actions.link_order(coupon=found, order=form.cleaned_data["order"], actor=request.user)
        return series_url(found.series)

    words = (_("The order this coupon led to"), _("Save"))
    return dialog(request, form, *words, save, back=series_url(found.series))


# ---------------------------------------------------------------- the counter


@require_http_methods(METHODS)
@needs(Perm.REDEEM)
def counter(request: SignedInRequest) -> HttpResponse:
    """One field for a code, typed or scanned; the phone's camera opens the coupon's own page and leads here as well."""
    form = CodeForm(typed(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        code, status = codes.tidy(form.cleaned_data["code"]), 422
        if _wrong_so_far(request) >= MOST_WRONG:
            form.add_error(
                "code", _("Too many wrong codes. Wait ten minutes, or look the person up in the list.")
            )
            status = 429
        elif not codes.is_sound(code):
            _note_wrong(request)
            form.add_error("code", _("This is no code of a coupon; look at each sign again."))
        elif (found := _known(code, request)) is None:
            _note_wrong(request)
            form.add_error("code", _("No coupon has this code."))
        else:
            return redirect("promotions:coupon_redeem", found.code)
    elif request.method == "POST":
        status = 422
    return unkept(render(request, "promotions/counter.html", {"form": form}, status=status))


@require_http_methods(METHODS)
@login_required
def coupon_redeem(request: SignedInRequest, code: str) -> HttpResponse:
    """A coupon at the counter: whose it is, what it gives, whether it is good; redeemed by one button."""
    if _wrong_so_far(request) >= MOST_WRONG:
        return redirect("promotions:counter")
    found = _known(codes.tidy(code), request)
    if found is None:
        _note_wrong(request)
        raise Http404
    subject = found.series.subject
    with_order = holds(request.user, SalesPerm.EDIT, subject)
    form = RedeemForm(
        typed(request), with_order=with_order, initial={"place": cache.get(_place_key(request), "")}
    )
    reason: Text | None = refused(found)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:

            def save() -> str:
                actions.redeem_coupon(
                    coupon=found, actor=request.user, place=form.cleaned_data["place"], order=form.order
                )
                cache.set(_place_key(request), form.cleaned_data["place"], 12 * 3600)
                return reverse("promotions:coupon_redeem", args=[found.code]) + "?done=1"

            return redirect(once(request, save))
        except Refused as said:
            if not mark(form, said):
                reason = reason or said.message
            status = said.status
    elif request.method == "POST":
        status = 422
    context: dict[str, Any] = {
        "coupon": found, "series": found.series, "subject": subject, "form": form, "reason": reason,
        "done": request.GET.get("done") == "1" and found.redeemed_at is not None,
    }  # fmt: skip
    return unkept(render(request, "promotions/redeem.html", context, status=status))


def _known(code: str, request: SignedInRequest) -> Coupon | None:
    """The coupon of a code, of an activity whose coupons the person may redeem."""
    rows = Coupon.objects.select_related("series__subject__unit", "customer__card", "redeemed_by", "order")
    found = rows.filter(code=code).first() if codes.is_sound(code) else None
    return found if found and holds(request.user, Perm.REDEEM, found.series.subject) else None


def _wrong_so_far(request: SignedInRequest) -> int:
    return int(cache.get(_wrong_key(request), 0))


def _note_wrong(request: SignedInRequest) -> None:
    if not cache.add(_wrong_key(request), 1, SPAN):
        try:
            cache.incr(_wrong_key(request))
        except ValueError:  # it ran out between the two
            cache.add(_wrong_key(request), 1, SPAN)


def _wrong_key(request: SignedInRequest) -> str:
    return f"promotions.wrong:{request.user.pk}"


def _place_key(request: SignedInRequest) -> str:
    return f"promotions.place:{request.user.pk}"
