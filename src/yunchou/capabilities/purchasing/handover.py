"""Contracts that a leaver is in charge of pass to the successor, with what is owed of them."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.duties.handover import goes_with_object
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import User

from .actions.contracting import pass_contract
from .actions.shared import lock
from .duties import INSTALMENT
from .models import Contract, ContractStatus

OVER = (ContractStatus.COMPLETED, ContractStatus.CANCELLED)


def _kept(user: User) -> QuerySet[Contract]:
    found: QuerySet[Contract] = Contract.objects.filter(keeper=user).exclude(status__in=OVER)
    return found.select_related("subject__unit", "keeper").order_by("pk")


def _preview(user: User) -> list[Item]:
    words = say(_("in charge of the contract"))
    return [Item(f"{one.number} {one.title}", one.get_absolute_url(), words) for one in _kept(user)]


def _pass_on(user: User, to: User, actor: User) -> int:
    kept = list(_kept(user))
    lock(*(one.pk for one in kept))
    for contract in kept:
        pass_contract(contract, to, actor)
    return len(kept)


goes_with_object(INSTALMENT.key)
declare(Handover("contracts", gettext_lazy("Contracts in charge of"), _preview, _pass_on, "file-text", 46))
