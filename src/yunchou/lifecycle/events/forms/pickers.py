"""Pickers of guests, for the forms of all rooms of the event: typed into, however long the list is.

    guest = GuestField(label=_("Guest"), required=False)      # cleans to a `Guest` or None
    guests = GuestsField(label=_("Guests"))                   # cleans to several

    form.fields["guest"].of(subject)                          # whose guests; in the form's own `__init__`

Their pages need `{% scripts_for "select" %}` in the `scripts` block, also when the form opens as a dialog.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator
from django.urls import reverse

from yunchou.directory.organisation.forms.pickers import keys_of
from yunchou.kernel.subjects.models import Subject

from ..models import Guest


def _only_chosen(widget: Any, draw: Any, name: str, value: list[Any], attrs: Any) -> list[Any]:
    """Only who is chosen is written into the page."""
    every = widget.choices
    if isinstance(every, ModelChoiceIterator):
        chosen = every.queryset.filter(pk__in=keys_of(one for one in value if one))
        first = [] if widget.allow_multiple_selected else [("", "")]
        widget.choices = [*first, *((one.pk, str(one)) for one in chosen)]
    try:
        return list(draw(name, value, attrs))
    finally:
        widget.choices = every


class GuestSelect(forms.Select):
    """A field one types into: the beginning of the name, pinyin, initials, the last four digits."""

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        return _only_chosen(self, super().optgroups, name, value, attrs)


class GuestsSelect(forms.SelectMultiple):
    """Like `GuestSelect`, for several guests."""

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        return _only_chosen(self, super().optgroups, name, value, attrs)


def _point(field: Any, subject: Subject, people: Any) -> None:
    field.queryset = Guest.objects.live().filter(subject=subject) if people is None else people
    url = reverse("events:guest_options", args=[subject.pk])
    field.widget.attrs |= {"data-pick": "", "data-pick-url": url}


class GuestField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One guest of one event, once `of` has said of which; `people` limits who is accepted (not who is offered)."""

    widget = GuestSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Guest.objects.none(), **options)

    def of(self, subject: Subject, people: Any = None) -> None:
        _point(self, subject, people)


class GuestsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several guests of one event."""

    widget = GuestsSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=Guest.objects.none(), **options)

    def of(self, subject: Subject, people: Any = None) -> None:
        _point(self, subject, people)
