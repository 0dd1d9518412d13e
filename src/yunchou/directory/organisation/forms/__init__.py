"""Forms of the organisation, and the pickers that the forms of all rooms above use (`pickers`)."""

from .leadership import ReportForm, RhythmForm, RiskForm
from .meetings import FollowUpForm, MinutesForm, NewSeriesForm, OutcomeForm, PlanForm, SeriesForm
from .people import (
    AppointForm,
    DeputyForm,
    EndForm,
    HandOverForm,
    MoveForm,
    NewPersonForm,
    PersonForm,
    RoleForm,
)
from .personnel import (
    AssessmentForm,
    CandidateForm,
    OpeningChangeForm,
    OpeningForm,
    ResultsForm,
    TrainingForm,
)
from .pickers import (
    PeopleField,
    PeopleSelect,
    PersonField,
    PersonSelect,
    PositionField,
    UnitField,
    UnitSelect,
    day_field,
    lines_field,
)
from .service_points import NewPointForm, PointForm
from .staffing import CentreForm, StandardForm
from .units import DutiesForm, RenameForm, UnitForm, WorkRouteForm

__all__ = [
    "AppointForm",
    "AssessmentForm",
    "CandidateForm",
    "CentreForm",
    "DeputyForm",
    "DutiesForm",
    "EndForm",
    "FollowUpForm",
    "HandOverForm",
    "MinutesForm",
    "MoveForm",
    "NewPersonForm",
    "NewPointForm",
    "NewSeriesForm",
    "OpeningChangeForm",
    "OpeningForm",
    "OutcomeForm",
    "PeopleField",
    "PeopleSelect",
    "PersonField",
    "PersonForm",
    "PersonSelect",
    "PlanForm",
    "PointForm",
    "PositionField",
    "RenameForm",
    "ReportForm",
    "ResultsForm",
    "RhythmForm",
    "RiskForm",
    "RoleForm",
    "SeriesForm",
    "StandardForm",
    "TrainingForm",
    "UnitField",
    "UnitForm",
    "UnitSelect",
    "WorkRouteForm",
    "day_field",
    "lines_field",
]
