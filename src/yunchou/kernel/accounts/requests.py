"""The request of a signed-in person, and the guards that make it one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias, cast

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.dialogs import HtmxRequest

P = ParamSpec("P")


class SignedInRequest(HtmxRequest):
    """A request that passed `login_required`."""

    user: User


Guarded: TypeAlias = Callable[Concatenate[SignedInRequest, P], HttpResponse]
Open: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]


def login_required(view: Guarded[P]) -> Open[P]:
    """Sends strangers to the sign-in page and back afterwards; a fragment's whole page goes there, not the fragment."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.user.is_authenticated:
            return view(cast(SignedInRequest, request), *args, **kwargs)
        htmx: HtmxDetails | None = getattr(request, "htmx", None)
        if not htmx:
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        page = htmx.current_url_abs_path or "/"
        return HttpResponseClientRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page})}")

    return guarded


def confirmed(view: Guarded[P]) -> Guarded[P]:
    """Asks for password, code or passkey again unless that happened in the last five minutes; below `login_required`."""

    @wraps(view)
    def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        require_confirmation(request)
        return view(request, *args, **kwargs)

    return guarded


def needs(
    right: str, *, refused: Callable[[SignedInRequest], None] | None = None
) -> Callable[[Guarded[P]], Open[P]]:
    """Signed-in people without `right` get 403 before anything is read. The actions ask again, for the object in hand.

    `refused` is told of each request that is turned away here, by rooms that write such requests down.
    """

    def guard(view: Guarded[P]) -> Open[P]:
        @wraps(view)
        def guarded(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            try:
                require(request.user, right)
            except NotAllowed:
                if refused:
                    refused(request)
                raise
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


def require_confirmation(request: HttpRequest) -> None:
    """Interrupt a sensitive request until the person has confirmed to be there; a form sent is resumed afterwards."""
    if is_reauthentication_required(request, app="accounts"):
        raise ReauthenticationRequired


def own_page(request: HttpRequest, default: str = "/") -> str:
    """The page of ours that `next` names, or the one the request came from; never another host's."""
    for url in (request.POST.get("next"), request.GET.get("next"), request.headers.get("Referer")):
        if url and url_has_allowed_host_and_scheme(
            url, {request.get_host()}, require_https=request.is_secure()
        ):
            return url
    return default
