"""Every write to the archive: items and the summary (`filing`), the package (`sealing`)."""

from .filing import file_item, write_summary
from .sealing import archive_campaign, check_package, request_archive, take_package

__all__ = [
    "archive_campaign",
    "check_package",
    "file_item",
    "request_archive",
    "take_package",
    "write_summary",
]
