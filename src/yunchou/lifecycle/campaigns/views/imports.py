"""Workbooks: handing one in, looking at what was found, making a campaign of it, and getting one back."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.access.checks import require
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.jobs.models import State
from yunchou.kernel.jobs.selectors import progress
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.kernel.ui.scope import chosen_path
from yunchou.kernel.ui.toasts import toast

from .. import imports
from ..import_forms import ImportForm
from ..import_grid import Page
from ..import_models import ImportRun
from ..import_page_choices import Became, Decided
from ..models import Campaign
from ..permissions import Perm

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_start(request: SignedInRequest) -> HttpResponse:
    """Hand in a workbook for a unit; a file that is not taken in says why, on this page."""
    require(request.user, Perm.CREATE)
    units = imports.units_for(request.user)
    form = ImportForm(request.POST or None, request.FILES or None, units=units, path=chosen_path(request))
    if request.method == "POST" and form.is_valid():
        try:
            run = imports.hand_in_workbook(
                upload=form.cleaned_data["workbook"], unit=form.cleaned_data["unit"], actor=request.user
            )
        except Refused as refused:
            form.add_error("workbook", str(refused))
        else:
            return redirect(run)
    recent = (
        ImportRun.objects.filter(actor=request.user).select_related("unit", "campaign").order_by("-pk")[:8]
    )
    context = {"form": form, "recent": recent}
    return render(request, "campaigns/import_start.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def import_review(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sheets with their findings (`?sheet=2&list=all`), or how far reading them is."""
    run = _own_run(request, pk)
    if run.job and run.job.state != State.DONE:
        return render(
            request,
            "campaigns/import_progress.html",
            {"run": run, "job": run.job, "shown": progress(run.job)},
        )
    return _review(request, run, _page(request.GET, run))


