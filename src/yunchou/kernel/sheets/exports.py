"""Taking a declared list away: at once when it is short, else as a job whose result is the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

from django.db import transaction
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.files import store
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.journal.actions import record

from . import journal
from .listings import TYPES, Format, Lines, Listing, Tell, listings, write_listing

JOB: Final = "sheets.listing"
AT_ONCE: Final = 2_000
"""So many lines at most are written while the person waits."""


@dataclass(frozen=True)
class Taken:
    """A file for download."""

    file: IO[bytes]
    name: str
    content_type: str


def take_list(*, listing: Listing, query: Mapping[str, str], form: Format, actor: User) -> Taken | Job:
    """The list as a file, or the job that writes a long one; records `sheets.list_taken` with how many lines left.

    Refuses what the list's own `open` refuses.
    """
    with transaction.atomic():
        lines = listing.open(actor, query)
        _recorded(listing, lines, actor)
        if lines.count > AT_ONCE:
            payload = {"list": listing.key, "query": dict(query), "form": form, "size": lines.count}
            return start_job(kind=JOB, actor=actor, payloads=[payload])
    return Taken(write_listing(listing, lines, form), file_name(lines, form), TYPES[form])


def write_in_background(*, payload: Mapping[str, Any], actor: User, tell: Tell) -> dict[str, Any]:
    """Write a long list and keep the file; a second run after a crash writes it anew. What it may show is judged now."""
    listing, form = listings[payload["list"]], Format(payload["form"])
    try:
        lines = listing.open(actor, payload["query"])
    except Http404 as error:
        raise NotAllowed(say(_("You may not see this list any more."))) from error
    with write_listing(listing, lines, form, tell) as out:
        blocks = iter(lambda: out.read(1 << 20), b"")
        with store.receive(blocks) as incoming:
            store.keep(incoming)
            file, _made = StoredFile.objects.get_or_create(
                sha256=incoming.sha256, defaults={"size": incoming.size, "content_type": TYPES[form]}
            )
    return {"file": file.pk, "name": file_name(lines, form), "form": form.value}


def address_of(job: Job) -> dict[str, str]:
    """Where the file of a finished job is taken from."""
    return {"address": reverse("sheets:listing_file", args=[job.pk])}


def file_of(job: Job) -> Taken:
    """The file that a job wrote. Raises `FileNotFoundError` while there is none."""
    stored = StoredFile.objects.filter(pk=job.result.get("file")).first()
    if stored is None:
        raise FileNotFoundError
    return Taken(store.open_content(stored.sha256), job.result["name"], TYPES[Format(job.result["form"])])


def file_name(lines: Lines, form: Format) -> str:
    """`华南区域 2026 2026-11-22.xlsx`, without what file systems refuse."""
    title = "".join(" " if sign in '\\/:*?"<>|' or not sign.isprintable() else sign for sign in lines.title)
    return f"{title.strip()[:80]} {clock.today().isoformat()}.{form}"


def _recorded(listing: Listing, lines: Lines, actor: User) -> None:
    data = {"list": str(listing.key), "title": lines.title, "count": lines.count}
    record(journal.LIST_TAKEN, actor=actor, data=data)
