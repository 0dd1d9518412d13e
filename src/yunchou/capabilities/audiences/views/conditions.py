"""The form of conditions: drawn anew when a row comes or goes, and counted while somebody types."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from yunchou.directory.customers.models import Channel
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.subject_pages import open_subject

from ..builder import Builder
from ..fields import DEEDS, FIELDS
from ..forms import ListForm
from ..models import TargetList
from ..permissions import Perm
from ..selectors import Outcome, Wish, outcome
from ..trees import words


def builder_context(builder: Builder) -> dict[str, Any]:
    """What `parts/builder.html` needs."""
    return {
        "builder": builder,
        "attributes": [(f"field:{field.key}", field.label) for field in FIELDS.values()],
        "deeds": [(f"did:{key}", label) for key, (label, _kinds) in DEEDS.items()],
    }


@require_POST
@needs(Perm.VIEW)
def builder(request: SignedInRequest) -> HttpResponse:
    """The form again after a button or another choice of what is asked; nothing is saved."""
    typed = Builder.typed(request.POST)
    typed.act(request.POST.get("do", ""))
    return render(request, "audiences/parts/builder.html", builder_context(typed))


@require_POST
@needs(Perm.VIEW)
def segment_count(request: SignedInRequest) -> HttpResponse:
    """How many the conditions mean, while they are typed."""
    return _counted(request, request.POST, request.user, None)


@require_POST
@needs(Perm.VIEW)
def list_count(request: SignedInRequest, pk: int, target: int | None = None) -> HttpResponse:
    """How many a target list would choose, while it is filled in, and whom the rules leave out."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(TargetList, subject=subject, pk=target) if target else None
    form = ListForm(request.POST, user=request.user, target=found)
    form.is_valid()
    given = form.cleaned_data
    wish = Wish(
        added=form.chosen("added"),
        taken_out=form.chosen("taken_out"),
        channel=given.get("channel", Channel.ANY),
        quiet_days=given.get("quiet_days") or 0,
        subject=subject,
    )
    return _counted(request, request.POST, request.user, wish)


def _counted(request: HttpRequest, data: QueryDict, user: User, wish: Wish | None) -> HttpResponse:
    typed = Builder.typed(data)
    try:
        tree = typed.tree()
    except Invalid as refused:
        return render(request, "audiences/parts/count.html", {"refused": refused.message})
    return render(request, "audiences/parts/count.html", count_context(tree, wish, user))


def count_context(tree: Any, wish: Wish | None, user: User) -> dict[str, Any]:
    """What `parts/count.html` needs: of a segment (no `wish`) all that are meant, of a list those whom the rules let pass."""
    asked = replace(wish, tree=tree if tree or not wish.added else None) if wish else Wish(tree=tree)
    nobody = wish is not None and not tree and not wish.added
    result: Outcome | None = None if nobody else outcome(asked, user)
    return {"result": result, "words": words(tree) if tree else "", "is_list": wish is not None}
