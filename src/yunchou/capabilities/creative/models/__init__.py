from .basis import ASKED, ActivityForm, AudienceGroup, Study, StudyUse
from .contents import ContentItem
from .drafts import Draft, DraftVersion, Remark
from .final import FinalPlan
from .rewards import Entry, Grant, Lottery, Offer, Prize, Win, masked
from .switches import Repriced, Shifted, Switch

__all__ = [
    "ASKED", "ActivityForm", "AudienceGroup", "ContentItem", "Draft", "DraftVersion", "Entry", "FinalPlan", "Grant", "Lottery",
    "Offer", "Prize", "Remark", "Repriced", "Shifted", "Study", "StudyUse", "Switch", "Win", "masked",
]  # fmt: skip
