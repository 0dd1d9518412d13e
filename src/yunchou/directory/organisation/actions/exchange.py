"""Lists of units, people and posts: handed in, taken over, exported."""

from __future__ import annotations

from typing import IO, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.files import store
from yunchou.kernel.files.actions import Upload, clean_name, store_file
from yunchou.kernel.identity.changes import gathered
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.xlsx import read_workbook

from .. import journal
from ..exchange.applying import ERROR, SAME, Line, look, run
from ..exchange.reading import records_of
from ..exchange.writing import write_lists
from ..models import ListImport
from ..permissions import Perm
from ..selectors.exchange import listing_for

MAX_BYTES: Final = 5 * 2**20
MANY_LINES: Final = 200
"""Longer lists are looked at and taken over in the background."""
JOB: Final = "organisation.list_import"


def hand_in_lists(*, upload: Upload, actor: User) -> ListImport:
    """Keep a workbook and look at what would come of it; nothing of the organisation changes yet.

    A list of more than 200 lines is looked at in the background (`job`). Refuses without `organisation.manage`, files that
    are no workbook or too large, and workbooks without the sheets; records `organisation.lists_handed_in`.
    """
    require(actor, Perm.MANAGE)
    if (upload.size or 0) > MAX_BYTES:
        raise _invalid(_("The file is larger than {limit} MB."), limit=MAX_BYTES // 2**20)
    data = b"".join(upload.chunks())
    records = records_of(read_workbook(data))
    if not records:
        raise _invalid(_("The sheets have no filled line."))
    is_long = len(records) > MANY_LINES
    lines = [] if is_long else look(records, actor)
    name = clean_name(upload.name or "")
    with transaction.atomic():
        kept = store_file(upload=SimpleUploadedFile(name, data), name=name)
        handed = ListImport.objects.create(
            actor=actor, file=kept, name=name, rows=len(records), lines=[line.to_json() for line in lines]
        )
        record(
            journal.LISTS_HANDED_IN,
            actor=actor,
            data={"file": name, "sha256": kept.sha256, "import": handed.pk},
        )
        if is_long:
            _start(handed, "look", actor)
    return handed


def look_at_lists(*, handed: ListImport) -> ListImport:
    """Look at a list that was handed in, for whoever did, and keep what would come of every line."""
    lines = look(records_of(read_workbook(content_of(handed))), handed.actor)
    handed.lines = [line.to_json() for line in lines]
    handed.save(update_fields=["lines"])
    return handed


def start_applying(*, handed: ListImport, actor: User) -> ListImport:
    """Take a long list over in the background, once. Refuses what `apply_lists` refuses before it looks at the lines."""
    require(actor, Perm.MANAGE)
    with transaction.atomic():
        locked = ListImport.objects.select_for_update(of=("self",)).get(pk=handed.pk)
        if locked.applied_at is not None:
            raise WrongState(say(_("This list was taken over already.")))
        _start(locked, "apply", actor)
    return locked


def _start(handed: ListImport, step: str, actor: User) -> Job:
    """The job of one step; asked for again it is the same one."""
    payload = {"import": handed.pk, "step": step, "size": handed.rows}
    job = start_job(kind=JOB, actor=actor, payloads=[payload], key=f"{JOB}:{handed.pk}:{step}")
    handed.job = job
    handed.save(update_fields=["job"])
    return job


def apply_lists(*, handed: ListImport, actor: User) -> ListImport:
    """Take every line over, or none: one fault anywhere leaves everything as it was and is shown at its line.

    Refuses what was taken over already and a list in which a line has a fault by now; records what the single actions
    record, and `organisation.lists_applied`.
    """
    require(actor, Perm.MANAGE)
    records = records_of(read_workbook(content_of(handed)))
    faulty: list[Line] = []
    with transaction.atomic():
        locked = ListImport.objects.select_for_update(of=("self",)).get(pk=handed.pk)
        if locked.applied_at is not None:
            raise WrongState(say(_("This list was taken over already.")))
        # The savepoint goes when a line has a fault; what was found is kept with the import.
        point = transaction.savepoint()
        with gathered() as waiting:
            lines = run(records, actor)
            if faulty := [line for line in lines if line.result == ERROR]:
                waiting.clear()
        if faulty:
            transaction.savepoint_rollback(point)
        else:
            transaction.savepoint_commit(point)
            locked.applied_at = clock.now()
            count = sum(line.result != SAME for line in lines)
            data = {"file": locked.name, "count": count, "import": locked.pk}
            record(journal.LISTS_APPLIED, actor=actor, data=data)
        locked.lines = [line.to_json() for line in lines]
        locked.save(update_fields=["lines", "applied_at"])
    if faulty:
        raise WrongState(
            say(_("{count} lines have faults: nothing was taken over."), count=len(faulty)), code="faulty"
        )
    return locked


def content_of(handed: ListImport) -> bytes:
    """The workbook as it was handed in."""
    with store.open_content(handed.file.sha256) as file:
        return file.read()


def export_lists(*, actor: User) -> IO[bytes]:
    """The units, people and posts that the actor may export, in the form of the template, as a file to be sent and closed.

    Lines are read and written one after the other, so that the memory it takes does not grow with the company. Phone and
    e-mail only of people whose contact the actor sees. Refuses without `organisation.export`; records
    `organisation.lists_exported`.
    """
    require(actor, Perm.EXPORT)
    listing = listing_for(actor)
    file = write_lists(listing.rows)
    with transaction.atomic():  # not while reading: SQLite would keep everybody else from writing
        record(journal.LISTS_EXPORTED, actor=actor, data=dict(listing.counts))
    return file


def _invalid(message: str, **params: int) -> Invalid:
    told = say(message, **params)
    return Invalid(told, fields={"workbook": told})
