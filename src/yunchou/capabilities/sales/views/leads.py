"""One lead: taking it in, its page, contacts, stages, owner, gift; tables with many of them; capture forms."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.directory.customers.actions.consents import Agreed
from yunchou.directory.customers.models import Basis, Purpose
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import go, mark, sent, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.qr import drawn_code
from yunchou.kernel.ui.subject_pages import open_subject, page_context
from yunchou.kernel.ui.toasts import toast

from .. import actions, flow
from ..forms import (
    AssignForm,
    CaptureForm,
    ContactForm,
    GiftForm,
    ImportForm,
    LeadChangeForm,
    LeadFormForm,
    ReasonForm,
)
from ..forms.leads import changeable
from ..intake import LEADS, read_leads, sheet_from, template_of
from ..models import LeadChannel, LeadForm
from ..permissions import Perm
from ..rules import LACKS
from ..selectors.figures import settings
from ..selectors.leads import last_place, repeats_of
from .shared import METHODS, dialog, lead_of_page, part_url, unkept


@require_http_methods(METHODS)
@login_required
def lead_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name, number, need: channel and place are as the person's last one had them."""
    subject = open_subject(request, pk, Perm.CAPTURE)
    channel, place = last_place(subject, request.user)
    form = CaptureForm(typed(request), initial={"channel": channel, "place": place})

    def save() -> str:
        read = form.cleaned_data
        where = read["place"] or LeadChannel(read["channel"]).label
        proof = f"{where} · {request.user.name} · {clock.local(clock.now()):%Y-%m-%d %H:%M}"
        purposes = [Purpose.SERVICE, *([Purpose.MARKETING] if read["wants_news"] else [])]
        agreed = [Agreed(purpose, basis=Basis.SPOKEN, proof=proof) for purpose in purposes]
        caught = actions.capture_lead(
            subject=subject, facts=form.facts, person=form.person, consents=agreed, actor=request.user
        )
        toast(
            request,
            _("Lead taken in")
            if caught.is_new
            else _("This person had left a lead before; it was completed and is counted once."),
        )
        return caught.lead.get_absolute_url() if holds(request.user, Perm.VIEW, subject) else "/"

    title, verb = pgettext("sales", "Take a lead in"), pgettext("sales", "Take in")
    return dialog(request, form, title, verb, save, back=part_url(subject))


@require_safe
@login_required
def lead_detail(request: SignedInRequest, pk: int, lead: int) -> HttpResponse:
    """Who it is, what they need, how they were followed up and what they ordered."""
    subject, found = lead_of_page(request, pk, lead)
    if found.merged_into:
        return redirect(found.merged_into.get_absolute_url())
    user = request.user
    may_follow = holds(user, Perm.CAPTURE, subject)
    offered = [m for m in flow.flow.offered(found, user) if m.obstacle(found) is None]
    context = page_context(
        request,
        subject,
        "sales",
        lead=found,
        lacks=[LACKS[key] for key in found.lacks if key in LACKS],
        contacts=list(found.contacts.select_related("by")),
        repeats=list(repeats_of(found)),
        orders=list(found.orders.order_by("-ordered_at")),
        days=settings().days,
        may_follow=may_follow,
        may_edit=holds(user, Perm.EDIT, subject),
        moves=offered if may_follow else [],
    )
    return unkept(render(request, "sales/lead_detail.html", context))


@require_http_methods(METHODS)
@login_required
def lead_change(request: SignedInRequest, pk: int, lead: int) -> HttpResponse:
    _subject, found = lead_of_page(request, pk, lead, Perm.CAPTURE)
    form = LeadChangeForm(typed(request), initial=changeable(found))

    def save() -> str:
        actions.change_lead(lead=found, actor=request.user, **form.cleaned_data)
        return found.get_absolute_url()

    return dialog(request, form, _("Change the lead"), _("Save"), save, back=found.get_absolute_url())


@require_http_methods(METHODS)
@login_required
def lead_contact(request: SignedInRequest, pk: int, lead: int) -> HttpResponse:
    _subject, found = lead_of_page(request, pk, lead, Perm.CAPTURE)
    form = ContactForm(typed(request))

    def save() -> str:
        actions.record_contact(lead=found, actor=request.user, **form.cleaned_data)
        return found.get_absolute_url()

    words = (_("Note a contact"), pgettext("contact", "Note down"))
    return dialog(request, form, *words, save, back=found.get_absolute_url())


@require_http_methods(METHODS)
@login_required
def lead_move(request: SignedInRequest, pk: int, lead: int, move: str) -> HttpResponse:
    """One step on, by one press; a lost lead is asked why."""
    _subject, found = lead_of_page(request, pk, lead, Perm.CAPTURE)
    if move != flow.LOSE.key:
        if request.method == "POST":
            actions.move_lead(lead=found, move=move, actor=request.user)
        return go(request, found.get_absolute_url())
    form = ReasonForm(typed(request))

    def save() -> str:
        actions.move_lead(lead=found, move=move, reason=form.cleaned_data["reason"], actor=request.user)
        return found.get_absolute_url()

    words = (_("The lead is lost"), pgettext("lead", "Lost"))
    return dialog(request, form, *words, save, back=found.get_absolute_url(), is_dangerous=True)


