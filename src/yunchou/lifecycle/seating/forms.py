"""Forms of the seating plan: furniture, one seat, one guest, who is kept apart."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import SeenForm
from yunchou.lifecycle.events.models import GONE, Guest

from .actions.furnishing import TableFacts, stamp_of
from .models import CELLS, SEATS, TABLES, Shape, Table
from .selectors.rooms import Room, Sitter


def number(label: Any, most: int, least: int = 1, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **options)


def reason(**options: Any) -> forms.CharField:
    """Why somebody sits in a VIP block who is no VIP."""
    return forms.CharField(
        label=pgettext_lazy("seating", "Why in the VIP block"),
        max_length=120,
        required=False,
        help_text=_("Only where somebody who is no important guest sits in a VIP block."),
        **options,
    )


class FurnishForm(forms.Form):
    """So many tables or rows at once."""

    shape = forms.ChoiceField(label=pgettext_lazy("seating", "Kind"), choices=Shape.choices)
    count = number(pgettext_lazy("seating", "How many"), TABLES)
    seats = number(pgettext_lazy("seating", "Seats at each"), SEATS)
    is_vip = forms.BooleanField(label=_("VIP block"), required=False)


class TableForm(SeenForm):
    """One table or row."""

    name = forms.CharField(
        label=pgettext_lazy("seating", "Name"),
        max_length=24,
        help_text=_("A number or a letter is enough; the door tells it with the seat."),
    )
    shape = forms.ChoiceField(label=pgettext_lazy("seating", "Kind"), choices=Shape.choices)
    seats = number(pgettext_lazy("seating", "Seats"), SEATS)
    serving = number(
        _("Serving order"), TABLES, required=False, help_text=_("1 is served first; empty: whenever.")
    )
    x = number(pgettext_lazy("seating", "Spot, from the left"), CELLS)
    y = number(pgettext_lazy("seating", "Spot, from the front"), CELLS)
    is_vip = forms.BooleanField(
        label=_("VIP block"), required=False, help_text=_("For important guests and whom they bring.")
    )

    @classmethod
    def of(cls, table: Table, data: Any) -> TableForm:
        kept = ("name", "shape", "seats", "serving", "x", "y", "is_vip")
        return cls(data, initial={"seen": stamp_of(table), **{name: getattr(table, name) for name in kept}})

    @property
    def facts(self) -> TableFacts:
        read = {key: value for key, value in self.cleaned_data.items() if key != "seen"}
        return TableFacts(**read)


def person_words(one: Sitter) -> str:
    """A guest as a choice: `林晓雯 · ★ · 云栖地产 · T3 · 5`."""
    guest = one.guest
    with_whom = gettext("with {name}").format(name=one.head) if one.head else ""
    told = (guest.name, "★" if guest.is_vip else "", guest.organisation, with_whom, one.seat)
    return " · ".join(part for part in told if part)


def seats_seen(told: object) -> dict[str, str] | None:
    """The seats on which a page showed people, by the number of their place; None where it does not say so."""
    return {str(key): str(seat) for key, seat in told.items()} if isinstance(told, dict) else None


class ChairForm(forms.Form):
    """Who sits on one seat: those without a seat first, then those who would move."""

    place = forms.ChoiceField(label=pgettext_lazy("seating", "Guest"))
    with_party = forms.BooleanField(label=_("With everybody who comes along"), required=False)
    why = reason()
    # Where those who have a seat sat when the choice was shown; whoever is not in it had none.
    seen = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, room: Room, is_vip: bool) -> None:
        super().__init__(
            data, initial={"seen": {str(one.place): one.seat for one in room.people if one.table}}
        )
        rest = [(str(one.place), person_words(one)) for one in room.people if not one.table]
        seated = [(str(one.place), person_words(one)) for one in room.people if one.table]
        groups = [(gettext("Without a seat"), rest), (gettext("Move here"), seated)]
        choice: Any = self.fields["place"]
        choice.choices = [("", ""), *(group for group in groups if group[1])]
        if not is_vip:
            del self.fields["why"]

    @property
    def seen_seat(self) -> str:
        """The seat on which the chosen guest was shown; nothing for one without a seat."""
        return self.seen_all.get(self.cleaned_data["place"], "")

    @property
    def seen_all(self) -> dict[str, str]:
        """The seats on which everybody was shown."""
        return seats_seen(self.cleaned_data["seen"]) or {}


class PersonForm(forms.Form):
    """Where one guest sits."""

    spot = forms.ChoiceField(label=pgettext_lazy("seating", "Seat"))
    with_party = forms.BooleanField(label=_("With everybody who comes along"), required=False)
    why = reason()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    # Where those who come along sat when the dialog was shown.
    seen_all = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, room: Room, sitter: Sitter) -> None:
        spot = f"{sitter.table}-{sitter.number}" if sitter.table else ""
        party = {str(one.place): one.seat for one in room.people if one.table and one.party == sitter.party}
        super().__init__(
            data, initial={"seen": sitter.seat, "seen_all": party, "spot": spot, "why": sitter.why}
        )
        groups = [
            (
                one.label + (f" · {gettext('VIP block')}" if one.table.is_vip else ""),
                [
                    (f"{one.table.pk}-{chair.number}", f"{one.label} · {chair.number}")
                    for chair in one.chairs
                    if chair.sitter is None or chair.sitter.place == sitter.place
                ],
            )
            for one in room.furniture
        ]
        choice: Any = self.fields["spot"]
        choice.choices = [("", ""), *(group for group in groups if group[1])]
        if sitter.is_important or not any(one.table.is_vip for one in room.furniture):
            del self.fields["why"]
        if not sitter.head and not sitter.brings:
            del self.fields["with_party"]

    @property
    def chosen(self) -> tuple[int, int]:
        """The table and the number."""
        table, _dash, number = self.cleaned_data["spot"].partition("-")
        return int(table), int(number)


class ReasonForm(forms.Form):
    """Why somebody sits in a VIP block, asked after the move was refused; what was moved goes along."""

    why = reason(widget=forms.TextInput(attrs={"autofocus": True}))
    place = forms.IntegerField(widget=forms.HiddenInput)
    table = forms.IntegerField(widget=forms.HiddenInput)
    number = forms.IntegerField(widget=forms.HiddenInput)
    other = forms.IntegerField(widget=forms.HiddenInput, required=False)
    party = forms.BooleanField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_other = forms.CharField(widget=forms.HiddenInput, required=False)
    seen_all = forms.CharField(widget=forms.HiddenInput, required=False)


class ApartForm(forms.Form):
    """Guests of the event who are not to sit together."""

    guests = forms.ModelMultipleChoiceField(
        Guest.objects.none(),
        label=pgettext_lazy("seating", "Guests"),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, subject: Subject) -> None:
        super().__init__(data)
        chosen: Any = self.fields["guests"]
        coming = Guest.objects.filter(subject=subject).exclude(reply__in=GONE)
        chosen.queryset = coming.order_by("pinyin", "pk")
