"""Forms of rooms and stays."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.preparation.forms.shared import FIRST_DAY, LAST_DAY, text, yuan
from yunchou.directory.organisation.forms.pickers import PersonField
from yunchou.directory.suppliers.models import Supplier
from yunchou.directory.suppliers.selectors import choosable
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm
from yunchou.lifecycle.events.models import GONE, Guest

from ..actions.rooms import BlockFacts, StayFacts, block_stamp, stay_stamp
from ..models import RoomBlock, Sharing, Stay
from ..selectors.rooms import RoomLine, may_stay
from .travel import GuestChoice, line_field


def day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)], **options,
    )  # fmt: skip


class BlockForm(SeenForm):
    """Rooms of one kind in one hotel."""

    hotel = text(pgettext_lazy("rooms", "Hotel"), 80)
    room_type = text(pgettext_lazy("rooms", "Kind of room"), 40)
    beds = forms.IntegerField(label=pgettext_lazy("rooms", "Beds in a room"), min_value=1, max_value=8)
    rooms = forms.IntegerField(label=pgettext_lazy("rooms", "Rooms held"), min_value=1, max_value=2000)
    first_on = day(pgettext_lazy("rooms", "First night"))
    until_on = day(pgettext_lazy("rooms", "Until the morning of"))
    price = yuan(pgettext_lazy("rooms", "A room a night"))
    cutoff_on = day(
        pgettext_lazy("rooms", "Rooms go back until"), required=False,
        help_text=_("Who is in charge owes the final number by then."),
    )  # fmt: skip
    keeper: Any = PersonField(label=pgettext_lazy("rooms", "In charge"))
    agreement = text(pgettext_lazy("rooms", "Contract or booking number"), 60, required=False)

    def __init__(self, data: Any, *, user: User, subject: Subject, block: RoomBlock | None = None) -> None:
        initial: dict[str, Any] = {"keeper": user.pk, "beds": 1}
        if block:
            names = (
                "hotel",
                "room_type",
                "beds",
                "rooms",
                "first_on",
                "until_on",
                "price",
                "cutoff_on",
                "agreement",
                "reason",
            )
            initial = {name: getattr(block, name) for name in names}
            initial |= {
                "keeper": block.keeper_id, "supplier": block.supplier_id, "budget_line": block.budget_line_id,
                "seen": block_stamp(block),
            }  # fmt: skip
        super().__init__(data, initial=initial)
        found = choosable(user)
        if block and block.supplier_id:
            found = Supplier.objects.filter(pk__in=[*found.values_list("pk", flat=True), block.supplier_id])
        self.fields["supplier"] = forms.ModelChoiceField(
            found, label=_("Supplier"), required=False, empty_label="—"
        )
        self.fields["budget_line"] = line_field(subject)
        self.fields["reason"] = text(_("Reason, where the budget line has too little"), 200, required=False)

    @property
    def facts(self) -> BlockFacts:
        return BlockFacts(**{k: v for k, v in self.cleaned_data.items() if k not in ("seen", "reason")})


class SettleForm(forms.Form):
    """The final number of rooms."""

    def __init__(self, data: Any, *, block: RoomBlock) -> None:
        super().__init__(data, initial={"rooms": block.rooms})
        self.fields["rooms"] = forms.IntegerField(
            label=_("Rooms that stay"), min_value=1, max_value=block.rooms,
            help_text=gettext("Of {count} that are held; the rest goes back.").format(count=block.rooms),
        )  # fmt: skip


class NumberForm(forms.Form):
    """Which room it is."""

    number = text(pgettext_lazy("rooms", "Room number"), 12, required=False)


class StayForm(SeenForm):
    """Which nights somebody stays, and with whom."""

    from_on = day(pgettext_lazy("rooms", "First night"))
    until_on = day(pgettext_lazy("rooms", "Leaves on"))
    sharing = forms.ChoiceField(label=pgettext_lazy("rooms", "Shares the room"), choices=Sharing.choices)

    def __init__(
        self, data: Any, *, subject: Subject, guest: Guest | None, stay: Stay | None, nights: dict[str, Any]
    ) -> None:
        initial: dict[str, Any] = dict(nights)
        if stay:
            initial = {name: getattr(stay, name) for name in ("from_on", "until_on", "sharing", "note")}
            initial["with_guest"] = stay.with_guest_id
        super().__init__(data, initial={**initial, "seen": stay_stamp(stay) if guest else ""})
        others = Guest.objects.filter(subject=subject).exclude(reply__in=GONE).select_related("companion_of")
        pick = forms.Select(attrs={"data-pick": ""})
        if guest is None:
            self.fields = {
                "guest": GuestChoice(may_stay(subject), label=_("Guest"), widget=pick),
                **self.fields,
            }
        self.fields["with_guest"] = GuestChoice(
            others.exclude(pk=guest.pk if guest else 0).order_by("name_key", "pk"), label=pgettext_lazy("rooms", "With whom"),
            required=False, empty_label="—", widget=forms.Select(attrs={"data-pick": ""}),
            help_text=_("Both have to agree to it."),
        )  # fmt: skip
        self.fields["note"] = text(pgettext_lazy("rooms", "Wishes"), 200, required=False)

    @property
    def facts(self) -> StayFacts:
        return StayFacts(**{k: v for k, v in self.cleaned_data.items() if k not in ("seen", "guest")})


class AssignForm(SeenForm):
    """Which room somebody gets: those with a free bed, among roommates who agree."""

    room = forms.TypedChoiceField(label=pgettext_lazy("rooms", "Room"), coerce=int)

    def __init__(self, data: Any, *, stay: Stay, fitting: list[RoomLine]) -> None:
        super().__init__(data, initial={"room": stay.room_id, "seen": stay_stamp(stay)})
        choice: Any = self.fields["room"]
        choice.choices = [(line.room.pk, _words(line)) for line in fitting]


def _words(line: RoomLine) -> str:
    told = [str(line.room.block), str(line.room)]
    told += [pgettext("rooms", "with {name}").format(name=one.guest.name) for one in line.stays]
    return " · ".join(told)
