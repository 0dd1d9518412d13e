"""A leaver's work passes to a successor: what moves, to whom, and doing it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.identity.handovers import Handover, Item, in_order
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.dialogs import go, mark
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..forms import HandOverForm
from ..permissions import Perm
from .shared import person_address

LISTED = 30


@dataclass(frozen=True)
class Kind:
    """One kind of things in hand: some of them, and how many there are."""

    handover: Handover
    items: list[Item]
    count: int

    @property
    def unlisted(self) -> int:
        return self.count - len(self.items)


@require_http_methods(["GET", "POST"])
@needs(Perm.MANAGE)
def hand_over(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the person has in hand, by kind, and who is to go on with it."""
    person = get_object_or_404(User, pk=pk)
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            moved = actions.hand_over(person=person, actor=request.user, **form.cleaned_data)
        except Refused as refused:
            if not mark(form, refused):
                raise
        else:
            count = sum(moved.values())
            words = ngettext(
                "%(count)d thing of %(person)s was handed over",
                "%(count)d things of %(person)s were handed over",
                count,
            )
            toast(request, words % {"count": count, "person": person.name})
            return go(request, person_address(person))
    kinds = []
    for handover in in_order():
        items = list(handover.preview(person))
        kinds.append(Kind(handover, items[:LISTED], len(items)))
    context = {
        "person": person,
        "form": form,
        "kinds": kinds,
        "total": sum(kind.count for kind in kinds),
        "posts": [post for post in selectors.posts_of(person) if post.state != "over"],
        "title": _("Hand over the work of %(person)s") % {"person": person.name},
    }
    return render(request, "organisation/hand_over.html", context, status=422 if form.errors else 200)
