"""The list, one customer, entering and changing it, unmasking one value."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, Refused
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.ui.dialogs import mark, sent, typed
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import apart
from ..actions.consents import Agreed, give_consent
from ..actions.looking import count_view, note_refusal, reveal
from ..actions.register import (
    PLAIN,
    add_customer,
    card_of,
    change_customer,
    change_sensitive,
    customer_stamp,
    missing,
    move_customer,
    verify_customer,
)
from ..classes import BY_KEY, DERIVED, FIELDS, HANDLING
from ..forms import (
    CONTACT,
    KEPT,
    PROFILE,
    ChangeCustomerForm,
    FilterForm,
    MoveForm,
    NewCustomerForm,
    RevealForm,
    SensitiveForm,
)
from ..models import Basis, Customer, Purpose
from ..permissions import Perm
from ..selectors import register as read
from ..selectors.consents import agrees, entries_of, standings
from ..selectors.cooperations import cooperations_of
from ..selectors.find import alike, search_customers, twins_of
from ..selectors.history import purchases_of, traits_of
from ..selectors.register import Filters, outdated_before
from .shared import customer_or_404, dialog, needs, unkept

FOUND_AT_MOST = 50
SHOWN_ENTRIES = 20
SHOWN_TOUCHES = 40
# How long a value stays in clear on the screen, as the dialog says.
SHOWN_SECONDS = 60
NARROWING = ("identity", "grade", "stage", "city", "keeper", "unit", "state")


def filters_of(request: SignedInRequest) -> tuple[Filters, FilterForm]:
    """What the query string narrows the list by; values that cannot be read narrow nothing."""
    form = FilterForm(request.GET, user=request.user)
    form.is_valid()
    values = {name: form.cleaned_data.get(name) for name in NARROWING}
    keys = {name: getattr(value, "pk", value) for name, value in values.items()}
    return Filters.from_json({name: key for name, key in keys.items() if key}), form


@require_safe
@needs(Perm.VIEW)
def customer_list(request: SignedInRequest) -> HttpResponse:
    """The customers of the companies that the person serves, newest first. They are not counted: there may be a million."""
    filters, form = filters_of(request)
    found = filters.apply(Customer.objects.visible_to(request.user))
    page = paginate(read.for_lists(found), request.GET, by="-pk")
    return _list(request, {"page": page, "rows": page.rows, "form": form, "chips": _chips(request, form)})


@require_POST
@needs(Perm.VIEW)
def customer_search(request: SignedInRequest) -> HttpResponse:
    """What was looked for, as the list. Posted and not led on by an address, since it is a name or a number."""
    words = request.POST.get("q", "").strip()[:80]
    if not words:
        return redirect("customers:customer_list")
    found = read.for_lists(search_customers(request.user, words)).order_by("-pk")[: FOUND_AT_MOST + 1]
    rows = list(found)
    context = {
        "rows": rows[:FOUND_AT_MOST],
        "is_cut": len(rows) > FOUND_AT_MOST,
        "words": words,
        "form": FilterForm({}, user=request.user),
    }
    return unkept(_list(request, context))


def _list(request: SignedInRequest, context: dict[str, Any]) -> HttpResponse:
    user = request.user
    rights = {
        "may_add": holds(user, Perm.MANAGE),
        "may_import": holds(user, Perm.IMPORT),
        "may_export": holds(user, Perm.EXPORT),
        "may_release": holds(user, Perm.RELEASE),
        "may_look": holds(user, Perm.APART),
    }
    more = {"query": request.GET.urlencode(), "old": outdated_before(), "found_at_most": FOUND_AT_MOST}
    return render(request, "customers/customer_list.html", {**context, **rights, **more})


def _chips(request: SignedInRequest, form: FilterForm) -> list[dict[str, Any]]:
    """The filters that are set, each with the address of the list without it."""
    chips = []
    for name in NARROWING:
        value = form.cleaned_data.get(name)
        if not value:
            continue
        labels = dict(getattr(form.fields[name], "choices", ())) if isinstance(value, str) else {}
        rest = {k: v for k, v in request.GET.items() if k not in (name, "after", "before")}
        shown = str(labels.get(value, value))
        chips.append(
            {"label": f"{form.fields[name].label}", "value": shown, "remove_url": f"?{urlencode(rest)}"}
        )
    return chips


@require_safe
@needs(Perm.VIEW)
def customer_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Who it is, how it is reached (masked), what was agreed to, and everything that happened, in one line of time."""
    customer, user = customer_or_404(request, pk), request.user
    count_view(user=user, customer=customer)
    merged = apart.same_as(customer)
    entries = entries_of(customer, merged)
    is_open = customer.merged_into_id is None and customer.erased_at is None
    identities = list(customer.identities.all())
    may_manage = is_open and holds(user, Perm.MANAGE, customer)
    # Whom an audience category takes only with a cooperation is the company's to say, so that anybody may have one.
    cooperations = cooperations_of(customer)
    sees_profile = read.sees_profile(user, customer)
    card = getattr(customer, "card", None) or card_of(customer)
    touches = read.touches_of(customer, merged, user, SHOWN_TOUCHES + 1)
    context = {
        "customer": customer,
        "is_open": is_open,
        "identities": identities,
        "cooperations": cooperations if cooperations or may_manage else None,
        "lines": read.card_lines(customer),
        "profile": read.profile_lines(customer) if sees_profile else None,
        "standings": standings(customer, entries),
        "consent_entries": entries[:SHOWN_ENTRIES],
        "grades": read.grades_of(customer),
        "touches": touches[:SHOWN_TOUCHES],
        "older": touches[SHOWN_TOUCHES - 1]["touch"].pk if len(touches) > SHOWN_TOUCHES else None,
        "purchases": purchases_of([customer.pk, *merged]),
        "traits": traits_of([customer.pk]).get(customer.pk) if sees_profile else None,
        "twins": twins_of(customer, user) if is_open else (),
        "missing": missing(customer, card) if is_open else (),
        "is_old": is_open and (customer.verified_at is None or customer.verified_at < outdated_before()),
        "entries": [
            {"actor": entry.actor, "verb": entry.sentence, "at": entry.at}
            for entry in timeline(customer.subject)[:SHOWN_ENTRIES]
        ],
        "may_reveal": is_open and read.may_reveal(user, customer),
        "may_mark": is_open and holds(user, Perm.APART, customer),
        "may_manage": may_manage,
        "may_merge": is_open and holds(user, Perm.MERGE, customer),
        "may_erase": is_open and holds(user, Perm.ERASE, customer),
    }
    return unkept(render(request, "customers/customer_detail.html", context))


