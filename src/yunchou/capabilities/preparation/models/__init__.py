"""Venues, the tables of a preparation, stock, trainings, research and the word to go ahead."""

from .going import GoAhead
from .people import Attendance, Attendee, Topic, Training
from .research import FINDINGS, Research, ResearchUse, Source
from .rows import (
    Acceptance,
    Agreement,
    Check,
    CheckState,
    PartyKind,
    Post,
    Print,
    Publicity,
    PublicityChannel,
    Review,
    ReviewedRow,
    Speaker,
    SpeakerKind,
    Supply,
    SupplyKind,
    Trip,
    TripPart,
)
from .stock import ADDING, PERSONAL, Holding, MoveKind, Outcome, StockItem, StockMove
from .venues import STEP, TAKING, Booking, BookingState, Layout, Seating, Slot, Surroundings, Venue

__all__ = [
    "ADDING", "FINDINGS", "PERSONAL", "STEP", "TAKING", "Acceptance", "Agreement", "Attendance", "Attendee", "Booking",
    "BookingState", "Check", "CheckState", "GoAhead", "Holding", "Layout", "MoveKind", "Outcome", "PartyKind", "Post", "Print",
    "Publicity", "PublicityChannel", "Research", "ResearchUse", "Review", "ReviewedRow", "Seating", "Slot", "Source",
    "Speaker", "SpeakerKind", "StockItem", "StockMove", "Supply", "SupplyKind", "Surroundings", "Topic", "Training",
    "Trip", "TripPart", "Venue",
]  # fmt: skip
