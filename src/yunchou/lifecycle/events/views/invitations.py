"""Invitations of an event: waves and mailings, what became of each message, links and cards to hand over (PRE-05)."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.messaging import actions
from yunchou.capabilities.messaging.actions import Wording
from yunchou.capabilities.messaging.gateways import gateway_of
from yunchou.capabilities.messaging.models import Channel, Mailing, Message, MessageState, State
from yunchou.capabilities.messaging.selectors.mailings import counts_of, outlook_of, preview_of, skipped_of
from yunchou.capabilities.messaging.selectors.senders import sender_for
from yunchou.capabilities.messaging.selectors.texts import texts_for
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import dialog, go, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import page_context
from yunchou.kernel.ui.toasts import toast

from ..actions.invitations import take_link
from ..forms.invitations import AgainForm, MailingForm, WordsForm
from ..models import Guest, Wave
from ..permissions import Perm
from ..selectors.cards import card_png
from ..selectors.guests import counts_of as guest_counts
from ..selectors.guests import guests_of
from ..selectors.invitations import (
    guest_lines,
    link_of,
    mailing_lines,
    message_lines,
    obstacle_to,
    wave_lines,
)
from .shared import event_of, parts

BOTH: Final = ["GET", "HEAD", "POST"]
TONES: Final = {
    State.DRAFT: "neutral", State.CHECKED: "accent", State.SCHEDULED: "accent", State.SENDING: "warn",
    State.DONE: "ok", State.STOPPED: "bad",
}  # fmt: skip
SHOWN_CHOICES: Final = 200


def _list_url(subject: Subject) -> str:
    return reverse("events:invitation_list", args=[subject.pk])


def _url(subject: Subject, mailing: Mailing) -> str:
    return reverse("events:mailing_detail", args=[subject.pk, mailing.pk])


def _mailing(subject: Subject, pk: int) -> Mailing:
    rows = Mailing.objects.filter(subject=subject, use__startswith="events.").select_related(
        "subject__unit", "made_by", "started_by"
    )
    found: Mailing = get_object_or_404(rows.filter(channel__in=[Channel.EMAIL, Channel.SMS]), pk=pk)
    found.subject = subject
    return found


def _message(subject: Subject, pk: int) -> Message:
    rows = Message.objects.filter(mailing__subject=subject, mailing__use__startswith="events.")
    return get_object_or_404(rows.select_related("mailing__subject__unit"), pk=pk)


@require_safe
@login_required
def invitation_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Waves with their guests and moments, mailings with how far they are, what is to be confirmed, and each guest."""
    subject = event_of(request, pk)
    guests = guests_of(subject, request.user).heads().live().select_related("inviter", "wave")
    page = paginate(guests, request.GET, by="-pk")
    lines = guest_lines(subject, list(page))
    mailings = mailing_lines(subject)
    context = page_context(
        request,
        subject,
        "guests",
        views=parts(subject, "invitations"),
        counts=guest_counts(subject),
        waves=wave_lines(subject),
        mailings=[(line, TONES[State(line.mailing.state)]) for line in mailings],
        unknown=message_lines(subject, MessageState.UNKNOWN),
        page=page,
        lines=lines,
        obstacle=obstacle_to(subject),
        sender=sender_for(subject),
        has_texts=texts_for(subject.unit, "events.").exists(),
        may_invite=holds(request.user, Perm.INVITE, subject),
    )
    return render(request, "events/invitations/invitation_list.html", context)


