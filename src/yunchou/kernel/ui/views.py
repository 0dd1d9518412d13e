"""The shell's own small pages: the scope menu, a person's preferences, and the gallery of components."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from yunchou.kernel.identity.models import User

from . import actions, scope
from . import gallery as samples
from .context import THEMES
from .middleware import came_from

YEAR = 365 * 24 * 3600


@require_GET
@login_required
def scope_menu(request: HttpRequest) -> HttpResponse:
    """The units a person can narrow the product to; loaded when the menu is opened."""
    user = request.user
    assert isinstance(user, User)
    return render(
        request,
        "ui/parts/scope_menu.html",
        {
            "units": scope.units_of(user),
            "chosen": scope.chosen_id(request),
            "next": request.GET.get("next", "/"),
        },
    )


@require_POST
@login_required
def scope_set(request: HttpRequest) -> HttpResponse:
    """Narrow the product to a unit of the person's, or to nothing."""
    user = request.user
    assert isinstance(user, User)
    wanted = request.POST.get("unit", "")
    scope.choose(request, get_object_or_404(scope.units_of(user), pk=wanted) if wanted.isdigit() else None)
    return HttpResponseRedirect(_back(request, request.POST.get("next", "")))


@require_POST
def preference_set(request: HttpRequest) -> HttpResponse:
    """Keep theme or language: on the person's row, and in a cookie for the pages before signing in."""
    theme, language = request.POST.get("theme", ""), request.POST.get("language", "")
    if isinstance(request.user, User):
        actions.set_preference(actor=request.user, theme=theme, language=language)
    response = (
        HttpResponse(status=204) if request.headers.get("X-Quiet") else HttpResponseRedirect(_back(request))
    )
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=YEAR, samesite="Lax")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
    return response


def _back(request: HttpRequest, wanted: str = "") -> str:
    """A page of ours to return to."""
    if wanted and url_has_allowed_host_and_scheme(wanted, None):
        return wanted
    return came_from(request) or "/"


@require_GET
@login_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component once, in both themes, with invented content."""
    return render(request, "ui/gallery.html", samples.page(request))


@login_required
def gallery_piece(request: HttpRequest, piece: str) -> HttpResponse:
    """The fragments that the gallery's examples load: a dialog, a refusal, rows of the editable table, Gantt data."""
    if piece == "gantt":
        return JsonResponse(samples.gantt())
    if piece == "refusal":
        raise samples.refusal()
    if piece in {"dialog", "row", "row-edit"}:
        return render(request, f"ui/gallery_{piece.replace('-', '_')}.html", samples.line(request))
    raise Http404(piece)
