"""The target lists of an activity: filled in, counted, frozen, and compared with today."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.permissions import Perm as CustomerPerm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, mark, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.seen import Stale
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..actions import Plan
from ..builder import Builder
from ..forms import ListForm
from ..models import TargetList
from ..permissions import Perm
from ..trees import EVERYBODY, Group, words
from .conditions import builder_context, count_context

CHANGE = ["GET", "HEAD", "POST"]
TAB = "audience"
SHOWN = 20
"""So many of those who are new or gone are named."""


def _board(subject: Subject) -> str:
    return reverse("audiences:list_board", args=[subject.pk])


@require_safe
@login_required
def list_board(request: SignedInRequest, pk: int) -> HttpResponse:
    """The target lists of an activity with what they ask for and how many they hold."""
    subject = open_subject(request, pk, Perm.VIEW)
    lists = list(selectors.lists_of(subject).prefetch_related("parts__segment", "parts__earlier"))
    context = page_context(
        request, subject, TAB,
        rows=[(target, words(target.conditions) if target.conditions else "") for target in lists],
        may_edit=holds(request.user, Perm.EDIT, subject),
    )  # fmt: skip
    return render(request, "audiences/list_board.html", context)


@require_http_methods(CHANGE)
@login_required
def list_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    return _list_page(request, subject, None)


@require_http_methods(CHANGE)
@login_required
def list_detail(request: SignedInRequest, pk: int, target: int) -> HttpResponse:
    """One list: still open, the form with its count; frozen, who stands on it and what has changed since (SEG-07)."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = _find(subject, target)
    return _frozen_page(request, subject, found) if found.is_frozen else _list_page(request, subject, found)


@require_POST
@login_required
def list_freeze(request: SignedInRequest, pk: int, target: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    frozen = actions.freeze_list(target=_find(subject, target), actor=request.user)
    size = frozen.size or 0
    toast(
        request, ngettext("Frozen with %(n)s customer.", "Frozen with %(n)s customers.", size) % {"n": size}
    )
    return go(request, frozen.get_absolute_url())


@require_POST
@login_required
def list_extend(request: SignedInRequest, pk: int, target: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = _find(subject, target)
    added, removed = actions.extend_list(
        target=found, actor=request.user, with_new="new" in request.POST, without_gone="gone" in request.POST
    )
    toast(request, _("Taken in: %(added)s, taken out: %(removed)s") % {"added": added, "removed": removed})
    return go(request, found.get_absolute_url())


@require_POST
@login_required
def list_drop(request: SignedInRequest, pk: int, target: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    actions.drop_list(target=_find(subject, target), actor=request.user)
    toast(request, _("The list is dropped."))
    return go(request, _board(subject))


def _find(subject: Subject, target: int) -> TargetList:
    return get_object_or_404(selectors.lists_of(subject).select_related("subject"), pk=target)


def _list_page(request: SignedInRequest, subject: Subject, target: TargetList | None) -> HttpResponse:
    user = request.user
    may_edit = holds(user, Perm.EDIT, subject)
    seen = actions.list_stamp(target) if target else ""
    form = ListForm(typed(request), user=user, target=target, seen=seen)
    builder = (
        Builder.typed(request.POST)
        if request.method == "POST"
        else Builder.of(target.conditions if target else EVERYBODY)
    )
    status = 200
    if request.method == "POST" and may_edit:
        status = 422
        try:
            tree = builder.tree()
            if form.is_valid():
                return go(request, once(request, lambda: _save(request, form, subject, target, tree)))
        except Stale as stale:
            form.see(stale.now)
            form.add_error(None, str(stale))
            status = stale.status
        except Invalid as refused:
            if form.is_valid() or not form.errors:
                mark(form, refused)
        except Refused as refused:
            mark(form, refused)
            status = refused.status
    counted: dict[str, Any] = {}
    if target and request.method != "POST":
        counted = count_context(target.conditions, selectors.wish_of(target), user)
    context = page_context(
        request,
        subject,
        TAB,
        form=form,
        target=target,
        may_edit=may_edit,
        **builder_context(builder),
        **counted,
    )
    return render(request, "audiences/list_edit.html", context, status=status)


def _save(
    request: SignedInRequest, form: ListForm, subject: Subject, target: TargetList | None, tree: Group
) -> str:
    given = form.cleaned_data
    plan = Plan(
        name=given["name"], tree=tree, added=form.chosen("added"), taken_out=form.chosen("taken_out"),
        channel=given["channel"], quiet_days=given["quiet_days"],
    )  # fmt: skip
    if target:
        saved = actions.change_list(target=target, plan=plan, actor=request.user, seen=given["seen"])
    else:
        saved = actions.add_list(subject=subject, plan=plan, actor=request.user)
    toast(request, _("Saved"))
    return saved.get_absolute_url()


def _frozen_page(request: SignedInRequest, subject: Subject, target: TargetList) -> HttpResponse:
    user = request.user
    sees_customers = holds(user, CustomerPerm.VIEW)
    everybody = selectors.members_of(target, user)
    people = selectors.shown_of(target, everybody, user)
    page = paginate(people if sees_customers else people.none(), request.GET, by="-pk")
    drift = selectors.drift_of(target, user)
    context = page_context(
        request, subject, TAB, target=target, page=page, drift=drift, sees_customers=sees_customers,
        unnamed=everybody.count() - people.count() if sees_customers else 0,
        new=_shown(target, drift.new, user) if sees_customers and drift.new_count else [],
        gone=_shown(target, drift.gone, user) if sees_customers and drift.gone_count else [],
        words=words(target.conditions) if target.conditions else "",
        parts=list(target.parts.select_related("segment", "earlier__subject")),
        may_edit=holds(user, Perm.EDIT, subject),
    )  # fmt: skip
    return render(request, "audiences/list_detail.html", context)


def _shown(target: TargetList, customers: QuerySet[Customer], user: User) -> list[Customer]:
    return list(selectors.shown_of(target, customers, user)[:SHOWN])
