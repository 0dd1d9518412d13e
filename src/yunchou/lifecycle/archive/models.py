"""What is kept of a campaign: items by stage, its summary, and the sealed package it became."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment, StoredFile
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .permissions import Perm


class Stage(models.TextChoices):
    """The four stages by which items are filed (003 六(二)1)."""

    PLANNING = "planning", _("Planning")
    PREPARATION = "preparation", _("Preparation")
    EXECUTION = "execution", _("Execution")
    EVALUATION = "evaluation", _("Evaluation")


class ArchiveItem(models.Model):
    """A document, picture, film or media report of a campaign; its four data are mandatory (ARC-03).

    Electronic items have an attachment, physical ones a place in the archive room; some have both.
    """

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="archive_items")
    stage = models.CharField(_("stage"), max_length=12, choices=Stage)
    title = models.CharField(_("title"), max_length=120)
    date = models.DateField(_("date"))
    source = models.CharField(_("source"), max_length=120)
    abstract = models.TextField(_("abstract"))
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(_("place in the archive room"), max_length=120, blank=True)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("filed by"))
    filed_at = models.DateTimeField(_("filed"), default=clock.now, editable=False)

    class Meta:
        verbose_name = _("archive item")
        ordering = ["date", "pk"]
        indexes = [models.Index(fields=["subject", "stage"], name="archive_item_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(source="") & ~Q(abstract=""), name="archive_item_has_its_data"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Summary(models.Model):
    """What people conclude at the end: results, suggestions for the next time (ARC-10). Data fill the rest of it."""

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="summary")
    conclusion = models.TextField(_("conclusion"))
    suggestions = models.TextField(_("suggestions"))
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"), default=clock.now)

    class Meta:
        verbose_name = _("summary")

    def __str__(self) -> str:
        return str(self.subject)


class PackageQuerySet(ScopedQuerySet):
    def search(self, words: str) -> PackageQuerySet:
        """Those whose campaign's code, title or pinyin holds every word."""
        found = self
        for word in words.lower().split():
            found = found.filter(subject__search__contains=word)
        return found


class Package(models.Model):
    """The sealed zip of an archived campaign. The row keeps hashes that lie outside of the file."""

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, related_name="package")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    manifest_sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64, unique=True)
    files = models.PositiveIntegerField(_("files"))
    chain_head = models.CharField(_("end of the journal's chain"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed"), default=clock.now)
    sealed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("sealed by"))
    retention_until = models.DateField(_("kept until"))
    checked_at = models.DateTimeField(_("last verified"), null=True, editable=False)
    is_intact = models.BooleanField(_("intact"), default=True, editable=False)
    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("archive package")
        ordering = ["-sealed_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("archive:archive_detail", args=[self.subject_id])

    @property
    def name(self) -> str:
        """The file's name when it is downloaded."""
        return f"{self.subject.code or self.subject_id}-archive.zip"
