"""What the pages of this room have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import open_subject

from ..models import room_address
from ..places import Place, place_at


def place_or_404(request: SignedInRequest, pk: int, table: str = "", row: int | None = None) -> Place:
    """The subject or a row of it, for a person who may see both."""
    subject = open_subject(request, pk)
    place = place_at(subject, table, row, request.user)
    if place is None:
        raise Http404
    return place


def go(request: SignedInRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def mark(form: forms.Form, refused: Invalid) -> None:
    """Put what an action refused beside its fields; what belongs to none stands above them."""
    placed = {name: text for name, text in refused.fields.items() if name in form.fields}
    for name, text in placed.items():
        form.add_error(name, str(text))
    if not placed:
        form.add_error(None, str(refused.message))


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
    """One form as a dialog, or as a page of its own without htmx; `save` calls the action and says where to go then.

    What an action says of a field stands at it; `also` names those that are called otherwise in the form.
    """
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, once(request, lambda: save(form.cleaned_data)))
        except Invalid as refused:
            refused.fields = {(also or {}).get(name, name): text for name, text in refused.fields.items()}
            mark(form, refused)
    context = {
        "form": form, "title": title, "verb": verb, "subject": subject, "back": back or room_address(subject.pk),
        "action": request.get_full_path(),
    }  # fmt: skip
    template = "discussion/parts/dialog.html" if request.htmx else "discussion/form.html"
    return render(request, template, context, status=422 if form.errors else 200)
