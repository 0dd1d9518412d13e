"""Lists that come in: file, columns, what comes of every line, taking over; and lists that go out."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

from django.db.models import Count
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core.errors import NotAllowed, Refused
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.jobs.selectors import progress
from yunchou.kernel.sheets.exports import file_name
from yunchou.kernel.sheets.listings import TYPES, Column, Format, Lines, Listing, write_listing
from yunchou.kernel.ui.dialogs import mark, sent, typed
from yunchou.kernel.ui.toasts import toast

from .. import exchange
from ..actions.exports import ask_export, decide_export, open_export
from ..actions.list_lines import marked_rows
from ..actions.lists import AT_ONCE, choose, hand_in, map_list, take_list
from ..forms import ChoiceForm, DecisionForm, ExportForm, ListForm
from ..listings import CUSTOMERS, lines_of
from ..models import Choice, CustomerList, ExportRequest, ListLine, Result
from ..permissions import Perm
from .register import filters_of
from .shared import dialog, needs, unkept

METHODS = ["GET", "HEAD", "POST"]
SHOWN = 100
TONES = {
    Result.FAULT: "bad",
    Result.TWICE: "warn",
    Result.ALIKE: "warn",
    Result.KNOWN: "neutral",
    Result.NEW: "accent",
}
STEPS = CustomerList.Step


@require_http_methods(METHODS)
@needs(Perm.IMPORT)
def list_start(request: SignedInRequest) -> HttpResponse:
    """Handing a list in; a file that is not taken in says why, on this page."""
    form = ListForm(typed(request), sent(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            handed = hand_in(actor=request.user, **form.cleaned_data)
        except Refused as refused:
            if refused.status == 403:
                raise
            mark(form, refused)
            if not refused.fields:
                form.add_error("upload", str(refused))
        else:
            return redirect(handed)
    recent = CustomerList.objects.filter(actor=request.user, pieces__number=0)[:8]
    context = {"form": form, "recent": recent, "columns": exchange.COLUMNS}
    return render(request, "customers/list_start.html", context, status=422 if form.errors else 200)


@require_safe
@needs(Perm.IMPORT)
def list_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where a list stands: its columns, its progress, or what comes of every line, the faulty ones first."""
    handed = _own(request, pk)
    if handed.step in (STEPS.CHECKING, STEPS.TAKING):
        job = Job.objects.filter(pk=handed.job or 0).first()
        context = {"handed": handed, "job": progress(job) if job else None}
        template = "customers/parts/list_progress.html" if request.htmx else "customers/list_wait.html"
        return render(request, template, context)
    if request.htmx:  # the progress asks; the work is done: the whole page is to be shown
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    if not handed.pieces.exists():
        raise Http404
    if handed.step == STEPS.RECEIVED or ("columns" in request.GET and handed.step == STEPS.CHECKED):
        return unkept(render(request, "customers/list_columns.html", _columns(handed)))
    return unkept(render(request, "customers/list_lines.html", _lines(request, handed)))


def _columns(handed: CustomerList, errors: dict[str, str] | None = None) -> dict[str, Any]:
    choices = [
        {"column": one, "chosen": handed.mapping.get(one.key), "error": (errors or {}).get(one.key, "")}
        for one in exchange.COLUMNS
    ]
    job = Job.objects.filter(pk=handed.job or 0).first() if handed.step == STEPS.RECEIVED else None
    return {
        "handed": handed,
        "choices": choices,
        "headings": list(enumerate(handed.headings)),
        "reason": job.message if job else None,
        "is_more": not handed.is_csv and handed.counts["lines"] == AT_ONCE + 1,
        "at_once": AT_ONCE,
    }


def _lines(request: SignedInRequest, handed: CustomerList) -> dict[str, Any]:
    counts = dict(handed.lines.values_list("result").annotate(n=Count("pk")))
    chosen = Counter(dict(handed.lines.values_list("choice").annotate(n=Count("pk"))))
    shown = request.GET.get("result", "")
    if shown not in Result.values:
        shown = next((one for one in TONES if counts.get(one)), "")
    found = handed.lines.filter(result=shown).select_related("match__subject__unit", "match__card")[:SHOWN]
    return {
        "handed": handed,
        "groups": [
            {"result": one, "label": one.label, "tone": tone, "count": counts[one], "is_shown": one == shown}
            for one, tone in TONES.items()
            if counts.get(one)
        ],
        "shown": shown,
        "rows": [_row(line) for line in found],
        "unlisted": max(0, counts.get(shown, 0) - SHOWN),
        "moving": chosen[Choice.NEW] + chosen[Choice.UPDATE],
        "chosen": [(Choice(key).label, n) for key, n in chosen.items()],
        "choices": Choice.choices,
        "is_open": handed.step == STEPS.CHECKED,
        "kept": [(name, request.GET[name]) for name in ("result",) if name in request.GET],
    }


def _row(line: ListLine) -> dict[str, Any]:
    import json

    values = json.loads(line.values.open()) if line.values else {}
    faults = [(exchange.BY_KEY[key].label, Say.from_json(text)) for key, text in line.faults]
    return {
        "line": line,
        "name": values.get("name", ""),
        "organisation": values.get("organisation", ""),
        "faults": faults,
    }


@require_POST
@needs(Perm.IMPORT)
def list_map(request: SignedInRequest, pk: int) -> HttpResponse:
    """Which column is what."""
    handed = _own(request, pk)
    given = {one.key: request.POST.get(one.key, "") for one in exchange.COLUMNS}
    mapping = {key: int(value) for key, value in given.items() if value.isdecimal() and len(value) < 4}
    try:
        map_list(handed=handed, mapping=mapping, actor=request.user)
    except Refused as refused:
        if not refused.fields:
            raise
        handed.mapping = mapping
        context = _columns(handed, {key: str(text) for key, text in refused.fields.items()})
        return unkept(render(request, "customers/list_columns.html", context, status=422))
    return redirect(handed)


