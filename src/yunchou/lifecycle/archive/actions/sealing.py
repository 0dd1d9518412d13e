"""Putting a campaign away: its package, sealed; and taking the package out again."""

from __future__ import annotations

from datetime import date, datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.core.verification import Problem
from yunchou.kernel.files import store
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import retry_job, start_job
from yunchou.kernel.jobs.models import Job, State
from yunchou.kernel.journal.actions import record, seal_all
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns import actions as campaigns
from yunchou.lifecycle.campaigns.flow import ARCHIVE
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.reviews.duties import ACTION, VERIFY

from .. import journal
from ..flow import sealing
from ..models import Package
from ..packing.bundle import digest_of, scratch
from ..packing.contents import Packed, Progress, pack
from ..permissions import Perm
from ..proving import problems_of
from ..rules import RETENTION_YEARS
from ..selectors import LARGE_BYTES, attachments_of, files_size, gaps_of

TRIES = 3
JOB = "archive.package"


def request_archive(*, campaign: Campaign, actor: User) -> Package | Job:
    """Archive a campaign at once, or in the background when its files are many; refuses as `archive_campaign`."""
    check_archivable(campaign=campaign, actor=actor)
    if files_size(campaign.subject) <= LARGE_BYTES:
        return archive_campaign(campaign=campaign, actor=actor)
    last = _last_entry(campaign.subject)
    job = start_job(
        kind=JOB,
        actor=actor,
        subject=campaign.subject,
        payloads=[
            {"campaign": campaign.pk, "actor": actor.pk, "size": len(attachments_of(campaign.subject)) + 5}
        ],
        key=f"{JOB}:{campaign.pk}:{last}",
    )
    # Asking again after it stopped is asking to go on.
    return retry_job(job=job, actor=actor) if job.state == State.PARKED else job


def check_archivable(*, campaign: Campaign, actor: User) -> None:
    """Raise what stands against archiving: a missing right, another state, gaps in the checklist (R-ARC-02)."""
    require(actor, ARCHIVE.needs, campaign.subject)
    if campaign.status not in ARCHIVE.source:
        raise WrongState(
            say(
                _("Only an evaluated campaign is archived; this one is “{state}”."),
                state=str(campaign.get_status_display()),
            )
        )
    if gaps := gaps_of(campaign.subject):
        raise RuleRefused(
            say(_("The archive is not complete: {count} things are missing."), count=len(gaps)),
            verdicts=[gap.verdict for gap in gaps],
        )


def archive_campaign(*, campaign: Campaign, actor: User, told: Progress | None = None) -> Package:
    """Seal the journal, write the package, put the campaign away. Nothing of it can be changed afterwards.

    Records `campaigns.archived` and `archive.packed` with the package's hash. Improvement actions go on being owed.
    The package is made outside of the transaction; where somebody wrote meanwhile, it is made again. Refuses as
    `check_archivable`.
    """
    for _attempt in range(TRIES):
        campaign = Campaign.objects.select_related("subject__unit", "owner").get(pk=campaign.pk)
        check_archivable(campaign=campaign, actor=actor)
        seal_all()
        seen = _last_entry(campaign.subject)
        with scratch() as out:
            packed = pack(campaign, out, actor=actor, told=told)
            stored = _store(out)
        if package := _put_away(campaign, actor, stored, packed, seen):
            return package
    raise WrongState(say(_("Somebody goes on writing to this campaign; try again in a moment.")))


@transaction.atomic
def _put_away(
    campaign: Campaign, actor: User, stored: tuple[str, int], packed: Packed, seen: int
) -> Package | None:
    """Archive the campaign with this package; None when something was written since it was made."""
    subject = Subject.objects.select_for_update().get(pk=campaign.pk)
    if _last_entry(subject) != seen:
        return None
    with sealing():
        campaigns.archive_campaign(campaign=campaign, actor=actor, outliving={ACTION.key, VERIFY.key})
    sha256, size = stored
    file, _made = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"size": size, "content_type": "application/zip"}
    )
    now = clock.now()
    package = Package.objects.create(
        subject=subject,
        file=file,
        manifest_sha256=packed.manifest_sha256,
        files=packed.files,
        chain_head=packed.chain_head,
        sealed_at=now,
        sealed_by=actor,
        retention_until=_years_later(now),
    )
    told = {"sha256": sha256, "manifest": packed.manifest_sha256, "files": packed.files, "size": size}
    record(journal.PACKED, actor=actor, subject=subject, data=told)
    return package


def take_package(*, package: Package, actor: User) -> IO[bytes]:
    """The package for download; records `archive.taken` (ARC-08). Raises `FileNotFoundError` when the bytes are gone."""
    require(actor, Perm.TAKE, package.subject)
    content = store.open_content(package.file.sha256)
    record(journal.TAKEN, actor=actor, subject=package.subject, data={"sha256": package.file.sha256})
    return content


@transaction.atomic
def check_package(*, package: Package, actor: User) -> list[Problem]:
    """Verify the stored package and keep the outcome; records `archive.verified`."""
    require(actor, Perm.TAKE, package.subject)
    found = problems_of(package)
    package.checked_at, package.is_intact = clock.now(), not found
    package.save(update_fields=["checked_at", "is_intact"])
    told = {"problems": len(found), "found": [f"{problem.code} {problem.where}" for problem in found[:20]]}
    record(journal.VERIFIED, actor=actor, subject=package.subject, data=told)
    return found


def _store(out: IO[bytes]) -> tuple[str, int]:
    """Keep the bytes under their hash. A package may be larger than an upload."""
    sha256 = digest_of(out)
    out.seek(0)
    with store.receive(iter(lambda: out.read(1 << 20), b"")) as incoming:
        assert incoming.sha256 == sha256
        store.keep(incoming)
        return incoming.sha256, incoming.size


def _last_entry(subject: Subject) -> int:
    """The newest entry of a subject: every write has one, so that the same one means that nothing was written."""
    return (
        JournalEntry.objects.filter(subject=subject).order_by("-pk").values_list("pk", flat=True).first() or 0
    )


def _years_later(now: datetime) -> date:
    """The day until which a package sealed now is kept; 29 February becomes 28."""
    day = clock.local(now).date()
    try:
        return day.replace(year=day.year + RETENTION_YEARS)
    except ValueError:
        return day.replace(year=day.year + RETENTION_YEARS, day=28)
