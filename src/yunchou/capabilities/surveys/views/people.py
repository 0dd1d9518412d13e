"""Whom a questionnaire asks, their links, and reminding them."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.directory.customers.selectors.find import search_customers
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms import AskForm
from ..permissions import Perm
from .shared import dialog, open_survey_page, part_url

OFFERED = 20


@require_POST
@login_required
def customer_options(request: SignedInRequest, pk: int) -> HttpResponse:
    """Up to 20 clients whom the person sees, for a picker, by the posted `q`."""
    open_subject(request, pk, Perm.EDIT)
    found = search_customers(request.user, request.POST.get("q", "")[:80])[:OFFERED]
    results = [{"value": one.pk, "text": one.name, "note": one.organisation or one.title} for one in found]
    return JsonResponse({"results": results})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def people_ask(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """Ask a group, clients, or people by name."""
    subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    form = AskForm(typed(request), subject=subject, user=request.user)

    def save() -> str:
        added, already, refused = 0, 0, 0
        if audience := form.cleaned_data.get("audience"):
            came = actions.ask_audience(survey=found, audience=audience, actor=request.user)
            added, already, refused = len(came.recipients), came.already, len(came.refused)
        if people := form.people:
            came = actions.ask_people(survey=found, people=people, actor=request.user)
            added, already, refused = (
                added + len(came.recipients),
                already + came.already,
                refused + len(came.refused),
            )
        words = ngettext("%(n)s person added", "%(n)s people added", added) % {"n": added}
        if already:
            words += _("; %(n)s on the list already") % {"n": already}
        if refused:
            words += _("; %(n)s withdrew their consent and are not asked") % {"n": refused}
        toast(request, words)
        return part_url(found, "people")

    title, verb = pgettext("survey", "Ask people"), pgettext("survey", "Add")
    return dialog(request, form, title, verb, save, back=part_url(found, "people"), also={"people": "names"})


@require_POST
@login_required
def people_remove(request: SignedInRequest, pk: int, survey: int, recipient: int) -> HttpResponse:
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    actions.stop_asking(survey=found, recipients=[recipient], actor=request.user)
    return go(request, part_url(found, "people"))


@require_POST
@login_required
def people_remind(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """Remind everybody who has not answered, or say that it was done by hand."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    count = actions.remind(survey=found, actor=request.user)
    toast(request, ngettext("%(n)s person reminded", "%(n)s people reminded", count) % {"n": count})
    return go(request, part_url(found, "people"))


@require_POST
@login_required
def open_link_set(request: SignedInRequest, pk: int, survey: int) -> HttpResponse:
    """Give it an address for everybody, or take that away."""
    _subject, found = open_survey_page(request, pk, survey, Perm.EDIT)
    actions.set_open_link(survey=found, is_on=request.POST.get("on") == "1", actor=request.user)
    return go(request, part_url(found, "people"))
