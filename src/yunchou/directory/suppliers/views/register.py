"""The list, one supplier, entering and changing it, and the picker."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts.requests import SignedInRequest, needs
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.ui.dialogs import mark
from yunchou.kernel.ui.once import once
from yunchou.kernel.ui.paging import paginate
from yunchou.kernel.ui.toasts import toast

from .. import actions, scoring, selectors
from ..forms import AccountForm, ChangeSupplierForm, FilterForm, MoveForm, NewSupplierForm, SupplierForm
from ..models import Supplier
from ..permissions import Perm
from ..scorecards import measures
from ..selectors import Filters
from .shared import dialog, supplier_or_404

SHOWN_ENTRIES = 30
KEPT = ("kind", "grade", "unit", "state")


def filters_of(request: SignedInRequest) -> tuple[Filters, FilterForm]:
    """What the query string narrows the list by; values that cannot be read narrow nothing."""
    form = FilterForm(request.GET, user=request.user)
    form.is_valid()
    read = form.cleaned_data
    return Filters(
        read.get("q", ""),
        read.get("kind", ""),
        read.get("grade", ""),
        read.get("unit"),
        read.get("state", ""),
    ), form


@require_safe
@needs(Perm.VIEW)
def supplier_list(request: SignedInRequest) -> HttpResponse:
    """The suppliers of the group and of the own region, by name."""
    filters, form = filters_of(request)
    found = filters.apply(Supplier.objects.visible_to(request.user))
    page = paginate(selectors.with_papers(found), request.GET, by="name", total=found.count())
    context = {
        "page": page,
        "rows": selectors.rows(page),
        "form": form,
        "filters": filters,
        "chips": _chips(request, form),
        "kept": [(k, v) for k, v in request.GET.items() if k in KEPT and v],
        "query": request.GET.urlencode(),
        "may_add": holds(request.user, Perm.MANAGE),
        "may_export": holds(request.user, Perm.EXPORT),
    }
    return render(request, "suppliers/supplier_list.html", context)


def _chips(request: SignedInRequest, form: FilterForm) -> list[dict[str, Any]]:
    """The filters that are set, each with the address of the list without it."""
    chips = []
    for name in KEPT:
        value = form.cleaned_data.get(name)
        if not value:
            continue
        shown = dict(getattr(form.fields[name], "choices", ())).get(value, value) if name != "unit" else value
        rest = {k: v for k, v in request.GET.items() if k not in (name, "after", "before")}
        chips.append(
            {"label": f"{form.fields[name].label}", "value": str(shown), "remove_url": f"?{urlencode(rest)}"}
        )
    return chips


@require_safe
@needs(Perm.VIEW)
def supplier_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is known of a supplier: papers, grades, where it was used, and what happened to it."""
    supplier = supplier_or_404(request, pk)
    user = request.user
    is_open = supplier.merged_into is None
    card = scoring.scorecard_of(supplier)
    context = {
        "supplier": supplier,
        "hindrance": selectors.why_not(supplier),
        "concerns": selectors.concerns(supplier) if is_open else (),
        "card": card,
        "grade_told": scoring.grade_told(card, supplier.grade),
        "papers": selectors.papers_of(supplier),
        "grades": selectors.grades_of(supplier),
        "uses": selectors.uses_of(supplier, user),
        "twins": selectors.same_account(supplier, user),
        "entries": [
            {"actor": entry.actor, "verb": entry.sentence, "at": entry.at}
            for entry in timeline(supplier.subject)[:SHOWN_ENTRIES]
        ],
        "phone": supplier.contact_phone if selectors.sees_phone(user, supplier) else supplier.masked_phone,
        "may_manage": is_open and holds(user, Perm.MANAGE, supplier),
        "may_assess": is_open and holds(user, Perm.ASSESS, supplier),
        "may_merge": is_open and holds(user, Perm.MERGE, supplier),
        "may_confirm": is_open
        and bool(supplier.account_tail)
        and not supplier.is_account_confirmed
        and supplier.account_by_id != user.pk
        and holds(user, Perm.MANAGE, supplier),
        "may_see_account": bool(supplier.account_tail) and holds(user, Perm.SEE_BANK, supplier),
    }
    return render(request, "suppliers/supplier_detail.html", context)


