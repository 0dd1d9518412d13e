"""Clearing away what uploads left behind, and reading everything once a month."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from yunchou.kernel.core.restoring import content_holders
from yunchou.kernel.jobs.registry import Queue, schedule

from . import store
from .selectors import orphans, verify_files

log = logging.getLogger(__name__)


@schedule("files.clear_away", cron="40 3 * * *", queue=Queue.BULK, is_atomic=False)
def clear_away(fire_at: datetime) -> None:
    """Delete temporary files and content without rows that are older than a day; no content while a copy of the data from
    before a restore is put aside, since who goes back to that one needs it."""
    store.clear_temporary()
    if any(holds() for holds in content_holders):
        log.info("content without rows stays: a copy of the data from before a restore may still speak of it")
        return
    for sha256 in list(orphans(older_than=timedelta(days=1))):
        store.discard(sha256)


@schedule("files.verify", cron="0 4 1 * *", queue=Queue.BULK, is_atomic=False)
def verify_monthly(fire_at: datetime) -> None:
    """Hash every file again; what is missing or has changed is an error in the log (R-ARC-04)."""
    report = verify_files()
    for sha256 in report.missing:
        log.error("file %s has no content", sha256)
    for sha256 in report.damaged:
        log.error("file %s has changed on disk", sha256)
