"""What the pages of this room have in common."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404

from yunchou.kernel.accounts.requests import SignedInRequest

from ..models import AuditCase, Finding
from ..selectors.audits import case_for
from ..selectors.findings import findings_for


def case_or_404(request: SignedInRequest, pk: int) -> AuditCase:
    """One audit that the person may see, with how far it has come."""
    case = case_for(request.user, pk)
    if case is None:
        raise Http404
    return case


def finding_or_404(request: SignedInRequest, pk: int) -> Finding:
    """One finding that the person may see, with all that was said and done about it."""
    seen = findings_for(request.user).select_related("item__case", "source__audit_case")
    full = seen.prefetch_related(
        "replies__author", "corrections__author", "corrections__judged_by", "corrections__evidence__file"
    )
    finding: Finding = get_object_or_404(full, pk=pk)
    return finding


def segments(request: SignedInRequest, views: list[tuple[str, str]], view: str) -> list[dict[str, Any]]:
    """The views of a list, each with the filters in force."""
    kept = kept_query(request)
    return [
        {"label": label, "url": f"?{urlencode({**kept, 'view': key})}", "active": key == view}
        for key, label in views
    ]


def chips(request: SignedInRequest, form: forms.Form, names: tuple[str, ...]) -> list[dict[str, str]]:
    """The filters in force, each with the address without it."""
    kept, found = kept_query(request), []
    for name in names:
        value = form.cleaned_data.get(name)
        if not value:
            continue
        field = form.fields[name]
        words: dict[Any, Any] = (
            {} if isinstance(field, forms.ModelChoiceField) else dict(getattr(field, "choices", ()))
        )
        shown = words.get(value, value)
        rest = urlencode({key: word for key, word in kept.items() if key != name})
        found.append({"label": str(field.label), "value": str(shown), "remove_url": f"?{rest}"})
    return found


def kept_query(request: SignedInRequest) -> dict[str, str]:
    """What a list was asked, without the page."""
    return {key: str(value) for key, value in request.GET.items() if key not in {"after", "before"} and value}
