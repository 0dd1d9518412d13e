"""Who may look at important customers: by position, and by grants for a purpose and a time (CUS-07)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.toasts import toast

from ..actions.granting import end_grant, grant_look
from ..forms import GrantForm
from ..models import LookGrant
from ..permissions import Perm
from .shared import dialog, needs

SHOWN = 200


@require_safe
@needs(Perm.APART)
def grant_list(request: SignedInRequest) -> HttpResponse:
    """The grants of the companies whose important customers the person answers for, newest first."""
    units = units_with(request.user, Perm.APART).values("pk")
    grants = LookGrant.objects.filter(unit__in=units).select_related("user", "unit", "given_by", "ended_by")
    return render(request, "customers/grant_list.html", {"grants": grants[:SHOWN]})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.APART)
def grant_add(request: SignedInRequest) -> HttpResponse:
    form, back = GrantForm(typed(request), user=request.user), reverse("customers:grant_list")

    def save() -> str:
        grant_look(actor=request.user, **form.cleaned_data)
        toast(request, _("Look granted"))
        return back

    hint = _(
        "A grant adds to the right to unmask; each look still asks for its reason and stands in the journal."
    )
    return dialog(request, form, _("Grant a look"), _("Grant"), save, back=back, hint=hint, wide=("purpose",))


@require_POST
@needs(Perm.APART)
def grant_end(request: SignedInRequest, pk: int) -> HttpResponse:
    units = units_with(request.user, Perm.APART).values("pk")
    grant = get_object_or_404(LookGrant.objects.filter(unit__in=units).select_related("unit"), pk=pk)
    end_grant(grant=grant, actor=request.user)
    toast(request, _("Grant ended"))
    return redirect("customers:grant_list")
