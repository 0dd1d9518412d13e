"""Every write to a campaign: its draft (`drafting`), its proposal (`proposal`), its course (`course`), its dates (`dates`).

The rows of its tables are written by `kernel.sheets` or by the rooms that own them.
"""

from .course import (
    archive_campaign,
    cancel_campaign,
    close_campaign,
    complete_evaluation,
    resume_campaign,
    start_campaign,
    start_planning,
    start_preparation,
    suspend_campaign,
)
from .dates import redate_campaign
from .drafting import change_overview, classify, confirm_goal, create_campaign, next_code
from .proposal import (
    campaign_approved,
    campaign_rejected,
    campaign_returned,
    campaign_withdrawn,
    submit_campaign,
    withdraw_campaign,
)

__all__ = [
    "archive_campaign",
    "campaign_approved",
    "campaign_rejected",
    "campaign_returned",
    "campaign_withdrawn",
    "cancel_campaign",
    "change_overview",
    "classify",
    "close_campaign",
    "complete_evaluation",
    "confirm_goal",
    "create_campaign",
    "next_code",
    "redate_campaign",
    "resume_campaign",
    "start_campaign",
    "start_planning",
    "start_preparation",
    "submit_campaign",
    "suspend_campaign",
    "withdraw_campaign",
]
