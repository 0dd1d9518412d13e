"""Forms about a person and about the posts he or she holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock

from .pickers import PersonField, PositionField, UnitField, day_field


class PersonForm(forms.Form):
    """Name and ways to reach a person."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    employee_no = forms.CharField(label=_("Employee number"), max_length=30, required=False)


class NewPersonForm(PersonForm):
    """An account, and if wanted the first post."""

    username = forms.CharField(
        label=_("User name"), max_length=60, help_text=_("Letters and digits; stays the same for good.")
    )
    password = forms.CharField(
        label=_("Initial password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; hand it over in person."),
    )
    position = PositionField(required=False)
    valid_from = day_field(_("First day"), required=False)
    field_order = ["name", "username", "password", "position", "employee_no", "email", "phone", "valid_from"]


class AppointForm(forms.Form):
    """A position in a unit, from a day to a day."""

    unit = UnitField(label=_("Unit"))
    position = PositionField()
    valid_from = day_field(_("First day"), required=False, help_text=_("Left empty: at once."))
    valid_to = day_field(_("Last day"), required=False, help_text=_("Left empty: until further notice."))


class DeputyForm(forms.Form):
    """Who stands in, from a day to a day."""

    deputy = PersonField(label=_("Deputy"))
    valid_from = day_field(_("First day"), required=False, help_text=_("Left empty: at once."))
    valid_to = day_field(_("Last day"), required=False, help_text=_("Left empty: until further notice."))


class EndForm(forms.Form):
    last_day = day_field(_("Last day"), required=False, help_text=_("Left empty: the appointment ends now."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].initial = clock.today


class MoveForm(forms.Form):
    """Another place in the tree."""

    parent = UnitField(label=_("Stands below"))


class RoleForm(forms.Form):
    """Who holds an approval role of the unit that is open, from a day to a day."""

    person = PersonField(label=_("Holder"))
    valid_from = day_field(_("First day"), required=False, help_text=_("Left empty: at once."))
    valid_to = day_field(_("Last day"), required=False, help_text=_("Left empty: until further notice."))


class HandOverForm(forms.Form):
    """Who goes on with a leaver's work."""

    to = PersonField(label=_("Successor"))
    closes_account = forms.BooleanField(
        label=_("Close the account at once and end all posts"), required=False, initial=True
    )
