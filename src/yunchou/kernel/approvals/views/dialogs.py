"""What the pages of one case share: finding it, asking for something in a dialog, and going back to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_noop as _
from django_htmx.http import HttpResponseClientRedirect

from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.ui.toasts import toast

from ..conditions import Kind
from ..models import Case, Step, Task


@dataclass(frozen=True)
class Wording:
    """What a dialog says: its title, what follows from it, the verb on its button, and what is said when it is done."""

    title: Text
    verb: Text
    done: Text
    text: Text = ""
    is_dangerous: bool = False


def find_case(request: SignedInRequest, pk: int) -> Case:
    """The case, for a person who may see it: otherwise 404."""
    cases = Case.objects.visible_to(request.user).select_related(
        "subject__unit", "definition", "version", "initiator"
    )
    return get_object_or_404(cases, pk=pk)


def open_task(request: SignedInRequest, case: Case, *, may_be_queued: bool = False) -> Task:
    """The decision that waits for this person. Refuses whoever was never asked, and who has decided already.

    With `may_be_queued` also one that itself waits for signers whom the person added: it can still be returned.
    """
    mine = Task.objects.filter(step__case=case, assignee=request.user).exclude(step__kind=Kind.FILE)
    tasks = mine.select_related("step__position", "step__unit")
    task = tasks.filter(state=Task.State.WAITING, step__state=Step.State.OPEN).first()
    if task is None and may_be_queued:
        task = tasks.filter(state=Task.State.QUEUED, step__added_steps__added_by=request.user).first()
    if task is not None and case.is_running:
        return task
    if mine.exists():
        raise WrongState(say(_("This is no longer open.")))
    raise NotAllowed(say(_("This decision is not yours to make.")))


def typed(request: SignedInRequest) -> Any:
    """What was sent, or nothing while the dialog is only opened."""
    return request.POST if request.method == "POST" else None


def dialog(
    request: SignedInRequest,
    case: Case | None,
    form: forms.Form,
    act: Callable[[Mapping[str, Any]], object],
    wording: Wording,
    *,
    back: str = "",
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A form over the page, or as a page of its own: what the action refuses stands at the fields (422).

    Afterwards the whole page is drawn anew, for a decision changes what else can be done.
    """
    back = back or (case.get_absolute_url() if case else "")
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Invalid as refused:
            show_refusal(form, refused)
        else:
            toast(request, wording.done)
            return HttpResponseClientRedirect(back) if request.htmx else redirect(back)
    context = {"case": case, "form": form, "wording": wording, "back": back, **(more or {})}
    template = "approvals/dialog.html" if request.htmx else "approvals/dialog_page.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def show_refusal(form: forms.Form, refused: Invalid) -> None:
    """What an action says of its fields, at the fields of the form."""
    said = {name: text for name, text in refused.fields.items() if name in form.fields}
    for name, text in said.items():
        form.add_error(name, str(text))
    if not said:
        form.add_error(None, str(refused))
