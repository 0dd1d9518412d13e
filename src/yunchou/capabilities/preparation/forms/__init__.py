"""Forms of venues, bookings, rows, stock, trainings and research."""

from .people import AttendanceForm, TrainingForm
from .research import AttachForm, ResearchForm
from .rows import (
    AcceptForm,
    ArrivalForm,
    CheckForm,
    ConfirmTripForm,
    HandInForm,
    OrderForm,
    PrintForm,
    ProofForm,
    PublishForm,
    ReachForm,
    ReviewForm,
    SendForm,
)
from .shared import FIRST_DAY, LAST_DAY, FileForm, ReasonForm, shown
from .stock import MoveForm, StockItemForm
from .venues import BookingForm, BookingProofForm, ClosureForm, ProlongForm, VenueForm

__all__ = [
    "FIRST_DAY",
    "LAST_DAY",
    "AcceptForm",
    "ArrivalForm",
    "AttachForm",
    "AttendanceForm",
    "BookingForm",
    "BookingProofForm",
    "CheckForm",
    "ClosureForm",
    "ConfirmTripForm",
    "FileForm",
    "HandInForm",
    "MoveForm",
    "OrderForm",
    "PrintForm",
    "ProlongForm",
    "ProofForm",
    "PublishForm",
    "ReachForm",
    "ReasonForm",
    "ResearchForm",
    "ReviewForm",
    "SendForm",
    "StockItemForm",
    "TrainingForm",
    "VenueForm",
    "shown",
]
