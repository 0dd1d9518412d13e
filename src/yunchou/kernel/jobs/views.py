from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from yunchou.kernel.identity.models import User

from .actions import retry_job
from .models import State
from .permissions import Perm
from .selectors import jobs_of, progress, work_health

LIST = 100


@login_required
@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """The person's latest background jobs; with `jobs.manage` everybody's, those that need attention first."""
    person = _person(request)
    may_manage = person.has_perm(Perm.MANAGE)
    jobs = jobs_of(person)
    context = {
        "parked": list(jobs.filter(state=State.PARKED)[:LIST]),
        "jobs": list(jobs.exclude(state=State.PARKED)[:LIST]),
        "may_manage": may_manage,
        "health": work_health() if may_manage else None,
    }
    return render(request, "jobs/job_list.html", context)


@login_required
@never_cache
@require_GET
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job is; for htmx only the progress, which asks again until the job is done."""
    job = get_object_or_404(jobs_of(_person(request)), pk=pk)
    context = {"job": job, "shown": progress(job), "address": local_address(job.result.get("address"))}
    if getattr(request, "htmx", False):
        response = render(request, "jobs/parts/progress.html", context)
        if job.is_done:
            response["HX-Trigger"] = "job:done"
        return response
    context["parked"] = job.chunks.filter(state=State.PARKED)[:LIST]
    return render(request, "jobs/job_detail.html", context)


@login_required
@require_POST
def job_retry(request: HttpRequest, pk: int) -> HttpResponse:
    person = _person(request)
    job = retry_job(job=get_object_or_404(jobs_of(person), pk=pk), actor=person)
    messages.success(request, _("It is being tried again."))
    return redirect(job)


def local_address(value: object) -> str:
    """Where the result is, if that is a page of ours."""
    is_local = isinstance(value, str) and value.startswith("/") and not value.startswith("//")
    return str(value) if is_local else ""


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
