"""Every write to the organisation."""

from .appointments import appoint, end_appointment, set_deputy, set_main_post
from .exchange import (
    apply_lists,
    content_of,
    export_lists,
    hand_in_lists,
    look_at_lists,
    start_applying,
)
from .founding import Company, found_company, found_region, install_defaults
from .handover import hand_over
from .leadership import issue_report, note_risk, owe_centre_reports, set_report_rhythm
from .meetings import (
    add_follow_up,
    change_follow_up,
    change_series,
    close_follow_up,
    end_series,
    open_series,
    plan_meeting,
    reopen_follow_up,
    write_minutes,
)
from .people import add_person, change_person, deactivate_person, reactivate_person
from .personnel import (
    Outcome,
    add_candidate,
    assess_candidate,
    change_recruitment,
    change_training,
    close_recruitment,
    keep_training,
    open_recruitment,
    record_results,
    set_trainees,
    tell_of_personnel,
)
from .routes import change_work_route
from .service_points import change_point, close_point, register_point, reopen_point
from .staffing import change_standard, set_centre
from .units import change_duties, create_unit, deactivate_unit, move_unit, reactivate_unit, rename_unit

__all__ = [
    "Company",
    "Outcome",
    "add_candidate",
    "add_follow_up",
    "add_person",
    "apply_lists",
    "appoint",
    "assess_candidate",
    "change_duties",
    "change_follow_up",
    "change_person",
    "change_point",
    "change_recruitment",
    "change_series",
    "change_standard",
    "change_training",
    "change_work_route",
    "close_follow_up",
    "close_point",
    "close_recruitment",
    "content_of",
    "create_unit",
    "deactivate_person",
    "deactivate_unit",
    "end_appointment",
    "end_series",
    "export_lists",
    "found_company",
    "found_region",
    "hand_in_lists",
    "hand_over",
    "install_defaults",
    "issue_report",
    "keep_training",
    "look_at_lists",
    "move_unit",
    "note_risk",
    "open_recruitment",
    "open_series",
    "owe_centre_reports",
    "plan_meeting",
    "reactivate_person",
    "reactivate_unit",
    "record_results",
    "register_point",
    "rename_unit",
    "reopen_follow_up",
    "reopen_point",
    "set_centre",
    "set_deputy",
    "set_main_post",
    "set_report_rhythm",
    "set_trainees",
    "start_applying",
    "tell_of_personnel",
    "write_minutes",
]
