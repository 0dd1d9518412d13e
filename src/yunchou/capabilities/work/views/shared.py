"""What the pages of this room share: forms as dialogs, where a person goes afterwards, and who may change the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import dialogs
from yunchou.kernel.ui.toasts import toast

from ..permissions import Perm
from ..tables import SCHEDULE


def dialog(
    request: SignedInRequest,
    form: forms.Form,
    title: str,
    verb: str,
    save: Callable[[], str],
    *,
    template: str = "work/dialog.html",
    back: str = "/",
    **more: Any,
) -> HttpResponse:
    """The one dialog, with the look of this room; `save` calls the action and says where to go then.

    `more` is for the template: `hint`, and `danger`, an address and the words of a second button that takes something away.
    """
    return dialogs.dialog(request, form, title, verb, save, template=template, back=back, **more)


def page_of(subject: Subject, view: str = "") -> str:
    """The address of a view of the tab."""
    address = reverse("work:schedule_detail", args=[subject.pk])
    return f"{address}?view={view}" if view else address


def here(request: SignedInRequest, subject: Subject, view: str = "") -> str:
    """The page that the person looks at: where a dialog was opened, else a view of the tab."""
    return (request.htmx.current_url_abs_path if request.htmx else None) or page_of(subject, view)


def done(request: SignedInRequest, subject: Subject, words: str, *, view: str = "") -> HttpResponse:
    """Say what was done, and show the page as it is now."""
    toast(request, words)
    return dialogs.go(request, here(request, subject, view))


def may_edit(request: SignedInRequest, subject: Subject, table: str = SCHEDULE.key) -> bool:
    """Does the person plan here, and is the table open?"""
    return holds(request.user, Perm.EDIT, subject) and lock_on(subject, table) is None
