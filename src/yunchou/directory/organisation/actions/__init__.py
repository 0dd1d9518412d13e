"""Every write to the organisation."""

from .appointments import appoint, end_appointment, set_deputy
from .founding import Company, found_company, found_region, install_defaults
from .people import add_person, change_person, deactivate_person, reactivate_person
from .routes import change_work_route
from .units import change_duties, create_unit, deactivate_unit, reactivate_unit, rename_unit

__all__ = [
    "Company",
    "add_person",
    "appoint",
    "change_duties",
    "change_person",
    "change_work_route",
    "create_unit",
    "deactivate_person",
    "deactivate_unit",
    "end_appointment",
    "found_company",
    "found_region",
    "install_defaults",
    "reactivate_person",
    "reactivate_unit",
    "rename_unit",
    "set_deputy",
]
