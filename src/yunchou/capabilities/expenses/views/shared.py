"""What the pages of this room have in common: who may come in, one claim, one form as a dialog."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.seen import SeenForm, Stale

from ..models import Claim, ExecutionAnalysis, ExpenseReport

View = Callable[..., HttpResponse]
YEAR: Final = re.compile(r"^20\d\d$")


def needs(right: str) -> Callable[[View], View]:
    """Signed-in people without `right` get 403 before anything is read. The actions ask again, for the object in hand."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.user, right)
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return guard


def is_key(text: str) -> bool:
    """Whether a text that came with an address may be the key of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 18


def claim_or_404(request: SignedInRequest, pk: int) -> Claim:
    """The claim if the person sees it, else 404."""
    found = Claim.objects.visible_to(request.user).select_related(
        "subject__unit", "activity", "claimant", "payee_person", "payee_supplier", "paid_by"
    )
    claim: Claim = get_object_or_404(found, pk=pk)
    return claim


def report_or_404(request: SignedInRequest, pk: int) -> ExpenseReport:
    found = ExpenseReport.objects.visible_to(request.user).select_related(
        "subject__unit", "unit", "verified_by", "closed_by"
    )
    report: ExpenseReport = get_object_or_404(found, pk=pk)
    return report


def analysis_or_404(request: SignedInRequest, pk: int) -> ExecutionAnalysis:
    found = ExecutionAnalysis.objects.visible_to(request.user).select_related(
        "subject__unit", "unit__parent", "reported_by"
    )
    analysis: ExecutionAnalysis = get_object_or_404(found, pk=pk)
    return analysis


def happened(subject: Subject, count: int = 30) -> list[dict[str, Any]]:
    """The last entries of the journal of a subject, as a timeline shows them."""
    return [
        {"actor": entry.actor, "verb": entry.sentence, "at": entry.at} for entry in timeline(subject)[:count]
    ]


def go(request: SignedInRequest, address: str) -> HttpResponse:
    """On to another page, from a page or from a part of one."""
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def mark(form: forms.Form, refused: Refused) -> bool:
    """Show what an action said about fields at these fields, with the rule that speaks; says whether there was one."""
    told = {name: text for name, text in refused.fields.items() if name in form.fields}
    rules = {str(verdict.reason): verdict.rule_id for verdict in refused.verdicts}
    for name, text in told.items():
        form.add_error(name, ValidationError(str(text), code=rules.get(str(text), "refused")))
    return bool(told)


def dialog(
    request: SignedInRequest,
    form: forms.Form,
    title: str,
    verb: str,
    save: Callable[[], str],
    *,
    back: str,
    hint: str = "",
    is_dangerous: bool = False,
    template: str = "expenses/parts/dialog.html",
    **more: Any,
) -> HttpResponse:
    """One form as a dialog, or as a page of its own without htmx; `save` calls the action and says where to go then.

    What the action says about a field is shown at the field, anything else it refuses stands above the fields. A form that
    is sent twice does its work once.
    """
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return go(request, once(request, save))
            except Stale as stale:
                if isinstance(form, SeenForm):
                    form.see(stale.now)
                form.add_error(None, str(stale))
                status = stale.status
            except Refused as refused:
                if not mark(form, refused):
                    form.add_error(None, str(refused))
                status = refused.status
        else:
            status = 422
    context = {
        "form": form,
        "title": title,
        "verb": verb,
        "back": back,
        "hint": hint,
        "is_dangerous": is_dangerous,
        "action": request.get_full_path(),
        "has_file": form.is_multipart(),
        "part": template,
        **more,
    }
    return render(request, template if request.htmx else "expenses/form.html", context, status=status)
