"""One form as a dialog: parse, do it, and show what is refused at its field with everything typed still there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.once import once


def dialog(
    request: SignedInRequest,
    form: forms.Form,
    title: str,
    verb: str,
    save: Callable[[], str],
    *,
    template: str = "work/dialog.html",
    **more: Any,
) -> HttpResponse:
    """`save` calls the action and says where to go then; a form that is sent twice does its work once.

    `more` is for the template: `hint`, and `danger`, an address and the words of a second button that takes something away.
    """
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, once(request, save))
        except Refused as refused:
            if not _mark(form, refused):
                raise
    context = {"form": form, "title": title, "verb": verb, "action": request.get_full_path(), **more}
    context["has_file"] = form.is_multipart()
    return render(request, template, context, status=422 if form.errors else 200)


def go(request: SignedInRequest, address: str) -> HttpResponse:
    """A whole page, even from a dialog."""
    return HttpResponseClientRedirect(address) if request.htmx else HttpResponseRedirect(address)


def _mark(form: forms.Form, refused: Refused) -> bool:
    """Show what an action said about fields at these fields; says whether there was one."""
    told = {name: text for name, text in refused.fields.items() if name in form.fields}
    for name, text in told.items():
        form.add_error(name, str(text))
    return bool(told)
