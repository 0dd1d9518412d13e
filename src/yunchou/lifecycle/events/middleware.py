"""The short way of a device at the door: what sessions, messages and pages need is not made ready for it (docs/adr/0012)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import translation

from yunchou.kernel.core.restoring import is_being_restored

ASKED_BY_DEVICES: Final = "/door/api/"


class DevicesMiddleware:
    """Leads what devices ask by their tokens straight to its view, past the middlewares for people, which are further down.

    Kept of what those do: no answer while a backup is being restored, only names of this server, the language that is asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ASKED_BY_DEVICES) or is_being_restored():
            return self.get_response(request)
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.get_host()
        request.resolver_match = match
        with translation.override(translation.get_language_from_request(request)):
            answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return answer
