"""Forms of the organisation, and the pickers of people and units that the forms of all rooms above use.

    owner = PersonField(label=_("Owner"))                   # cleans to a `User`
    unit = UnitField(label=_("Unit"), required=False)       # cleans to a `Unit` or None

Their pages need `{% scripts_for "select" %}` in the `scripts` block, also when the form opens as a dialog.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.search import full_pinyin, initials
from yunchou.kernel.identity.models import Position, Unit, User

from ..selectors import flat, place_name, tree


def keys_of(typed: Iterable[Any]) -> list[str]:
    """Of what came as keys, those that a database can hold."""
    return [text for text in map(str, typed) if text.isascii() and text.isdecimal() and len(text) < 19]


class PersonSelect(forms.Select):
    """A field one types into: name, pinyin, initials, user name. Choices come from `organisation:people_options`."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        remote = {"data-pick": "", "data-pick-url": reverse_lazy("organisation:people_options")}
        super().__init__({**remote, **(attrs or {})})

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Only who is chosen is written into the page, however many people there are."""
        field_choices = self.choices
        chosen = [v for v in value if v]
        if isinstance(field_choices, ModelChoiceIterator):
            people = field_choices.queryset.filter(pk__in=keys_of(chosen))
            self.choices = [("", ""), *((p.pk, str(p)) for p in people)]
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = field_choices


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One active person: `owner = PersonField(label=_("Owner"))`; `people=` limits who is accepted (not who is offered)."""

    widget = PersonSelect

    def __init__(self, *, people: Any = None, **options: Any) -> None:
        super().__init__(queryset=User.objects.active() if people is None else people, **options)


class UnitField(forms.TypedChoiceField):
    """One active unit, drawn as the tree; found by name, pinyin and initials. Cleans to the `Unit`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            coerce=self._unit, empty_value=None, choices=_unit_choices, widget=UnitSelect, **options
        )

    @staticmethod
    def _unit(value: str) -> Unit:
        return Unit.objects.get(pk=value)


class UnitSelect(forms.Select):
    """Options carry the words by which they are found."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-pick": "", **(attrs or {})}, choices)

    def use_required_attribute(self, initial: Any) -> bool:
        """The first option is always the empty one, so the tree need not be read to find out."""
        return not self.is_hidden

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        words = str(option["label"])
        option["attrs"]["data-search"] = f"{full_pinyin(words)} {initials(words)}"
        return option


def _unit_choices() -> list[tuple[int | str, str]]:
    return [("", ""), *((node.unit.pk, place_name(node.unit)) for node in flat(tree(counts_people=False)))]


class PositionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One position; cleans to its code, which is what actions take."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Position.objects.all(),
            label=_("Position"),
            to_field_name="code",
            empty_label="",
            **options,
        )

    def clean(self, value: Any) -> str:
        position = super().clean(value)
        return position.code if position else ""


def day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def lines_field(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 4}))


class PeopleSelect(forms.SelectMultiple):
    """Like `PersonSelect`, for several people."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        remote = {"data-pick": "", "data-pick-url": reverse_lazy("organisation:people_options")}
        super().__init__({**remote, **(attrs or {})})

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Only those chosen are written into the page."""
        field_choices = self.choices
        if isinstance(field_choices, ModelChoiceIterator):
            people = field_choices.queryset.filter(pk__in=keys_of(value))
            self.choices = [(p.pk, str(p)) for p in people]
        try:
            return super().optgroups(name, value, attrs)
        finally:
            self.choices = field_choices


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several active people: `people = PeopleField(label=_("Participants"))`."""

    widget = PeopleSelect

    def __init__(self, *, people: Any = None, **options: Any) -> None:
        super().__init__(queryset=User.objects.active() if people is None else people, **options)
