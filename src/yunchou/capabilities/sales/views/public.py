"""The page by which people leave their contact data: no account, no scripts, the same answer whether they are known or not."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from yunchou.directory.customers.actions.consents import Agreed, newest_notice
from yunchou.directory.customers.models import Basis, Purpose
from yunchou.kernel.accounts.misses import is_slowed, may_send, note_miss
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.subjects.kinds import lock_on

from .. import actions
from ..actions import LeadFacts
from ..actions.shared import TABLE
from ..forms import PublicForm
from ..models import LeadForm, Way
from ..signs import is_token, once_of

MOST: Final = 30
"""So many leads may come from one device within ten minutes: a stand with a tablet stays below."""
SPAN: Final = 600
LANGUAGES: Final = ("zh-hans", "en")


@csrf_exempt  # whoever has the address may fill it in; browsers inside chats often keep no cookies
@require_http_methods(["GET", "HEAD", "POST"])
def public_form(request: HttpRequest, token: str) -> HttpResponse:
    """Name, number, need and consent; what is sent twice is taken once."""
    language = _language(request)
    with translation.override(language):
        rows = LeadForm.objects.select_related("subject__unit", "keeper")
        found = rows.filter(token=token).first() if is_token(token) else None
        if found is None:
            if is_slowed(request):  # wrong links alone: the visitors of a stand share one address
                return _told(request, "slow", language, status=429)
            note_miss(request)
            return _told(request, "unknown", language, status=404)
        if found.closed_at or lock_on(found.subject, TABLE):
            return _told(request, "over", language, form=found)
        if request.method != "POST":
            return _page(request, found, PublicForm(), language)
        return _taken(request, found, language)


def _taken(request: HttpRequest, found: LeadForm, language: str) -> HttpResponse:
    form = PublicForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, language, status=422)
    if form.cleaned_data["website"]:
        return _told(request, "thanks", language, form=found)
    if not may_send(request, f"sales.form:{found.pk}", most=MOST, span=SPAN):
        return _told(request, "slow", language, form=found, status=429)
    read = form.cleaned_data
    purposes = [Purpose.SERVICE, *([Purpose.MARKETING] if read["wants_news"] else [])]
    agreed = [
        Agreed(purpose, basis=Basis.FORM, proof=found.place, notice=newest_notice(purpose))
        for purpose in purposes
    ]
    key = f"form:{found.pk}:{once_of(request.POST.get('once', ''))}"
    facts = LeadFacts(channel=found.channel, place=found.place, need=read["need"], key=key)
    try:
        actions.capture_lead(
            subject=found.subject, facts=facts, person=form.person, consents=agreed, actor=None, way=Way.PUBLIC,
            owner=found.keeper, form=found,
        )  # fmt: skip
    except Refused as refused:
        for name, words in refused.fields.items():
            form.add_error(name if name in form.fields else None, str(words))
        if not refused.fields:
            form.add_error(None, str(refused.message))
        return _page(request, found, form, language, status=refused.status)
    return _told(request, "thanks", language, form=found)


def _language(request: HttpRequest) -> str:
    asked = request.POST.get("lang") or request.GET.get("lang") or translation.get_language() or ""
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _page(
    request: HttpRequest, found: LeadForm, form: PublicForm, language: str, *, status: int = 200
) -> HttpResponse:
    values = {name: form[name].value() or "" for name in ("name", "phone", "need")}
    context: dict[str, Any] = {
        "form": form, "found": found, "language": language, "values": values, "notice": newest_notice(Purpose.SERVICE),
        "news": newest_notice(Purpose.MARKETING), "once": once_of(request.POST.get("once", "")),
    }  # fmt: skip
    return _secret(render(request, "sales/public/form.html", context, status=status))


def _told(
    request: HttpRequest, state: str, language: str, *, form: LeadForm | None = None, status: int = 200
) -> HttpResponse:
    """A page of one sentence."""
    context = {"state": state, "language": language, "found": form}
    response = _secret(render(request, "sales/public/told.html", context, status=status))
    if status == 429:
        response["Retry-After"] = "60"
    return response


def _secret(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
