"""Where other rooms point to customers, so that merging two loses nothing and erasing one leaves nothing.

    # events/customer_references.py, found at start
    declare(Reference("events.Guest", "customer", label=_("Events"), forget=forget_guest))
    declare(Reference("sales.Entry", "customer", stays=True))      # append-only: stays with the old row, which leads to the new

A foreign key that no room has declared is moved row by row; a row that its table does not let have a second time (somebody
is a guest of an event under both records) stays with the merged record, which stays readable and leads to the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import ForeignObjectRel, Model

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Text

if TYPE_CHECKING:
    from yunchou.kernel.identity.models import User

    from .models import Customer

OWN = "customers"


@dataclass(frozen=True)
class Reference:
    """A foreign key of another room to a customer.

    `pass_on(old, new, actor)` moves the rows where a plain change of the key will not do and says how many; `forget(customer)`
    takes away what the room copied of an erased customer; `conceal(customer)`, called in the transaction that moves somebody
    into the store apart, takes away or writes under the keys of that store what the room copied of their contacts (CUS-06).
    """

    model: str
    field: str
    label: Text = ""
    stays: bool = False
    pass_on: Callable[[Customer, Customer, User], int] | None = None
    forget: Callable[[Customer], int] | None = None
    conceal: Callable[[Customer], None] | None = None

    @property
    def key(self) -> str:
        return f"{self.model.lower()}.{self.field}"

    @property
    def rows(self) -> type[Model]:
        return apps.get_model(self.model)

    def move(self, old: Customer, new: Customer, actor: User) -> int:
        """Point to `new` what pointed to `old`; says how many rows."""
        if self.stays:
            return 0
        if self.pass_on:
            return self.pass_on(old, new, actor)
        manager, moved = self.rows._default_manager, 0
        for pk in list(manager.filter(**{self.field: old}).values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    moved += manager.filter(pk=pk).update(**{self.field: new})
            except IntegrityError:
                continue
        return moved


declared: Registry[Reference] = Registry("reference to customers")


def declare(reference: Reference) -> Reference:
    """Make a reference known; called once at import of a room's `customer_references.py`."""
    return declared.add(reference.key, reference)


def references() -> list[Reference]:
    """Every foreign key of other rooms to customers, as declared or by the general way."""
    from .models import Customer

    found = []
    for relation in Customer._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model._meta.app_label == OWN:
            continue
        if relation.many_to_many:
            continue
        plain = Reference(relation.related_model._meta.label, relation.field.name)
        found.append(declared.get(plain.key) or plain)
    return found