@require_safe
@needs(Perm.VIEW)
def touch_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """The line of time further back, forty at a time."""
    customer = customer_or_404(request, pk)
    text = request.GET.get("before", "")
    before = int(text) if text.isdecimal() and len(text) < 16 else None
    found = read.touches_of(customer, apart.same_as(customer), request.user, SHOWN_TOUCHES + 1, before)
    context = {
        "customer": customer,
        "touches": found[:SHOWN_TOUCHES],
        "older": found[SHOWN_TOUCHES - 1]["touch"].pk if len(found) > SHOWN_TOUCHES else None,
    }
    return unkept(render(request, "customers/touch_list.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def customer_add(request: SignedInRequest) -> HttpResponse:
    """Enter a customer; those who look like it are listed, and must be said to be others."""
    form = NewCustomerForm(typed(request), sent(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            address = once(request, lambda: _added(request, form).get_absolute_url())
        except Refused as refused:
            if not mark(form, refused):
                raise
        else:
            toast(request, _("Customer entered"))
            return redirect(address)
    context = {
        "form": form,
        "contact": [form[name] for name in CONTACT],
        "kept": [form[name] for name in KEPT],
        "profile": [form[name] for name in PROFILE],
        "alike": _alike(request) if request.method == "POST" else [],
    }
    return render(request, "customers/customer_add.html", context, status=422 if form.errors else 200)


def _added(request: SignedInRequest, form: NewCustomerForm) -> Customer:
    data = form.cleaned_data
    own = {name: data[name] for name in (*CONTACT, *KEPT, *PROFILE)}
    agreed = [
        Agreed(one, basis=data["basis"] or Basis.PAPER, proof=data["proof"]) for one in data["purposes"]
    ]
    return add_customer(
        actor=request.user, unit=data["unit"], consents=agreed, is_other=data["is_other"], **own
    )


def _alike(request: SignedInRequest) -> list[Any]:
    name, phone, email = (request.POST.get(key, "")[:80] for key in ("name", "phone", "email"))
    return alike(name=name, phone=phone, email=email, user=request.user) if name or phone or email else []


@require_POST
@needs(Perm.MANAGE)
def customer_alike(request: SignedInRequest) -> HttpResponse:
    """Customers whom a name, number or address being typed may mean; a fragment. Posted: it is personal."""
    return unkept(render(request, "customers/parts/alike.html", {"alike": _alike(request)}))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def customer_change(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk, Perm.MANAGE)
    card = card_of(customer)
    apart.gather(customer, card)
    initial = {name: getattr(customer, name) for name in PLAIN}
    initial |= {"keeper": customer.keeper_id, "source": customer.source_id}
    initial |= {"identities": [one.identity for one in customer.identities.all()]}
    form = ChangeCustomerForm(
        typed(request),
        initial={**initial, "seen": customer_stamp(customer, card)},
        customer=customer,
        card=card,
        sees_profile=read.may_reveal(request.user, customer),
    )

    def save() -> str:
        change_customer(
            customer=customer, details=form.details(), seen=form.cleaned_data["seen"], actor=request.user
        )
        toast(request, _("Saved"))
        return customer.get_absolute_url()

    return unkept(dialog(request, form, _("Change"), _("Save"), save, back=customer.get_absolute_url()))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def customer_sensitive(request: SignedInRequest, pk: int) -> HttpResponse:
    """Diet and identity number; together with the consent where there is none yet."""
    customer = customer_or_404(request, pk, Perm.MANAGE)
    has_consent = agrees(customer, Purpose.SENSITIVE)
    sees = has_consent and read.sees_profile(request.user, customer)
    form = SensitiveForm(
        typed(request), has_consent=has_consent, sees=sees, customer=customer, card=card_of(customer)
    )

    def save() -> str:
        proof = form.cleaned_data.get("proof", "")
        if not has_consent and proof:
            give_consent(
                customer=customer,
                purpose=Purpose.SENSITIVE,
                basis=Basis.PAPER,
                proof=proof,
                actor=request.user,
            )
        change_sensitive(customer=customer, sensitive=form.sensitive(), actor=request.user)
        toast(request, _("Saved"))
        return customer.get_absolute_url()

    hint = _("Sensitive data are encrypted, and destroyed the moment the consent is withdrawn.")
    words = (_("Sensitive data"), _("Save"))
    return unkept(
        dialog(request, form, *words, save, back=customer.get_absolute_url(), hint=hint, wide=("diet_note",))
    )


@require_POST
@needs(Perm.MANAGE)
def customer_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything known is still right."""
    customer = customer_or_404(request, pk, Perm.MANAGE)
    verify_customer(customer=customer, actor=request.user)
    toast(request, _("Record confirmed"))
    return redirect(customer)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def customer_move(request: SignedInRequest, pk: int) -> HttpResponse:
    customer = customer_or_404(request, pk, Perm.MANAGE)
    form = MoveForm(typed(request), user=request.user, initial={"unit": customer.subject.unit_id})

    def save() -> str:
        move_customer(customer=customer, unit=form.cleaned_data["unit"], actor=request.user)
        toast(request, _("Saved"))
        return customer.get_absolute_url()

    hint = _("A customer is seen by those who serve its company.")
    words = (_("Hand over to another company"), _("Hand over"))
    return dialog(request, form, *words, save, back=customer.get_absolute_url(), hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.REVEAL)
def customer_reveal(request: SignedInRequest, pk: int, field: str) -> HttpResponse:
    """One value in clear, for this once and with a reason; what is answered is kept nowhere."""
    customer = customer_or_404(request, pk, Perm.REVEAL)
    form = RevealForm(typed(request))
    label = BY_KEY[field].label if field in BY_KEY else ""
    if field == read.PROFILE:
        label = _("Profile of an important customer")
    context: dict[str, Any] = {"customer": customer, "form": form, "label": label, "action": request.path}
    status = 200
    if request.method == "POST":
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                count_view(user=request.user, customer=customer)
                context["value"] = reveal(customer=customer, field=field, reason=reason, actor=request.user)
                context |= {"shown_at": clock.now(), "seconds": SHOWN_SECONDS}
            except NotAllowed:
                note_refusal(user=request.user, what=f"customer_reveal {field}"[:40], customer=customer)
                raise
            except Refused as refused:
                mark(form, refused)
        status = 422 if form.errors else 200
    template = "customers/parts/reveal.html" if request.htmx else "customers/customer_reveal.html"
    answer = unkept(render(request, template, context, status=status))
    if "value" in context and not request.htmx:
        # A page of its own leaves by itself too, without any script.
        answer["Refresh"] = f"{SHOWN_SECONDS}; url={customer.get_absolute_url()}"
    return answer


@require_safe
@needs(Perm.VIEW)
def data_map(request: SignedInRequest) -> HttpResponse:
    """Of what class every field is and what the class means (CUS-05)."""
    classes = [
        {
            "label": key.label,
            "handling": handling,
            "fields": [one for one in FIELDS if one.sensitivity == key],
        }
        for key, handling in HANDLING.items()
    ]
    return render(request, "customers/data_map.html", {"classes": classes, "derived": DERIVED})
