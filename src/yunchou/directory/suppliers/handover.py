"""Suppliers that a leaver is in charge of pass to the successor, with the duties to renew their papers."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.duties.actions import reassign
from yunchou.kernel.duties.handover import goes_with_object
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.handovers import Handover, Item, declare
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from . import journal
from .duties import RENEWAL
from .models import Supplier


def _kept(user: User) -> QuerySet[Supplier]:
    found: QuerySet[Supplier] = Supplier.objects.living().filter(keeper=user)
    return found.select_related("subject__unit").order_by("pk")


def _preview(user: User) -> list[Item]:
    return [Item(s.name, s.get_absolute_url(), say(_("in charge of the supplier"))) for s in _kept(user)]


def _pass_on(user: User, to: User, actor: User) -> int:
    kept = list(_kept(user))
    list(Subject.objects.select_for_update().filter(pk__in=[s.pk for s in kept]).order_by("pk"))
    for supplier in kept:
        supplier.keeper = to
        supplier.save(update_fields=["keeper"])
        for duty in Duty.objects.open().filter(kind=RENEWAL.key, subject=supplier.pk, owner=user):
            reassign(duty=duty, to=to, actor=actor)
        data = {"supplier": supplier.name, "what": say(_("person in charge")), "to": to.username}
        record(journal.CHANGED, actor=actor, subject=supplier.subject, data=data)
    return len(kept)


goes_with_object(RENEWAL.key)
declare(
    Handover("suppliers", gettext_lazy("Suppliers in charge of"), _preview, _pass_on, "building-store", 45)
)
