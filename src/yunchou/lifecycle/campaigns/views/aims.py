"""The registers of purposes, of points of the customer life cycle and of audience categories (GOA-01, TYP-02)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.ui.dialogs import dialog
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..aim_models import Aim
from ..aims import register_for, register_of
from ..categories import Category, category_of
from ..goal_forms import AimForm, AimKeepForm, AudienceForm
from ..permissions import Perm


@require_safe
@login_required
def aim_list(request: SignedInRequest) -> HttpResponse:
    """What campaigns may say they are for, with how many that the person sees say so; its keepers add and change here."""
    may_keep = holds(request.user, Perm.KEEP_AIMS)
    register = register_for(request.user)
    parts = [
        (Aim.Sort.PURPOSE, _("Strategic purposes"), register.purposes),
        (Aim.Sort.STAGE, _("Customer life cycle"), register.stages),
    ]
    context = {
        "parts": parts, "audiences": register.audiences, "unknown": register.unknown, "may_keep": may_keep,
    }  # fmt: skip
    return render(request, "campaigns/aim_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def aim_add(request: SignedInRequest) -> HttpResponse:
    """A further purpose or point of the life cycle; `name` of one that campaigns already name begins the form."""
    require(request.user, Perm.KEEP_AIMS)
    initial = {"name": request.GET.get("name", "")[:60], "sort": request.GET.get("sort", Aim.Sort.PURPOSE)}
    form = AimForm(request.POST if request.method == "POST" else None, initial=initial)
    back = reverse("campaigns:aim_list")

    def save() -> str:
        actions.add_aim(actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return back

    return dialog(request, form, _("Add to the register"), _("Save"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def aim_change(request: SignedInRequest, sort: str, name: str) -> HttpResponse:
    """Word an entry otherwise, or no longer offer it."""
    require(request.user, Perm.KEEP_AIMS)
    if sort not in Aim.Sort.values:
        raise Http404
    entry = next((one for one in register_of(sort) if one.name == name), None)
    if entry is None:
        raise Http404
    form = AimKeepForm(request.POST if request.method == "POST" else None, entry=entry)
    back = reverse("campaigns:aim_list")

    def save() -> str:
        actions.keep_aim(sort=sort, name=name, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return back

    return dialog(request, form, name, _("Save"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def audience_add(request: SignedInRequest) -> HttpResponse:
    """A further audience category (TYP-02)."""
    return _audience(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def audience_change(request: SignedInRequest, key: str) -> HttpResponse:
    """Say anew who belongs to a category of the company, or no longer offer one."""
    require(request.user, Perm.KEEP_AIMS)
    if (found := category_of(key)) is None:
        raise Http404
    return _audience(request, found)


def _audience(request: SignedInRequest, category: Category | None) -> HttpResponse:
    require(request.user, Perm.KEEP_AIMS)
    form = AudienceForm(request.POST if request.method == "POST" else None, category=category)
    back = f"{reverse('campaigns:aim_list')}#audiences"

    def save() -> str:
        if category is None:
            actions.add_audience(meant=form.meant, actor=request.user)
        else:
            actions.keep_audience(
                key=category.key, meant=form.meant, actor=request.user, seen=form.cleaned_data["seen"]
            )
        toast(request, _("Saved"))
        return back

    title = str(category) if category else _("Add an audience category")
    return dialog(request, form, title, _("Save"), save, back=back, wide=("identities", "stages"))
