"""Dialogs by which a guest list is made: adding, sessions, waves, the invitation's words, questions, one guest."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.audiences.selectors import members_of
from yunchou.directory.customers.models import Customer, Grade, Identity
from yunchou.directory.customers.permissions import Perm as CustomerPerm
from yunchou.directory.customers.selectors.find import search_customers
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.core.text import listed
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, mark, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from ..actions import guests, replies
from ..actions import sessions as keeping
from ..forms.guests import (
    FromListForm,
    InvitingForm,
    KeepForm,
    NameForm,
    OffForm,
    PageForm,
    QuestionForm,
    ReplyForm,
    SentForm,
    SessionForm,
    WaveForm,
)
from ..kinds import demand_open, is_over
from ..models import Guest, Question, Session, Wave
from ..permissions import Perm
from ..selectors.guests import history_of, page_of, places_of, questions_of, sees_diets
from .shared import dialog, event_of, guest_of, part_url

FOUND_AT_MOST = 100
"""So many customers are offered at once; more words find fewer."""
BOTH = ["GET", "HEAD", "POST"]


# ---------------------------------------------------------------- sessions, waves, words, questions


@require_http_methods(BOTH)
@login_required
def session_keep(request: SignedInRequest, pk: int, session: int = 0) -> HttpResponse:
    """A new session, or one that is changed."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = get_object_or_404(Session, subject=subject, removed_at=None, pk=session) if session else None
    form = SessionForm(typed(request), session=kept)

    def save() -> str:
        keeping.keep_session(subject=subject, facts=form.facts, actor=request.user, session=kept)
        toast(request, _("Saved"))
        return part_url(subject, "sessions")

    title = kept.name if kept else _("New session")
    return dialog(request, form, title, _("Save"), save, back=part_url(subject, "sessions"))


