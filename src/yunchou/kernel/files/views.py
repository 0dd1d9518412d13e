from __future__ import annotations

from typing import IO, cast

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required

from . import store
from .content import picture_drawn_anew
from .models import Attachment

#: What arrives from us as a file is never a page: no script, no frame, no form, whatever a browser makes of it.
INERT = "default-src 'none'; sandbox"
#: The viewer of PDFs is refused in a sandbox; it may draw, and only pages of ours may frame it.
VIEWED = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@require_safe
@login_required
@cache_control(private=True, no_cache=True)
def file_download(request: SignedInRequest, pk: int) -> HttpResponse:
    """The bytes as they were uploaded, always as a download. 404 for who may not see the subject."""
    attachment = _visible(request, pk)
    response = FileResponse(_content(attachment), content_type=attachment.file.content_type)
    response["Content-Length"] = str(attachment.file.size)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=attachment.name) or ""
    )
    return _inert(response)


@require_safe
@login_required
@cache_control(private=True, max_age=3600)
def file_picture(request: SignedInRequest, pk: int) -> HttpResponse:
    """A picture for showing in a page: drawn anew, at most 1,600 pixels a side. 404 for anything else."""
    attachment = _visible(request, pk)
    if not attachment.file.is_image:
        raise Http404
    try:
        with _content(attachment) as file:
            response = HttpResponse(picture_drawn_anew(file), content_type="image/webp")
    except OSError as error:  # damaged on the disk
        raise Http404 from error
    response["Content-Disposition"] = "inline"
    return _inert(response)


@require_safe
@login_required
@xframe_options_sameorigin
@cache_control(private=True, no_cache=True)
def file_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """A PDF for the browser's own viewer inside a page of ours. 404 for anything else."""
    attachment = _visible(request, pk)
    if not attachment.file.is_pdf:
        raise Http404
    response = FileResponse(_content(attachment), content_type=attachment.file.content_type)
    response["Content-Length"] = str(attachment.file.size)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=False, filename=attachment.name) or ""
    )
    shown = _inert(response)
    shown["Content-Security-Policy"] = VIEWED
    return shown


def _visible(request: SignedInRequest, pk: int) -> Attachment:
    found = Attachment.objects.visible_to(request.user).select_related("file")
    return get_object_or_404(found, pk=pk)


def _content(attachment: Attachment) -> IO[bytes]:
    try:
        return store.open_content(attachment.file.sha256)
    except FileNotFoundError as error:
        raise Http404 from error


def _inert(response: HttpResponseBase) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = INERT
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return cast(HttpResponse, response)
