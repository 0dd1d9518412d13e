"""What people do with one row of a table of the preparation, each as a dialog."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import sent, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..following import OWES, part_url
from ..forms import (
    AcceptForm,
    ArrivalForm,
    CheckForm,
    ConfirmTripForm,
    HandInForm,
    OrderForm,
    PrintForm,
    ProofForm,
    PublishForm,
    ReachForm,
    ReasonForm,
    ReviewForm,
    SendForm,
)
from ..permissions import Perm
from .shared import dialog

Label = str | Promise


@dataclass(frozen=True)
class Request:
    """One row in hand, with what was asked."""

    request: SignedInRequest
    subject: Subject
    row: Any

    @property
    def files(self) -> dict[str, Any]:
        return {"data": typed(self.request), "files": sent(self.request)}


@dataclass(frozen=True)
class Step:
    """Something done with a row: its words, its form, what it does, and the right that it asks for on the activity; what
    who prepares may do, the owner of the row may as well."""

    title: Label
    verb: Label
    form: Callable[[Request], forms.Form]
    act: Callable[[Request, dict[str, Any]], object]
    right: str = Perm.EDIT
    hint: Label = ""


def _plain(form: type[forms.Form], **initial: Callable[[Request], Any]) -> Callable[[Request], forms.Form]:
    def make(asked: Request) -> forms.Form:
        return form(**asked.files, initial={name: value(asked) for name, value in initial.items()})

    return make


def _today(_asked: Request) -> Any:
    return clock.today()


def _accept(asked: Request, read: dict[str, Any]) -> object:
    return actions.accept_supply(supply=asked.row, actor=asked.request.user, **read)


def _hand_in(asked: Request, read: dict[str, Any]) -> object:
    return actions.hand_in(row=asked.row, upload=read["file"], actor=asked.request.user)


def _review(asked: Request, read: dict[str, Any]) -> object:
    return actions.review_material(row=asked.row, actor=asked.request.user, **read)


HAND_IN: Final = Step(
    _("Hand in for review"),
    pgettext_lazy("preparation", "Hand in"),
    _plain(HandInForm),
    _hand_in,
    hint=_("A file handed in again becomes a new version; what passed is reviewed anew."),
)
REVIEW: Final = Step(
    pgettext_lazy("preparation", "Review"),
    pgettext_lazy("preparation", "Decide"),
    _plain(ReviewForm),
    _review,
    Perm.REVIEW,
)
STEPS: Final[dict[tuple[str, str], Step]] = {
    ("agreements", "confirm"): Step(
        pgettext_lazy("preparation", "Confirm in writing"),
        pgettext_lazy("agreement", "Confirm"),
        lambda asked: ProofForm(**asked.files, subject=asked.subject),
        lambda asked, read: actions.confirm_agreement(
            agreement=asked.row, contract=read["contract"], upload=read["agreement"], actor=asked.request.user
        ),
        hint=_("An oral promise does not count: choose the signed contract, or attach the signed agreement."),
    ),
    ("agreements", "take-back"): Step(
        pgettext_lazy("preparation", "No longer confirmed"),
        _("Take the confirmation back"),
        _plain(ReasonForm),
        lambda asked, read: actions.take_agreement_back(
            agreement=asked.row, actor=asked.request.user, **read
        ),
    ),
    ("supplies", "order"): Step(
        _("Say by which purchase"),
        _("Save"),
        lambda asked: OrderForm(**asked.files, subject=asked.subject),
        lambda asked, read: actions.order_supply(supply=asked.row, actor=asked.request.user, **read),
        hint=_("A purchase keeps within its budget line; it is asked for under “Purchases”."),
    ),
    ("supplies", "accept"): Step(
        _("Accept the delivery"),
        _("Save"),
        lambda asked: AcceptForm(**asked.files, supply=asked.row, user=asked.request.user),
        _accept,
    ),
    ("prints", "hand-in"): HAND_IN,
    ("prints", "review"): REVIEW,
    ("prints", "print"): Step(
        _("Send to print"),
        _("Send to print"),
        _plain(PrintForm, promised_on=lambda asked: asked.row.due_on),
        lambda asked, read: actions.send_to_print(row=asked.row, actor=asked.request.user, **read),
    ),
    ("prints", "arrive"): Step(
        _("It has arrived"),
        _("Save"),
        _plain(ArrivalForm, arrived_on=_today),
        lambda asked, read: actions.receive_print(row=asked.row, actor=asked.request.user, **read),
    ),
    ("publicity", "send"): Step(
        pgettext_lazy("publicity", "Send for approval"),
        pgettext_lazy("publicity", "Send for approval"),
        _plain(SendForm),
        lambda asked, read: actions.send_publicity(
            row=asked.row, upload=read["file"], note=read["note"], actor=asked.request.user
        ),
        hint=_(
            "The approval holds for channel, wording, day and picture as they stand; what is changed is sent anew."
        ),
    ),
    ("publicity", "take-back"): Step(
        pgettext_lazy("publicity", "Take it back"),
        pgettext_lazy("publicity", "Take it back"),
        _plain(forms.Form),
        lambda asked, _read: actions.take_publicity_back(row=asked.row, actor=asked.request.user),
        hint=_("Nobody decides on it any more; it can be worded anew and sent again."),
    ),
    ("publicity", "publish"): Step(
        _("It is published"),
        _("Save"),
        _plain(PublishForm, published_on=_today),
        lambda asked, read: actions.publish(row=asked.row, actor=asked.request.user, **read),
    ),
    ("publicity", "reach"): Step(
        _("People reached"),
        _("Save"),
        _plain(ReachForm, reach=lambda asked: asked.row.reach),
        lambda asked, read: actions.note_reach(row=asked.row, actor=asked.request.user, **read),
    ),
    ("speakers", "hand-in"): HAND_IN,
    ("speakers", "review"): REVIEW,
    ("trips", "arranged"): Step(
        pgettext_lazy("preparation", "It is confirmed"),
        _("Save"),
        _plain(ConfirmTripForm),
        lambda asked, read: actions.confirm_trip(trip=asked.row, actor=asked.request.user, **read),
    ),
    ("trips", "take-back"): Step(
        pgettext_lazy("preparation", "No longer confirmed"),
        _("Take the confirmation back"),
        _plain(ReasonForm),
        lambda asked, read: actions.take_trip_back(trip=asked.row, actor=asked.request.user, **read),
    ),
    ("checks", "check"): Step(
        pgettext_lazy("preparation", "Say what was found"),
        _("Save"),
        _plain(CheckForm),
        lambda asked, read: actions.check_item(check=asked.row, actor=asked.request.user, **read),
    ),
}
"""By table and key, as they stand in addresses."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def row_step(request: SignedInRequest, pk: int, table: str, row: int, step: str) -> HttpResponse:
    """A step as a dialog; its answer does it."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = STEPS.get((table, step))
    if found is None:
        raise Http404
    model: type[models.Model] = OWES[table].model
    asked = Request(request, subject, get_object_or_404(model, subject=subject, pk=row))
    if found.right != Perm.EDIT or asked.row.owner_id != request.user.pk:
        require(request.user, found.right, subject)
    form = found.form(asked)
    back = part_url(subject, OWES[table].part)

    def save() -> str:
        found.act(asked, form.cleaned_data)
        toast(request, _("Saved"))
        return back

    return dialog(
        request,
        form,
        f"{found.title}: {asked.row}" if len(str(asked.row)) < 40 else str(found.title),
        str(found.verb),
        save,
        back=back,
        hint=str(found.hint),
    )