@require_POST
@needs(Perm.IMPORT)
def list_choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """What becomes of one line (`line` in the form) or of all lines with one result."""
    handed = _own(request, pk)
    form = ChoiceForm(request.POST)
    if form.is_valid():
        line = request.POST.get("line", "")
        number = int(line) if line.isdecimal() and len(line) < 9 else None
        choose(
            handed=handed,
            choice=form.cleaned_data["choice"],
            result=form.cleaned_data["result"],
            line=number,
            actor=request.user,
        )
    return redirect(f"{handed.get_absolute_url()}?result={form.cleaned_data.get('result', '')}")


@require_POST
@needs(Perm.IMPORT)
def list_take(request: SignedInRequest, pk: int) -> HttpResponse:
    handed = _own(request, pk)
    taken = take_list(handed=handed, actor=request.user)
    if taken.step == STEPS.TAKEN:
        toast(request, _("The list was taken over"))
    return redirect(handed)


@require_POST
@needs(Perm.IMPORT)
def list_marked(request: SignedInRequest, pk: int) -> HttpResponse:
    """The list as it came with what became of every line and why."""
    handed = _own(request, pk)
    if not handed.pieces.exists():
        raise Http404
    width = len(handed.headings)
    columns = [Column(f"c{n}", heading or str(n + 1)) for n, heading in enumerate(handed.headings)]
    columns += [
        Column("result", gettext_lazy("Result"), width=14),
        Column("why", gettext_lazy("Fault"), width=60),
    ]
    listing = Listing("customers.marked", gettext_lazy("Marked list"), tuple(columns), CUSTOMERS.open)
    rows = ((*[*cells, *[""] * width][:width], result, why) for cells, result, why in marked_rows(handed))
    lines = Lines(title=_("Marked list"), count=handed.counts.get("lines", 0), rows=rows)
    form = Format.CSV if handed.is_csv else Format.XLSX
    return _file(listing, lines, form)


def _file(listing: Listing, lines: Lines, form: Format) -> HttpResponse:
    response = FileResponse(write_listing(listing, lines, form), content_type=TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, file_name(lines, form)) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return unkept(cast(HttpResponse, response))


def _own(request: SignedInRequest, pk: int) -> CustomerList:
    return get_object_or_404(
        CustomerList.objects.filter(actor=request.user).select_related("unit", "source"), pk=pk
    )


# ---------------------------------------------------------------- out


@require_http_methods(METHODS)
@needs(Perm.EXPORT)
def export_ask(request: SignedInRequest) -> HttpResponse:
    """Ask for what the list shows, with a reason."""
    filters, _form = filters_of(request)
    form = ExportForm(typed(request))

    def save() -> str:
        return ask_export(actor=request.user, filters=filters, **form.cleaned_data).get_absolute_url()

    hint = _(
        "A second person releases a file of 500 customers or more. Every line carries your name and the reason."
    )
    back = reverse("customers:customer_list")
    return dialog(request, form, _("Export customers"), _("Ask for the file"), save, back=back, hint=hint)


@require_safe
@needs(Perm.VIEW)
def export_list(request: SignedInRequest) -> HttpResponse:
    """One's own exports; whoever releases sees all that wait and were decided."""
    exports = ExportRequest.objects.select_related("actor", "decided_by")
    may_release = holds(request.user, Perm.RELEASE)
    found = exports if may_release else exports.filter(actor=request.user)
    return render(request, "customers/export_list.html", {"exports": found[:100], "may_release": may_release})


@require_safe
@needs(Perm.VIEW)
def export_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    export = _export(request, pk)
    user = request.user
    context = {
        "export": export,
        "is_own": export.actor_id == user.pk,
        "may_decide": export.state == ExportRequest.State.WAITING
        and export.actor_id != user.pk
        and holds(user, Perm.RELEASE),
    }
    return render(request, "customers/export_detail.html", context)


def _export(request: SignedInRequest, pk: int) -> ExportRequest:
    """One's own, or any for whoever releases."""
    found = ExportRequest.objects.select_related("actor", "decided_by")
    if not holds(request.user, Perm.RELEASE):
        found = found.filter(actor=request.user)
    return get_object_or_404(found, pk=pk)


@require_http_methods(METHODS)
@needs(Perm.RELEASE)
def export_decide(request: SignedInRequest, pk: int, decision: str) -> HttpResponse:
    export = _export(request, pk)
    if export.actor_id == request.user.pk:
        raise NotAllowed(say("You asked for this export; somebody else decides on it."))
    is_released = decision == "release"
    form = DecisionForm(typed(request))

    def save() -> str:
        words = form.cleaned_data["words"]
        decide_export(request=export, is_released=is_released, words=words, actor=request.user)
        return export.get_absolute_url()

    release = (_("Release the export"), pgettext("export of customers", "Release"))
    refuse = (_("Refuse the export"), pgettext("export of customers", "Refuse"))
    words = release if is_released else refuse
    return dialog(request, form, *words, save, back=export.get_absolute_url(), is_dangerous=not is_released)


@require_POST
@needs(Perm.EXPORT)
def export_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file; posted, since each taking is written into the journal."""
    export = open_export(request=_export(request, pk), actor=request.user)
    return _file(CUSTOMERS, lines_of(export, request.user), Format(export.form))
