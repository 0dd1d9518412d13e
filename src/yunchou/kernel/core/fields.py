"""Columns that databases would otherwise keep in different ways."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django import forms
from django.core import exceptions, validators
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from .money import yuan

FEN = 100
# Below ten trillion yuan, in fen: far inside 64 bits, so that a sum over millions of rows still fits.
LARGEST = 10**15


_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)


class YuanField(models.Field[_ST, _GT]):
    """Yuan as `Decimal` with two places, kept as whole fen.

    SQLite has no exact decimals, PostgreSQL has: sums, conditions and `F()` arithmetic on whole fen give the same on
    both, to the fen. More than two places are refused, never rounded away.
    """

    _pyi_private_set_type: Decimal | int | str | Combinable
    _pyi_private_get_type: Decimal
    description = "yuan with two places, kept as fen"
    default_error_messages = {"places": _("Give at most two decimals.")}
    default_validators = [
        validators.MinValueValidator(-Decimal(LARGEST) / FEN),
        validators.MaxValueValidator(Decimal(LARGEST) / FEN),
    ]

    def get_internal_type(self) -> str:
        return "BigIntegerField"

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(
            **{"form_class": forms.DecimalField, "max_digits": 15, "decimal_places": 2, **kwargs}
        )

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-2)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        try:
            amount = Decimal(str(value))
            exact = yuan(amount)
        except (InvalidOperation, ValueError) as error:
            raise exceptions.ValidationError(_("Give an amount in yuan."), code="invalid") from error
        if exact != amount:
            raise exceptions.ValidationError(self.error_messages["places"], code="places")
        return exact

    def get_prep_value(self, value: Any) -> int | None:
        if hasattr(value, "resolve_expression"):
            return value  # type: ignore[no-any-return]
        amount = self.to_python(value)
        return None if amount is None else int(amount * FEN)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)
