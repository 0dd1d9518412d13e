"""Nobody is served from a database whose restoring is not finished: the erased could be back in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from yunchou.kernel.core.restoring import is_being_restored

Next: TypeAlias = Callable[[HttpRequest], HttpResponse]

#: They tell a monitor of it themselves.
PROBES: Final = frozenset({"/healthz", "/readyz"})


class RestoringMiddleware:
    """Answers 503 before session and person are looked up, as long as a backup is being restored."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in PROBES or not is_being_restored():
            return self.get_response(request)
        page = render_to_string("backups/being_restored.html")
        return HttpResponse(page, status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
