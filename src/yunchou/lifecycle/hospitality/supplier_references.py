"""Caterers of menus, vehicles and hotels: they follow the supplier that remains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yunchou.directory.suppliers.references import Reference, declare

if TYPE_CHECKING:
    from yunchou.directory.suppliers.models import Supplier
    from yunchou.kernel.identity.models import User


def pass_on_offers(old: Supplier, new: Supplier, actor: User) -> int:
    """Of two offers for one menu the chosen one stays, else that of the supplier that remains."""
    from .models import Offer

    count = 0
    for offer in Offer.objects.select_for_update(of=("self",)).filter(supplier=old).order_by("pk"):
        twin = Offer.objects.filter(menu=offer.menu_id, supplier=new).first()
        count += 1
        if twin is not None and offer.chosen_at is None:
            offer.delete()
            continue
        if twin is not None:
            twin.delete()
        Offer.objects.filter(pk=offer.pk).update(supplier=new)
    return count


declare(
    Reference(
        "hospitality.offers", label=_("Catering offers"), model="hospitality.Offer", field="supplier",
        pass_on=pass_on_offers,
    )
)  # fmt: skip
declare(Reference("hospitality.vehicles", label=_("Vehicles"), model="hospitality.Vehicle", field="supplier"))
declare(
    Reference(
        "hospitality.rooms", label=_("Blocks of rooms"), model="hospitality.RoomBlock", field="supplier"
    )
)
