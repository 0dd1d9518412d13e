"""Announcements with their receipts, decisions, reminders, shared files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Role, Subject
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, selectors
from ..actions.shared import writer
from ..duties import REMINDER
from ..forms import AnnouncementForm, DecisionForm, FileForm, ReasonForm, ReminderForm
from ..marks import plain_text
from ..models import Announcement, Comment, room_address
from ..permissions import Perm
from ..places import Place
from ..selectors.comments import people_in, team_of
from ..selectors.notes import receipt_of
from .shared import dialog


@require_safe
@login_required
def announcement_detail(request: SignedInRequest, pk: int, announcement: int) -> HttpResponse:
    """One announcement, and who has read it."""
    subject, found = _announcement(request, pk, announcement)
    mine = receipt_of(found, request.user)
    context = page_context(
        request,
        subject,
        "talk",
        announcement=found,
        receipts=found.receipts.select_related("user").order_by("read_at", "user__name_pinyin"),
        mine=mine,
        may_lead=holds(request.user, Perm.LEAD, subject),
    )
    return render(request, "discussion/announcement_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def announcement_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.LEAD)
    team = team_of(subject).exclude(pk=request.user.pk)
    working = team_of(subject, without=(Role.APPROVER,)).exclude(pk=request.user.pk)
    initial = {"read_by": clock.today() + timedelta(days=1), "readers": [person.pk for person in working]}
    form = AnnouncementForm(request.POST or None, team=team, initial=initial)

    def save(data: Mapping[str, Any]) -> str:
        made = actions.announce(subject=subject, actor=request.user, **data)
        toast(request, _("Announced; who has read it stands beside it"))
        return made.get_absolute_url()

    return dialog(request, subject, form, _("Announce to the team"), _("Announce"), save)


@require_POST
@login_required
def announcement_read(request: SignedInRequest, pk: int, announcement: int) -> HttpResponse:
    _subject, found = _announcement(request, pk, announcement)
    actions.read_announcement(announcement=found, actor=request.user)
    toast(request, pgettext("receipt", "Read"))
    return redirect(room_address(pk))


@require_POST
@login_required
def announcement_ask_again(request: SignedInRequest, pk: int, announcement: int) -> HttpResponse:
    _subject, found = _announcement(request, pk, announcement)
    count = actions.ask_again(announcement=found, actor=request.user)
    toast(
        request, ngettext("%(count)d person reminded", "%(count)d people reminded", count) % {"count": count}
    )
    return redirect(found)


@require_http_methods(["GET", "POST"])
@login_required
def announcement_retract(request: SignedInRequest, pk: int, announcement: int) -> HttpResponse:
    subject, found = _announcement(request, pk, announcement)
    require(request.user, Perm.LEAD, subject)
    form = ReasonForm(request.POST or None)

    def save(data: Mapping[str, Any]) -> str:
        actions.retract(announcement=found, actor=request.user, **data)
        toast(request, _("Withdrawn"))
        return found.get_absolute_url()

    title = _("Withdraw “%(title)s”") % {"title": found.title}
    return dialog(request, subject, form, title, _("Withdraw"), save, back=found.get_absolute_url())


@require_safe
@login_required
def decision_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that was decided about a subject, the latest first."""
    subject = open_subject(request, pk)
    context = page_context(
        request,
        subject,
        "talk",
        decisions=selectors.decisions_of(subject)[:200],
        may_lead=holds(request.user, Perm.LEAD, subject),
    )
    return render(request, "discussion/decision_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def decision_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a decision, drawn from a comment with `?from=`."""
    subject = open_subject(request, pk, Perm.LEAD)
    comment = _comment_asked(request, subject)
    initial: dict[str, Any] = {"decided_on": clock.today()}
    if comment is not None:
        initial |= {
            "text": plain_text(comment.text, people_in(comment)),
            "source": _("Comment of %(person)s") % {"person": comment.author.name},
            "deciders": [request.user.pk],
        }
    earlier = selectors.decisions_of(subject).filter(replaced_by=None)
    form = DecisionForm(request.POST or None, team=team_of(subject), earlier=earlier, initial=initial)

    def save(data: Mapping[str, Any]) -> str:
        made = actions.record_decision(subject=subject, comment=comment, actor=request.user, **data)
        toast(request, _("%(decision)s recorded") % {"decision": made})
        return room_address(subject.pk)

    return dialog(request, subject, form, _("Record a decision"), _("Record"), save)


@require_http_methods(["GET", "POST"])
@login_required
def reminder_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Remind oneself, or another of the team."""
    subject = open_subject(request, pk)
    writer(Place(subject), request.user)
    team = team_of(subject) | User.objects.filter(pk=request.user.pk)
    initial = {"whom": request.user.pk, "day": clock.today() + timedelta(days=1), "hour": 10}
    form = ReminderForm(request.POST or None, team=team.distinct(), initial=initial)

    def save(data: Mapping[str, Any]) -> str:
        actions.remind(
            subject=subject, whom=data["whom"], text=data["text"], at=form.at(), actor=request.user
        )
        toast(request, _("It will be remembered"))
        return f"{room_address(subject.pk)}#reminders"

    return dialog(request, subject, form, _("Set a reminder"), _("Remind"), save, also={"at": "day"})


@require_POST
@login_required
def reminder_done(request: SignedInRequest, pk: int, duty: int) -> HttpResponse:
    subject = open_subject(request, pk)
    found = get_object_or_404(
        Duty.objects.select_related("subject"), pk=duty, subject=subject, kind=REMINDER.key
    )
    actions.finish_reminder(duty=found, actor=request.user)
    toast(request, _("Done"))
    return redirect(f"{room_address(pk)}#reminders")


@require_http_methods(["GET", "POST"])
@login_required
def file_add(request: SignedInRequest, pk: int) -> HttpResponse:
    subject = open_subject(request, pk)
    writer(Place(subject), request.user)
    form = FileForm(request.POST or None, request.FILES or None)

    def save(data: Mapping[str, Any]) -> str:
        actions.share_file(place=Place(subject), actor=request.user, **data)
        toast(request, _("Shared"))
        return f"{room_address(subject.pk)}#files"

    return dialog(request, subject, form, _("Share a file"), _("Upload"), save, also={"file": "upload"})


@require_http_methods(["GET", "POST"])
@login_required
def file_replace(request: SignedInRequest, pk: int, attachment: int) -> HttpResponse:
    subject = open_subject(request, pk)
    writer(Place(subject), request.user)
    found = get_object_or_404(
        Attachment.objects.visible_to(request.user).select_related("subject", "file"),
        pk=attachment,
        subject=subject,
    )
    form = FileForm(request.POST or None, request.FILES or None)

    def save(data: Mapping[str, Any]) -> str:
        newer = actions.replace_file(document=found, actor=request.user, **data)
        toast(request, _("Version %(version)s is there; the one before stays") % {"version": newer.version})
        return f"{room_address(subject.pk)}#files"

    title = _("New version of “%(name)s”") % {"name": found.name}
    return dialog(request, subject, form, title, _("Upload"), save, also={"file": "upload"})


def _announcement(request: SignedInRequest, pk: int, announcement: int) -> tuple[Subject, Announcement]:
    subject = open_subject(request, pk)
    found = get_object_or_404(
        Announcement.objects.select_related("author", "subject"), pk=announcement, subject=subject
    )
    return subject, found


def _comment_asked(request: SignedInRequest, subject: Subject) -> Comment | None:
    asked = request.GET.get("from", "")
    if not asked.isdecimal():
        return None
    rows = Comment.objects.select_related("author").prefetch_related("mentions__user")
    return get_object_or_404(rows, pk=int(asked), subject=subject, removed_at=None)
