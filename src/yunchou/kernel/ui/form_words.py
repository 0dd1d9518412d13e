"""What forms say of a field, in the words of the product instead of Django's: one place, so that all pages speak alike.

Cells of tables say the same sentences (`kernel/sheets`).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy as ngettext

MISSING = _("This must be filled in.")
NO_NUMBER = _("This is not a plain number.")
NOT_WHOLE = _("This must be a whole number.")
NO_DATE = _("This is not a date.")
NOT_OFFERED = _("Choose one of those that are offered.")
NO_FILE = _("Choose a file.")
TOO_LARGE = _("The number is too large.")

FIELDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": MISSING},
    forms.IntegerField: {"invalid": NOT_WHOLE},
    forms.FloatField: {"invalid": NO_NUMBER},
    forms.DecimalField: {"invalid": NO_NUMBER},
    forms.DateField: {"invalid": NO_DATE},
    forms.TimeField: {"invalid": _("This is not a time.")},
    forms.DateTimeField: {"invalid": _("This is not a date with a time.")},
    forms.ChoiceField: {"invalid_choice": NOT_OFFERED},
    forms.MultipleChoiceField: {"invalid_choice": NOT_OFFERED, "invalid_list": NOT_OFFERED},
    forms.ModelChoiceField: {"invalid_choice": NOT_OFFERED},
    forms.ModelMultipleChoiceField: {
        "invalid_choice": NOT_OFFERED,
        "invalid_pk_value": NOT_OFFERED,
        "invalid_list": NOT_OFFERED,
    },
    forms.FileField: {
        "required": NO_FILE,
        "invalid": NO_FILE,
        "missing": NO_FILE,
        "empty": _("The file is empty."),
    },
}
"""The sentence of each fault, by the field that first speaks of it; fields derived from it say the same."""

TOO_FINE: Any = ngettext("At most %(max)s decimal place.", "At most %(max)s decimal places.", "max")
TOO_LONG: Any = ngettext(
    "At most %(limit_value)d character; these are %(show_value)d.",
    "At most %(limit_value)d characters; these are %(show_value)d.",
    "limit_value",
)
TOO_SHORT: Any = ngettext(
    "At least %(limit_value)d character; these are %(show_value)d.",
    "At least %(limit_value)d characters; these are %(show_value)d.",
    "limit_value",
)


def settle() -> None:
    """Put the sentences into place; once, at the start."""
    for field, words in FIELDS.items():
        field.default_error_messages = {**field.__dict__.get("default_error_messages", {}), **words}
    validators.MinValueValidator.message = _("At least %(limit_value)s.")
    validators.MaxValueValidator.message = _("At most %(limit_value)s.")
    validators.MinLengthValidator.message = TOO_SHORT
    validators.MaxLengthValidator.message = TOO_LONG
    numbers: dict[str, Any] = {
        "invalid": NO_NUMBER,
        "max_digits": TOO_LARGE,
        "max_decimal_places": TOO_FINE,
        "max_whole_digits": TOO_LARGE,
    }
    validators.DecimalValidator.messages = numbers
