"""The dialog in which a response draws what was approved for it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yunchou.capabilities.budgets.adjustments import contingency_left, contingency_of, movable_lines
from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from ..actions import spend_on_risk
from ..models import Risk
from ..permissions import Perm
from ..rules import response_spends_what_was_approved
from ..spending import spending_of


class DrawForm(forms.Form):
    """For which line, how much, and what for."""

    target = forms.ModelChoiceField(
        label=gettext_lazy("Line that needs it"), queryset=BudgetLine.objects.none(), empty_label=""
    )
    amount = forms.DecimalField(label=gettext_lazy("Amount"), max_digits=14, decimal_places=2)
    note = forms.CharField(
        label=gettext_lazy("What is done with it"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["target"]
        lines = movable_lines(subject)
        held = contingency_of(lines)
        field.queryset = BudgetLine.objects.filter(
            pk__in=[one.pk for one in lines if one != held]
        ).select_related("account")
        field.label_from_instance = lambda line: f"{line.category} · {LineRow(item=line.item).item_name}"
        self.fields["amount"].widget = forms.TextInput(attrs={"inputmode": "decimal"})


@require_http_methods(["GET", "POST"])
@login_required
def risk_draw(request: SignedInRequest, pk: int, risk: int) -> HttpResponse:
    """Draw from the contingency what was approved for a risk with the plan; more leads to an ordinary draw."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(Risk.objects.select_related("subject", "owner"), subject=subject, pk=risk)
    spending, left = spending_of(subject, [found])[found.pk], contingency_left(subject)
    suggested = min(spending.left, left if left is not None else ZERO)
    form = DrawForm(typed(request), subject=subject, initial={"amount": suggested or None})
    address, status, blocking = reverse("operations:risk_list", args=[subject.pk]), 200, None

    def save() -> str:
        spend_on_risk(risk=found, actor=request.user, **form.cleaned_data)
        toast(request, _("Drawn from the contingency"))
        return address

    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return go(request, once(request, save))
            except Refused as refused:
                for name, words in (refused.fields or {"": refused.message}).items():
                    form.add_error(name if name in form.fields else None, str(words))
                status, blocking = refused.status, next(iter(refused.verdicts), None)
    context = {
        "subject": subject, "risk": found, "spending": spending, "left": left, "form": form, "blocking": blocking,
        "back": address, "rule": response_spends_what_was_approved, "title": _("Draw for: %(risk)s") % {"risk": found},
        "part": "operations/risk_draw.html",
    }  # fmt: skip
    template = "operations/risk_draw.html" if request.htmx else "budgets/form_page.html"
    return render(request, template, context, status=status)
