"""What the pages of the rulebook have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused

from ..models import Proposal
from ..permissions import Perm

View = Callable[..., HttpResponse]


def needs(right: Perm) -> Callable[[View], View]:
    """Signed-in people without `right` get 403 before anything is read; the actions ask again."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, right)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


def shell(request: SignedInRequest, here: str) -> dict[str, Any]:
    """The tabs of the rulebook, and whether the person may propose."""
    names = (
        ("rules", _("Rules"), "rulebook:rule_list", None),
        ("documents", _("Regulations"), "rulebook:regulation_list", None),
        ("routes", _("Approval routes"), "rulebook:route_list", None),
        ("proposals", _("Changes"), "rulebook:proposal_list", Proposal.objects.open().count()),
    )
    tabs = [
        {"label": label, "url": reverse(name), "active": key == here, "count": count or None}
        for key, label, name, count in names
    ]
    return {"tabs": tabs, "may_propose": holds(request.user, Perm.PROPOSE)}


def go(request: SignedInRequest, address: str) -> HttpResponse:
    """On to another page, from a page or from a part of one."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def mark(form: forms.Form | forms.ModelForm[Any], refused: Refused) -> None:
    """Put what an action refused beside its fields; what belongs to none stands above them."""
    placed = False
    for name, text in refused.fields.items():
        if name in form.fields:
            form.add_error(name, str(text))
            placed = True
    if not placed:
        form.add_error(None, str(refused.message))


def dialog(
    request: SignedInRequest,
    form: forms.Form | forms.ModelForm[Any],
    title: str,
    verb: str,
    save: Callable[[], str],
    *,
    back: str,
    lead: str = "",
) -> HttpResponse:
    """One form as a dialog, or as a page without htmx; `save` calls the action and says where to go then."""
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, save())
        except Refused as refused:
            mark(form, refused)
    context = {
        "form": form, "title": title, "verb": verb, "back": back, "lead": lead, "action": request.get_full_path(),
    }  # fmt: skip
    template = "rulebook/parts/dialog.html" if request.htmx else "rulebook/form.html"
    return render(request, template, context, status=422 if form.errors else 200)
