"""What evaluation says to the moves of a campaign."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.lifecycle.campaigns import flow as campaigns
from yunchou.lifecycle.campaigns.models import Campaign

from .selectors import without_actual


@campaigns.EVALUATE.guard
def every_goal_has_an_actual(campaign: Campaign) -> Say | None:
    """A goal without an actual value keeps the evaluation open (R-EVA-06, EVA-01).

    So does a part of the four indicators of a high-end event for which nobody has said why there is none (EVA-03).
    """
    if missing := without_actual(campaign.subject):
        return say(_("The evaluation stays open: no actual value for {goals}."), goals="、".join(missing))
    return None
