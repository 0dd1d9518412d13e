"""Menu entry, quick create and the tabs that are the campaign's own."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.counting import Countable
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui import nav, quick_create
from yunchou.kernel.ui.subject_pages import tab
from yunchou.kernel.ui.ways import Way, way_out
from yunchou.lifecycle.planning.models import Item

from .models import Campaign
from .permissions import Perm

CAMPAIGN = frozenset({"campaign"})


def _unarchived(user: User) -> Countable:
    """The campaigns the person sees that are not put away."""
    return Campaign.objects.visible_to(user).exclude(status__in=["archived", "cancelled"])


nav.entry(
    key="campaigns",
    label=_("Campaigns"),
    icon="speakerphone",
    url_name="campaigns:campaign_list",
    order=30,
    count=_unarchived,
    phone=40,
)
quick_create.entry(
    key="campaign",
    label=_("Campaign"),
    icon="speakerphone",
    url_name="campaigns:campaign_create",
    perm=Perm.CREATE,
    order=10,
)


@way_out("R-BUD-05", order=40)
def change_of_the_plan(verdict: Any) -> Way | None:
    """More for the plan item, by a change of its plan."""
    kind, _colon, item = str(verdict.values.get("giver", "")).partition(":")
    if kind != "item" or not item.isdecimal():
        return None
    plan = Item.objects.filter(pk=int(item)).values_list("subject", flat=True).first()
    address = reverse("planning:plan_items", args=[plan]) if plan else ""
    return Way(_("Change the plan"), f"{address}#items-{item}", "route") if address else None


tab("overview", _("Overview"), order=10, url_name="campaigns:campaign_detail", subject_kinds=CAMPAIGN)
tab("proposal", _("Proposal"), order=20, url_name="campaigns:proposal_detail", subject_kinds=CAMPAIGN)
tab(
    "timeline",
    _("Timeline"),
    order=15,
    url_name="campaigns:timeline",
    subject_kinds=CAMPAIGN,
    under="overview",
)
