"""Regulations: the list, one with its clauses, two editions side by side, and drafting the next."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..changes import tomorrow
from ..forms import ClauseForm, HeadForm, ReasonForm
from ..models import Clause, Edition, Regulation
from ..permissions import Perm
from .shared import dialog, shell


@require_GET
@needs(Perm.VIEW)
def regulation_list(request: SignedInRequest) -> HttpResponse:
    """The controlled documents with the edition in force, and what comes after it."""
    context = {**shell(request, "documents"), "regulations": selectors.regulations()}
    return render(request, "rulebook/regulation_list.html", context)


@require_GET
@needs(Perm.VIEW)
def regulation_detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One regulation: the edition in force or `?edition=` another, its clauses with their rules, its revision list."""
    regulation = _regulation(number)
    editions = list(regulation.editions.all())
    in_force = selectors.editions_in_force().get(regulation.pk)
    asked = request.GET.get("edition", "")
    chosen = [e for e in editions if str(e.number) == asked] or [e for e in editions if e.pk == in_force]
    edition = chosen[0] if chosen else get_object_or_404(regulation.editions.all()[:1])
    context = {
        **shell(request, "documents"),
        "regulation": regulation,
        "edition": edition,
        "editions": editions,
        "in_force": in_force,
        "clauses": edition.clauses.all(),
        "names": {entry.id: entry.name for entry in selectors.entries()},
        "revisions": regulation.revisions.all(),
        "has_work": any(e.state in {Edition.State.DRAFT, Edition.State.IN_APPROVAL} for e in editions),
        "previous": next((e for e in editions if e.number < edition.number), None),
    }
    return render(request, "rulebook/regulation_detail.html", context)


@require_GET
@needs(Perm.VIEW)
def regulation_compare(request: SignedInRequest, number: str) -> HttpResponse:
    """Two editions of a regulation: `?from=` and `?to=`, the newest two unless told."""
    regulation = _regulation(number)
    editions = list(regulation.editions.prefetch_related("clauses"))
    by_number = {str(edition.number): edition for edition in editions}
    new = by_number.get(request.GET.get("to", ""), editions[0])
    old = by_number.get(request.GET.get("from", ""), editions[1] if len(editions) > 1 else editions[0])
    context = {
        **shell(request, "documents"),
        "regulation": regulation,
        "editions": editions,
        "old": old,
        "new": new,
        "changes": selectors.compare_editions(old, new),
    }
    return render(request, "rulebook/regulation_compare.html", context)


@require_POST
@needs(Perm.PROPOSE)
def edition_draft(request: SignedInRequest, number: str) -> HttpResponse:
    """Begin the next edition."""
    return redirect(actions.draft_edition(regulation=_regulation(number), actor=request.user))


@require_http_methods(["GET", "POST"])
@needs(Perm.PROPOSE)
def edition_revise(request: SignedInRequest, number: str) -> HttpResponse:
    """What was revised, the office that interprets it, its pages."""
    edition = _draft(number)
    form = HeadForm(request.POST or None, instance=edition)

    def save() -> str:
        saved = actions.revise_edition(edition=edition, actor=request.user, **form.cleaned_data)
        return saved.get_absolute_url()

    return dialog(request, form, _("About this edition"), _("Save"), save, back=edition.get_absolute_url())


@require_http_methods(["GET", "POST"])
@needs(Perm.PROPOSE)
def clause_add(request: SignedInRequest, number: str) -> HttpResponse:
    """A new clause at the end of the draft."""
    return _clause(request, _draft(number), None, _("Add a clause"))


@require_http_methods(["GET", "POST"])
@needs(Perm.PROPOSE)
def clause_change(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """The wording of a clause, and which rules carry it out."""
    edition = _draft(number)
    return _clause(
        request, edition, get_object_or_404(Clause, pk=pk, edition=edition), _("Change the clause")
    )


def _clause(request: SignedInRequest, edition: Edition, clause: Clause | None, title: str) -> HttpResponse:
    form = ClauseForm(request.POST or None, instance=clause or Clause(edition=edition, order=0))

    def save() -> str:
        known = Clause.objects.get(pk=clause.pk) if clause else None
        actions.change_clause(edition=edition, actor=request.user, clause=known, **form.cleaned_data)
        return edition.get_absolute_url()

    return dialog(request, form, title, _("Save"), save, back=edition.get_absolute_url())


@require_POST
@needs(Perm.PROPOSE)
def clause_drop(request: SignedInRequest, number: str, pk: int) -> HttpResponse:
    """Take a clause out of the draft."""
    edition = _draft(number)
    actions.drop_clause(clause=get_object_or_404(Clause, pk=pk, edition=edition), actor=request.user)
    return redirect(edition)


@require_POST
@needs(Perm.PROPOSE)
def edition_drop(request: SignedInRequest, number: str) -> HttpResponse:
    """Throw the draft away."""
    edition = _draft(number)
    actions.drop_edition(edition=edition, actor=request.user)
    toast(request, _("The draft is gone"))
    return redirect(edition.regulation)


@require_http_methods(["GET", "POST"])
@needs(Perm.PROPOSE)
def edition_propose(request: SignedInRequest, number: str) -> HttpResponse:
    """Send the draft to management, with reason and day."""
    edition = _draft(number)
    form: forms.Form = ReasonForm(request.POST or None, initial={"effective_on": tomorrow()})

    def save() -> str:
        data = {"reason": form.cleaned_data["reason"], "effective_on": form.cleaned_data["effective_on"]}
        proposal = actions.propose_edition(edition=edition, actor=request.user, **data)
        toast(request, _("Sent for approval"))
        return proposal.get_absolute_url()

    return dialog(request, form, _("Send for approval"), _("Send"), save, back=edition.get_absolute_url())


def _regulation(number: str) -> Regulation:
    return get_object_or_404(Regulation, number=number)


def _draft(number: str) -> Edition:
    """The draft of a regulation, where there is one."""
    drafts = Edition.objects.select_related("regulation").filter(state=Edition.State.DRAFT)
    return get_object_or_404(drafts, regulation__number=number)