@require_safe
@needs(Perm.VIEW)
def supplier_cases(request: SignedInRequest, pk: int, key: str) -> HttpResponse:
    """The cases behind one measure of the scorecard, as far as the person sees what they belong to."""
    supplier, one = supplier_or_404(request, pk), measures.get(key)
    if one is None:
        raise Http404
    context = {"supplier": supplier, "cases": scoring.cases_of(supplier, one, request.user)}
    return render(request, "suppliers/supplier_cases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def supplier_add(request: SignedInRequest) -> HttpResponse:
    """Enter a supplier; those that look like it are listed, and must be said to be others."""
    form = NewSupplierForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        read = form.cleaned_data
        try:
            address = once(
                request,
                lambda: actions.add_supplier(
                    unit=read["unit"], details=form.details(), is_other=read["is_other"], actor=request.user
                ).get_absolute_url(),
            )
        except Refused as refused:
            if not mark(form, refused):
                raise
        else:
            toast(request, _("%(supplier)s entered") % {"supplier": read["name"]})
            return redirect(address)
    name = form["name"].value() or ""
    context = {"form": form, "alike": selectors.likenesses(name, request.user) if name else []}
    return render(request, "suppliers/supplier_add.html", context, status=422 if form.errors else 200)


@require_GET
@needs(Perm.VIEW)
def supplier_alike(request: SignedInRequest) -> HttpResponse:
    """Registered suppliers that a name or code being typed may mean; a fragment."""
    alike = selectors.likenesses(request.GET.get("name", ""), request.user)
    return render(request, "suppliers/parts/alike.html", {"alike": alike})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def supplier_change(request: SignedInRequest, pk: int) -> HttpResponse:
    supplier = supplier_or_404(request, pk, Perm.MANAGE)
    initial = {name: getattr(supplier, name, "") for name in SupplierForm.base_fields if name != "account"}
    initial |= {"kinds": supplier.supplies, "keeper": supplier.keeper_id}
    initial["seen"] = selectors.supplier_stamp(supplier)
    form = ChangeSupplierForm(request.POST or None, initial=initial, supplier=supplier)

    def save() -> str:
        keeper = form.cleaned_data["keeper"]
        actions.change_supplier(
            supplier=supplier,
            details=form.details(),
            keeper=keeper,
            seen=form.cleaned_data["seen"],
            actor=request.user,
        )
        toast(request, _("Saved"))
        return supplier.get_absolute_url()

    return dialog(request, form, supplier.name, _("Save"), save, back=supplier.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def supplier_move(request: SignedInRequest, pk: int) -> HttpResponse:
    supplier = supplier_or_404(request, pk, Perm.MANAGE)
    form = MoveForm(request.POST or None, user=request.user, initial={"unit": supplier.subject.unit_id})

    def save() -> str:
        actions.move_supplier(supplier=supplier, unit=form.cleaned_data["unit"], actor=request.user)
        toast(request, _("Saved"))
        return supplier.get_absolute_url()

    title = _("Hand %(supplier)s over to another register") % {"supplier": supplier.name}
    hint = _("A supplier of the group is seen by all regions, one of a region by that region.")
    return dialog(request, form, title, _("Hand over"), save, back=supplier.get_absolute_url(), hint=hint)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Perm.MANAGE)
def account_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """A second person types the account from the proof."""
    supplier = supplier_or_404(request, pk, Perm.MANAGE)
    form = AccountForm(request.POST or None)

    def save() -> str:
        actions.confirm_account(supplier=supplier, account=form.cleaned_data["account"], actor=request.user)
        toast(request, _("Bank account confirmed"))
        return supplier.get_absolute_url()

    title = _("Confirm the bank account of %(supplier)s") % {"supplier": supplier.name}
    hint = _(
        "Type it from the proof that the supplier gave. Who wrote it down neither confirms it nor pays to it."
    )
    return dialog(
        request,
        form,
        title,
        pgettext("bank account", "Confirm"),
        save,
        back=supplier.get_absolute_url(),
        hint=hint,
    )


@require_POST
@needs(Perm.SEE_BANK)
def account_show(request: SignedInRequest, pk: int) -> HttpResponse:
    """The bank account in clear, for this once: each look is written into the journal."""
    supplier = supplier_or_404(request, pk, Perm.SEE_BANK)
    account = actions.show_bank_account(supplier=supplier, actor=request.user)
    groups = [account[n : n + 4] for n in range(0, len(account), 4)]
    response = render(request, "suppliers/parts/account.html", {"supplier": supplier, "groups": groups})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@needs(Perm.VIEW)
def supplier_options(request: SignedInRequest) -> HttpResponse:
    """Up to 20 suppliers for a picker, by the posted `q`, of one `kind`, or `every` one."""
    query = request.GET
    found = selectors.supplier_options(
        request.POST.get("q", ""), request.user, kind=query.get("kind", ""), every="every" in query
    )
    results = [{"value": one.id, "text": one.name, "note": one.note, "search": one.search} for one in found]
    return JsonResponse({"results": results})
