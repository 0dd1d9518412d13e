"""Important guests with their hosts, the card a host reads, and the roster of reception."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.directory.customers.actions.looking import count_view
from yunchou.directory.customers.selectors.register import may_reveal, sees_profile
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.views.shared import event_of, guest_of

from ..actions import care
from ..forms import BriefForm, HostsForm, TaskForm
from ..models import Briefing, GiftLine, ReceptionTask
from ..selectors.care import card_of, may_read, ride_and_room, roster_of, vip_lines, vips_of
from .shared import BOTH, dialog, done, part_context, unkept, url


@require_safe
@login_required
def care_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Important guests: who looks after them, where they sit, what is prepared. Those without a host are counted."""
    subject = event_of(request, pk)
    found = vips_of(subject, request.user)
    narrowed = {"": found, "none": found.filter(host=None), "me": found.filter(host=request.user)}
    asked = request.GET.get("host", "")
    asked = asked if asked in narrowed else ""
    counts = {key: rows.count() for key, rows in narrowed.items()}
    page = paginate(narrowed[asked], request.GET, by="pk", total=counts[asked])
    words = {
        "": pgettext("hospitality", "All"),
        "none": pgettext("hospitality", "Without a host"),
        "me": pgettext("hospitality", "Mine"),
    }
    hosts = [
        {"label": label, "url": f"?host={key}" if key else "?", "active": key == asked, "count": counts[key]}
        for key, label in words.items()
    ]
    context = part_context(
        request, subject, "care", page=page, lines=vip_lines(page.rows), hosts=hosts, counts=counts
    )
    return render(request, "hospitality/care_list.html", context)


@require_http_methods(BOTH)
@login_required
def hosts_name(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name a host for important guests, many at once; those who have none are ticked."""
    subject = event_of(request, pk, Perm.EDIT)
    found = vips_of(subject, request.user).order_by("pk")
    form = HostsForm(
        typed(request), guests=found, chosen=list(found.filter(host=None).values_list("pk", flat=True))
    )

    def save() -> str:
        count = care.name_hosts(subject=subject, actor=request.user, **form.cleaned_data)
        toast(request, _("Host of {n} guests").format(n=count))
        return url("care_list", subject)

    return dialog(request, form, _("Name a host"), _("Save"), save, back=url("care_list", subject))


@require_safe
@login_required
def care_card(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """What a host has to know of one guest, to be read on a phone. Looking at a customer's profile is counted as such."""
    subject = event_of(request, pk)
    whom = guest_of(request, subject, guest)
    card = card_of(whom, request.user)
    if (card.profile or card.touches) and card.customer:
        count_view(user=request.user, customer=card.customer)
    way = ride_and_room(whom) if card.may_diet else None
    context = part_context(
        request,
        subject,
        "care",
        way=way,
        guest=whom,
        card=card,
        has_gifts=GiftLine.objects.filter(subject=subject).exists(),
        may_reveal=bool(card.customer and may_reveal(request.user, card.customer)),
    )
    return unkept(render(request, "hospitality/care_card.html", context))


@require_http_methods(BOTH)
@login_required
def brief_keep(request: SignedInRequest, pk: int, guest: int) -> HttpResponse:
    """What the host has to know; begun from the customer's preferences where the writer sees them."""
    subject = event_of(request, pk)
    whom = guest_of(request, subject, guest)
    if not may_read(request.user, whom):
        raise NotAllowed(say("Only the host and who keeps the list may write this."))
    known = Briefing.objects.filter(guest=whom).first()
    begun = ""
    if not known and whom.customer and sees_profile(request.user, whom.customer):
        begun = whom.customer.preferences
        if begun and request.method != "POST":
            count_view(user=request.user, customer=whom.customer)
    shown = {"words": known.words if known else begun, "seen": care.brief_stamp(known)}
    form = BriefForm(typed(request), initial=shown)

    def save() -> str:
        care.brief(guest=whom, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return url("care_card", subject, whom.pk)

    hint = _("Kept encrypted; read by the host and by who keeps the guest list.")
    back = url("care_card", subject, whom.pk)
    return unkept(dialog(request, form, whom.name, _("Save"), save, back=back, hint=hint))


@require_safe
@login_required
def reception_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who greets, guides, seats and serves refreshments, by time."""
    subject = event_of(request, pk)
    rows = list(roster_of(subject))
    covered = {row.kind for row in rows}
    missing = [
        label for key, label in ReceptionTask._meta.get_field("kind").choices or () if key not in covered
    ]
    context = part_context(request, subject, "reception", rows=rows, missing=missing)
    return render(request, "hospitality/reception_list.html", context)


def _task(subject: Subject, pk: int) -> ReceptionTask:
    found: ReceptionTask = get_object_or_404(
        ReceptionTask.objects.select_related("person", "subject"), subject=subject, pk=pk
    )
    return found


@require_http_methods(BOTH)
@login_required
def task_keep(request: SignedInRequest, pk: int, task: int = 0) -> HttpResponse:
    """A task of reception, for one person."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = _task(subject, task) if task else None
    form = TaskForm(typed(request), task=kept)

    def save() -> str:
        care.put_task(subject=subject, task=kept, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return url("reception_list", subject)

    title = kept.get_kind_display() if kept else _("New task of reception")
    return dialog(request, form, title, _("Save"), save, back=url("reception_list", subject))


@require_POST
@login_required
def task_drop(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.EDIT)
    care.drop_task(task=_task(subject, task), actor=request.user)
    return done(request, _("Task dropped"), url("reception_list", subject))


@require_POST
@login_required
def task_done(request: SignedInRequest, pk: int, task: int) -> HttpResponse:
    """One tap on the phone of whoever does it."""
    subject = event_of(request, pk)
    care.finish_task(task=_task(subject, task), actor=request.user)
    return done(request, pgettext("reception", "Done"), url("reception_list", subject))
