"""Versions of a subject's content: what exactly was decided on."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.chain import canonical
from yunchou.kernel.subjects.models import Subject


def digest_of(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical content, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


class Version(models.Model):
    """A snapshot of a subject's content; a frozen one was approved and never changes (CRE-08)."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["subject", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def is_whole(self) -> bool:
        """Whether the stored content still is what the digest says."""
        return digest_of(self.content) == self.digest
