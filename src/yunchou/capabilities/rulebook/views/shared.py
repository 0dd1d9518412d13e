"""What the pages of the rulebook have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.ui import dialogs

from ..models import Proposal
from ..permissions import Perm


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


def dialog(request: SignedInRequest, form: forms.BaseForm, *words: Any, **more: Any) -> HttpResponse:
    """`ui.dialogs.dialog` under the rules."""
    crumbs = ((_("Rulebook"), reverse("rulebook:rule_list")),)
    return dialogs.dialog(request, form, *words, crumbs=crumbs, **more)