def _review(
    request: SignedInRequest,
    run: ImportRun,
    page: Page,
    *,
    opened: str = "",
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page; `opened` is the finding whose choices are unfolded, `wrong` why its choice was refused."""
    chosen = imports.chosen_people(run) if not run.campaign_id else {}
    context = {
        "run": run,
        "page": page,
        "stopping": sum(item.stops for item in page.items),
        "rows": _rows(run, page),
        "people": imports.people_said(chosen),
        "dealt_with": page.dealt_with + len(chosen),
        "told": len(page.told) + len(chosen),
        "opened": opened,
        "wrong": wrong,
        "steps": [_("Hand in"), _("Sheets and columns"), _("Check"), _("Campaign")],
        "step": 4 if run.campaign_id else 3,
    }
    return render(request, "campaigns/import_review.html", context, status=status)


def _page(asked: QueryDict, run: ImportRun) -> Page:
    wanted = asked.get("sheet", "")
    return Page(
        read_workbook(imports.content_of(run)),
        imports.items_found(run),
        wanted=int(wanted) if wanted.isdecimal() else None,
        all_listed=asked.get("list") == "all",
        choices=imports.choices_of(run),
    )


def _rows(run: ImportRun, page: Page) -> list[dict[str, Any]]:
    """The findings listed, each with the address of its first cell and, for a name, who may be meant."""
    names = {each.item.person for each in page.listed if each.item.person and not run.campaign_id}
    people = imports.candidates_for(run.unit, names)
    return [
        {"each": each, "href": page.address_of(each.first), "people": people.get(each.item.person, ())}
        for each in page.listed
    ]


@require_POST
@login_required
def import_people(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say who is meant by a name (`name`, `person`: an id, or nothing to keep the name), or take it back (`undo`)."""
    run = _own_run(request, pk)
    name, person = request.POST.get("name", ""), request.POST.get("person", "")
    if not name or (person and not person.isdecimal()):
        raise Http404
    if "undo" in request.POST:
        imports.forget_person(run=run, name=name, actor=request.user)
    else:
        imports.choose_people(run=run, people={name: int(person) if person else None}, actor=request.user)
    sheet = request.POST.get("sheet", "")
    return redirect(
        f"{run.get_absolute_url()}?sheet={sheet}" if sheet.isdecimal() else run.get_absolute_url()
    )


@require_POST
@login_required
def import_choose(request: SignedInRequest, pk: int) -> HttpResponse:
    """Choose what becomes of a finding (`finding`, `choice`, `reason`), and show the page judged by it."""
    run = _own_run(request, pk)
    finding, choice = request.POST.get("finding", ""), request.POST.get("choice", "")
    if not finding or not choice:
        raise Http404
    before = imports.decisions(run)
    try:
        after = imports.choose(
            run=run, finding=finding, choice=choice, reason=request.POST.get("reason", ""), actor=request.user
        )
    except Invalid as refused:
        page = _page(request.POST, run)
        return _review(request, run, page, opened=finding, wrong=str(refused), status=refused.status)
    if after.checked_at is None:
        return HttpResponseClientRedirect(run.get_absolute_url()) if request.htmx else redirect(run)
    for one in imports.lost(before, imports.decisions(after)):
        toast(request, _told(one))
    run = _own_run(request, pk)
    page = _page(request.POST, run)
    if request.htmx:
        return _review(request, run, page, opened=finding)
    number = next((each.number for each in page.listed if each.item.key == finding), 0)
    query = f"?sheet={page.index}{'&list=all' if page.all_listed else ''}"
    return redirect(f"{run.get_absolute_url()}{query}{f'#f{number}' if number else ''}")


def _told(one: Decided) -> str:
    """What is said of an earlier choice that a new one has undone."""
    words = {"rule": one.choice.item.code, "cell": one.spot.cell if one.spot else ""}
    if one.became is Became.SOLVED:
        return _("The finding of {rule} that was kept is solved by this choice.").format(**words)
    if one.became is Became.ALTERED:
        return _("The finding of {rule} that was kept has other values now; say again why.").format(**words)
    return _("This choice takes the place of an earlier one at {cell} ({rule}).").format(**words)


@require_POST
@login_required
def import_make(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make the campaign; a large one in the background."""
    run = _own_run(request, pk)
    if run.rows > imports.MANY_ROWS:
        return redirect(imports.start_making(run=run, actor=request.user))
    campaign = imports.create_from_workbook(run=run, actor=request.user)
    toast(request, _("The draft “{name}” was made from the workbook.").format(name=campaign.name))
    return redirect(campaign)


@require_safe
@login_required
def import_marked(request: SignedInRequest, pk: int) -> HttpResponse:
    """The workbook with every finding marked at its cell."""
    run = _own_run(request, pk)
    return _workbook(imports.marked_workbook(run), _("Marked {name}").format(name=run.name))


@require_safe
@login_required
def import_original(request: SignedInRequest, pk: int) -> HttpResponse:
    """The workbook as it was handed in."""
    run = _own_run(request, pk)
    return _workbook(imports.content_of(run), run.name)


@require_safe
@login_required
def template(request: SignedInRequest) -> HttpResponse:
    """The empty workbook with drop-downs and the people near."""
    require(request.user, Perm.CREATE)
    units = imports.units_for(request.user)
    wanted = request.GET.get("unit", "")
    unit = units.filter(pk=int(wanted)).first() if wanted.isdecimal() else units.first()
    return _workbook(imports.empty_workbook(unit), _("Campaign template.xlsx"))


@require_safe
@login_required
def export(request: SignedInRequest, pk: int) -> HttpResponse:
    """The campaign as a workbook."""
    campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("subject__unit"), pk=pk
    )
    return _workbook(
        imports.export_workbook(campaign=campaign, actor=request.user), imports.file_name(campaign)
    )


def _own_run(request: SignedInRequest, pk: int) -> ImportRun:
    runs = ImportRun.objects.filter(actor=request.user).select_related("unit", "file", "job", "campaign")
    return get_object_or_404(runs, pk=pk)


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
