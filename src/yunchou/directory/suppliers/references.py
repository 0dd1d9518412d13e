"""Where other rooms point to suppliers, so that making two suppliers one loses nothing.

    # purchasing/supplier_references.py, found at start
    declare(Reference("purchasing.quotes", label=_("Quotes"), model="purchasing.Quote", field="supplier", lines=quotes_of))
    declare(Reference("ledger.entries", label=_("Ledger entries"), model="ledger.Entry", field="supplier", stays=True))

Rows of a reference are moved to the supplier that remains, by `pass_on` where a plain change of the key will not do. What is
append-only `stays` with the old row, which leads to the new one (`selectors.same_as`). A foreign key that no room has declared
stops every merge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import ForeignObjectRel, Model
from django.utils.functional import Promise

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text

if TYPE_CHECKING:
    from yunchou.kernel.identity.models import User

    from .models import Supplier


@dataclass(frozen=True)
class UseLine:
    """One thing a supplier was used in, as its page shows it."""

    title: Text
    address: str = ""
    note: Text = ""


@dataclass(frozen=True)
class Reference:
    """A foreign key of another room to a supplier.

    `pass_on(old, new, actor)` moves the rows and says how many; `lines(supplier, user)` lists for the page of the
    supplier what the person may see, newest first.
    """

    key: str
    label: str | Promise
    model: str
    field: str
    stays: bool = False
    pass_on: Callable[[Supplier, Supplier, User], int] | None = None
    lines: Callable[[Supplier, User], Sequence[UseLine]] | None = None

    @property
    def rows(self) -> type[Model]:
        return apps.get_model(self.model)

    def move(self, old: Supplier, new: Supplier, actor: User) -> int:
        """Point to `new` what pointed to `old`; says how many rows. What stays is left alone."""
        if self.stays:
            return 0
        if self.pass_on:
            return self.pass_on(old, new, actor)
        return self.rows._default_manager.filter(**{self.field: old}).update(**{self.field: new})


references: Registry[Reference] = Registry("reference to suppliers")


def declare(reference: Reference) -> Reference:
    """Make a reference known; called once at import of a room's `supplier_references.py`."""
    return references.add(reference.key, reference)


def undeclared() -> list[str]:
    """Foreign keys to suppliers from other rooms that nobody has declared, as `app.Model.field`."""
    from .models import Supplier

    known = {(reference.model.lower(), reference.field) for reference in references}
    found = []
    # Hidden ones too: most foreign keys here have no name on the other side (`related_name="+"`).
    for relation in Supplier._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel):
            continue
        model, field = relation.related_model._meta, relation.field.name
        if model.app_label != "suppliers" and (model.label_lower, field) not in known:
            found.append(f"{model.label}.{field}")
    return sorted(found)


def require_all() -> None:
    """Refuse to go on while a foreign key is undeclared: its rows would be left behind unnoticed."""
    if missing := undeclared():
        raise ImproperlyConfigured(f"declare in supplier_references.py: {', '.join(missing)}")
