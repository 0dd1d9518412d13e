"""Every write to figures and alerts."""

from .alerts import answer_alert, sign_alert, watch
from .readings import MAX_POINTS, READINGS, Point, PointError, PointsRefused, Recorded, record_readings
from .targets import keep_goals, take_goals
from .terms import Terms, set_terms

__all__ = [
    "MAX_POINTS",
    "READINGS",
    "Point",
    "PointError",
    "PointsRefused",
    "Recorded",
    "Terms",
    "answer_alert",
    "keep_goals",
    "record_readings",
    "set_terms",
    "sign_alert",
    "take_goals",
    "watch",
]
