"""Forms of the care of guests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.capabilities.preparation.forms.shared import moment, shown, text, words, yuan
from yunchou.capabilities.preparation.models import StockItem, SupplyKind
from yunchou.capabilities.preparation.selectors.stock import kept_by
from yunchou.directory.organisation.forms.pickers import PersonField
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.directory.suppliers.selectors import choosable
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm
from yunchou.lifecycle.events.models import Guest

from ..actions.care import LONGEST
from ..actions.menus import menu_stamp
from ..diets import forbidden
from ..models import Content, Course, Dish, GiftLine, Menu, Offer, ReceptionTask, TaskKind

WHO_LABELS = {
    "vip": _("Important guests"),
    "high_end": _("High-end clients"),
    "key": _("Key clients"),
    "heads": _("All who accepted, without companions"),
    "all": _("All who accepted, with companions"),
}


class MenuForm(SeenForm):
    """Who is in charge of a meal, and what it is paid from."""

    keeper = PersonField(
        label=pgettext_lazy("menu", "In charge"),
        help_text=_("Is told of guests whom the menu does not suit."),
    )

    def __init__(self, *args: Any, subject: Subject, user: User, menu: Menu | None, **kwargs: Any) -> None:
        kwargs["initial"] = (
            {
                "keeper": menu.keeper_id,
                "budget_line": menu.budget_line_id,
                "note": menu.note,
                "seen": menu_stamp(menu),
            }
            if menu
            else {"keeper": user.pk}
        )
        super().__init__(*args, **kwargs)
        lines = BudgetLine.objects.filter(subject=subject).exclude(item="").order_by("position")
        self.fields["budget_line"] = forms.ModelChoiceField(
            lines, label=_("Budget line"), required=False, empty_label="—"
        )
        self.fields["note"] = words(pgettext_lazy("menu", "Note to the kitchen"), 2, 300, required=False)


class OfferForm(forms.Form):
    """What a caterer asks."""

    def __init__(self, *args: Any, user: User, offer: Offer | None = None, **kwargs: Any) -> None:
        if offer is not None:
            kwargs["initial"] = {
                "supplier": offer.supplier_id, "price": offer.price, "at_most": offer.at_most, "note": offer.note,
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        found = choosable(user).filter(kinds__kind=Supply.CATERING)
        if offer is not None:
            found = Supplier.objects.filter(pk=offer.supplier_id)
        self.fields["supplier"] = forms.ModelChoiceField(
            found, label=_("Caterer"), empty_label=None if offer else ""
        )
        self.fields["price"] = yuan(_("Price per head with tax"))
        self.fields["at_most"] = forms.IntegerField(
            label=_("For how many at most"), min_value=1, max_value=100_000
        )
        self.fields["note"] = text(pgettext_lazy("menu", "Note"), 200, required=False)


class ChooseForm(forms.Form):
    """Why this caterer, where scale or budget speak against it."""

    reason = words(_("Reason"), 2, 200, required=False)


class DishForm(forms.Form):
    """A dish and what it contains."""

    course = forms.ChoiceField(label=pgettext_lazy("menu", "Course"), choices=Course.choices)
    name = text(pgettext_lazy("menu", "Dish"), 60)
    contains = forms.MultipleChoiceField(
        label=pgettext_lazy("menu", "Contains"), choices=Content.choices, required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    is_halal = forms.BooleanField(label=_("From a halal kitchen"), required=False)
    is_extra = forms.BooleanField(label=_("Only in place of another dish"), required=False)

    def __init__(self, *args: Any, menu: Menu, dish: Dish | None = None, **kwargs: Any) -> None:
        if dish is not None:
            names = ("course", "name", "contains", "is_halal", "is_extra")
            kwargs["initial"] = {name: getattr(dish, name) for name in names}
        elif menu.is_fixed:
            kwargs["initial"] = {"is_extra": True}
        super().__init__(*args, **kwargs)


class SubstituteForm(forms.Form):
    """What a guest gets instead of a dish; only what suits them is offered."""

    def __init__(self, *args: Any, dish: Dish, guest: Guest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fits = [
            one.pk
            for one in dish.menu.dishes.all()
            if one.pk != dish.pk and not forbidden(guest.diet, one.contains, is_halal=one.is_halal)
        ]
        found = Dish.objects.filter(pk__in=fits).order_by("-is_extra", "position")
        self.fields["instead"] = forms.ModelChoiceField(
            found, label=pgettext_lazy("menu", "Gets instead"), empty_label=None, initial=found.first(),
            help_text=_("Dishes that suit the guest; those made only in place of others come first."),
        )  # fmt: skip


class LineForm(forms.Form):
    """Something from the stock that is given."""

    def __init__(self, *args: Any, user: User, line: GiftLine | None = None, **kwargs: Any) -> None:
        if line is not None:
            kwargs["initial"] = {"item": line.item_id, "value": line.value, "note": line.note}
        super().__init__(*args, **kwargs)
        found = (
            StockItem.objects.filter(pk=line.item_id)
            if line
            else kept_by(user).filter(kind__in=[SupplyKind.GIFT, SupplyKind.OTHER])
        )
        self.fields["item"] = forms.ModelChoiceField(
            found.order_by("name"), label=_("Item in stock"), empty_label=None
        )
        self.fields["value"] = yuan(_("Worth each"))
        self.fields["note"] = text(pgettext_lazy("gift", "Note"), 120, required=False)


class PlanForm(forms.Form):
    """For whom a gift is set aside in one go."""

    who = forms.ChoiceField(label=_("For whom"), choices=list(WHO_LABELS.items()))
    quantity = forms.IntegerField(label=_("Pieces each"), min_value=1, max_value=99, initial=1)


class GuestGiftForm(forms.Form):
    """A gift for one guest."""

    def __init__(self, *args: Any, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = GiftLine.objects.filter(subject=subject).select_related("item")
        self.fields["line"] = forms.ModelChoiceField(
            lines, label=pgettext_lazy("gift", "Gift"), empty_label=None
        )
        self.fields["quantity"] = forms.IntegerField(
            label=pgettext_lazy("gift", "Pieces"), min_value=1, max_value=99, initial=1
        )


class HostsForm(forms.Form):
    """Who looks after which guests."""

    host = PersonField(label=_("Personal host"))

    def __init__(self, *args: Any, guests: Any, chosen: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guests"] = forms.ModelMultipleChoiceField(
            guests,
            label=pgettext_lazy("hospitality", "Guests"),
            widget=forms.CheckboxSelectMultiple,
            initial=chosen,
        )


class BriefForm(SeenForm):
    """What a host has to know."""

    words = words(_("What the host has to know"), 5, LONGEST, required=False)


class TaskForm(forms.Form):
    """A task of reception."""

    kind = forms.ChoiceField(label=pgettext_lazy("reception", "Task"), choices=TaskKind.choices)
    person = PersonField(label=pgettext_lazy("reception", "Person"))
    starts_at = moment(pgettext_lazy("reception", "From"))
    ends_at = moment(pgettext_lazy("reception", "Until"))
    place = text(pgettext_lazy("reception", "Place"), 80, required=False)
    note = text(pgettext_lazy("reception", "Note"), 200, required=False)

    def __init__(self, *args: Any, task: ReceptionTask | None = None, **kwargs: Any) -> None:
        if task is not None:
            kwargs["initial"] = {
                "kind": task.kind, "person": task.person_id, "place": task.place, "note": task.note,
                "starts_at": shown(task.starts_at), "ends_at": shown(task.ends_at),
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].widget.attrs["step"] = "300"
