"""One form as a dialog over the page, or as a page of its own where scripts are missing; nothing that was typed is lost.

    return dialog(request, form, _("Block the venue"), _("Block"), save, back=venue.get_absolute_url(), wide=("reason",))

A room with a look of its own draws its own part between the hint and the fields, or the whole dialog.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Text

from .once import once
from .seen import SeenForm, Stale


class HtmxRequest(HttpRequest):
    """A request that the middleware of htmx has looked at."""

    htmx: HtmxDetails


Crumb = tuple[Text, str]


def typed(request: HttpRequest) -> QueryDict | None:
    """What was posted, be it nothing; None where nothing was."""
    return request.POST if request.method == "POST" else None


def sent(request: HttpRequest) -> MultiValueDict[str, Any] | None:
    """The files that came with what was posted."""
    return request.FILES if request.method == "POST" else None


def go(request: HtmxRequest, address: str) -> HttpResponse:
    """A whole page, even from a dialog."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def mark(form: forms.BaseForm, refused: Refused, also: Mapping[str, str] | None = None) -> bool:
    """Show what an action said about fields at these fields, with the rule that speaks; anything else above them.

    `also` names the fields that are called otherwise in the form. Says whether a field of the form was meant.
    """
    told = {(also or {}).get(name, name): text for name, text in refused.fields.items()}
    told = {name: text for name, text in told.items() if name in form.fields}
    rules = {str(verdict.reason): verdict.rule_id for verdict in refused.verdicts}
    for name, text in told.items():
        form.add_error(name, ValidationError(str(text), code=rules.get(str(text), "refused")))
    if not told:
        form.add_error(None, str(refused.message))
    return bool(told)


def dialog(
    request: HtmxRequest,
    form: forms.BaseForm,
    title: str,
    verb: str,
    save: Callable[[], str],
    *,
    back: str,
    hint: str = "",
    is_dangerous: bool = False,
    wide: Collection[str] = (),
    also: Mapping[str, str] | None = None,
    crumbs: Collection[Crumb] = (),
    template: str = "ui/parts/dialog.html",
    **more: Any,
) -> HttpResponse:
    """Show the form, or `save` it: that calls the action and says where to go then.

    What the action says about a field stands at the field (`also` as in `mark`), anything else it refuses above the fields.
    A form that is sent twice does its work once; one that shows what was changed meanwhile is shown again with the typed
    (409). `wide` names fields that take the whole width, besides texts of several lines; `more` goes to the `template`.
    """
    status, verdicts = 422, ()
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, once(request, save))
        except Stale as stale:
            if isinstance(form, SeenForm):
                form.see(stale.now)
            form.add_error(None, str(stale))
            status = stale.status
        except Refused as refused:
            if not mark(form, refused, also):
                verdicts = tuple(refused.verdicts)
            status = refused.status
    context = {
        "form": form, "title": title, "verb": verb, "back": back, "hint": hint, "is_dangerous": is_dangerous, "wide": wide,
        "verdicts": verdicts, "crumbs": crumbs, "action": request.get_full_path(), "dialog": template, **more,
    }  # fmt: skip
    page = template if request.htmx else "ui/form_page.html"
    return render(request, page, context, status=status if form.errors else 200)
