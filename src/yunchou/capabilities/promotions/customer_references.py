"""What becomes of coupons and forwarding tasks when customers are merged or erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.sales.actions import close_own_forms
from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.references import Reference, declare

from .actions.shared import OWNER
from .models import Coupon, Forward, Promoter


def forget_coupons(customer: Customer) -> int:
    """Codes, dates and shops stay as figures; why one was taken back goes, and what its form was known by."""
    return Coupon.objects.filter(customer=customer).update(void_why="", key=None)


def forget_promoters(customer: Customer) -> int:
    """How often they forwarded stays as a number; the group, what showed it and the link by which they invited go."""
    own = Promoter.objects.filter(customer=customer)
    Forward.objects.filter(promoter__in=own).update(proof="")
    for one in own.select_related("task__subject"):
        close_own_forms(subject=one.task.subject, forms=[one.form_id], owned_by=OWNER)
    return own.update(group="")


declare(Reference("promotions.Coupon", "customer", label=_("Coupons"), forget=forget_coupons))
declare(Reference("promotions.Promoter", "customer", label=_("Forwarding tasks"), forget=forget_promoters))
