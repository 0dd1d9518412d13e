"""Fields that the forms of this room have in common."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse

from yunchou.directory.customers.models.people import CustomerQuerySet
from yunchou.directory.customers.selectors.find import customers_of
from yunchou.kernel.core import clock
from yunchou.kernel.subjects.models import Subject

MOMENT: Final = "%Y-%m-%dT%H:%M"
PLAIN: Final = {"autocomplete": "off"}


def line(label: Any, length: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **options)


def words(label: Any, length: int, rows: int = 2, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def phone_field(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=40, widget=forms.TextInput({**PLAIN, "inputmode": "tel"}), **options
    )


def yuan(label: Any, **options: Any) -> forms.DecimalField:
    widget = forms.NumberInput(attrs={"step": "0.01", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label, max_digits=12, decimal_places=2, min_value=0, widget=widget, **options
    )


def moment(label: Any, **options: Any) -> forms.DateTimeField:
    """A moment of this century, in Asia/Shanghai."""
    return forms.DateTimeField(
        label=label,
        validators=[
            MinValueValidator(clock.moment(date(2000, 1, 1))),
            MaxValueValidator(clock.moment(date(2099, 12, 31))),
        ],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        **options,
    )


class CustomersSelect(forms.SelectMultiple):
    """A field one types customers into; only those that are chosen are written into the page."""

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        return [
            (None, [self.create_option(name, key, label, True, n)], n)
            for n, (key, label) in enumerate(_chosen(self.choices, value))
        ]


class CustomerSelect(forms.Select):
    """The same for one."""

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        return [
            (None, [self.create_option(name, key, label, True, n)], n)
            for n, (key, label) in enumerate(_chosen(self.choices, value))
        ]


def _chosen(choices: Any, value: list[Any]) -> list[tuple[str, str]]:
    """Keys and names of those chosen, as far as the field offers them."""
    keys = [int(one) for one in value if str(one).isascii() and str(one).isdecimal() and len(str(one)) < 19]
    return [(str(pk), name) for pk, name in choices.queryset.filter(pk__in=keys).values_list("pk", "name")]


def customers_in(subject: Subject) -> CustomerQuerySet:
    """The living customers of the activity's company."""
    return customers_of(subject.unit).living()


def offer_customers(field: Any, subject: Subject, among: str = "customers") -> None:
    """Accept customers of the activity's company, and ask the server for choices."""
    field.queryset = customers_in(subject)
    address = reverse("sales:customer_options", args=[subject.pk, among])
    field.widget.attrs.update({"data-pick": "", "data-pick-url": address})
