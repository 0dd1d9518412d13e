"""Menus: who cooks, what is served, fixing it, and something else for those whom a dish does not suit (EXE-10)."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.selectors import why_not
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.money import format_yuan, yuan
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.ui.seen import refuse_stale, stamp
from yunchou.lifecycle.events.kinds import demand_open
from yunchou.lifecycle.events.models import COMING, Guest, PlaceState, Session
from yunchou.lifecycle.events.permissions import Perm

from .. import journal, notices
from ..diets import forbidden
from ..models import Content, Course, Dish, Menu, Offer, Substitute
from ..selectors.menus import judged, people_of


def menu_stamp(menu: Menu | None) -> str:
    """How a menu stood when a form showed it; one that is begun at this moment is as a form shows none."""
    return stamp(menu.keeper_id, menu.budget_line_id, menu.note, menu.fixed_at) if menu else ""


@transaction.atomic
def keep_menu(
    *,
    session: Session,
    keeper: User,
    actor: User,
    budget_line: BudgetLine | None = None,
    note: str = "",
    seen: str = "",
) -> Menu:
    """Begin the menu of a session, or say anew who is in charge and what it is paid from. Records `hospitality.menu_kept`.

    Refuses without `events.edit`, a session that was taken out, a budget line of another activity, somebody in charge who does
    not see the event's guests, and any change but of who is in charge while the menu is fixed.
    """
    subject = open_table(session.subject, "", actor, Perm.EDIT)
    demand_open(subject)
    if session.removed_at is not None:
        raise wrong(_("Somebody changed the sessions meanwhile. Look again."))
    if budget_line is not None and budget_line.subject_id != subject.pk:
        raise at_field("budget_line", _("This budget line belongs to another activity."))
    if not keeper.is_active or not holds(keeper, Perm.VIEW, subject):
        raise at_field("keeper", _("{name} does not see the guests of this event."), name=keeper.name)
    menu, _made = Menu.objects.select_for_update(of=("self",)).get_or_create(
        session=session, defaults={"subject": subject, "keeper": keeper}
    )
    refuse_stale(seen, menu_stamp(menu))
    line = budget_line.pk if budget_line else None
    if menu.is_fixed and (menu.budget_line_id, menu.note) != (line, note.strip()[:300]):
        raise wrong(_("The menu is fixed. Open it again with a reason to change it."))
    menu.keeper, menu.budget_line, menu.note = keeper, budget_line, note.strip()[:300]
    menu.save(update_fields=["keeper", "budget_line", "note"])
    record(journal.MENU, actor=actor, subject=subject, data={"session": session.name})
    return menu


@transaction.atomic
def keep_offer(
    *, menu: Menu, supplier: Supplier, price: Decimal, at_most: int, actor: User, note: str = ""
) -> Offer:
    """Note what a caterer asks for a head and for how many; said again, it is put right. Records `hospitality.caterer_kept`.

    Refuses suppliers that may not be chosen (blocked, merged, licence run out), and any change of the offer that was chosen
    while the menu is fixed.
    """
    locked = _opened(menu, actor)
    if reason := why_not(supplier):
        raise Invalid(reason, fields={"supplier": reason})
    if price <= 0:
        raise at_field("price", _("More than zero."))
    if at_most <= 0:
        raise at_field("at_most", _("More than zero."))
    values: dict[str, Any] = {"price": yuan(price), "at_most": at_most, "note": note.strip()[:200]}
    before = Offer.objects.filter(menu=locked, supplier=supplier).first()
    if before and (before.price, before.at_most) != (values["price"], at_most):
        # It was chosen as it stood then, against scale and budget: it is to be chosen again.
        values |= {"chosen_at": None, "chosen_by": None, "reason": ""}
    offer, _made = Offer.objects.update_or_create(menu=locked, supplier=supplier, defaults=values)
    record(journal.OFFER, actor=actor, subject=locked.subject, data={"supplier": supplier.name})
    return offer


@transaction.atomic
def choose_caterer(*, offer: Offer, actor: User, reason: str = "") -> Offer:
    """Choose who caters, by scale and budget; the one chosen before is so no more. Records `hospitality.caterer_chosen`.

    One who cannot serve all that come, and one that costs more than the budget line has, are chosen with a reason only.
    """
    menu = _opened(offer.menu, actor)
    offers = Offer.objects.select_for_update(of=("self",)).select_related("supplier")
    chosen = offers.filter(pk=offer.pk, menu=menu).first()
    if chosen is None:
        raise wrong(_("Somebody changed the menu meanwhile. Look again."))
    if blocked := why_not(chosen.supplier):
        raise wrong(blocked.msgid, **blocked.params)
    people, why = people_of(menu.session), reason.strip()[:200]
    if not why and (doubt := doubt_on(chosen, people)):
        raise Invalid(doubt, fields={"reason": doubt})
    Offer.objects.filter(menu=menu).exclude(pk=chosen.pk).update(chosen_at=None, chosen_by=None, reason="")
    chosen.chosen_at, chosen.chosen_by, chosen.reason = clock.now(), actor, why
    chosen.save(update_fields=["chosen_at", "chosen_by", "reason"])
    data = {
        "supplier": chosen.supplier.name, "session": menu.session.name, "price": f"¥{format_yuan(chosen.price)}",
        "people": people, "reason": _bracketed(why),
    }  # fmt: skip
    record(journal.CATERER, actor=actor, subject=menu.subject, data=data)
    return chosen


def doubt_on(offer: Offer, people: int) -> Say | None:
    """Why choosing a caterer needs a reason: too small for those who come, or dearer than the budget line."""
    if people > offer.at_most:
        return say(
            _("{people} people come, this caterer serves {at_most} at most. Choose another one, or say why."),
            people=people,
            at_most=offer.at_most,
        )
    line = offer.menu.budget_line
    total = offer.price * people
    if line is not None and line.amount is not None and total > line.amount:
        return say(
            _("{total} for {people} people is more than “{line}” has: {amount}. Choose another one, or say why."),
            total=f"¥{format_yuan(total)}", people=people, line=line.item, amount=f"¥{format_yuan(line.amount)}",
        )  # fmt: skip
    return None


@transaction.atomic
def keep_dish(
    *,
    menu: Menu,
    course: str,
    name: str,
    actor: User,
    contains: Collection[str] = (),
    is_halal: bool = False,
    is_extra: bool = False,
    dish: Dish | None = None,
) -> Dish:
    """Put a dish on the menu, the last of its course, or change one. Records `hospitality.dish_kept`.

    On a fixed menu only dishes that are served in place of others are added; everything else needs it opened again.
    """
    locked = _opened(menu, actor, is_free=is_extra and dish is None)
    title = wanted(name, "name", 60)
    twins = locked.dishes.filter(name=title)
    if (twins.exclude(pk=dish.pk) if dish else twins).exists():
        raise at_field("name", _("The menu has this dish already."))
    kept = _dish(locked, dish) if dish else Dish(menu=locked)
    if kept.pk and kept.is_extra != is_extra and kept.instead_of.exists():
        raise at_field("is_extra", _("Guests get this dish in place of another one."))
    is_new = kept.pk is None or kept.course != course
    kept.course, kept.name = Course(course), title
    kept.contains = [code for code in Content.values if code in set(contains)]
    kept.is_halal, kept.is_extra = is_halal, is_extra
    kept.save()
    if is_new:
        _number(locked, last=kept)
    record(journal.DISH, actor=actor, subject=locked.subject, data=_told(locked, dish=title))
    return kept


@transaction.atomic
def move_dish(*, dish: Dish, is_up: bool, actor: User) -> None:
    """Serve a dish earlier or later within its course. Records `hospitality.dish_kept`."""
    menu = _opened(dish.menu, actor)
    row = list(menu.dishes.filter(course=dish.course, is_extra=dish.is_extra).order_by("position", "pk"))
    here = next((n for n, one in enumerate(row) if one.pk == dish.pk), -1)
    if here < 0:
        raise wrong(_("Somebody changed the menu meanwhile. Look again."))
    there = here - 1 if is_up else here + 1
    if not 0 <= there < len(row):
        return
    row[here], row[there] = row[there], row[here]
    for one, position in zip(row, sorted(one.position for one in row), strict=True):
        one.position = position
    Dish.objects.bulk_update(row, ["position"])
    record(journal.DISH, actor=actor, subject=menu.subject, data=_told(menu, dish=dish.name))


@transaction.atomic
def remove_dish(*, dish: Dish, actor: User) -> None:
    """Take a dish off the menu. Records `hospitality.dish_removed`; refuses one that guests get in place of another."""
    menu = _opened(dish.menu, actor)
    dish = _dish(menu, dish)
    if dish.instead_of.exists():
        raise wrong(_("Guests get this dish in place of another one."))
    record(journal.DISH_REMOVED, actor=actor, subject=menu.subject, data=_told(menu, dish=dish.name))
    dish.delete()


@transaction.atomic
def fix_menu(*, menu: Menu, actor: User) -> tuple[Menu, tuple[Verdict, ...]]:
    """Fix a menu for those who come now: who and when is written down, and what does not suit whom is told (R-EXE-02, a warning).

    Refuses a menu without dishes and without a caterer. Records `hospitality.menu_fixed` with the number of conflicts.
    """
    locked = _opened(menu, actor)
    if not locked.dishes.filter(is_extra=False).exists():
        raise wrong(_("Enter the dishes first."))
    if not locked.offers.filter(chosen_at__isnull=False).exists():
        raise wrong(_("Choose the caterer first."))
    locked.fixed_at, locked.fixed_by, locked.fixed_people = clock.now(), actor, people_of(locked.session)
    locked.save(update_fields=["fixed_at", "fixed_by", "fixed_people"])
    verdicts = judged(locked)
    data = _told(locked, people=locked.fixed_people, conflicts=len(verdicts))
    record(journal.FIXED, actor=actor, subject=locked.subject, data=data)
    return locked, verdicts


@transaction.atomic
def reopen_menu(*, menu: Menu, reason: str, actor: User) -> Menu:
    """Open a fixed menu again, with a reason. Records `hospitality.menu_reopened`."""
    locked = _opened(menu, actor, is_free=True)
    if not locked.is_fixed:
        raise wrong(_("This menu is not fixed."))
    locked.reopened_reason = wanted(reason, "reason", 200)
    locked.fixed_at = locked.fixed_by = locked.fixed_people = None
    locked.save(update_fields=["reopened_reason", "fixed_at", "fixed_by", "fixed_people"])
    record(
        journal.REOPENED,
        actor=actor,
        subject=locked.subject,
        data=_told(locked, reason=locked.reopened_reason),
    )
    return locked


@transaction.atomic
def substitute(*, guest: Guest, dish: Dish, instead: Dish, actor: User) -> Substitute:
    """Serve a guest another dish instead of one; fixed menus too. Records `hospitality.substitute`.

    Refuses guests without a seat in the session, dishes of other menus, and one that does not suit the guest either.
    """
    menu = _opened(dish.menu, actor, is_free=True, right=Perm.DOOR)
    if instead.menu_id != menu.pk or dish.is_extra or instead.pk == dish.pk:
        raise at_field("instead", _("Choose another dish of this menu."))
    if not guest.places.filter(session=menu.session_id, state=PlaceState.HELD).exists():
        raise wrong(_("This guest has no seat in the session."))
    if forbidden(guest.diet, instead.contains, is_halal=instead.is_halal):
        raise at_field("instead", _("This dish does not suit the guest either."))
    found, _made = Substitute.objects.update_or_create(
        guest=guest, dish=dish, defaults={"instead": instead, "by": actor, "at": clock.now()}
    )
    data = {"guest": guest.pk, "dish": dish.name, "instead": instead.name}
    record(journal.SUBSTITUTE, actor=actor, subject=menu.subject, data=data)
    return found


@transaction.atomic
def drop_substitute(*, substitute: Substitute, actor: User) -> None:
    """Serve the guest what all get. Records `hospitality.substitute_removed`."""
    menu = _opened(substitute.dish.menu, actor, is_free=True, right=Perm.DOOR)
    data = {"guest": substitute.guest_id, "dish": substitute.dish.name}
    record(journal.SUBSTITUTE_REMOVED, actor=actor, subject=menu.subject, data=data)
    substitute.delete()


def warn_of(guest: Guest) -> None:
    """A guest has accepted, or changed what they eat or whom they bring: of each fixed menu that does not suit the party its
    keeper hears once. The notification says neither who nor why; the page does, to those who may see it.
    """
    party = [guest, *guest.companions.filter(reply__in=COMING)]
    menus = Menu.objects.filter(
        fixed_at__isnull=False, session__places__guest=guest, session__places__state=PlaceState.HELD
    )
    for menu in menus.select_related("session", "subject", "keeper"):
        if found := judged(menu, party):
            # Another diet, or a menu that was opened and fixed again, is told again.
            what = stamp(menu.fixed_at, sorted((one.values["guest"], one.values["dish"]) for one in found))
            notify(
                users=[menu.keeper],
                kind=notices.MENU.key,
                say=say(
                    _("A guest replied whom the fixed menu of “{session}” does not suit."),
                    session=menu.session.name,
                ),
                subject=menu.subject,
                address=menu_address(menu),
                key=f"hospitality.menu:{menu.pk}:{guest.pk}:{what}",
            )


def menu_address(menu: Menu) -> str:
    """The page of a menu."""
    from django.urls import reverse

    return reverse("hospitality:menu_detail", args=[menu.subject_id, menu.session_id])


def _opened(menu: Menu, actor: User, *, is_free: bool = False, right: str = Perm.EDIT) -> Menu:
    """The menu locked, its event open; refuses a fixed one unless what is done leaves it as it is."""
    subject = open_table(menu.subject, "", actor, right)
    demand_open(subject)
    locked: Menu = (
        Menu.objects.select_for_update(of=("self",)).select_related("session", "budget_line").get(pk=menu.pk)
    )
    locked.subject = subject
    if locked.is_fixed and not is_free:
        raise wrong(_("The menu is fixed. Open it again with a reason to change it."))
    return locked


def _dish(menu: Menu, dish: Dish) -> Dish:
    found = menu.dishes.filter(pk=dish.pk).first()
    if found is None:
        raise wrong(_("Somebody changed the menu meanwhile. Look again."))
    return found


def _number(menu: Menu, last: Dish) -> None:
    """Number the dishes by courses in the order of serving, with `last` at the end of its course."""
    order = {course: n for n, course in enumerate(Course.values)}
    rows = sorted(
        menu.dishes.all(),
        key=lambda one: (one.is_extra, order[one.course], one.pk == last.pk, one.position, one.pk),
    )
    for number, one in enumerate(rows, 1):
        one.position = number
    Dish.objects.bulk_update(rows, ["position"])


def _told(menu: Menu, **more: object) -> dict[str, object]:
    return {"session": menu.session.name, **more}


def _bracketed(reason: str) -> str:
    return f" ({reason})" if reason else ""
