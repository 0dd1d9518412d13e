"""What the pages of this room have in common: one place, its dialogs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.kernel.ui.subject_pages import open_subject

from ..models import room_address
from ..places import Place, place_at

WIDE: Final = {"title", "readers", "deciders", "source", "replaces", "upload", "note", "reason"}


def place_or_404(request: SignedInRequest, pk: int, table: str = "", row: int | None = None) -> Place:
    """The subject or a row of it, for a person who may see both."""
    subject = open_subject(request, pk)
    place = place_at(subject, table, row, request.user)
    if place is None:
        raise Http404
    return place


def dialog(
    request: SignedInRequest,
    subject: Subject,
    form: forms.Form,
    title: str,
    verb: str,
    save: Callable[[Mapping[str, Any]], str],
    *,
    back: str = "",
    also: Mapping[str, str] | None = None,
) -> HttpResponse:
    """`ui.dialogs.dialog` under the talk of the subject; `save` is given what was typed."""
    room = room_address(subject.pk)
    crumbs = ((subject.title, subject.get_absolute_url()), (_("Collaboration"), room))
    return dialogs.dialog(
        request, form, title, verb, lambda: save(form.cleaned_data),
        back=back or room, wide=WIDE, also=also, crumbs=crumbs,
    )  # fmt: skip
