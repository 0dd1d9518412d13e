"""Who decides for whom, from when until when (委托)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import DelegationForm
from ..models import Delegation, DelegationQuerySet
from ..permissions import Perm
from ..registry import definitions
from .dialogs import show_refusal

#: Delegations that are over and still listed.
PAST = 20


@dataclass(frozen=True)
class Shown:
    """One delegation as the list shows it: for what, over, to come or in force, and whether the reader may end it."""

    delegation: Delegation
    label: Any
    state: str
    may_end: bool = False

    @classmethod
    def of(cls, one: Delegation, reader: User) -> Shown:
        today = clock.today()
        state = "over" if one.valid_to < today else "to_come" if one.valid_from > today else "in_force"
        declared = definitions[one.definition].label if one.definition in definitions.keys() else ""  # noqa: SIM118
        return cls(one, declared, state, state != "over" and one.user_id == reader.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delegation_list(request: SignedInRequest) -> HttpResponse:
    """Mine and those given to me, and a form for a new one; administrators see everybody's with `?all=1`.

    One that overlaps with one of wider or narrower scope is asked about first.
    """
    form = DelegationForm(request.POST if request.method == "POST" else None)
    overlaps: list[Delegation] = []
    if request.method == "POST" and form.is_valid():
        overlaps = overlapping(request.user, form)
        if not overlaps or request.POST.get("confirmed"):
            try:
                actions.delegate(actor=request.user, **form.cleaned_data)
            except Invalid as refused:
                show_refusal(form, refused)
            else:
                toast(request, _("Delegated"))
                return redirect("approvals:delegation_list")
    may_see_all = holds(request.user, Perm.CONFIGURE)
    shows_all = may_see_all and bool(request.GET.get("all"))
    context = {
        "form": form,
        "overlaps": [Shown.of(one, request.user) for one in overlaps] if not form.errors else [],
        "delegations": [Shown.of(one, request.user) for one in listed(request.user, everybody=shows_all)],
        "may_see_all": may_see_all,
        "shows_all": shows_all,
    }
    return render(request, "approvals/delegation_list.html", context, status=422 if form.is_bound else 200)


@require_POST
@login_required
def delegation_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """End one now, where the person may; one that he or she may not see is 404."""
    seen = Delegation.objects.select_related("user", "to")
    if not holds(request.user, Perm.CONFIGURE):
        seen = seen.filter(Q(user=request.user) | Q(to=request.user))
    actions.end_delegation(delegation=get_object_or_404(seen, pk=pk), actor=request.user)
    toast(request, _("The delegation has ended"))
    return redirect("approvals:delegation_list")


def listed(user: User, *, everybody: bool) -> list[Delegation]:
    """Those in force or to come by their first day, then the latest that are over."""
    found: DelegationQuerySet = Delegation.objects.all()
    if not everybody:
        found = found.filter(Q(user=user) | Q(to=user))
    found = found.select_related("user", "to")
    today = clock.today()
    current: Iterable[Delegation] = found.filter(valid_to__gte=today).order_by("valid_from", "pk")
    over: Iterable[Delegation] = found.filter(valid_to__lt=today).order_by("-valid_to", "-pk")[:PAST]
    return [*current, *over]


def overlapping(user: User, form: DelegationForm) -> list[Delegation]:
    """The person's own delegations of more, or of less, on some of the same days; the same again is refused anyway."""
    said = form.cleaned_data
    mine = Delegation.objects.filter(
        user=user, valid_from__lte=said["valid_to"], valid_to__gte=said["valid_from"]
    )
    if said["definition"]:
        mine = mine.filter(definition__in=["", said["definition"]])
    mine = mine.exclude(definition=said["definition"])
    return list(mine.select_related("to").order_by("valid_from", "pk"))
