"""Whole numbers no column can hold are equal to nothing, in lists and references as elsewhere.

A form's choice or an address may bring any number. Django answers `pk=2**70` with "no row" but hands the same number in a list or
as a reference to SQLite, whose driver refuses it with an error nobody expects; PostgreSQL compares it and finds nothing.
"""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db.models import ForeignKey, IntegerField
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn
from django.db.models.lookups import In

LIMIT: Final = 2**63
"""One more than the greatest number of the widest column."""


def is_holdable(value: Any) -> bool:
    """Whether a column can hold a whole number; of anything else nothing is said."""
    return not isinstance(value, int) or -LIMIT <= value < LIMIT


class _ListWithin:
    """A list without the numbers no column can hold; an empty list is "no row" already."""

    rhs: Any

    def get_prep_lookup(self) -> Any:
        prepared = super().get_prep_lookup()  # type: ignore[misc]
        return list(filter(is_holdable, prepared)) if isinstance(prepared, list) else prepared


@IntegerField.register_lookup
class IntegerIn(_ListWithin, In):
    pass


@ForeignKey.register_lookup
class ReferenceIn(_ListWithin, RelatedIn):
    pass


@ForeignKey.register_lookup
class ReferenceExact(RelatedExact):
    def process_rhs(self, compiler: Any, connection: Any) -> Any:
        if not is_holdable(self.rhs):
            raise EmptyResultSet
        return super().process_rhs(compiler, connection)
