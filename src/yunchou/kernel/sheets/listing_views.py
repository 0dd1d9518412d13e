"""Taking a list away: asked for by a form, since it is written into the journal."""

from __future__ import annotations

from typing import cast

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.jobs.models import Job, State

from .exports import JOB, Taken, file_of, take_list
from .listings import Format, listings


@require_POST
@login_required
def listing_take(request: SignedInRequest, key: str) -> HttpResponse:
    """The list as the query narrows it, in the format asked for; a long one leads to the job that writes it."""
    listing = listings.get(key)
    if listing is None:
        raise Http404
    asked = request.POST.get("form", "")
    form = Format(asked) if asked in Format.values else Format.XLSX
    taken = take_list(listing=listing, query=request.GET.dict(), form=form, actor=request.user)
    return redirect(taken) if isinstance(taken, Job) else _sent(taken)


@never_cache
@require_safe
@login_required
def listing_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file that a job of one's own wrote; nobody else's."""
    job = get_object_or_404(Job, pk=pk, kind=JOB, actor=request.user, state=State.DONE)
    try:
        return _sent(file_of(job))
    except FileNotFoundError as error:
        raise Http404 from error


def _sent(taken: Taken) -> HttpResponse:
    """The file in pieces; it is closed once it was sent."""
    response = FileResponse(taken.file, content_type=taken.content_type)
    response["Content-Disposition"] = content_disposition_header(True, taken.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)
