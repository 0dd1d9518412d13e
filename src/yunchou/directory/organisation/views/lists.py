"""Units, people and posts as a workbook: template, handing in, looking, taking over, exporting."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import IO, Any

from django import forms
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.jobs.models import State
from yunchou.kernel.jobs.selectors import progress
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..exchange.applying import CHANGE, ERROR, NEW, SAME, Line
from ..exchange.layout import BY_KEY, SHEETS
from ..exchange.writing import write_lists, write_marked
from ..models import ListImport
from ..permissions import Perm
from .shared import tabs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200
WORDS = {
    NEW: (gettext_lazy("new"), "accent"),
    CHANGE: (gettext_lazy("changes"), "neutral"),
    SAME: (gettext_lazy("as it is"), "neutral"),
    ERROR: (gettext_lazy("fault"), "bad"),
}


class ListForm(forms.Form):
    workbook = forms.FileField(
        label=gettext_lazy("Workbook"),
        widget=forms.ClearableFileInput({"accept": ".xlsx"}),
        help_text=gettext_lazy("Sheets as in the template; those that are missing are left alone."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.EXPORT)
def list_start(request: SignedInRequest) -> HttpResponse:
    """Export, template, and handing in; a file that is not taken in says why, on this page."""
    may_import = holds(request.user, Perm.MANAGE)
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            handed = actions.hand_in_lists(upload=form.cleaned_data["workbook"], actor=request.user)
        except Refused as refused:
            if refused.status == 403:
                raise
            form.add_error("workbook", str(refused))
        else:
            return redirect(handed)
    recent = ListImport.objects.filter(actor=request.user).order_by("-pk")[:8]
    context = {
        "form": form,
        "recent": recent,
        "sheets": SHEETS,
        "may_import": may_import,
        "tabs": tabs(request, "lists"),
    }
    return render(request, "organisation/list_start.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Perm.MANAGE)
def list_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """What comes of every line, the faulty ones first; of a long list, how far looking at it is."""
    handed = _own(request, pk)
    if handed.job and handed.job.state != State.DONE:
        context = {"handed": handed, "job": handed.job, "shown": progress(handed.job)}
        return render(request, "organisation/list_progress.html", context | {"tabs": tabs(request, "lists")})
    lines = [Line.from_json(data) for data in handed.lines]
    counts = Counter(line.result for line in lines)
    shown = sorted(lines, key=lambda line: [ERROR, NEW, CHANGE, SAME].index(line.result))[:SHOWN]
    context = {
        "handed": handed,
        "rows": [_row(line) for line in shown],
        "unlisted": len(lines) - len(shown),
        "counts": [
            {"label": WORDS[key][0], "tone": WORDS[key][1], "count": counts[key]}
            for key in WORDS
            if counts[key]
        ],
        "faults": counts[ERROR],
        "moving": counts[NEW] + counts[CHANGE],
        "tabs": tabs(request, "lists"),
    }
    return render(request, "organisation/list_import.html", context)


def _row(line: Line) -> dict[str, Any]:
    sheet, (word, tone) = BY_KEY[line.sheet], WORDS[line.result]
    columns = {column.key: column.label for column in sheet.columns}
    faults = [(columns.get(key, ""), text) for key, text in line.faults]
    return {"line": line, "sheet": sheet.label, "word": word, "tone": tone, "faults": faults}


@require_POST
@needs(Perm.MANAGE)
def list_apply(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the list over; a long one in the background."""
    handed = _own(request, pk)
    if handed.is_long:
        return redirect(actions.start_applying(handed=handed, actor=request.user))
    actions.apply_lists(handed=handed, actor=request.user)
    toast(request, _("The list was taken over"))
    return redirect(handed)


@require_safe
@needs(Perm.MANAGE)
def list_marked(request: SignedInRequest, pk: int) -> HttpResponse:
    """The workbook with every fault marked at its cell."""
    handed = _own(request, pk)
    marked = write_marked(actions.content_of(handed), [Line.from_json(data) for data in handed.lines])
    return _workbook(BytesIO(marked), _("Marked {name}").format(name=handed.name))


@require_safe
@needs(Perm.EXPORT)
def list_template(request: SignedInRequest) -> HttpResponse:
    """The empty workbook, with drop-downs."""
    return _workbook(write_lists({}), _("Organisation template.xlsx"))


@require_POST
@needs(Perm.EXPORT)
def list_export(request: SignedInRequest) -> HttpResponse:
    """What the person may export; asked by a form, since it is written into the journal."""
    file = actions.export_lists(actor=request.user)
    return _workbook(file, _("Organisation {day}.xlsx").format(day=clock.today().isoformat()))


def _own(request: SignedInRequest, pk: int) -> ListImport:
    own = ListImport.objects.filter(actor=request.user).select_related("file", "job")
    return get_object_or_404(own, pk=pk)


def _workbook(file: IO[bytes], name: str) -> HttpResponse:
    """The file in pieces; it is closed once it was sent."""
    response = FileResponse(file, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response  # type: ignore[return-value]