@require_http_methods(BOTH)
@login_required
def mailing_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Draft a mailing from a kept text."""
    subject = event_of(request, pk, Perm.INVITE)
    asked = request.GET.get("wave", "")
    wave = (
        Wave.objects.filter(subject=subject, pk=asked).first()
        if asked.isdecimal() and len(asked) < 19
        else None
    )
    form = MailingForm(typed(request), subject=subject, wave=wave)

    def save() -> str:
        given = form.cleaned_data
        kept, to = given["text"], given["wave"]
        made = actions.draft_mailing(
            subject=subject, use=kept.use, channel=kept.channel, wording=Wording(kept.title, kept.body, kept.language),
            actor=request.user, part=str(to.pk) if to else "", part_name=to.name if to else "",
            scheduled_at=given["scheduled_at"], days_before=given["days_before"],
        )  # fmt: skip
        return _url(subject, made)

    return dialog(
        request, form, _("New mailing"), _("Keep as a draft"), save, back=_list_url(subject), wide=("text", "wave"),
        hint=_("Nothing goes out yet. You see everything and try it first."),
    )  # fmt: skip


@require_safe
@login_required
def mailing_detail(request: SignedInRequest, pk: int, mailing: int) -> HttpResponse:
    """One mailing: what it says to a real guest, who gets it and who does not, and what became of each message."""
    subject = event_of(request, pk)
    found = _mailing(subject, mailing)
    may_invite = holds(request.user, Perm.INVITE, subject)
    is_open = found.state in (State.DRAFT, State.CHECKED, State.SCHEDULED)
    counts = counts_of([found.pk])[found.pk]
    context: dict[str, Any] = {
        "mailing": found,
        "tone": TONES[State(found.state)],
        "counts": counts,
        "is_open": is_open,
        "may_invite": may_invite,
        "sender": sender_for(subject),
        "gateway": gateway_of(found.channel),
    }
    if getattr(request, "htmx", False) and request.htmx.target == "mailing-progress":
        return render(request, "events/invitations/progress.html", {"subject": subject, **context})
    if is_open:
        context |= {
            "outlook": outlook_of(found), "obstacle": obstacle_to(subject),
            **_preview(found, request.GET.get("guest", "")),
        }  # fmt: skip
    else:
        states = (MessageState.FAILED, MessageState.SKIPPED)
        context |= {
            "unknown": message_lines(subject, MessageState.UNKNOWN, mailing=found),
            "left": message_lines(subject, *states, mailing=found),
            "reasons": skipped_of(found),
        }
    context = page_context(request, subject, "guests", views=parts(subject, "invitations"), **context)
    return render(request, "events/invitations/mailing_detail.html", context)


def _preview(mailing: Mailing, asked: str) -> dict[str, Any]:
    """The letter to the guest that was asked for, else to the first one; with those one may choose from."""
    readers = mailing.declared.audience(mailing.subject, mailing.part)[:SHOWN_CHOICES]
    if not readers:
        return {"preview": None, "choices": []}
    refs = [one.ref for one in readers]
    ref = int(asked) if asked.isdecimal() and len(asked) < 19 and int(asked) in refs else refs[0]
    names = dict(Guest.objects.filter(pk__in=refs).values_list("pk", "name"))
    return {
        "preview": preview_of(mailing, ref),
        "ref": ref,
        "choices": [(one, names.get(one, "")) for one in refs],
    }


@require_http_methods(BOTH)
@login_required
def mailing_change(request: SignedInRequest, pk: int, mailing: int) -> HttpResponse:
    """Other words, or another time."""
    subject = event_of(request, pk, Perm.INVITE)
    found = _mailing(subject, mailing)
    form = WordsForm(typed(request), mailing=found)

    def save() -> str:
        given = form.cleaned_data
        actions.change_mailing(
            mailing=found, wording=form.wording, actor=request.user, scheduled_at=given["scheduled_at"],
            days_before=given["days_before"],
        )  # fmt: skip
        return _url(subject, found)

    words = "　".join(f"{{{name}}} {label}" for name, label in found.declared.words.items())
    return dialog(
        request, form, _("Words of the mailing"), _("Save"), save, back=_url(subject, found),
        hint=_("Placeholders: %(words)s") % {"words": words},
    )  # fmt: skip


@require_POST
@login_required
def mailing_test(request: SignedInRequest, pk: int, mailing: int) -> HttpResponse:
    """Send it to oneself, as the guest shown would get it."""
    subject = event_of(request, pk, Perm.INVITE)
    found = _mailing(subject, mailing)
    asked = request.POST.get("guest", "")
    refs = {one.ref for one in found.declared.audience(subject, found.part)}
    if not (asked.isdecimal() and len(asked) < 19 and int(asked) in refs):
        raise Http404
    actions.test_mailing(mailing=found, ref=int(asked), actor=request.user)
    toast(request, _("The test is on its way to your own address"))
    return go(request, f"{_url(subject, found)}?guest={asked}")


@require_POST
@login_required
def mailing_stop(request: SignedInRequest, pk: int, mailing: int) -> HttpResponse:
    """Send nothing more of it."""
    subject = event_of(request, pk, Perm.INVITE)
    found = _mailing(subject, mailing)
    actions.stop_mailing(mailing=found, actor=request.user)
    toast(request, _("Stopped"))
    return go(request, _url(subject, found))


@require_POST
@login_required
def mailing_move(request: SignedInRequest, pk: int, mailing: int, move: str) -> HttpResponse:
    """Check it, release it for its time, send it now, or throw the draft away. What speaks against it stands on its page."""
    subject = event_of(request, pk, Perm.INVITE)
    found = _mailing(subject, mailing)
    if move not in MOVES:
        raise Http404
    try:
        return go(request, once(request, lambda: MOVES[move](request, subject, found)))
    except RuleRefused as refused:
        if request.htmx:
            raise
        toast(request, str(refused.message))
        return go(request, _url(subject, found))


def _check(request: SignedInRequest, subject: Subject, mailing: Mailing) -> str:
    actions.check_mailing(mailing=mailing, actor=request.user)
    return _url(subject, mailing)


def _send(request: SignedInRequest, subject: Subject, mailing: Mailing) -> str:
    actions.start_mailing(mailing=mailing, actor=request.user)
    toast(request, _("It is going out"))
    return _url(subject, mailing)


def _schedule(request: SignedInRequest, subject: Subject, mailing: Mailing) -> str:
    actions.schedule_mailing(mailing=mailing, actor=request.user)
    toast(request, _("It goes out at its time"))
    return _url(subject, mailing)


def _drop(request: SignedInRequest, subject: Subject, mailing: Mailing) -> str:
    actions.drop_mailing(mailing=mailing, actor=request.user)
    return _list_url(subject)


MOVES: Final = {"check": _check, "send": _send, "schedule": _schedule, "drop": _drop}


@require_POST
@login_required
def message_went(request: SignedInRequest, pk: int, message: int) -> HttpResponse:
    """Somebody knows that a message to be confirmed went out."""
    subject = event_of(request, pk, Perm.INVITE)
    found = _message(subject, message)
    actions.confirm_sent(message=found, actor=request.user)
    toast(request, _("Noted as sent"))
    return go(request, _back(request, subject, found))


@require_http_methods(BOTH)
@login_required
def message_again(request: SignedInRequest, pk: int, message: int) -> HttpResponse:
    """Send one message again, for a reason."""
    subject = event_of(request, pk, Perm.INVITE)
    found = _message(subject, message)
    form = AgainForm(typed(request))

    def save() -> str:
        actions.send_again(message=found, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("It is going out"))
        return _back(request, subject, found)

    is_unknown = found.state == MessageState.UNKNOWN
    hint = _("It may have gone out before: then the guest gets it twice.") if is_unknown else ""
    verb = pgettext("message", "Send again")
    return dialog(
        request, form, verb, verb, save, back=_list_url(subject), hint=hint,
        is_dangerous=is_unknown, wide=("reason",),
    )  # fmt: skip


def _back(request: SignedInRequest, subject: Subject, message: Message) -> str:
    """The page of the mailing for messages that were sent, else the list."""
    is_sent = message.channel in (Channel.EMAIL, Channel.SMS)
    return _url(subject, message.mailing) if is_sent else _list_url(subject)


def _guest(request: SignedInRequest, subject: Subject, pk: int) -> Guest:
    found: Guest = get_object_or_404(guests_of(subject, request.user).select_related("subject__unit"), pk=pk)
    return found


@require_POST
@login_required
def guest_link(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """Take a guest's personal link to hand it over; who did, and when, is kept."""
    subject = event_of(request, pk, Perm.INVITE)
    found = _guest(request, subject, guest)
    message = take_link(guest=found, channel=Channel.LINK, actor=request.user)
    context = {"guest": found, "link": link_of(found), "message": message, "back": _list_url(subject)}
    if request.htmx:
        response = render(request, "events/invitations/link.html", context)
    else:
        whole = page_context(request, subject, "guests", **context)
        response = render(request, "events/invitations/link_page.html", whole)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@login_required
def guest_card(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """Take a guest's card as a picture, to send it in a chat or to print it."""
    subject = event_of(request, pk, Perm.INVITE)
    found = _guest(request, subject, guest)
    take_link(guest=found, channel=Channel.CARD, actor=request.user)
    response = HttpResponse(card_png(found), content_type="image/png")
    response["Content-Disposition"] = f'attachment; filename="invitation-{found.pk}.png"'
    response["Cache-Control"] = "private, no-store"
    return response
