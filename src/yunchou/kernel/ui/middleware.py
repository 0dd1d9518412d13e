"""Refusals and messages reach the person, whatever kind of request asked.

`core.errors.Refused` becomes a fragment for htmx (shown above the content or in the open dialog), JSON for machines,
and for a page either a message on the page the person came from or an error page with the right status.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.lookups import is_holdable
from yunchou.kernel.core.reading import reading

from . import toasts

NOTICES = "#notices"
_PAGES = frozenset({400, 403, 404, 500})


class RefusalMiddleware:
    """Turns refusals into answers, and lets messages and expired sessions reach htmx."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        return _for_htmx(request, response) if getattr(request, "htmx", False) else response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """An address with a number that no key can be leads nowhere, whatever the database makes of it."""
        if not all(map(is_holdable, kwargs.values())):
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to a refusal; any other exception goes its way."""
        return answer(request, exception) if isinstance(exception, Refused) else None


class ReadingMiddleware:
    """What several rooms ask for one page is read once; see `core.reading`. Requests that write see every change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with reading():
            return self.get_response(request)


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """`refused` in the form the request can use: fragment, JSON, message and redirect, or error page."""
    if getattr(request, "htmx", False):
        return _fragment(request, refused)
    if _wants_json(request):
        return JsonResponse({"error": as_data(refused)}, status=refused.status)
    if request.method == "POST" and (back := came_from(request)):
        for text, rule_id in _sentences(refused):
            messages.error(request, text, extra_tags=rule_id)
        return HttpResponseRedirect(back)
    return render(
        request, "ui/refused_page.html", {"refused": refused, "status": refused.status}, status=refused.status
    )


def as_data(refused: Refused) -> dict[str, Any]:
    """The refusal for machines: code, message, fields, and each rule's reason, clause and smallest change."""
    return {
        "code": refused.code,
        "message": str(refused),
        "fields": {name: str(text) for name, text in refused.fields.items()},
        "reasons": [
            {
                name: str(getattr(verdict, name, "") or "")
                for name in ("rule_id", "severity", "clause", "reason", "fix_text")
            }
            for verdict in refused.verdicts
        ],
    }


def came_from(request: HttpRequest) -> str:
    """The page the person came from, if it is one of ours."""
    referer = request.META.get("HTTP_REFERER", "")
    allowed = url_has_allowed_host_and_scheme(
        referer, {request.get_host()}, require_https=request.is_secure()
    )
    return referer if referer and allowed else ""


def _fragment(request: HttpRequest, refused: Refused) -> HttpResponse:
    response = render(request, "ui/refused.html", {"refused": refused}, status=refused.status)
    response["HX-Retarget"] = NOTICES
    response["HX-Reswap"] = "innerHTML"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _sentences(refused: Refused) -> list[tuple[str, str]]:
    """What was refused, then what each field and each rule says, with the rule's number."""
    said = [(str(refused), "")]
    said += [(str(text), "") for text in refused.fields.values()]
    said += [(str(getattr(v, "reason", v)), str(getattr(v, "rule_id", ""))) for v in refused.verdicts]
    return list(dict.fromkeys(said))


def _wants_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return "application/json" in accepted and "text/html" not in accepted


def _for_htmx(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Sign-in pages and error pages must not land inside a page; messages go along as toasts."""
    if response.status_code in {301, 302, 303} and _is_sign_in(response):
        again = HttpResponse(status=204)
        again["HX-Redirect"] = _sign_in_again(request)
        return again
    if response.status_code in _PAGES and not response.has_header("HX-Retarget"):
        response["HX-Retarget"] = NOTICES
        response["HX-Reswap"] = "innerHTML"
    if response.status_code not in {301, 302, 303} and not response.has_header("HX-Redirect"):
        _say(response, toasts.pending(request))
    return response


def _is_sign_in(response: HttpResponseBase) -> bool:
    return urlsplit(response["Location"]).path == urlsplit(resolve_url(settings.LOGIN_URL)).path


def _sign_in_again(request: HttpRequest) -> str:
    """The sign-in page, coming back to the page the person is on (not to the fragment that was asked for)."""
    here = getattr(request.htmx, "current_url_abs_path", None) or "/"  # type: ignore[attr-defined]
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': here})}"


def _say(response: HttpResponseBase, said: list[dict[str, Any]]) -> None:
    """Add toasts to the events that the answer triggers in the browser."""
    if not said:
        return
    before = response.headers.get("HX-Trigger", "")
    try:
        events = (
            json.loads(before)
            if before.startswith("{")
            else {name.strip(): None for name in before.split(",") if name}
        )
    except ValueError:
        events = {}
    # First, for `dialog:close` takes away the form from which the later events would rise.
    response["HX-Trigger"] = json.dumps({"toast": said, **events})
