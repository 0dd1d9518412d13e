"""The team: who belongs to it and in which place, people of other companies, and forming it by a standard."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Member, Subject
from yunchou.kernel.ui.dialogs import go, typed
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions, team_forms
from ..actions.team import TEAM
from ..models import Outsider, TeamStandard
from ..permissions import Perm
from ..team import Someone, proposals, roster_of, standard_for
from .shared import dialog


def _opened(request: SignedInRequest, pk: int) -> Subject:
    """The subject, for who puts its team together; 409 where it is over."""
    subject = open_subject(request, pk, Perm.TEAM)
    if request.method == "GET" and (reason := lock_on(subject, TEAM)):
        raise WrongState(reason)
    return subject


def _page(subject: Subject) -> str:
    return reverse("work:schedule_detail", args=[subject.pk]) + "?view=team"


def _tie(subject: Subject, pk: int) -> tuple[Member, Someone]:
    member = get_object_or_404(Member.objects.select_related("user", "subject__unit"), subject=subject, pk=pk)
    one = next((one for one in roster_of(subject).people if one.user and one.pk == member.pk), None)
    if one is None:
        raise Http404
    return member, one


@require_http_methods(["GET", "POST"])
@login_required
def team_lead(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another overall lead."""
    subject = _opened(request, pk)
    form = team_forms.LeadForm(typed(request))

    def save() -> str:
        lead = actions.name_lead(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("Overall lead: %(name)s") % {"name": lead.user.name})
        return _page(subject)

    hint = _("The overall lead decides on progress, resources and risks. Who leads now stays in the team.")
    return dialog(request, form, _("Name the overall lead"), pgettext("verb", "Name"), save, hint=hint)


@require_http_methods(["GET", "POST"])
@login_required
def team_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """A colleague joins."""
    subject = _opened(request, pk)
    form = team_forms.PersonForm(typed(request), subject=subject)

    def save() -> str:
        user = form.cleaned_data["user"]
        actions.place_person(subject=subject, actor=request.user, user=user, place=form.as_place())
        toast(request, _("In the team: %(name)s") % {"name": user.name})
        return _page(subject)

    return dialog(request, form, _("Add a colleague"), _("Add"), save)


@require_http_methods(["GET", "POST"])
@login_required
def team_edit(request: SignedInRequest, pk: int, member: int) -> HttpResponse:
    """Another place for a member."""
    subject = _opened(request, pk)
    tie, one = _tie(subject, member)
    form = team_forms.PersonForm(typed(request), subject=subject, one=one)

    def save() -> str:
        actions.place_person(subject=subject, actor=request.user, user=tie.user, place=form.as_place())
        toast(request, _("Saved: %(task)s") % {"task": tie.user.name})
        return _page(subject)

    danger = {
        "url": reverse("work:team_remove", args=[pk, member]),
        "question": _("Take %(name)s out of the team?") % {"name": tie.user.name},
        "verb": pgettext("team", "Take out"),
    }
    return dialog(request, form, tie.user.name, _("Save"), save, danger=danger)


@require_POST
@login_required
def team_remove(request: SignedInRequest, pk: int, member: int) -> HttpResponse:
    """A colleague leaves the team."""
    subject = _opened(request, pk)
    tie, _one = _tie(subject, member)
    actions.remove_person(member=tie, actor=request.user)
    toast(request, _("No longer in the team: %(name)s") % {"name": tie.user.name})
    return go(request, _page(subject))


@require_http_methods(["GET", "POST"])
@login_required
def outsider_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody of another company joins."""
    return _outsider(request, _opened(request, pk), None)


@require_http_methods(["GET", "POST"])
@login_required
def outsider_edit(request: SignedInRequest, pk: int, outsider: int) -> HttpResponse:
    """What is known of somebody of another company."""
    subject = _opened(request, pk)
    return _outsider(request, subject, get_object_or_404(Outsider, subject=subject, pk=outsider))


def _outsider(request: SignedInRequest, subject: Subject, known: Outsider | None) -> HttpResponse:
    form = team_forms.OutsiderForm(typed(request), subject=subject, outsider=known)

    def save() -> str:
        one = actions.place_outsider(
            subject=subject,
            actor=request.user,
            contact=form.as_contact(),
            place=form.as_place(),
            outsider=known,
        )
        toast(request, _("In the team: %(name)s") % {"name": one})
        return _page(subject)

    danger = known and {
        "url": reverse("work:outsider_remove", args=[subject.pk, known.pk]),
        "question": _("Take %(name)s out of the team? The contact is deleted.") % {"name": known},
        "verb": pgettext("team", "Take out"),
    }
    title = str(known) if known else _("Add an external person")
    return dialog(request, form, title, _("Save") if known else _("Add"), save, danger=danger)


@require_POST
@login_required
def outsider_remove(request: SignedInRequest, pk: int, outsider: int) -> HttpResponse:
    """Somebody of another company leaves the team."""
    subject = _opened(request, pk)
    known = get_object_or_404(Outsider.objects.select_related("subject"), subject=subject, pk=outsider)
    actions.remove_outsider(outsider=known, actor=request.user)
    toast(request, _("No longer in the team: %(name)s") % {"name": known.name})
    return go(request, _page(subject))


@require_http_methods(["GET", "POST"])
@login_required
def team_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """People for the parts of a standard: that of the kind, or another that is chosen."""
    subject = _opened(request, pk)
    standards = list(TeamStandard.objects.of(subject.unit))
    asked = request.POST.get("standard") or request.GET.get("standard", "")
    chosen = next((one for one in standards if str(one.pk) == asked), None) or standard_for(subject)
    chosen = chosen or next(iter(standards), None)
    found = proposals(subject, chosen) if chosen else ()
    form = team_forms.FormTeamForm(typed(request), found=found)

    def save() -> str:
        assert chosen is not None
        count = actions.form_team(subject=subject, actor=request.user, standard=chosen, chosen=form.chosen())
        toast(request, _("People with a part: %(count)s") % {"count": count})
        return _page(subject)

    return dialog(
        request,
        form,
        _("Form the team by a standard"),
        _("Form"),
        save,
        template="work/team_form.html",
        subject=subject,
        standards=standards,
        standard=chosen,
    )
