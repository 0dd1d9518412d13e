"""Drafts of what an activity shows and says, their versions, and the remarks of those who proof them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core import clock
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Draft(models.Model):
    """A text, a picture or a document that is proofed until one version of it is approved."""

    class Kind(models.TextChoices):
        TEXT = "text", pgettext_lazy("draft", "Text")
        FILE = "file", pgettext_lazy("draft", "Picture or document")

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="drafts")
    title = models.CharField(pgettext_lazy("draft", "draft"), max_length=80)
    kind = models.CharField(pgettext_lazy("draft", "kind"), max_length=4, choices=Kind)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    approved = models.OneToOneField(
        "DraftVersion", models.PROTECT, null=True, related_name="approves", editable=False
    )
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = pgettext_lazy("draft", "draft")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "title"], name="draft_title_once"),
            models.CheckConstraint(
                condition=Q(approved__isnull=True, approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved__isnull=False, approved_by__isnull=False, approved_at__isnull=False),
                name="draft_approved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("creative:draft_detail", args=[self.subject_id, self.pk])


class DraftVersion(models.Model):
    """One version of a draft: its text, or its file; never changed."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+")
    note = models.CharField(pgettext_lazy("draft", "what is new"), max_length=200, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("version of a draft")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="draft_version_once"),
            models.CheckConstraint(
                condition=(Q(file__isnull=True) & ~Q(text="")) | Q(file__isnull=False, text=""),
                name="draft_version_is_text_or_file",
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class Remark(models.Model):
    """What somebody wants otherwise in a version, at a place of it: a point in percent of the page, or words that are quoted."""

    version = models.ForeignKey(DraftVersion, models.CASCADE, related_name="remarks")
    number = models.PositiveSmallIntegerField()
    page = models.PositiveSmallIntegerField(pgettext_lazy("draft", "page"), default=1)
    x = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    y = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    quote = models.CharField(_("words quoted"), max_length=200, blank=True)
    text = models.TextField(pgettext_lazy("draft", "remark"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    answer = models.CharField(_("how it was met"), max_length=200, blank=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("draft", "remark")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="remark_number_once"),
            models.CheckConstraint(condition=~Q(text=""), name="remark_says_something"),
            models.CheckConstraint(
                condition=Q(x__isnull=True, y__isnull=True) | Q(x__range=(0, 100), y__range=(0, 100)),
                name="remark_within_its_page",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True, resolved_by__isnull=True)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="remark_resolved_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} #{self.number}"

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None