@require_POST
@login_required
def session_remove(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """Take a session out."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = get_object_or_404(
        Session.objects.select_related("subject"), subject=subject, removed_at=None, pk=session
    )
    keeping.remove_session(session=kept, actor=request.user)
    return _done(request, _("Session removed"), part_url(subject, "sessions"))


@require_http_methods(BOTH)
@login_required
def wave_keep(request: SignedInRequest, pk: int, wave: int = 0) -> HttpResponse:
    """A new wave, or one that is changed."""
    subject = event_of(request, pk, Perm.INVITE)
    kept = get_object_or_404(Wave, subject=subject, pk=wave) if wave else None
    initial = {"name": kept.name, "days_before": kept.days_before} if kept else None
    form = WaveForm(typed(request), initial=initial)

    def save() -> str:
        keeping.keep_wave(subject=subject, actor=request.user, wave=kept, **form.cleaned_data)
        toast(request, _("Saved"))
        return part_url(subject, "sessions")

    title = kept.name if kept else _("New wave")
    return dialog(request, form, title, _("Save"), save, back=part_url(subject, "sessions"))


@require_http_methods(BOTH)
@login_required
def page_keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """The words and the look of the invitation."""
    subject = event_of(request, pk, Perm.EDIT)
    form = PageForm(typed(request), instance=page_of(subject))

    def save() -> str:
        keeping.keep_page(subject=subject, values=form.cleaned_data, actor=request.user)
        toast(request, _("Saved"))
        return part_url(subject, "invitation")

    return dialog(
        request, form, _("Words of the invitation"), _("Save"), save, back=part_url(subject, "invitation")
    )


@require_http_methods(BOTH)
@login_required
def question_keep(request: SignedInRequest, pk: int, question: int = 0) -> HttpResponse:
    """A new question, or one that is changed."""
    subject = event_of(request, pk, Perm.EDIT)
    questions = questions_of(subject.pk)
    kept = get_object_or_404(Question, subject=subject, pk=question) if question else None
    form = QuestionForm(typed(request), others=questions, question=kept)

    def save() -> str:
        keeping.keep_question(subject=subject, facts=form.facts, actor=request.user, question=kept)
        toast(request, _("Saved"))
        return part_url(subject, "questions")

    title = _("Change the question") if kept else _("New question")
    also = {"shown_if": "condition", "shown_if_answer": "condition"}
    return dialog(request, form, title, _("Save"), save, back=part_url(subject, "questions"), also=also)


@require_POST
@login_required
def question_remove(request: SignedInRequest, pk: int, question: int) -> HttpResponse:
    """Ask it no more."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = get_object_or_404(Question.objects.select_related("subject"), subject=subject, pk=question)
    keeping.remove_question(question=kept, actor=request.user)
    return _done(request, _("Question removed"), part_url(subject, "questions"))


# ---------------------------------------------------------------- putting on the list


@require_http_methods(BOTH)
@login_required
def guest_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody who is known by name alone."""
    subject = event_of(request, pk, Perm.ADD)
    form = NameForm(typed(request), subject=subject, user=request.user)
    form.order_fields(["name", "organisation", "title", "phone_tail", "role", "language", "sessions"])

    def save() -> str:
        guest = guests.add_guest(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("%(name)s is on the list") % {"name": guest.name})
        return guest.get_absolute_url()

    return dialog(
        request, form, _("Add by name"), _("Put on the list"), save, back=part_url(subject),
        hint=_("For people who are not in the customer directory. Of the phone number four digits are kept."),
    )  # fmt: skip


@require_http_methods(BOTH)
@login_required
def guests_pick(request: SignedInRequest, pk: int) -> HttpResponse:
    """Customers of the directory: found, looked through with who is on the list and who is refused and why, put on it."""
    subject = event_of(request, pk, Perm.ADD)
    campaign = demand_open(subject)
    is_adding = request.POST.get("do") == "add"
    form = InvitingForm(request.POST if is_adding else None, subject=subject, user=request.user)
    ids = [int(key) for key in request.POST.getlist("customer") if key.isdecimal() and len(key) < 19]
    status = 422 if is_adding else 200
    if is_adding and form.is_valid():
        try:
            return go(request, once(request, lambda: _picked(request, subject, ids, form.cleaned_data)))
        except Refused as refused:
            mark(form, refused)
            status = refused.status
    found, is_cut = _found(request)
    fresh, already, refused_ones = (
        guests.sift(campaign, [c.pk for c in found], request.user) if found else ([], [], [])
    )
    why = {one.customer.pk: one.verdict for one in refused_ones}
    there = {customer.pk for customer in already}
    context = page_context(
        request, subject, "guests", form=form, words=request.POST.get("words", ""),
        rows=[
            {
                "customer": c, "is_there": c.pk in there, "is_free": c in fresh, "is_refused": c.pk in why,
                "verdict": why.get(c.pk), "is_ticked": c.pk in ids,
            }
            for c in found
        ],
        is_cut=is_cut, is_asked=bool(found) or request.method == "POST", fresh=len(fresh),
        identities=Identity.choices, grades=[choice for choice in Grade.choices if choice[0]],
        identity=request.GET.get("identity", ""), grade=request.GET.get("grade", ""),
        may_search=holds(request.user, CustomerPerm.VIEW), back=part_url(subject),
    )  # fmt: skip
    return render(request, "events/guests_pick.html", context, status=status)


def _found(request: SignedInRequest) -> tuple[list[Customer], bool]:
    """Customers by words (sent, not in the address), identity and grade; whether there are more than are shown."""
    words, identity, grade = (
        request.POST.get("words", "").strip(),
        request.GET.get("identity"),
        request.GET.get("grade"),
    )
    if not (words or identity or grade) or not holds(request.user, CustomerPerm.VIEW):
        return [], False
    found: Any = search_customers(request.user, words[:80])
    if identity in Identity.values:
        found = found.filter(identities__identity=identity)
    if grade in Grade.values and grade:
        found = found.filter(grade=grade)
    rows = list(found.select_related("card", "subject__unit").order_by("-pk")[: FOUND_AT_MOST + 1])
    return rows[:FOUND_AT_MOST], len(rows) > FOUND_AT_MOST


@require_http_methods(BOTH)
@login_required
def guests_from_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody on a frozen target list of the event; whom a rule refuses by now stays off, and is counted."""
    subject = event_of(request, pk, Perm.ADD)
    form = FromListForm(typed(request), subject=subject, user=request.user)
    form.order_fields(["target", "sessions"])

    def save() -> str:
        values = dict(form.cleaned_data)
        return _listed(request, subject, members_of(values.pop("target"), request.user), values)

    return dialog(
        request, form, _("From a target list"), _("Put on the list"), save, back=part_url(subject),
        hint=_("Customers whom you may not see are passed over."),
    )  # fmt: skip


def _picked(request: SignedInRequest, subject: Subject, ids: list[int], values: dict[str, Any]) -> str:
    if not ids:
        raise wrong(gettext_noop("Tick who is to be put on the list."))
    return _listed(request, subject, Customer.objects.filter(pk__in=ids), values)


def _listed(
    request: SignedInRequest, subject: Subject, customers: QuerySet[Customer], values: dict[str, Any]
) -> str:
    """Put customers on the list and say what came of it."""
    added = guests.add_guests(subject=subject, customers=customers, actor=request.user, **values)
    count = len(added.guests)
    told = [ngettext("%(count)d guest added", "%(count)d guests added", count) % {"count": count}]
    if added.already:
        told.append(_("%(count)d were on the list") % {"count": len(added.already)})
    if added.refused:
        told.append(_("%(count)d were refused") % {"count": len(added.refused)})
    toast(request, " · ".join(told))
    return part_url(subject)


@require_http_methods(BOTH)
@login_required
def sent_note(request: SignedInRequest, pk: int) -> HttpResponse:
    """Invitations that went out on paper, by telephone or as a link in a chat."""
    subject = event_of(request, pk, Perm.INVITE)
    asked = request.GET.get("guest", "")
    form = SentForm(typed(request), subject=subject)
    if asked:
        del form.fields["wave"]

    def save() -> str:
        found = Guest.objects.to_invite().filter(subject=subject).select_related("subject")
        if asked:
            found = found.filter(pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
        elif wave := form.cleaned_data["wave"]:
            found = found.filter(wave=wave)
        field: Any = form.fields["how"]
        how = str(dict(field.choices)[form.cleaned_data["how"]])
        count = guests.note_sent(guests=list(found.heads()), how=how, actor=request.user)
        told = ngettext("%(count)d invitation noted", "%(count)d invitations noted", count)
        toast(request, told % {"count": count})
        return reverse("events:guest_detail", args=[pk, int(asked)]) if asked else part_url(subject)

    return dialog(request, form, _("Note invitations as sent"), _("Note"), save, back=part_url(subject))


# ---------------------------------------------------------------- one guest


@require_safe
@login_required
def guest_detail(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """Everything about one guest of the event, and what happened."""
    subject = event_of(request, pk)
    found = guest_of(request, subject, guest)
    companions = list(found.companions.order_by("pk"))
    by_guest = places_of([found, *companions])
    questions = {str(q.pk): q for q in questions_of(subject.pk)}
    is_open = is_over(subject) is None
    link = reverse("events:guest_page", args=[found.token])
    context = page_context(
        request, subject, "guests", guest=found, places=by_guest.get(found.pk, []),
        companions=[{"guest": one, "places": by_guest.get(one.pk, [])} for one in companions],
        answers=[(q.text, _answer(q, found.answers[key])) for key, q in questions.items() if key in found.answers],
        entries=history_of(found), link=request.build_absolute_uri(link) if holds(request.user, Perm.INVITE, subject) else "",
        diet=found.diet_words if (sees := sees_diets(request.user, subject, found)) else [], sees_diet=sees,
        checkins=list(found.checkins.select_related("session", "door", "by").order_by("-at")[:20]),
        may_add=is_open and holds(request.user, Perm.ADD, subject),
        may_invite=is_open and holds(request.user, Perm.INVITE, subject),
        may_see_customer=bool(found.customer) and holds(request.user, CustomerPerm.VIEW, found.customer),
    )  # fmt: skip
    return render(request, "events/guest_detail.html", context)


def _answer(question: Question, value: Any) -> str:
    if isinstance(value, list):
        return listed(value)
    words = {"yes": _("Yes"), "no": _("No")}
    return words.get(value, value) if question.kind == "yes_no" else str(value)


@require_http_methods(BOTH)
@login_required
def guest_keep(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """Host, inviter, wave, role, sessions, note."""
    subject = event_of(request, pk, Perm.ADD)
    found = guest_of(request, subject, guest)
    form = KeepForm(typed(request), subject=subject, user=request.user, guest=found)
    form.order_fields(["name", "organisation", "title", "phone_tail", "role", "language", "sessions"])

    def save() -> str:
        values = dict(form.cleaned_data)
        sessions = values.pop("sessions")
        guests.keep_guest(guest=found, actor=request.user, values=values)
        guests.offer_sessions(guest=found, sessions=list(sessions), actor=request.user)
        toast(request, _("Saved"))
        return found.get_absolute_url()

    return dialog(request, form, found.name, _("Save"), save, back=found.get_absolute_url())


@require_http_methods(BOTH)
@login_required
def guest_reply(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """A reply that was given on the telephone; after the deadline with a reason."""
    subject = event_of(request, pk, Perm.ADD)
    found = guest_of(request, subject, guest)
    form = ReplyForm(typed(request), guest=found, subject=subject)

    def save() -> str:
        values = form.cleaned_data
        replies.reply(
            guest=found, answer=values["answer"], sessions=list(values["sessions"]), companions=form.party,
            diet=values["diet"], diet_note=values["diet_note"], transport=values["transport"], actor=request.user,
            reason=values["reason"],
        )  # fmt: skip
        toast(request, _("Reply entered"))
        return found.get_absolute_url()

    also = {f"companion_{n}": "companions" for n in range(1, 20)}
    title = _("Enter the reply of %(name)s") % {"name": found.name}
    return dialog(request, form, title, _("Enter"), save, back=found.get_absolute_url(), also=also)


@require_http_methods(BOTH)
@login_required
def guest_off(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """Take a guest off the list."""
    subject = event_of(request, pk, Perm.ADD)
    found = guest_of(request, subject, guest)
    form = OffForm(typed(request))

    def save() -> str:
        guests.take_off(guest=found, actor=request.user, **form.cleaned_data)
        return _told(request, _("Taken off the list"), part_url(subject))

    title = _("Take %(name)s off the list") % {"name": found.name}
    hint = _("Seats are given to those who wait. The ticket and the link stop working.")
    return dialog(
        request, form, title, pgettext("guest", "Take off"), save, back=found.get_absolute_url(), hint=hint,
        is_dangerous=True,
    )  # fmt: skip


@require_POST
@login_required
def ticket_renew(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """A new ticket; the old one is refused at the door."""
    subject = event_of(request, pk, Perm.ADD)
    found = guest_of(request, subject, guest)
    guests.renew_ticket(guest=found, actor=request.user)
    return _done(request, _("The old ticket is invalid now"), found.get_absolute_url())


def _told(request: SignedInRequest, words: str, url: str) -> str:
    toast(request, words)
    return url


def _done(request: SignedInRequest, words: str, url: str) -> HttpResponse:
    return go(request, _told(request, words, url))
