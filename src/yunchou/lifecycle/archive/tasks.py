"""Packages too large to be made while somebody waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import Job, JobChunk
from yunchou.kernel.jobs.registry import Queue, job_kind
from yunchou.kernel.jobs.runner import beat
from yunchou.lifecycle.campaigns.models import Campaign

from .actions.sealing import JOB, archive_campaign
from .models import Package


@job_kind(JOB, label=_("Archive package"), queue=Queue.REPORTS, is_atomic=False, timeout=timedelta(hours=1))
def make_package(job: Job, chunk: JobChunk) -> dict[str, Any]:
    """Archive one campaign. After a crash it finds its own package and only reports it."""
    campaign = Campaign.objects.select_related("subject").get(pk=chunk.payload["campaign"])
    package = Package.objects.filter(subject=campaign.subject).first()
    if package is None:
        actor = User.objects.get(pk=chunk.payload["actor"])
        package = archive_campaign(
            campaign=campaign, actor=actor, told=lambda number: beat(chunk, reached=min(number, chunk.size))
        )
    return {"address": package.get_absolute_url(), "files": package.files}
