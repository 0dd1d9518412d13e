"""Forms about rights: how far a grant reaches, further units of one post, and the questions of the pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import Scope, rights
from yunchou.kernel.access.rooms import by_room
from yunchou.kernel.identity.models import Unit

from ..selectors import flat, place_name, tree
from ..selectors.audit import AuditFilter, kind_choices
from .pickers import PersonField, UnitField, UnitSelect, day_field


class UnitsSelect(UnitSelect, forms.SelectMultiple):
    """Several units, found by name, pinyin and initials."""


class UnitsField(forms.TypedMultipleChoiceField):
    """Some active units, drawn as the tree; cleans to a list of `Unit`, each with everything below it meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=[], choices=_choices, widget=UnitsSelect, **options)

    def clean(self, value: Any) -> list[Unit]:
        return list(Unit.objects.filter(pk__in=super().clean(value)).order_by("path"))


def _choices() -> list[tuple[int, str]]:
    return [(node.unit.pk, place_name(node.unit)) for node in flat(tree(counts_people=False))]


class GrantForm(forms.Form):
    """How far a right of a position reaches."""

    scope = forms.ChoiceField(label=_("Scope"), choices=Scope.choices, widget=forms.Select)
    units = UnitsField(
        label=_("Chosen units"),
        required=False,
        help_text=_("Only for the scope “chosen units”; each with everything below it."),
    )
    reason = forms.CharField(
        label=_("Reason of the exception"),
        max_length=200,
        required=False,
        help_text=_("This right is kept to other positions; the reason stands in the journal."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    confirmed = forms.BooleanField(widget=forms.HiddenInput, required=False)


class RightField(forms.ChoiceField):
    """One right of the product, under its room."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=right_choices, widget=forms.Select(attrs={"data-pick": ""}), **options)


def right_choices() -> list[tuple[str, Any]]:
    return [
        ("", ""),
        *((room, [(right.key, right.label) for right in listed]) for room, listed in by_room(rights)),
    ]


class ExtraGrantForm(forms.Form):
    """A right that one post brings in further units."""

    right = RightField(label=_("Right"))
    units = UnitsField(label=_("Units"), required=False, help_text=_("Left empty: the further grant ends."))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class WhoForm(forms.Form):
    """Who may do what, and where."""

    right = RightField(label=_("Right"))
    unit = UnitField(label=_("In the unit"), required=False)
    code = forms.CharField(label=_("Or on one thing, by its code"), required=False, max_length=40)
    q = forms.CharField(label=_("Name, position, unit"), required=False, max_length=60)


class AuditForm(forms.Form):
    """Which entries of the journal."""

    person = PersonField(label=_("Person"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind of entry"), required=False, widget=forms.Select(attrs={"data-pick": ""})
    )
    code = forms.CharField(label=_("Code of the thing"), required=False, max_length=40)
    since = day_field(_("From"), required=False)
    until = day_field(_("Until"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", ""), *kind_choices()]  # type: ignore[attr-defined]

    def filters(self) -> AuditFilter:
        """What was asked for, as far as it makes sense."""
        given = self.cleaned_data if self.is_valid() or hasattr(self, "cleaned_data") else {}
        return AuditFilter(**{name: given[name] for name in self.fields if given.get(name)})
