"""Menu entries, quick create, and the tab on the pages of activities."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.counting import Countable
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui import nav, quick_create
from yunchou.kernel.ui.subject_pages import tab

from .permissions import Perm

nav.entry(
    key="purchases",
    label=pgettext_lazy("menu", "Purchases"),
    url_name="purchasing:purchase_list",
    order=20,
    perm=Perm.VIEW,
    under="money",
)
nav.entry(
    key="contracts",
    label=pgettext_lazy("menu", "Contracts"),
    url_name="purchasing:contract_list",
    order=30,
    perm=Perm.VIEW,
    under="money",
)
quick_create.entry(
    key="purchase",
    label=_("Purchase"),
    icon="shopping-cart",
    url_name="purchasing:purchase_create",
    perm=Perm.REQUEST,
    order=45,
)


def _count(subject: Subject) -> Countable:
    from .models import Purchase, Status  # models are not ready while tabs are declared

    return Purchase.objects.filter(activity=subject).exclude(status__in=[Status.CANCELLED, Status.REJECTED])


tab(
    "purchases",
    pgettext_lazy("tab", "Purchases"),
    order=35,
    url_name="purchasing:activity_purchases",
    perm=Perm.VIEW,
    count=_count,
    under="budget",
)
