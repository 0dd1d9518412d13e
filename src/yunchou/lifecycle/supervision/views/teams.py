"""Supervision teams and their plans, and the tab with notes of monitoring and guidance on a campaign."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yunchou.capabilities.operations.addresses import may_report
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..forms.teams import AnswerForm, NoteForm, PlanForm, TeamForm
from ..models import GuidanceNote, Team
from ..permissions import Perm
from ..selectors.checks import checks_for, may_check
from ..selectors.teams import may_note, notes_of, notes_on, people_of, plan_of, teams_for, unanswered, under

SHOWN = 20


@require_GET
@login_required
def team_list(request: SignedInRequest) -> HttpResponse:
    """The supervision teams that the person sees, newest first, and the notes that wait for an answer."""
    require(request.user, Perm.VIEW)
    found = teams_for(request.user)
    context = {
        "page": paginate(found, request.GET, by="-starts_on", total=found.count()),
        "may_appoint": holds(request.user, Perm.APPOINT),
        "waiting": unanswered(request.user)[:SHOWN],
    }
    return render(request, "supervision/team_list.html", context)


@require_GET
@login_required
def team_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One team: people, period, its plan over the four fields, what it noted, and for its people where to note."""
    team = _team(request, pk)
    people = people_of(team)
    observes = team.is_running and holds(request.user, Perm.OBSERVE, team.subject)
    context = {
        "team": team,
        "people": people,
        "notes": notes_of(team, request.user)[:SHOWN],
        "watched": under(team, request.user)[:SHOWN] if observes else None,
        "plan": plan_of(team),
        "may_appoint": holds(request.user, Perm.APPOINT, team.subject),
        "may_plan": holds(request.user, Perm.PLAN, team.subject) and not team.is_over,
    }
    return render(request, "supervision/team_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def team_add(request: SignedInRequest) -> HttpResponse:
    require(request.user, Perm.APPOINT)
    form = TeamForm(request.POST or None, initial={"starts_on": clock.today()})

    def save() -> str:
        team = actions.appoint_team(actor=request.user, **form.cleaned_data)
        toast(request, _("%(team)s appointed") % {"team": team})
        return team.get_absolute_url()

    return dialog(
        request,
        form,
        _("Appoint a supervision team"),
        _("Appoint"),
        save,
        back=reverse("supervision:team_list"),
    )


@require_http_methods(["GET", "POST"])
@login_required
def team_change(request: SignedInRequest, pk: int) -> HttpResponse:
    team = _team(request, pk)
    require(request.user, Perm.APPOINT, team.subject)
    people = people_of(team)
    initial = {
        "name": team.name,
        "head": people.head,
        "members": [person.pk for person in people.members],
        "starts_on": team.starts_on,
        "ends_on": team.ends_on,
    }
    form = TeamForm(request.POST or None, initial=initial)
    # What a team supervises stays; another unit gets another team.
    del form.fields["unit"]

    def save() -> str:
        actions.change_team(team=team, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return team.get_absolute_url()

    return dialog(request, form, str(team), _("Save"), save, back=team.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def team_plan(request: SignedInRequest, pk: int) -> HttpResponse:
    """Focus and method over the four fields, all of them at once."""
    team = _team(request, pk)
    require(request.user, Perm.PLAN, team.subject)
    initial: dict[str, str] = {}
    for planned in plan_of(team):
        if planned.line:
            initial |= {
                f"{planned.field.value}_focus": planned.line.focus,
                f"{planned.field.value}_method": planned.line.method,
            }
    form = PlanForm(request.POST or None, initial=initial)

    def save() -> str:
        actions.write_plan(team=team, lines=form.lines(), actor=request.user)
        toast(request, _("Saved"))
        return team.get_absolute_url()

    return dialog(request, form, _("Supervision plan"), _("Save"), save, back=team.get_absolute_url())


@require_http_methods(["GET", "POST"])
@login_required
def note_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """The tab of a campaign with what the group and supervision teams saw and advised, and what was answered."""
    subject = open_subject(request, pk, Perm.VIEW)
    may_write = may_note(request.user, subject)
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        if not may_write:
            require(request.user, Perm.GUIDE, subject)
        if form.is_valid():
            return redirect(once(request, lambda: _noted(request, subject, form)))
    context = page_context(
        request,
        subject,
        "guidance",
        notes=notes_on(subject)[:100],
        form=form if may_write else None,
        checks=checks_for(request.user).filter(about=subject)[:SHOWN],
        may_check=subject.kind == "campaign" and may_check(request.user, subject),
        may_answer=holds(request.user, Perm.ANSWER, subject),
        may_issue=may_report(request.user, subject),
    )
    return render(request, "supervision/note_list.html", context, status=422 if form.errors else 200)


def _noted(request: SignedInRequest, subject: Subject, form: NoteForm) -> str:
    actions.add_note(subject=subject, actor=request.user, **form.cleaned_data)
    toast(request, _("Noted"))
    return reverse("supervision:note_list", args=[subject.pk])


@require_http_methods(["GET", "POST"])
@login_required
def note_answer(request: SignedInRequest, pk: int) -> HttpResponse:
    """Answer a note, as a dialog."""
    seen = GuidanceNote.objects.filter(subject__in=visible_subjects(request.user))
    note = get_object_or_404(seen.select_related("subject__unit", "author"), pk=pk)
    require(request.user, Perm.ANSWER, note.subject)
    form = AnswerForm(request.POST or None)
    back = reverse("supervision:note_list", args=[note.subject_id])

    def save() -> str:
        actions.answer_note(note=note, actor=request.user, **form.cleaned_data)
        toast(request, _("Answered"))
        return back

    title = _("Answer the note of %(person)s") % {"person": note.author.name}
    return dialog(request, form, title, _("Answer"), save, back=back)


def _team(request: SignedInRequest, pk: int) -> Team:
    team: Team = get_object_or_404(teams_for(request.user), pk=pk)
    return team
