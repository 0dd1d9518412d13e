"""The share page of an event's pictures: how organisers release it, and what whoever has the link sees."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.accounts.misses import is_slowed, note_miss
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.qr import drawn_code
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.selectors.guests import page_of
from yunchou.lifecycle.events.views.public import LOOKS_AHEAD

from ..actions import albums as actions
from ..actions.safety import part_url
from ..forms.albums import AlbumForm
from ..models import Album
from ..selectors.albums import SIZES, album_by, drawn, link_of, picture_in, sheet_of
from .shared import BOTH, dialog, event_of

STAYS: Final = 30
"""Seconds for which a browser keeps a picture: what is taken back is gone from every phone within a minute."""


# ------------------------------------------------------------------------------------------------ organisers


def _album(subject: Subject, pk: int) -> Album:
    found: Album = get_object_or_404(Album.objects.select_related("subject__unit"), subject=subject, pk=pk)
    return found


@require_http_methods(BOTH)
@login_required
def album_make(request: SignedInRequest, pk: int) -> HttpResponse:
    """Release the published pictures by a link."""
    subject = event_of(request, pk, Perm.EDIT)
    form = AlbumForm(typed(request), subject=subject)

    def save() -> str:
        made = actions.make_album(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, pgettext("album", "Released"))
        return f"{part_url(subject, 'pictures')}#album-{made.pk}"

    hint = _(
        "Whoever has the link sees published pictures in which everybody agrees to be shown; films are not among them. "
        "A consent that is withdrawn takes them off at once."
    )
    return dialog(
        request, form, _("Release pictures"), pgettext("album", "Make the link"), save,
        back=part_url(subject, "pictures"), hint=hint,
    )  # fmt: skip


@require_safe
@login_required
def album_link(request: SignedInRequest, pk: int, album: int) -> HttpResponse:
    """The link to hand on, as text and as a code."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _album(subject, album)
    link = link_of(kept) if kept.works_at(clock.now()) else ""
    context = page_context(
        request, subject, "day", album=kept, link=link, code=drawn_code(link) if link else "",
        back=part_url(subject, "pictures"),
    )  # fmt: skip
    response = render(request, "programme/album_link.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(BOTH)
@login_required
def album_revoke(request: SignedInRequest, pk: int, album: int) -> HttpResponse:
    """Take a link back."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _album(subject, album)

    def save() -> str:
        actions.revoke_album(album=kept, actor=request.user)
        toast(request, _("{album} shows nothing any more.").format(album=kept.title))
        return part_url(subject, "pictures")

    return dialog(
        request, forms.Form(typed(request)), _("Take {album} back").format(album=kept.title),
        pgettext("album", "Take back"), save, back=part_url(subject, "pictures"),
        hint=_("Its link opens nothing any more, at once, and no picture can be fetched by it."), is_dangerous=True,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------------ whoever has the link


@require_safe
def album(request: HttpRequest, token: str) -> HttpResponse:
    """The pictures that may be shown now, without an account and without scripts; `?before=` goes on to older ones."""
    kept = album_by(token)
    if kept is None:
        return _unknown(request)
    before = request.GET.get("before", "")
    after = int(before) if before.isascii() and before.isdecimal() and len(before) < 19 else 0
    if (
        request.method == "GET"
        and not after
        and not LOOKS_AHEAD.search(request.headers.get("User-Agent", ""))
    ):
        actions.count_opening(kept)
    with translation.override(_language(request)):
        return _secret(render(request, "programme/public/album.html", _framed(request, kept, token, after)))


def _framed(request: HttpRequest, kept: Album, token: str, after: int) -> dict[str, Any]:
    sheet = sheet_of(kept, after)
    asked = request.GET.get("lang", "")
    return {
        **_words(kept),
        "token": token,
        "pictures": [(n, one) for n, one in enumerate(sheet.pictures, 1)],
        "more": sheet.more,
        "is_first": not after,
        "asked": asked if asked in dict(settings.LANGUAGES) else "",
    }


def _words(kept: Album) -> dict[str, Any]:
    page = page_of(kept.subject)
    language = translation.get_language() or "zh-hans"
    return {
        "album": kept,
        "title": kept.title,
        "host_name": page.host_name or kept.subject.unit.name,
        "look": page.look,
        "contact": page.contact,
        "language": language,
        "other": "en" if language.startswith("zh") else "zh-hans",
    }


@require_safe
def album_picture(request: HttpRequest, token: str, picture: int, size: str) -> HttpResponse:
    """One picture, drawn anew; refused from the moment at which somebody in it no longer agrees."""
    kept = album_by(token)
    if kept is None:
        return _unknown(request)
    found = picture_in(kept, picture) if size in SIZES else None
    if found is None:
        raise Http404
    try:
        content = drawn(found, size)
    except OSError as error:  # lost or damaged on the disk
        raise Http404 from error
    response = _secret(HttpResponse(content, content_type="image/jpeg"))
    response["Cache-Control"] = f"private, max-age={STAYS}"
    response["Content-Disposition"] = f'inline; filename="picture-{found.pk}.jpg"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language_from_request(request)


def _unknown(request: HttpRequest) -> HttpResponse:
    """The same plain words for every link that opens nothing; slowly to who tries many."""
    status = 429 if is_slowed(request) else 404
    note_miss(request)
    language = _language(request)
    with translation.override(language):
        words = (
            _("Too many wrong links from here. Wait a minute, then try again.")
            if status == 429
            else _(
                "This link shows no pictures. It may have been taken back, or its time is over; ask whoever sent it."
            )
        )
        context = {"words": words, "title": pgettext("album", "Pictures"), "language": language}
        response = render(request, "programme/public/no_album.html", context, status=status)
    if status == 429:
        response["Retry-After"] = "60"
    return _secret(response)


def _secret(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
