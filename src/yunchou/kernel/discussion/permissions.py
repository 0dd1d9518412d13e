"""Who takes part in the talk about a subject: its people. Whoever may see the subject reads it (GEN-02)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.registry import declare
from yunchou.kernel.subjects.models import Role


class Perm(models.TextChoices):
    WRITE = "discussion.write", _("Comment, share files and remind in what one belongs to")
    LEAD = "discussion.lead", _("Announce to a team, record its decisions, take comments away")


declare(
    Perm,
    relations={
        Role.OWNER: [Perm.WRITE, Perm.LEAD],
        Role.LEAD: [Perm.WRITE, Perm.LEAD],
        Role.MODULE_LEAD: [Perm.WRITE, Perm.LEAD],
        Role.MEMBER: [Perm.WRITE],
        Role.APPROVER: [Perm.WRITE],
    },
)
