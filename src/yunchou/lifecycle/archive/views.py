"""The tab 档案: checklist by stage, items, summary, the sealed package; and the list of all packages."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.core.verification import Problem
from yunchou.kernel.files.views import INERT
from yunchou.kernel.jobs.models import FINAL, Job
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.campaigns.flow import ARCHIVE
from yunchou.lifecycle.campaigns.models import Campaign

from . import actions
from .actions.filing import CLOSED
from .actions.sealing import JOB
from .forms import ItemForm, SummaryForm
from .models import Package
from .permissions import Perm
from .selectors import package_of, packages_for, shelves_of, summary_of


@require_safe
@login_required
def archive_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.VIEW)
    return _page(request, subject)


def _page(
    request: SignedInRequest,
    subject: Subject,
    *,
    item_form: ItemForm | None = None,
    summary_form: SummaryForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    campaign = Campaign.objects.get(pk=subject.pk)
    summary, shelves = summary_of(subject), shelves_of(subject)
    entries = [entry for shelf in shelves for entry in shelf.entries]
    can_file = holds(request.user, Perm.FILE, subject) and campaign.status not in CLOSED
    written = {"conclusion": summary.conclusion, "suggestions": summary.suggestions} if summary else {}
    job = Job.objects.filter(kind=JOB, subject=subject).exclude(state__in=FINAL).order_by("-pk").first()
    context = {
        "campaign": campaign,
        "shelves": shelves,
        "there": sum(entry.is_there for entry in entries),
        "wanted": len(entries),
        "summary": summary,
        "package": package_of(subject),
        "job": job,
        "item_form": item_form or ItemForm() if can_file else None,
        "summary_form": summary_form or SummaryForm(initial=written) if can_file else None,
        "can_archive": campaign.status in ARCHIVE.source and holds(request.user, ARCHIVE.needs, subject),
        "can_take": holds(request.user, Perm.TAKE, subject),
        **more,
    }
    return render(
        request,
        "archive/archive_detail.html",
        page_context(request, subject, "archive", **context),
        status=status,
    )


@require_POST
@login_required
def item_file(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.FILE)
    form = ItemForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            item = actions.file_item(subject=subject, actor=request.user, **form.cleaned_data)
        except (RuleRefused, Invalid) as refused:
            _place(form, refused)
        else:
            toast(request, _("Filed: %(title)s") % {"title": item.title})
            return redirect("archive:archive_detail", subject.pk)
    return _page(request, subject, item_form=form, status=422)


def _place(form: django_forms.Form, refused: RuleRefused | Invalid) -> None:
    """The words of a refusal at the fields it speaks of."""
    codes = {str(verdict.values.get("missing")): verdict.rule_id for verdict in refused.verdicts}
    for name, text in (refused.fields or {"": refused.message}).items():
        error = django_forms.ValidationError(str(text), code=codes.get(name, "invalid"))
        form.add_error(name if name in form.fields else None, error)


@require_POST
@login_required
def summary_write(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.VIEW)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _page(request, subject, summary_form=form, status=422)
    actions.write_summary(subject=subject, actor=request.user, **form.cleaned_data)
    toast(request, _("The summary is saved"))
    return redirect("archive:archive_detail", subject.pk)


@require_POST
@login_required
def campaign_archive(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk)
    campaign = get_object_or_404(Campaign.objects.select_related("subject__unit"), pk=subject.pk)
    made = actions.request_archive(campaign=campaign, actor=request.user)
    if isinstance(made, Package):
        toast(request, _("The campaign is archived; its package is sealed"))
    return redirect("archive:archive_detail", subject.pk)


@require_safe
@login_required
def package_download(request: SignedInRequest, pk: int) -> HttpResponse:
    """The package as a download; every one is recorded."""
    subject = open_subject(request, pk, Perm.TAKE)
    package = get_object_or_404(Package.objects.select_related("file", "subject__unit"), subject=subject)
    try:
        content = actions.take_package(package=package, actor=request.user)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type="application/zip")
    response["Content-Length"] = str(package.file.size)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=package.name) or ""
    )
    response["Content-Security-Policy"] = INERT
    return response  # type: ignore[return-value]


@require_POST
@login_required
def package_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """Verify the stored package now and show what was found."""
    subject = open_subject(request, pk, Perm.TAKE)
    package = get_object_or_404(Package.objects.select_related("file", "subject__unit"), subject=subject)
    problems: list[Problem] = actions.check_package(package=package, actor=request.user)
    if not problems:
        toast(request, _("The package is whole: every byte is as it was sealed"))
        return redirect(reverse("archive:archive_detail", args=[subject.pk]) + "#package")
    return _page(request, subject, problems=problems)


@require_safe
@login_required
def package_list(request: SignedInRequest) -> HttpResponse:
    """All packages that the person may see, `?q=` by code, title or pinyin."""
    words = request.GET.get("q", "").strip()[:60]
    found = packages_for(request.user, words)
    page = paginate(found, request.GET, by="-sealed_at")
    return render(request, "archive/package_list.html", {"page": page, "q": words, "total": found.count()})
