"""Every write to a campaign: its draft (`drafting`), its proposal (`proposal`) and changes of it
(`changes`), its course (`course`), its dates (`dates`); `splits` tells campaigns that pass a limit together.

The rows of its tables are written by `kernel.sheets` or by the rooms that own them.
"""

from .aims import add_aim, keep_aim, state_purpose
from .audiences import add_audience, keep_audience
from .changes import campaign_amended, drop_change, open_amendment, open_change, send_change
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
from .drafting import (
    change_overview,
    classify,
    confirm_goal,
    confirm_principles,
    create_campaign,
    next_code,
)
from .goals import add_suggested_goal, set_indicators
from .proposal import (
    campaign_approved,
    campaign_rejected,
    campaign_returned,
    campaign_withdrawn,
    submit_campaign,
    withdraw_campaign,
)

__all__ = [
    "add_aim",
    "add_audience",
    "add_suggested_goal",
    "archive_campaign",
    "campaign_amended",
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
    "confirm_principles",
    "create_campaign",
    "drop_change",
    "keep_aim",
    "keep_audience",
    "next_code",
    "open_amendment",
    "open_change",
    "redate_campaign",
    "resume_campaign",
    "send_change",
    "set_indicators",
    "start_campaign",
    "start_planning",
    "start_preparation",
    "state_purpose",
    "submit_campaign",
    "suspend_campaign",
    "withdraw_campaign",
]
