"""Forms of the stock."""

from __future__ import annotations

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
from ..events import event_kinds
from ..models import PERSONAL, MoveKind, StockItem, SupplyKind
from ..permissions import Perm
from .shared import quantity, text


class StockItemForm(SeenForm):
    """A kind of thing in the stock."""

    name = text(pgettext_lazy("stock", "Item"), 80)
    unit: Any = UnitField(label=_("Stock of"))
    kind = forms.ChoiceField(label=pgettext_lazy("preparation", "Kind"), choices=SupplyKind.choices)
    measure = text(pgettext_lazy("preparation", "Measure"), 12)
    place = text(_("Where it lies"), 80, required=False)
    minimum = quantity(_("Least stock"), min_value=0, initial=0)

    def __init__(self, *args: Any, user: User, item: StockItem | None = None, **kwargs: Any) -> None:
        if item is not None:
            known = {name: getattr(item, name) for name in ("name", "kind", "measure", "place", "minimum")}
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
