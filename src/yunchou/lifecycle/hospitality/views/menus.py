"""Menus of the sessions of an event: caterer, dishes, conflicts, substitutes, and the kitchen's sheet."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yunchou.capabilities.preparation.forms.shared import ReasonForm
from yunchou.kernel.accounts.requests import SignedInRequest, login_required
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.dialogs import typed
from yunchou.kernel.ui.toasts import toast
from yunchou.lifecycle.events.models import Guest, PlaceState, Session
from yunchou.lifecycle.events.permissions import Perm
from yunchou.lifecycle.events.selectors.guests import sessions_of
from yunchou.lifecycle.events.views.shared import event_of

from ..actions import menus
from ..forms import ChooseForm, DishForm, MenuForm, OfferForm, SubstituteForm
from ..models import Dish, Menu, Substitute
from ..selectors.kitchen import kitchen_pdf
from ..selectors.menus import caterings_of, menus_of, page_of, people_of
from .shared import BOTH, dialog, done, part_context, unkept, url


def _session(subject: Subject, pk: int) -> Session:
    found: Session = get_object_or_404(
        Session.objects.select_related("subject"), subject=subject, removed_at=None, pk=pk
    )
    return found


def _menu(subject: Subject, session: int) -> Menu:
    found: Menu = get_object_or_404(
        Menu.objects.select_related(
            "session", "subject__unit", "keeper", "fixed_by", "budget_line"
        ).prefetch_related("dishes"),
        subject=subject,
        session=session,
    )
    return found


@require_safe
@login_required
def menu_list(request: SignedInRequest, pk: int) -> HttpResponse:
    """The sessions of the event, each with its menu; the only one is shown at once."""
    subject = event_of(request, pk)
    sessions, known = list(sessions_of(subject)), menus_of(subject)
    if len(sessions) == 1 and sessions[0].pk in known:
        return menu_detail(request, pk, sessions[0].pk)
    lines = [(session, known.get(session.pk), session.taken) for session in sessions]
    context = part_context(request, subject, "menu", lines=lines, caterings=caterings_of(subject))
    return render(request, "hospitality/menu_list.html", context)


@require_safe
@login_required
def menu_detail(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """One menu: for whom, by whom, what is served when, and whom it does not suit."""
    subject = event_of(request, pk)
    menu, known = _menu(subject, session), menus_of(subject)
    sessions = [
        {
            "label": one.name,
            "url": url("menu_detail", subject, one.pk),
            "active": one.pk == menu.session_id,
        }
        for one in sessions_of(subject)
        if one.pk in known
    ]
    context = part_context(
        request,
        subject,
        "menu",
        menu=menu,
        page=page_of(menu),
        sessions=sessions,
        caterings=caterings_of(subject),
    )
    return unkept(render(request, "hospitality/menu_detail.html", context))


@require_http_methods(BOTH)
@login_required
def menu_keep(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """Begin a menu, or say anew who is in charge and what it is paid from."""
    subject = event_of(request, pk, Perm.EDIT)
    of = _session(subject, session)
    form = MenuForm(
        typed(request), subject=subject, user=request.user, menu=Menu.objects.filter(session=of).first()
    )

    def save() -> str:
        menus.keep_menu(session=of, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return url("menu_detail", subject, of.pk)

    title = _("Menu of {session}").format(session=of.name)
    return dialog(request, form, title, _("Save"), save, back=url("menu_list", subject))


@require_http_methods(BOTH)
@login_required
def offer_keep(request: SignedInRequest, pk: int, session: int, offer: int = 0) -> HttpResponse:
    """What a caterer asks."""
    subject = event_of(request, pk, Perm.EDIT)
    menu = _menu(subject, session)
    kept = get_object_or_404(menu.offers.select_related("supplier"), pk=offer) if offer else None
    form = OfferForm(typed(request), user=request.user, offer=kept)

    def save() -> str:
        menus.keep_offer(menu=menu, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return url("menu_detail", subject, session)

    title = kept.supplier.name if kept else _("Offer of a caterer")
    hint = (
        ""
        if kept
        else _("Suppliers of catering that may be chosen; others are entered in the register of suppliers.")
    )
    return dialog(request, form, title, _("Save"), save, back=url("menu_detail", subject, session), hint=hint)


@require_http_methods(BOTH)
@login_required
def offer_choose(request: SignedInRequest, pk: int, session: int, offer: int) -> HttpResponse:
    """Choose the caterer; what speaks against it is said, and asks for a reason."""
    subject = event_of(request, pk, Perm.EDIT)
    menu = _menu(subject, session)
    kept = get_object_or_404(menu.offers.select_related("supplier", "menu__budget_line"), pk=offer)
    form = ChooseForm(typed(request))
    doubt = menus.doubt_on(kept, people_of(menu.session))
    if not doubt:
        form.fields["reason"].help_text = pgettext("menu", "Not needed.")

    def save() -> str:
        menus.choose_caterer(offer=kept, actor=request.user, reason=form.cleaned_data["reason"])
        toast(request, _("Caterer chosen"))
        return url("menu_detail", subject, session)

    title, back = (
        _("Choose {supplier}").format(supplier=kept.supplier.name),
        url("menu_detail", subject, session),
    )
    return dialog(request, form, title, pgettext("menu", "Choose"), save, back=back, hint=str(doubt or ""))


@require_http_methods(BOTH)
@login_required
def dish_keep(request: SignedInRequest, pk: int, session: int, dish: int = 0) -> HttpResponse:
    """A dish of the menu."""
    subject = event_of(request, pk, Perm.EDIT)
    menu = _menu(subject, session)
    kept = get_object_or_404(Dish, menu=menu, pk=dish) if dish else None
    form = DishForm(typed(request), menu=menu, dish=kept)

    def save() -> str:
        menus.keep_dish(menu=menu, dish=kept, actor=request.user, **form.cleaned_data)
        toast(request, _("Saved"))
        return url("menu_detail", subject, session)

    title, back = kept.name if kept else _("New dish"), url("menu_detail", subject, session)
    return dialog(request, form, title, _("Save"), save, back=back)


@require_POST
@login_required
def dish_remove(request: SignedInRequest, pk: int, session: int, dish: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.EDIT)
    kept = get_object_or_404(
        Dish.objects.select_related("menu__subject"), menu=_menu(subject, session), pk=dish
    )
    menus.remove_dish(dish=kept, actor=request.user)
    return done(request, _("Dish removed"), url("menu_detail", subject, session))


@require_POST
@login_required
def dish_move(request: SignedInRequest, pk: int, session: int, dish: int, is_up: bool) -> HttpResponse:
    """Serve a dish earlier or later."""
    subject = event_of(request, pk, Perm.EDIT)
    kept = get_object_or_404(
        Dish.objects.select_related("menu__subject"), menu=_menu(subject, session), pk=dish
    )
    menus.move_dish(dish=kept, is_up=is_up, actor=request.user)
    return done(request, _("Order of serving changed"), url("menu_detail", subject, session))


@require_http_methods(BOTH)
@login_required
def menu_fix(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """Fix the menu; what does not suit whom is told first."""
    subject = event_of(request, pk, Perm.EDIT)
    menu = _menu(subject, session)
    form = forms.Form(typed(request))
    page = page_of(menu)

    def save() -> str:
        _fixed, verdicts = menus.fix_menu(menu=menu, actor=request.user)
        words = (
            _("Menu fixed. {n} conflicts are listed.").format(n=len(verdicts))
            if verdicts
            else _("Menu fixed")
        )
        toast(request, words)
        return url("menu_detail", subject, session)

    hint = _("For {people} people. Changing it afterwards needs a reason.").format(people=page.people)
    if page.open_conflicts:
        hint += " " + _("{n} conflicts are open; guests may get something else afterwards too.").format(
            n=page.open_conflicts
        )
    title, back = _("Fix the menu"), url("menu_detail", subject, session)
    return dialog(request, form, title, pgettext("menu", "Fix"), save, back=back, hint=hint)


@require_http_methods(BOTH)
@login_required
def menu_reopen(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """Open a fixed menu again."""
    subject = event_of(request, pk, Perm.EDIT)
    menu = _menu(subject, session)
    form = ReasonForm(typed(request))

    def save() -> str:
        menus.reopen_menu(menu=menu, reason=form.cleaned_data["reason"], actor=request.user)
        toast(request, _("The menu is open again"))
        return url("menu_detail", subject, session)

    title, back = _("Open the menu again"), url("menu_detail", subject, session)
    return dialog(request, form, title, pgettext("menu", "Open again"), save, back=back)


@require_http_methods(BOTH)
@login_required
def substitute_put(request: SignedInRequest, pk: int, session: int, dish: int, guest: int) -> HttpResponse:
    """Something else for a guest whom a dish does not suit."""
    subject = event_of(request, pk, Perm.DOOR)
    menu = _menu(subject, session)
    bad = get_object_or_404(Dish.objects.select_related("menu__subject"), menu=menu, pk=dish)
    eater = get_object_or_404(
        Guest.objects.filter(places__session=session, places__state=PlaceState.HELD),
        subject=subject,
        pk=guest,
    )
    form = SubstituteForm(typed(request), dish=bad, guest=eater)

    def save() -> str:
        menus.substitute(guest=eater, dish=bad, actor=request.user, **form.cleaned_data)
        toast(request, _("Something else is served"))
        return url("menu_detail", subject, session)

    title = _("Instead of {dish}").format(dish=bad.name)
    back = url("menu_detail", subject, session)
    return unkept(dialog(request, form, title, _("Save"), save, back=back, hint=eater.name))


@require_POST
@login_required
def substitute_drop(request: SignedInRequest, pk: int, session: int, substitute: int) -> HttpResponse:
    subject = event_of(request, pk, Perm.DOOR)
    kept = get_object_or_404(
        Substitute.objects.select_related("dish__menu__subject"),
        dish__menu=_menu(subject, session),
        pk=substitute,
    )
    menus.drop_substitute(substitute=kept, actor=request.user)
    return done(request, _("Served as to all"), url("menu_detail", subject, session))


@require_safe
@login_required
def kitchen_print(request: SignedInRequest, pk: int, session: int) -> HttpResponse:
    """The kitchen's sheet as a PDF."""
    subject = event_of(request, pk, Perm.DOOR)
    menu = _menu(subject, session)
    if not menu.dishes.all():
        raise Http404
    response = HttpResponse(kitchen_pdf(menu, at=clock.now()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="kitchen-{menu.session_id}.pdf"'
    return unkept(response)
