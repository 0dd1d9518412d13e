"""The register of venues with its calendar, one venue, and its bookings."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.requests import SignedInRequest, login_required, needs
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import wrong
from yunchou.kernel.files.actions import attach_file, remove_attachment
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.files.selectors import attachments_of
from yunchou.kernel.journal.selectors import lately
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import formats
from yunchou.kernel.ui.dialogs import go, sent, typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.subject_pages import open_subject
from yunchou.kernel.ui.toasts import toast

from .. import actions
from ..events import event, event_kinds
from ..following import part_url
from ..forms import (
    FIRST_DAY,
    LAST_DAY,
    BookingForm,
    BookingProofForm,
    ClosureForm,
    FileForm,
    ProlongForm,
    ReasonForm,
    VenueForm,
    shown,
)
from ..models import TAKING, Booking, BookingState, Surroundings, Venue
from ..permissions import Perm
from ..selectors.venues import DAYS, VenueFilters, calendar_days, layouts_of, seen_by, venue_lines
from .shared import dialog

SHOWN_BOOKINGS = 50


def _day(text: str) -> date:
    """The day that an address names; today where it names none of this century."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return day if FIRST_DAY < day < LAST_DAY - timedelta(days=DAYS) else clock.today()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else None


@require_safe
@needs(Perm.VIEW)
def venue_list(request: SignedInRequest) -> HttpResponse:
    """The venues that the person sees, with what is booked in the next two weeks."""
    query = request.GET
    start = _day(query.get("from", ""))
    filters = VenueFilters(
        query.get("q", ""), _number(query.get("people", "")), query.get("surroundings", ""), start
    )
    found = filters.of(request.user)
    page = paginate(found, query, by="name", total=found.count())
    keep = {k: v for k, v in query.items() if k in ("q", "people", "surroundings", "for") and v}
    context = {
        "page": page,
        "rows": venue_lines(list(page), start),
        "days": calendar_days(start),
        "filters": filters,
        "choices": Surroundings.choices,
        "earlier": (start - timedelta(days=DAYS)).isoformat(),
        "later": (start + timedelta(days=DAYS)).isoformat(),
        "is_today": start == clock.today(),
        "keep": keep,
        "activity": _activity(request, query.get("for", "")),
        "today": clock.today(),
        "may_add": holds(request.user, Perm.KEEP_VENUES),
        "list_query": query.urlencode(),
    }
    return render(request, "preparation/venue_list.html", context)


def _activity(request: SignedInRequest, pk: str) -> Subject | None:
    """The activity for which the calendar was opened, if the person may book for it."""
    if (number := _number(pk)) is None:
        return None
    subject = visible_subjects(request.user).filter(pk=number, kind__in=event_kinds()).first()
    return subject if subject and holds(request.user, Perm.EDIT, subject) else None


def _venue(request: SignedInRequest, pk: int, right: str = "") -> Venue:
    """The venue if the person sees it, else 404; 403 without `right` on it."""
    found: Venue = get_object_or_404(
        Venue.objects.visible_to(request.user)
        .select_related("subject__unit", "supplier", "blocked_by")
        .prefetch_related("seatings"),
        pk=pk,
    )
    if right:
        require(request.user, right, found)
    return found


