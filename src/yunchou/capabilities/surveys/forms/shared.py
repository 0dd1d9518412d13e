"""Fields that the forms of this room have in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse

from yunchou.directory.customers.models import Customer
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User

MOMENT: Final = "%Y-%m-%dT%H:%M"


def line(label: Any, length: int = 120, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=length, **options)


def words(label: Any, rows: int = 3, length: int = 2000, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, widget=forms.Textarea(attrs={"rows": rows}), **options
    )


def moment(label: Any, **options: Any) -> forms.DateTimeField:
    """A moment of this century, in Asia/Shanghai; others would leave the calendar."""
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


def typed(at: datetime | None) -> str:
    """A moment as a field shows it."""
    return clock.local(at).strftime(MOMENT) if at else ""


class CustomerSelect(forms.Select):
    """A field one types a client into; choices come from `surveys:customer_options`."""

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        """Only who is chosen is written into the page, however many clients there are."""
        return [
            (None, [self.create_option(name, key, label, True, n)], n)
            for n, (key, label) in enumerate(_chosen(self.choices, value))
        ]


class CustomersSelect(forms.SelectMultiple):
    """The same for several clients."""

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> list[Any]:
        return [
            (None, [self.create_option(name, key, label, True, n)], n)
            for n, (key, label) in enumerate(_chosen(self.choices, value))
        ]


def _chosen(choices: Any, value: list[Any]) -> list[tuple[str, str]]:
    """Keys and names of those chosen, as far as the field offers them."""
    keys = [int(one) for one in value if str(one).isascii() and str(one).isdecimal() and len(str(one)) < 19]
    return [(str(pk), name) for pk, name in choices.queryset.filter(pk__in=keys).values_list("pk", "name")]


def offer_customers(field: Any, user: User, subject_id: int) -> None:
    """Accept the clients that the person sees, and ask the server for choices."""
    field.queryset = Customer.objects.visible_to(user).living()
    address = reverse("surveys:customer_options", args=[subject_id])
    field.widget.attrs.update({"data-pick": "", "data-pick-url": address})
