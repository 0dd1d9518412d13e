"""Forms of the stock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.directory.organisation.forms import PersonField
from yunchou.directory.organisation.forms.pickers import UnitField
from yunchou.kernel.access.selectors import units_with, visible_subjects
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm

from ..actions import item_stamp
from ..actions.site import Settled
from ..events import event_kinds
from ..models import PERSONAL, MoveKind, StockItem, SupplyKind
from ..permissions import Perm
from ..selectors.site import SiteLine
from .shared import quantity, text, yuan


class StockItemForm(SeenForm):
    """A kind of thing in the stock."""

    name = text(pgettext_lazy("stock", "Item"), 80)
    unit: Any = UnitField(label=_("Stock of"))
    kind = forms.ChoiceField(label=pgettext_lazy("preparation", "Kind"), choices=SupplyKind.choices)
    measure = text(pgettext_lazy("preparation", "Measure"), 12)
    place = text(_("Where it lies"), 80, required=False)
    minimum = quantity(_("Least stock"), min_value=0, initial=0)
    worth = yuan(
        _("Worth each"), required=False, help_text=_("What one costs when it is lost or wasted on site.")
    )

    def __init__(self, *args: Any, user: User, item: StockItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            known = {
                name: getattr(item, name) for name in ("name", "kind", "measure", "place", "minimum", "worth")
            }
            kwargs["initial"] = {**known, "seen": item_stamp(item)}
        super().__init__(*args, **kwargs)
        self.user = user
        if item is not None:
            del self.fields["unit"]

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        unit = read.get("unit")
        if unit is not None and not units_with(self.user, Perm.KEEP_STOCK).filter(pk=unit.pk).exists():
            self.add_error("unit", str(_("You may not keep this stock.")))
        return read


class MoveForm(forms.Form):
    """One movement of an item."""

    kind = forms.ChoiceField(label=_("Movement"), choices=MoveKind.choices)
    quantity = quantity(
        pgettext_lazy("preparation", "Quantity"), min_value=0, help_text=_("Of a count: what was found.")
    )
    person: Any = PersonField(
        label=pgettext_lazy("preparation", "Person"),
        required=False,
        help_text=_("To whom it is handed out, or who returns it."),
    )
    activity: Any = forms.ModelChoiceField(
        label=_("For the activity"), queryset=Subject.objects.none(), required=False, empty_label=_("None"),
        widget=forms.Select(attrs={"data-pick": ""}),
    )  # fmt: skip
    note = text(pgettext_lazy("preparation", "Note"), 200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["activity"]
        field.queryset = visible_subjects(user).filter(kind__in=event_kinds()).order_by("-pk")

    def clean(self) -> dict[str, Any]:
        read: dict[str, Any] = super().clean() or {}
        if read.get("kind") in PERSONAL and not read.get("person"):
            self.add_error("person", str(_("Name the person.")))
        return read


class IssueForm(forms.Form):
    """Something from the stock for a person on site."""

    person: Any = PersonField(label=pgettext_lazy("preparation", "Person"))
    quantity = quantity(pgettext_lazy("preparation", "Quantity"), min_value=0)
    note = text(pgettext_lazy("preparation", "Note"), 200, required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        found = StockItem.objects.visible_to(user).filter(quantity__gt=0).order_by("name", "pk")
        item = StockChoice(
            found, label=pgettext_lazy("stock", "Item"), widget=forms.Select(attrs={"data-pick": ""})
        )
        self.fields = {"item": item, **self.fields}


class StockChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An item with how much of it is there."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {obj.quantity.normalize():f} {obj.measure}"


class SettleForm(forms.Form):
    """What became of what somebody was issued."""

    returned = quantity(pgettext_lazy("on site", "Came back"), min_value=0, required=False)
    used = quantity(pgettext_lazy("on site", "Used up"), min_value=0, required=False)
    lost = quantity(pgettext_lazy("on site", "Lost"), min_value=0, required=False)
    wasted = quantity(pgettext_lazy("on site", "Wasted"), min_value=0, required=False)
    worth = yuan(_("Worth each"), required=False, help_text=_("Of what was lost or wasted."))
    reason = text(_("Reason"), 160, required=False, help_text=_("Wanted where something was lost or wasted."))

    def __init__(self, data: Any, *, line: SiteLine) -> None:
        super().__init__(data, initial={"returned": f"{line.left.normalize():f}", "worth": line.item.worth})

    @property
    def facts(self) -> Settled:
        read = self.cleaned_data
        return Settled(*(read[name] or Decimal(0) for name in ("returned", "used", "lost", "wasted")))
