"""The tab 流程: the run sheet as planned and as it went."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.sales.intake import sheet_from
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import mark, sent, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.campaigns.brief import briefs_of
from yunchou.lifecycle.events.kinds import is_over
from yunchou.lifecycle.events.permissions import Perm

from ..actions.running import keep_day, keep_item, laid_with, lay_template, remove_item, take_items
from ..forecast import Laid, clashes
from ..forms.running import DayForm, ImportForm, ItemForm, TemplateForm
from ..intake import ITEMS, read_run_sheet
from ..models import RunSheetItem
from ..selectors.paper import run_sheet_pdf
from ..selectors.running import Line, calls, day_of, items_of, lines_of, running_in, slots_of
from .shared import BOTH, dialog, done, event_of, item_of, sheet_url


@require_safe
@login_required
def run_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every item with its plan, its people, its cues, and how it went."""
    subject = event_of(request, pk)
    lines, day, over = lines_of(subject), day_of(subject), is_over(subject)
    context = page_context(
        request,
        subject,
        "run_sheet",
        lines=lines,
        days=_by_day(lines),
        state=running_in(lines),
        day=day,
        over=over,
        clashes=_clash_words([line.item for line in lines]),
        may_edit=over is None and holds(request.user, Perm.EDIT, subject),
        may_call=over is None and bool(lines) and calls(request.user, subject, day),
        is_here="live" if lines else "",
        list_query=f"subject={subject.pk}",
    )
    return render(request, "programme/run_sheet.html", context)


def _by_day(lines: list[Line]) -> list[tuple[Any, list[Line]]]:
    """The lines under their days, for an event of several."""
    found: dict[Any, list[Line]] = {}
    for line in lines:
        found.setdefault(clock.local(line.item.starts_at).date(), []).append(line)
    return list(found.items())


def _clash_words(items: list[RunSheetItem]) -> list[str]:
    """Items of the plan that run into the one behind them."""
    names = {item.pk: item.title for item in items if item.skipped_at is None}
    slots = [slot for slot in slots_of(items) if slot.key in names]
    return [
        _("“{first}” runs {minutes} min into “{second}”.").format(
            first=names[one], second=names[two], minutes=minutes
        )
        for one, two, minutes in clashes(slots)
    ]


@require_http_methods(BOTH)
@login_required
def item_keep(request: SignedInRequest, pk: int, item: int = 0) -> HttpResponse:
    """A new item, or one that is changed; what it does to the others is shown before it is saved."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = item_of(subject, item) if item else None
    form = ItemForm(typed(request), sent(request), subject=subject, item=kept)
    if kept is None and request.method != "POST" and (last := items_of(subject)):
        form.initial["starts_at"] = f"{clock.local(last[-1].ends_at):%Y-%m-%dT%H:%M}"
        form.initial["session"] = last[-1].session_id
    if request.method == "POST" and "preview" in request.POST:
        return _preview(request, subject, form, kept)

    def save() -> str:
        keep_item(
            subject=subject,
            facts=form.facts,
            actor=request.user,
            item=kept,
            upload=form.cleaned_data["file"],
            seen=form.cleaned_data["seen"],
        )
        toast(request, _("Saved"))
        return sheet_url(subject)

    title = kept.title if kept else _("Add an item")
    return dialog(
        request,
        form,
        title,
        _("Save"),
        save,
        back=sheet_url(subject),
        below="programme/parts/preview_slot.html",
    )


def _preview(
    request: SignedInRequest, subject: Subject, form: ItemForm, kept: RunSheetItem | None
) -> HttpResponse:
    """What the other items would do, as a fragment under the form; nothing is written."""
    laid = None
    items = items_of(subject)
    if form.is_valid():
        mine = next((one for one in items if kept and one.pk == kept.pk), None)
        laid = laid_with(items, form.facts, mine)
    return render(request, "programme/parts/preview.html", _told(laid, items, kept))


def _told(laid: Laid | None, items: list[RunSheetItem], kept: RunSheetItem | None) -> dict[str, Any]:
    if laid is None:
        return {"moved": [], "clashes": []}
    names = {item.pk: item.title for item in items} | {0: pgettext("run sheet", "the new item")}
    moved = [
        (names[key], before, after)
        for key, (before, after) in laid.moved.items()
        if kept is None or key != kept.pk
    ]
    return {
        "moved": moved,
        "clashes": [(names[one], names[two], minutes) for one, two, minutes in laid.clashes],
    }


@require_POST
@login_required
def item_remove(request: SignedInRequest, pk: int, item: int) -> HttpResponse:
    """Take an item off the run sheet."""
    subject = event_of(request, pk, Perm.EDIT)
    remove_item(item=item_of(subject, item), actor=request.user)
    return done(request, _("Item removed"), sheet_url(subject))


@require_http_methods(BOTH)
@login_required
def template_lay(request: SignedInRequest, pk: int) -> HttpResponse:
    """Begin with the usual run sheet of this kind of event."""
    subject = event_of(request, pk, Perm.EDIT)
    brief = briefs_of([subject.pk]).get(subject.pk)
    form = TemplateForm(typed(request), subject=subject, kind=brief.kind if brief else "")

    def save() -> str:
        lay_template(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("Run sheet laid out"))
        return sheet_url(subject)

    return dialog(request, form, _("Begin with a template"), _("Lay it out"), save, back=sheet_url(subject))


@require_http_methods(BOTH)
@login_required
def run_sheet_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """A run sheet out of a table: read and shown line by line first, taken in when that is confirmed."""
    subject = event_of(request, pk, Perm.EDIT)
    form, intake = ImportForm(typed(request), sent(request)), None
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        try:
            data = read["file"].read() if read["file"] else None
            intake = read_run_sheet(subject, sheet_from(ITEMS, data, read["pasted"] or read["kept"]))
            if request.POST.get("confirm") == "1" and not intake.bad:
                rows, columns = intake.rows, intake.columns

                def save() -> str:
                    new, known = take_items(subject=subject, rows=rows, actor=request.user, columns=columns)
                    toast(request, _("%(new)d items added, %(known)d changed") % {"new": new, "known": known})
                    return sheet_url(subject)

                return redirect(once(request, save))
        except Refused as refused:
            mark(form, refused)
            intake = None
    context = page_context(request, subject, "run_sheet", form=form, intake=intake, back=sheet_url(subject))
    return render(request, "programme/import.html", context, status=422 if form.errors else 200)


@require_http_methods(BOTH)
@login_required
def day_keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who calls the items, and who takes the pictures."""
    subject = event_of(request, pk, Perm.EDIT)
    form = DayForm.of(day_of(subject), typed(request))

    def save() -> str:
        keep_day(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return sheet_url(subject)

    return dialog(request, form, _("Host and photographer"), _("Save"), save, back=sheet_url(subject))


@require_safe
@login_required
def run_sheet_print(request: SignedInRequest, pk: int) -> HttpResponse:
    """The run sheet with its cues on A4, for the backs of clipboards."""
    subject = event_of(request, pk)
    response = HttpResponse(run_sheet_pdf(subject), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="run-sheet-{subject.pk}.pdf"'
    return response
