"""Texts of messages, in whose name they go out, and the addresses that are left alone."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, units_with
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.ui.dialogs import dialog, go, sent, typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..bounces import bounces_in
from ..forms import BounceForm, FreeForm, SenderForm, TextForm
from ..gateways import gateway_of
from ..models import SENT_BY_US
from ..permissions import Perm
from ..selectors.texts import senders_seen_by, stops_seen_by, texts_seen_by
from ..uses import uses

BOTH: Final = ["GET", "HEAD", "POST"]


def _list() -> str:
    return reverse("messaging:text_list")


def _stops() -> str:
    return reverse("messaging:stop_list")


@require_safe
@needs(Perm.VIEW)
def text_list(request: SignedInRequest) -> HttpResponse:
    """Every text by what it is for, the senders, and by which way each channel goes."""
    kept = set(units_with(request.user, Perm.KEEP).values_list("pk", flat=True))
    context = {
        "texts": [(one, uses.get(one.use), one.unit_id in kept) for one in texts_seen_by(request.user)],
        "senders": senders_seen_by(request.user),
        "channels": [(one, gateway_of(one)) for one in SENT_BY_US],
        "may_keep": holds(request.user, Perm.KEEP),
        "may_stop": holds(request.user, Perm.ADDRESSES),
    }
    return render(request, "messaging/text_list.html", context)


@require_http_methods(BOTH)
@needs(Perm.KEEP)
def text_add(request: SignedInRequest) -> HttpResponse:
    form = TextForm(typed(request))

    def save() -> str:
        given = form.cleaned_data
        actions.keep_text(
            unit=given["unit"], use=given["use"], channel=given["channel"], name=given["name"], wording=form.wording,
            actor=request.user,
        )  # fmt: skip
        return _list()

    return dialog(
        request, form, _("New text"), _("Save"), save, back=_list(), wide=("title",), uses=list(uses),
        part="messaging/parts/placeholders.html",
    )  # fmt: skip


@require_http_methods(BOTH)
@needs(Perm.KEEP)
def text_change(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(texts_seen_by(request.user), pk=pk)
    require(request.user, Perm.KEEP, found.unit)
    form = TextForm(typed(request), text=found)

    def save() -> str:
        actions.keep_text(
            unit=found.unit, use=found.use, channel=found.channel, name=form.cleaned_data["name"], wording=form.wording,
            actor=request.user, text=found, seen=form.cleaned_data["seen"],
        )  # fmt: skip
        return _list()

    declared = uses.get(found.use)
    return dialog(
        request, form, found.name, _("Save"), save, back=_list(), wide=("title",), uses=[declared] if declared else [],
        part="messaging/parts/placeholders.html",
    )  # fmt: skip


@require_POST
@needs(Perm.KEEP)
def text_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Offer it no longer."""
    actions.close_text(text=get_object_or_404(texts_seen_by(request.user), pk=pk), actor=request.user)
    return go(request, _list())


@require_http_methods(BOTH)
@needs(Perm.KEEP)
def sender_keep(request: SignedInRequest) -> HttpResponse:
    """Say in whose name a unit writes."""
    form = SenderForm(typed(request))

    def save() -> str:
        actions.keep_sender(actor=request.user, **form.cleaned_data)
        return _list()

    return dialog(
        request, form, _("Sender of messages"), _("Save"), save, back=_list(), wide=("name", "address"),
        hint=_("Holds for the unit and all below it that name none of their own."),
    )  # fmt: skip


@require_safe
@needs(Perm.ADDRESSES)
def stop_list(request: SignedInRequest) -> HttpResponse:
    """The addresses left alone, masked."""
    page = paginate(stops_seen_by(request.user), request.GET, by="-pk")
    return render(request, "messaging/stop_list.html", {"page": page})


@require_http_methods(BOTH)
@needs(Perm.ADDRESSES)
def bounces_take(request: SignedInRequest) -> HttpResponse:
    """Take the report of a mail server."""
    form = BounceForm(typed(request), sent(request))

    def save() -> str:
        report = form.cleaned_data["report"].read()
        stopped, passed = actions.take_bounces(bounces=bounces_in(report), actor=request.user)
        words = ngettext("%(count)s address stopped", "%(count)s addresses stopped", stopped) % {
            "count": stopped
        }
        passed_over = _("%(count)s passed over") % {"count": passed}
        toast(request, f"{words} · {passed_over}")
        return _stops()

    return dialog(request, form, _("Report of a bounce"), _("Take in"), save, back=_stops(), wide=("report",))


@require_http_methods(BOTH)
@needs(Perm.ADDRESSES)
def stop_free(request: SignedInRequest, pk: int) -> HttpResponse:
    """Write to an address again."""
    found = get_object_or_404(stops_seen_by(request.user), pk=pk)
    form = FreeForm(typed(request))

    def save() -> str:
        actions.free_address(stop=found, reason=form.cleaned_data["reason"], actor=request.user)
        return _stops()

    return dialog(
        request, form, _("Write to %(address)s again") % {"address": found.mask}, _("Free it"), save, back=_stops(),
        hint=_("A consent that was withdrawn is not given back by this; the customer gives it anew."), wide=("reason",),
    )  # fmt: skip
