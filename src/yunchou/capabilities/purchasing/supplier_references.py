"""Where suppliers offer, bid and deliver: what becomes of it when two suppliers are made one, and what their page tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from yunchou.directory.suppliers.references import Reference, UseLine, declare
from yunchou.kernel.core.money import format_yuan

if TYPE_CHECKING:
    from yunchou.directory.suppliers.models import Supplier
    from yunchou.kernel.identity.models import User


def quotes_of(supplier: Supplier, user: User) -> Sequence[UseLine]:
    """The purchases for which the supplier has offered, newest first."""
    from .models import Purchase, Quote

    seen = Purchase.objects.visible_to(user)
    found = Quote.objects.filter(supplier=supplier, purchase__in=seen, withdrawn_at=None)
    return [
        UseLine(one.purchase.title, one.purchase.get_absolute_url(), one.purchase.get_status_display())
        for one in found.select_related("purchase").order_by("-pk")[:20]
    ]


def contracts_of(supplier: Supplier, user: User) -> Sequence[UseLine]:
    """The contracts with the supplier, newest first."""
    from .models import Contract
    from .selectors import contract_rows

    found = Contract.objects.visible_to(user).filter(supplier=supplier).order_by("-pk")[:20]
    return [
        UseLine(
            f"{row.contract.number} {row.contract.title}",
            row.contract.get_absolute_url(),
            f"¥{format_yuan(row.money.amount)} {row.contract.get_status_display()}",
        )
        for row in contract_rows(list(found))
    ]


def moved(model: str, owner: str) -> Callable[[Supplier, Supplier, User], int]:
    """Moves the rows of a model, but those of an `owner` in which both suppliers are: there each keeps what it handed in."""

    def move(old: Supplier, new: Supplier, actor: User) -> int:
        from django.apps import apps

        rows: Any = apps.get_model("purchasing", model)._default_manager
        both = rows.filter(supplier=new).values(owner)
        count: int = rows.filter(supplier=old).exclude(**{f"{owner}__in": both}).update(supplier=new)
        return count

    return move


declare(
    Reference(
        "purchasing.quotes", label=_("Quotes"), model="purchasing.Quote", field="supplier",
        pass_on=moved("Quote", "purchase"), lines=quotes_of,
    )
)  # fmt: skip
declare(
    Reference(
        "purchasing.invitations", label=_("Invitations to bid"), model="purchasing.Invitation", field="supplier",
        pass_on=moved("Invitation", "tender"),
    )
)  # fmt: skip
declare(
    Reference(
        "purchasing.bids",
        label=_("Bids"),
        model="purchasing.Bid",
        field="supplier",
        pass_on=moved("Bid", "tender"),
    )
)
declare(
    Reference(
        "purchasing.contracts", label=_("Contracts"), model="purchasing.Contract", field="supplier",
        pass_on=moved("Contract", "purchase"), lines=contracts_of,
    )
)  # fmt: skip
