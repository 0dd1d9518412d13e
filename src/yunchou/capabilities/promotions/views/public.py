"""What people open without an account: the page on which they take a coupon, and the coupon itself."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.capabilities.sales.forms import PublicForm
from yunchou.capabilities.sales.signs import is_token, once_of
from yunchou.directory.customers.actions.consents import Agreed, newest_notice
from yunchou.directory.customers.models import Basis, Purpose
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.misses import is_slowed, may_send, may_still_send, note_miss, note_sent
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.sealing import digest_of
from yunchou.kernel.ui.qr import drawn_code

from .. import actions, codes
from ..actions.coupons import refused
from ..models import Coupon, CouponSeries
from ..permissions import Perm
from .shared import unkept

MOST: Final = 20
"""So many coupons may be taken from one device within ten minutes."""
SPAN: Final = 600
WRONG, MOST_WRONG = "coupon", 200
"""So many wrong codes of one address within a minute, counted apart: who guesses is not told that a guess was right, and one who
mistypes does not stop the others in the hall."""
MOST_REFUSED: Final = 5
"""So many numbers that are given no coupon may be typed on one device meanwhile: who has one already is not found by trying."""
MOST_REFUSED_HERE: Final = 100
"""The same for one address, behind which there may be a hall full of people."""
LANGUAGES: Final = ("zh-hans", "en")


@csrf_exempt  # whoever has the address may take one; browsers inside chats often keep no cookies
@require_http_methods(["GET", "HEAD", "POST"])
def coupon_take(request: HttpRequest, token: str) -> HttpResponse:
    """Name, number and consent for a coupon; what is sent twice gives one."""
    language = _language(request)
    with translation.override(language):
        rows = CouponSeries.objects.select_related("subject__unit", "form__keeper", "stream__form")
        found = rows.filter(token=token, is_public=True).first() if is_token(token) else None
        if found is None:
            if is_slowed(request):  # wrong links alone: the visitors of a stand share one address
                return _told(request, "slow", language, status=429)
            note_miss(request)
            return _told(request, "unknown", language, status=404)
        if found.closed_at or found.has_ended:
            return _told(request, "over", language, series=found)
        if found.left <= 0:
            return _told(request, "gone", language, series=found)
        if request.method != "POST":
            return _page(request, found, PublicForm(), language)
        return _taken(request, found, language)


def _taken(request: HttpRequest, found: CouponSeries, language: str) -> HttpResponse:
    form = PublicForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, language, status=422)
    read = form.cleaned_data
    if read["website"]:
        return _told(request, "gone", language, series=found)
    refusals = f"promotions.refused:{found.pk}"
    may_try = may_still_send(request, refusals, by_device=MOST_REFUSED, by_address=MOST_REFUSED_HERE)
    if not may_try or not may_send(request, f"promotions.take:{found.pk}", most=MOST, span=SPAN):
        return _told(request, "slow", language, series=found, status=429)
    purposes = [Purpose.SERVICE, *([Purpose.MARKETING] if read["wants_news"] else [])]
    agreed = [
        Agreed(purpose, basis=Basis.FORM, proof=found.title, notice=newest_notice(purpose))
        for purpose in purposes
    ]
    # A form that stays open on a tablet may be sent by two people: each of them has a coupon of their own.
    key = f"{once_of(request.POST.get('once', ''))}:{digest_of(form.person.phone, 'promotions.take')[:32]}"
    try:
        made = actions.take_coupon(
            series=found, person=form.person, consents=agreed, key=f"take:{key}", need=read["need"]
        )
    except Refused as said:
        for name, words in said.fields.items():
            form.add_error(name if name in form.fields else None, str(words))
        if not said.fields:
            form.add_error(None, str(said.message))
        if "customer" in said.fields:
            note_sent(request, refusals, span=SPAN)
        return _page(request, found, form, language, status=said.status)
    return redirect(f"{made.path}?lang={language}")


@require_safe
def coupon(request: HttpRequest, code: str) -> HttpResponse:
    """A coupon as who has it shows it. Whoever redeems coupons of this activity is led to the counter."""
    language = _language(request)
    with translation.override(language):
        if is_slowed(request, WRONG, MOST_WRONG):
            return _told(request, "slow", language, status=429)
        plain = codes.tidy(code)
        rows = Coupon.objects.select_related("series__subject__unit")
        found = rows.filter(code=plain).first() if codes.is_sound(plain) else None
        if found is None:
            note_miss(request, WRONG)
            return _told(request, "unknown", language, status=404)
        if request.user.is_authenticated and holds(request.user, Perm.REDEEM, found.series.subject):
            return redirect("promotions:coupon_redeem", found.code)
        address = request.build_absolute_uri(found.path)
        context = {
            "coupon": found, "series": found.series, "language": language, "drawn": drawn_code(address),
            "reason": refused(found),
        }  # fmt: skip
        return _secret(render(request, "promotions/public/coupon.html", context))


def _language(request: HttpRequest) -> str:
    asked = request.POST.get("lang") or request.GET.get("lang") or translation.get_language() or ""
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _page(
    request: HttpRequest, found: CouponSeries, form: PublicForm, language: str, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form, "series": found, "language": language, "notice": newest_notice(Purpose.SERVICE),
        "values": {name: form[name].value() or "" for name in ("name", "phone", "need")},
        "news": newest_notice(Purpose.MARKETING), "once": once_of(request.POST.get("once", "")),
    }  # fmt: skip
    return _secret(render(request, "promotions/public/take.html", context, status=status))


def _told(
    request: HttpRequest, state: str, language: str, *, series: CouponSeries | None = None, status: int = 200
) -> HttpResponse:
    """A page of one sentence."""
    context = {"state": state, "language": language, "series": series}
    response = _secret(render(request, "promotions/public/told.html", context, status=status))
    if status == 429:
        response["Retry-After"] = "60"
    return response


def _secret(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return unkept(response)
