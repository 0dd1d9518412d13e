"""Lists of suppliers as a workbook: template, handing in, looking, taking over, exporting."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..exchange import CHANGE, ERROR, NEW, SAME, Outcome, write_marked
from ..forms import ListForm
from ..models import SupplierImport
from ..permissions import Perm
from ..tables import SUPPLIERS
from .register import filters_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200
WORDS = {
    ERROR: (gettext_lazy("fault"), "bad"),
    NEW: (pgettext_lazy("line of a list", "new"), "accent"),
    CHANGE: (gettext_lazy("changes"), "neutral"),
    SAME: (gettext_lazy("as it is"), "neutral"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def list_start(request: SignedInRequest) -> HttpResponse:
    """Handing a list in; a file that is not taken in says why, on this page."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            handed = actions.hand_in_list(upload=form.cleaned_data["workbook"], actor=request.user)
        except Refused as refused:
            if refused.status == 403:
                raise
            form.add_error("workbook", str(refused))
        else:
            return redirect(handed)
    recent = SupplierImport.objects.filter(actor=request.user)[:8]
    context = {"form": form, "recent": recent, "columns": SUPPLIERS.columns}
    return render(request, "suppliers/list_start.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Perm.MANAGE)
def list_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """What comes of every line, the faulty ones first."""
    handed = _own(request, pk)
    outcomes = [Outcome.from_json(data) for data in handed.lines]
    counts, order = Counter(one.result for one in outcomes), list(WORDS)
    shown = sorted(outcomes, key=lambda one: order.index(one.result))[:SHOWN]
    context = {
        "handed": handed,
        "rows": [_row(one) for one in shown],
        "unlisted": len(outcomes) - len(shown),
        "counts": [
            {"label": WORDS[key][0], "tone": WORDS[key][1], "count": counts[key]}
            for key in order
            if counts[key]
        ],
        "faults": counts[ERROR],
        "moving": counts[NEW] + counts[CHANGE],
    }
    return render(request, "suppliers/list_import.html", context)


def _row(outcome: Outcome) -> dict[str, Any]:
    word, tone = WORDS[outcome.result]
    faults = [
        (SUPPLIERS.by_key[key].label if key in SUPPLIERS.by_key else "", m) for key, m in outcome.faults
    ]
    return {"outcome": outcome, "word": word, "tone": tone, "faults": faults}


@require_POST
@needs(Perm.MANAGE)
def list_apply(request: SignedInRequest, pk: int) -> HttpResponse:
    handed = _own(request, pk)
    actions.apply_list(handed=handed, actor=request.user)
    toast(request, _("The list was taken over"))
    return redirect(handed)


@require_safe
@needs(Perm.MANAGE)
def list_marked(request: SignedInRequest, pk: int) -> HttpResponse:
    """The workbook with every fault marked at its cell."""
    handed = _own(request, pk)
    marked = write_marked(actions.content_of(handed), [Outcome.from_json(data) for data in handed.lines])
    return _workbook(marked, _("Marked {name}").format(name=handed.name))


@require_safe
@needs(Perm.MANAGE)
def list_template(request: SignedInRequest) -> HttpResponse:
    """The empty workbook, with drop-downs."""
    return _workbook(actions.template_list(actor=request.user), _("Suppliers template.xlsx"))


@require_POST
@needs(Perm.EXPORT)
def list_export(request: SignedInRequest) -> HttpResponse:
    """What the list shows, as a workbook; asked by a form, since it is written into the journal."""
    filters, _form = filters_of(request)
    data = actions.export_list(actor=request.user, filters=filters)
    return _workbook(data, _("Suppliers {day}.xlsx").format(day=clock.today().isoformat()))


def _own(request: SignedInRequest, pk: int) -> SupplierImport:
    return get_object_or_404(SupplierImport.objects.filter(actor=request.user), pk=pk)


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
