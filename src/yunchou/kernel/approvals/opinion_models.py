"""Opinions that a person writes again and again (常用意见)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.identity.models import User


class CommonOpinion(models.Model):
    """A sentence that its owner puts into the field with one click; nobody else sees it."""

    LENGTH = 200

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    text = models.CharField(_("text"), max_length=LENGTH)

    class Meta:
        ordering = ("pk",)
        constraints = [models.UniqueConstraint(fields=["user", "text"], name="common_opinion_once")]

    def __str__(self) -> str:
        return self.text