@require_safe
@needs(Perm.VIEW)
def venue_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is known of a venue, its photos and papers, and who has it when."""
    venue = _venue(request, pk)
    now = clock.now()
    coming = list(
        Booking.objects.filter(venue=venue, state__in=TAKING, ends_at__gt=now)
        .select_related("subject", "booked_by", "venue")
        .order_by("starts_at")[:SHOWN_BOOKINGS]
    )
    files = list(attachments_of(venue.subject, request.user))
    context = {
        "venue": venue,
        "layouts": layouts_of(venue),
        "bookings": seen_by(coming, request.user),
        "pictures": [one for one in files if one.file.is_image],
        "papers": [one for one in files if not one.file.is_image],
        "entries": lately(venue.subject),
        "may_keep": holds(request.user, Perm.KEEP_VENUES, venue),
    }
    return render(request, "preparation/venue_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.KEEP_VENUES)
def venue_add(request: SignedInRequest) -> HttpResponse:
    form = VenueForm(typed(request), user=request.user)

    def save() -> str:
        venue = actions.add_venue(unit=form.cleaned_data["unit"], details=form.details, actor=request.user)
        toast(request, _("Venue registered"))
        return venue.get_absolute_url()

    back = reverse("preparation:venue_list")
    return dialog(request, form, _("Register a venue"), _("Register"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def venue_change(request: SignedInRequest, pk: int) -> HttpResponse:
    venue = _venue(request, pk, Perm.KEEP_VENUES)
    form = VenueForm(typed(request), user=request.user, venue=venue)

    def save() -> str:
        seen = form.cleaned_data["seen"]
        actions.change_venue(venue=venue, details=form.details, actor=request.user, seen=seen)
        toast(request, _("Saved"))
        return venue.get_absolute_url()

    return dialog(request, form, _("Change the venue"), _("Save"), save, back=venue.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def venue_block(request: SignedInRequest, pk: int) -> HttpResponse:
    venue = _venue(request, pk, Perm.KEEP_VENUES)
    form = ReasonForm(typed(request))

    def save() -> str:
        actions.block_venue(venue=venue, reason=form.cleaned_data["reason"], actor=request.user)
        return venue.get_absolute_url()

    back = venue.get_absolute_url()
    count = venue.bookings.filter(state__in=["held", "confirmed"], ends_at__gt=clock.now()).count()
    hint = _("%(count)s bookings stay as they are; nobody can make new ones.") % {"count": count}
    title = pgettext("venue", "Block")
    return dialog(request, form, title, title, save, back=back, hint=hint, is_dangerous=True)


@require_POST
@login_required
def venue_unblock(request: SignedInRequest, pk: int) -> HttpResponse:
    venue = _venue(request, pk, Perm.KEEP_VENUES)
    actions.unblock_venue(venue=venue, actor=request.user)
    return go(request, venue.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def venue_close(request: SignedInRequest, pk: int) -> HttpResponse:
    venue = _venue(request, pk, Perm.KEEP_VENUES)
    form = ClosureForm(typed(request))

    def save() -> str:
        actions.close_venue(venue=venue, actor=request.user, **form.cleaned_data)
        return venue.get_absolute_url()

    title = _("Not to be had for a time")
    return dialog(request, form, title, _("Save"), save, back=venue.get_absolute_url())


@require_POST
@login_required
def closure_end(request: SignedInRequest, pk: int, booking: int) -> HttpResponse:
    venue = _venue(request, pk, Perm.KEEP_VENUES)
    found = get_object_or_404(Booking, venue=venue, pk=booking, state=BookingState.CLOSURE)
    actions.reopen_time(booking=found, actor=request.user)
    return go(request, venue.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def venue_file(request: SignedInRequest, pk: int) -> HttpResponse:
    venue = _venue(request, pk, Perm.KEEP_VENUES)
    form = FileForm(typed(request), sent(request))

    def save() -> str:
        attach_file(
            subject=venue.subject,
            upload=form.cleaned_data["file"],
            actor=request.user,
            needs=Perm.KEEP_VENUES,
        )
        return venue.get_absolute_url()

    title = _("Add a photo or a paper")
    return dialog(request, form, title, _("Add"), save, back=venue.get_absolute_url())


@require_POST
@login_required
def venue_file_remove(request: SignedInRequest, pk: int, file: int) -> HttpResponse:
    venue = _venue(request, pk, Perm.KEEP_VENUES)
    found = get_object_or_404(Attachment, subject=venue.subject, pk=file, removed_at=None)
    remove_attachment(attachment=found, actor=request.user, needs=Perm.KEEP_VENUES)
    return go(request, venue.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def booking_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hold a venue for an activity, `?venue=` on `?day=` where they were chosen in the calendar. One that is too small is
    held, and the warning told."""
    subject = open_subject(request, pk, Perm.EDIT)
    facts = event(subject)
    chosen = request.GET.get("day", "")
    day = max(_day(chosen) if chosen else facts.starts_on or clock.today(), clock.today())
    initial = {
        "starts_at": shown(clock.moment(day, 9)),
        "ends_at": shown(clock.moment(day, 18)),
        "purpose": subject.title[:120],
        "venue": request.GET.get("venue", ""),
    }
    form = BookingForm(typed(request), user=request.user, initial=initial)

    def save() -> str:
        booked = actions.hold_venue(subject=subject, actor=request.user, **form.cleaned_data)
        if until := booked.booking.expires_at:
            toast(request, _("Held until %(at)s") % {"at": formats.moment_text(until)})
        if (warning := booked.warning) is not None:
            messages.warning(request, str(warning.reason), extra_tags=warning.rule_id)
        return part_url(subject, "venues")

    hint = _("%(count)s people are expected.") % {"count": facts.expected} if facts.expected else ""
    title = _("Hold a venue")
    return dialog(
        request, form, title, pgettext("venue", "Hold"), save, back=part_url(subject, "venues"), hint=hint
    )


def _booking(request: SignedInRequest, pk: int, booking: int) -> Booking:
    """A booking of an activity that the person prepares; refuses one that is released or has run out, before anything is
    typed into its form (409)."""
    subject = open_subject(request, pk, Perm.EDIT)
    found: Booking = get_object_or_404(
        Booking.objects.select_related("venue", "subject"), subject=subject, pk=booking
    )
    if found.state not in TAKING and request.method != "POST":
        words = gettext_noop("This is not possible: the booking is “{state}”.")
        raise wrong(words, state=str(found.get_state_display()))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def booking_prolong(request: SignedInRequest, pk: int, booking: int) -> HttpResponse:
    found = _booking(request, pk, booking)
    form = ProlongForm(typed(request), booking=found)
    back = reverse("preparation:board", args=[pk]) + "?view=venues"

    def save() -> str:
        actions.prolong_hold(booking=found, expires_at=form.cleaned_data["expires_at"], actor=request.user)
        return back

    return dialog(request, form, _("Hold it longer"), _("Save"), save, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def booking_confirm(request: SignedInRequest, pk: int, booking: int) -> HttpResponse:
    found = _booking(request, pk, booking)
    assert found.subject is not None
    form = BookingProofForm(typed(request), sent(request), subject=found.subject)
    back = part_url(found.subject, "venues")

    def save() -> str:
        read = form.cleaned_data
        actions.confirm_booking(
            booking=found, contract=read["contract"], upload=read["agreement"], account=read["account"],
            actor=request.user,
        )  # fmt: skip
        toast(request, _("Confirmed in writing"))
        return back

    hint = _("An oral promise does not count: choose the signed contract, or attach the signed agreement.")
    return dialog(
        request, form, _("Confirm the venue"), pgettext("venue", "Confirm"), save, back=back, hint=hint
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def booking_release(request: SignedInRequest, pk: int, booking: int) -> HttpResponse:
    found = _booking(request, pk, booking)
    assert found.subject is not None
    form = ReasonForm(typed(request))
    back = part_url(found.subject, "venues")

    def save() -> str:
        actions.release_booking(booking=found, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("Released; the time is free again."))
        return back

    title = _("Release the venue")
    return dialog(request, form, title, pgettext("venue", "Release"), save, back=back, is_dangerous=True)
