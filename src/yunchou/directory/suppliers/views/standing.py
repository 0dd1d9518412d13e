"""Grading, blocking and merging suppliers."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import GradeForm, MergeForm, ReasonForm
from ..permissions import Perm
from ..scorecards import Scorecard
from ..scoring import scorecard_of
from .shared import dialog, supplier_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.ASSESS)
def supplier_grade(request: SignedInRequest, pk: int) -> HttpResponse:
    supplier = supplier_or_404(request, pk, Perm.ASSESS)
    card = scorecard_of(supplier)
    initial = {"grade": supplier.grade or card.suggestion or "B"}
    form = GradeForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.grade_supplier(supplier=supplier, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return supplier.get_absolute_url()

    title = _("Grade %(supplier)s") % {"supplier": supplier.name}
    return dialog(
        request, form, title, _("Save"), save, back=supplier.get_absolute_url(), hint=_suggestion(card)
    )


def _suggestion(card: Scorecard) -> str:
    """What the scorecard suggests, before somebody grades."""
    if card.score is None:
        return _("Too few cases for a score: the grade rests on your reason alone.")
    told = {"score": card.score, "grade": card.suggestion, "count": card.counted}
    words = ngettext(
        "The scorecard comes to %(score)s points out of %(count)s measure and suggests %(grade)s;"
        " the reason tells why another grade is given.",
        "The scorecard comes to %(score)s points out of %(count)s measures and suggests %(grade)s;"
        " the reason tells why another grade is given.",
        card.counted,
    )
    return words % told


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.ASSESS)
def supplier_block(request: SignedInRequest, pk: int) -> HttpResponse:
    supplier = supplier_or_404(request, pk, Perm.ASSESS)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        actions.block_supplier(supplier=supplier, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("%(supplier)s is blocked") % {"supplier": supplier.name})
        return supplier.get_absolute_url()

    title = _("Block %(supplier)s") % {"supplier": supplier.name}
    hint = _("It can be chosen nowhere until the block is lifted. What was agreed before goes on.")
    back = supplier.get_absolute_url()
    return dialog(request, form, title, _("Block"), save, back=back, hint=hint, is_dangerous=True)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.ASSESS)
def supplier_unblock(request: SignedInRequest, pk: int) -> HttpResponse:
    supplier = supplier_or_404(request, pk, Perm.ASSESS)
    form = ReasonForm(request.POST or None)

    def save() -> str:
        actions.unblock_supplier(supplier=supplier, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("%(supplier)s may be chosen again") % {"supplier": supplier.name})
        return supplier.get_absolute_url()

    title = _("Lift the block of %(supplier)s") % {"supplier": supplier.name}
    return dialog(request, form, title, _("Lift the block"), save, back=supplier.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MERGE)
def supplier_merge(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take another entry of the same company into this one."""
    supplier = supplier_or_404(request, pk, Perm.MERGE)
    form = MergeForm(request.POST or None, user=request.user)

    def save() -> str:
        read = form.cleaned_data
        actions.merge_suppliers(
            kept=supplier, merged=read["other"], reason=read["reason"], actor=request.user
        )
        toast(request, _("%(other)s was merged into this one") % {"other": read["other"].name})
        return supplier.get_absolute_url()

    title = _("Merge another entry into %(supplier)s") % {"supplier": supplier.name}
    hint = _("This cannot be undone. The other entry stays readable and leads here.")
    back = supplier.get_absolute_url()
    return dialog(request, form, title, _("Merge"), save, back=back, hint=hint, is_dangerous=True)
