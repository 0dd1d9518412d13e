"""Reads of the archive: the checklist by stage, items, packages."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.operations.models import DailyReport
from yunchou.capabilities.work.models import GanttTask
from yunchou.kernel.core.text import say
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import Judged, evaluate, with_rulings
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.versions.models import Version
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.reviews.selectors import is_submitted

from .models import ArchiveItem, Package, PackageQuerySet, Stage, Summary
from .rules import ChecklistFacts, Entry, archive_is_complete

LARGE_BYTES = 20 * 1024 * 1024
"""Packages with more than this in files are made in the background."""


def items_of(subject: Subject) -> list[ArchiveItem]:
    """Items of a subject in order of their dates."""
    found = ArchiveItem.objects.filter(subject=subject).select_related("attachment__file", "filed_by")
    return list(found.order_by("date", "pk"))


def attachments_of(subject: Subject) -> list[Attachment]:
    """The files that belong into the package: the newest version of each, whoever may see them."""
    found = Attachment.objects.current().filter(subject=subject).select_related("file")
    return list(found.order_by("stage", "name", "pk"))


def files_size(subject: Subject) -> int:
    """Bytes of all files that go into the package."""
    return sum(attachment.file.size for attachment in attachments_of(subject))


def summary_of(subject: Subject) -> Summary | None:
    return Summary.objects.select_related("written_by").filter(subject=subject).first()


def package_of(subject: Subject) -> Package | None:
    return Package.objects.select_related("file", "sealed_by", "subject").filter(subject=subject).first()


def frozen_version(subject: Subject) -> Version | None:
    """The proposal as it was decided on last."""
    return Version.objects.filter(subject=subject, frozen_at__isnull=False).order_by("-number").first()


def checklist_of(subject: Subject) -> ChecklistFacts:
    """What belongs into the archive and whether it is there (ARC-01, ARC-02).

    What the product itself keeps is looked up; what it cannot know (agreements, pictures, media reports) counts as
    there once an item of that stage was filed.
    """
    campaign = Campaign.objects.get(pk=subject.pk)
    filed = set(ArchiveItem.objects.filter(subject=subject).values_list("stage", flat=True))
    evaluated = campaign.status in (Status.EVALUATED, Status.ARCHIVED)
    file_it = say(_("File at least one item of this stage."))
    return ChecklistFacts(
        (
            Entry(
                Stage.PLANNING, "proposal", say(_("Approved proposal")), frozen_version(subject) is not None,
                say(_("Have the proposal approved.")),
            ),
            Entry(
                Stage.PREPARATION, "schedule", say(_("Schedule of tasks")), GanttTask.objects.filter(subject=subject).exists(),
                say(_("Enter the schedule.")),
            ),
            Entry(
                Stage.PREPARATION, "preparation_item", say(_("Documents of the preparation: agreements, invitations, materials")),
                Stage.PREPARATION in filed, file_it,
            ),
            Entry(
                Stage.EXECUTION, "reports", say(_("Progress reports")),
                DailyReport.objects.filter(subject=subject).exists(), say(_("Hand in a progress report.")),
            ),
            Entry(
                Stage.EXECUTION, "execution_item", say(_("Pictures, films or media reports of the execution")),
                Stage.EXECUTION in filed, file_it,
            ),
            Entry(
                Stage.EVALUATION, "evaluation", say(_("Evaluation")), evaluated, say(_("Complete the evaluation.")),
            ),
            Entry(
                Stage.EVALUATION, "retrospective", say(_("Retrospective")), is_submitted(subject),
                say(_("Submit the retrospective.")),
            ),
            Entry(
                Stage.EVALUATION, "summary", say(_("Summary with conclusion and suggestions")),
                summary_of(subject) is not None, say(_("Write the summary.")),
            ),
        )
    )  # fmt: skip


def gaps_of(subject: Subject) -> list[Judged]:
    """What stands against archiving, with what people have ruled about it (R-ARC-02)."""
    judged = with_rulings(evaluate([archive_is_complete], checklist_of(subject)), subject)
    return [one for one in judged if one.stops]


@dataclass(frozen=True)
class Shelf:
    """One stage on the page: its checklist and what is filed there."""

    stage: Stage
    entries: tuple[Entry, ...]
    items: tuple[ArchiveItem, ...]

    @property
    def is_complete(self) -> bool:
        return all(entry.is_there for entry in self.entries)


def shelves_of(subject: Subject) -> list[Shelf]:
    """The four stages in order."""
    entries, items = checklist_of(subject).entries, items_of(subject)
    return [
        Shelf(
            stage,
            tuple(entry for entry in entries if entry.stage == stage),
            tuple(item for item in items if item.stage == stage),
        )
        for stage in Stage
    ]


def packages_for(user: User, words: str = "") -> PackageQuerySet | QuerySet[Package]:
    """Packages that the person may see, by words in code, title or pinyin; newest first."""
    found = Package.objects.visible_to(user).search(words)
    return found.select_related("subject__unit", "file", "sealed_by").order_by("-sealed_at", "-pk")
