from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from yunchou.kernel.access.checks import require
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import start_job

from . import selectors
from .actions import confirm_keys
from .permissions import Perm
from .tasks import BACKUP, TEST


@login_required
@require_GET
def protection_detail(request: HttpRequest) -> HttpResponse:
    """What protects the data, what is missing, the backups that exist and how the last ones went."""
    person = _person(request)
    require(person, Perm.VIEW)
    context = {
        "protection": selectors.protection(),
        **selectors.facts_for_page(),
        "may_keep": person.has_perm(Perm.KEEP),
    }
    return render(request, "backups/protection_detail.html", context)


@login_required
@require_POST
def backup_start(request: HttpRequest) -> HttpResponse:
    """Back up now, in the background."""
    person = _person(request)
    require(person, Perm.KEEP)
    return redirect(start_job(kind=BACKUP, actor=person))


@login_required
@require_POST
def test_start(request: HttpRequest) -> HttpResponse:
    """Test the newest backup now, in the background."""
    person = _person(request)
    require(person, Perm.KEEP)
    return redirect(start_job(kind=TEST, actor=person))


@login_required
@require_POST
def keys_confirm(request: HttpRequest) -> HttpResponse:
    confirm_keys(actor=_person(request))
    messages.success(request, _("Written down, with the marks of the keys as they are today."))
    return redirect("backups:protection_detail")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
