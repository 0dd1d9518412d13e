from __future__ import annotations

from pathlib import PurePath

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .content import IMAGES, PDF


class StoredFile(models.Model):
    """Content, once however often it is attached. Its address in the storage is its hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size"))
    content_type = models.CharField(_("type"), max_length=100)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("stored file")

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def is_image(self) -> bool:
        """Whether it can be shown in a page, drawn anew."""
        return self.content_type in IMAGES

    @property
    def is_pdf(self) -> bool:
        """Whether the browser's own viewer can show it in a page."""
        return self.content_type == PDF


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User) -> AttachmentQuerySet:
        """Those of subjects that the person may see, without removed ones."""
        return self.filter(subject__in=visible_subjects(user), removed_at=None)

    def current(self) -> AttachmentQuerySet:
        """The latest version of each."""
        newer = Attachment.objects.filter(replaces=OuterRef("pk"), removed_at=None)
        return self.filter(~Exists(newer), removed_at=None)


class Attachment(models.Model):
    """A file at a subject, under a name; a new version replaces the one before and leaves it readable."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=160)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    stage = models.CharField(_("stage"), max_length=20, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"), default=clock.now)
    removed_at = models.DateTimeField(null=True, editable=False)
    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["stage", "name", "-version"]
        verbose_name = _("attachment")
        indexes = [models.Index(fields=["subject", "stage"], name="attachment_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(version=1, replaces__isnull=True) | Q(version__gt=1, replaces__isnull=False),
                name="attachment_version_follows",
            ),
            # A removed version may have had its successor before another one took its place.
            models.UniqueConstraint(
                fields=["replaces"], condition=Q(removed_at__isnull=True), name="attachment_replaced_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("files:file_download", args=[self.pk])

    @property
    def picture_url(self) -> str:
        """Where the picture can be shown from; empty for what is no picture."""
        return reverse("files:file_picture", args=[self.pk]) if self.file.is_image else ""

    @property
    def page_url(self) -> str:
        """Where a PDF can be looked at in a page; empty for what is none."""
        return reverse("files:file_page", args=[self.pk]) if self.file.is_pdf else ""

    @property
    def ending(self) -> str:
        return PurePath(self.name).suffix.lstrip(".").upper()
