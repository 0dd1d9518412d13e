"""Forms of the service network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import Unit

from ..models import PointKind
from ..selectors import place_name
from .pickers import PersonField, day_field


class PointForm(forms.Form):
    """What the register says of a service point."""

    community = forms.CharField(label=_("Community"), max_length=60)
    name = forms.CharField(label=_("Name of the service point"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind of service point"), choices=PointKind.choices)
    address = forms.CharField(label=_("Address of the place"), max_length=160)
    services = forms.CharField(label=_("Services"), max_length=200, required=False)
    hours = forms.CharField(label=_("Opening hours"), max_length=60, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    keeper = PersonField(label=_("Person in charge"), required=False)


class NewPointForm(PointForm):
    """A new point, of one of the clubs that the person keeps."""

    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Customer club"), empty_label=None)
    opened_on = day_field(_("Opened"))
    field_order = ["unit"]

    def __init__(self, *args: Any, clubs: Iterable[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        known = list(clubs)
        field.queryset = Unit.objects.filter(pk__in=[club.pk for club in known]).select_related("parent")
        field.choices = [(club.pk, place_name(club)) for club in known]
