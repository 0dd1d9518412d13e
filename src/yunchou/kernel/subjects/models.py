"""One row for every object that can be approved, journalled, owed, filed or searched."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.search import full_pinyin, initials
from yunchou.kernel.identity.models import Unit, User


class Subject(models.Model):
    """Stands for an object of another room, so that an inbox of mixed things is one scoped query.

    `kind` is a key of `subjects.kinds`, `address` the page of the object without host.
    """

    kind = models.CharField(max_length=30)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    code = models.CharField(_("code"), max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=160)
    search = models.CharField(max_length=400, blank=True, editable=False)
    address = models.CharField(max_length=200)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["kind", "unit"], name="subject_kind_unit")]
        verbose_name = _("subject")

    def __str__(self) -> str:
        return self.title

    def save(self, *args: object, **kwargs: object) -> None:
        self.search = search_words(self.code, self.title)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def get_absolute_url(self) -> str:
        return self.address


def search_words(code: str, title: str) -> str:
    """What search looks in: code, title, pinyin and initials, lower case."""
    return " ".join([code.lower(), title.lower(), full_pinyin(title), initials(title)])[:400]


class Role(models.TextChoices):
    """How a person is tied to a subject; rights by relation are declared in each room's `permissions.py`."""

    OWNER = "owner", _("Owner")
    LEAD = "lead", _("Overall lead")
    MODULE_LEAD = "module_lead", _("Module lead")
    MEMBER = "member", _("Member")
    APPROVER = "approver", _("Approver")


class Member(models.Model):
    """A person belongs to a subject's team, wherever in the organisation either stands (ORG-12)."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.MEMBER)
    duty = models.CharField(_("duties"), max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject", "user", "role"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