@require_http_methods(METHODS)
@login_required
def lead_assign(request: SignedInRequest, pk: int, lead: int) -> HttpResponse:
    _subject, found = lead_of_page(request, pk, lead, Perm.EDIT)
    form = AssignForm(typed(request), initial={"owner": found.owner_id})

    def save() -> str:
        actions.assign_lead(lead=found, owner=form.cleaned_data["owner"], actor=request.user)
        return found.get_absolute_url()

    words = (_("Hand the lead to somebody"), pgettext("lead", "Hand over"))
    return dialog(request, form, *words, save, back=found.get_absolute_url())


@require_http_methods(METHODS)
@login_required
def lead_gift(request: SignedInRequest, pk: int, lead: int) -> HttpResponse:
    _subject, found = lead_of_page(request, pk, lead, Perm.CAPTURE)
    form = GiftForm(typed(request), user=request.user)

    def save() -> str:
        read = form.cleaned_data
        more = {"quantity": read["quantity"]} if read.get("quantity") else {}
        actions.hand_gift(lead=found, gift=read["gift"], item=read.get("item"), actor=request.user, **more)
        return found.get_absolute_url()

    words = (_("Note a gift"), pgettext("contact", "Note down"))
    return dialog(request, form, *words, save, back=found.get_absolute_url())


@require_http_methods(METHODS)
@login_required
def lead_import(request: SignedInRequest, pk: int) -> HttpResponse:
    """A table of leads: read and shown line by line first, taken in when that is confirmed. Nothing is stored before."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = ImportForm(typed(request), sent(request), channels=LeadChannel.choices, asks=True)
    intake = None
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        try:
            data = read["file"].read() if read["file"] else None
            sheet = sheet_from(LEADS, data, read["pasted"] or read["kept"])
            intake = read_leads(subject, sheet, channel=read["channel"])
            if request.POST.get("confirm") == "1":
                rows = intake.rows
                agreed = [Agreed(Purpose.SERVICE, basis=Basis.IMPORTED, proof=read["proof"])]

                def save() -> str:
                    came = actions.import_leads(
                        subject=subject, rows=rows, consents=agreed, actor=request.user
                    )
                    words = ngettext("%(n)s lead taken in", "%(n)s leads taken in", came.new) % {
                        "n": came.new
                    }
                    toast(request, words)
                    return part_url(subject)

                return redirect(once(request, save))
        except Refused as refused:
            mark(form, refused)
            intake = None
    return import_page(request, subject, form, intake, kind="leads")


def import_page(
    request: SignedInRequest, subject: Subject, form: ImportForm, intake: object, *, kind: str
) -> HttpResponse:
    """The form, or the lines that were read with what is wrong with them."""
    context = page_context(
        request, subject, "sales", form=form, intake=intake, kind=kind, back=part_url(subject, kind)
    )
    return unkept(render(request, "sales/import.html", context, status=422 if form.errors else 200))


@require_safe
@login_required
def lead_template(request: SignedInRequest, pk: int) -> HttpResponse:
    """The table to fill in."""
    open_subject(request, pk, Perm.EDIT)
    response = HttpResponse(template_of(LEADS), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="leads.csv"'
    return response


# ---------------------------------------------------------------- capture forms


@require_http_methods(METHODS)
@login_required
def form_open(request: SignedInRequest, pk: int) -> HttpResponse:
    """A public page for one place."""
    subject = open_subject(request, pk, Perm.EDIT)
    form = LeadFormForm(typed(request), initial={"keeper": request.user.pk})

    def save() -> str:
        made = actions.open_form(subject=subject, actor=request.user, **form.cleaned_data)
        return part_url(subject, "forms") + f"#form-{made.pk}"

    words = (_("Open a capture form"), pgettext("capture form", "Open"))
    return dialog(request, form, *words, save, back=part_url(subject, "forms"))


@require_POST
@login_required
def form_close(request: SignedInRequest, pk: int, form: int) -> HttpResponse:
    subject = open_subject(request, pk, Perm.EDIT)
    found = get_object_or_404(LeadForm, pk=form, subject=subject)
    found.subject = subject
    actions.close_form(form=found, actor=request.user)
    return go(request, part_url(subject, "forms"))


@require_safe
@login_required
def form_poster(request: SignedInRequest, pk: int, form: int) -> HttpResponse:
    """A sheet to print and put up: the code to scan, large, with the name of the place."""
    subject = open_subject(request, pk, Perm.VIEW)
    found = get_object_or_404(LeadForm, pk=form, subject=subject)
    address = request.build_absolute_uri(found.path)
    context = {"subject": subject, "form": found, "address": address, "code": drawn_code(address)}
    return unkept(render(request, "sales/poster.html", context))
