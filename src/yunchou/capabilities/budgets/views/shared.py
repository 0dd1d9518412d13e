"""What the pages of this room have in common: one form as a dialog or as a page, and what follows a change."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.ui.dialogs import go


def show_dialog(
    request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A form above the page it was asked for on; as a page of its own for whoever followed a link."""
    if request.htmx:
        return render(request, template, context, status=status)
    return render(request, "budgets/form_page.html", {**context, "part": template}, status=status)


def changed(request: SignedInRequest, address: str) -> HttpResponse:
    """The dialog closes and the parts of the page below look again; where the form was a page of its own, on to `address`."""
    if not request.htmx:
        return redirect(address)
    if urlsplit(request.htmx.current_url or "").path == request.path:
        return go(request, address)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"sheets:fixed": None, "dialog:close": None})
    return response


def tab_of(pk: int) -> str:
    """The tab of a subject's budget."""
    return reverse("budgets:budget_detail", args=[pk])
