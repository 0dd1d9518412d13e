"""The append-only record. Entries are written with the change they tell of and sealed into a hash chain soon after.

The chain covers a digest of the personal values as they are stored, that is encrypted under a key of the person they
concern; destroying the key makes them unreadable and leaves the chain whole.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from .kinds import kinds


class AppendOnly(models.QuerySet["JournalEntry"]):
    """Entries are added and read; what was written stays."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("journal entries are never changed")

    def delete(self) -> NoReturn:
        raise TypeError("journal entries are never deleted")


class JournalEntry(models.Model):
    """Who did what to which subject, when, with the values that changed."""

    kind = models.CharField(max_length=60)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="entries")
    at = models.DateTimeField(default=clock.now)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    objects = AppendOnly.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject", "-id"], name="entry_of_subject")]
        verbose_name = _("journal entry")

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("journal entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("journal entries are never deleted")

    @property
    def sentence(self) -> str:
        """What happened, in the reader's language, without the actor's name."""
        declared = kinds.get(self.kind)
        if declared is None:
            return self.kind
        values = {
            k: Say.from_json(v) if isinstance(v, dict) and "say" in v else v for k, v in self.data.items()
        }
        return str(Say(declared.sentence, {k: "" if v is None else v for k, v in values.items()}))

    @property
    def icon(self) -> str:
        declared = kinds.get(self.kind)
        return declared.icon if declared else "point"


class PersonKey(models.Model):
    """The key under which one person's values in the journal are encrypted, itself wrapped by the installation's secret."""

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(default=clock.now)


class PersonalValue(models.Model):
    """Personal values of an entry, readable only while the person's key exists."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="personal")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    sealed = models.BinaryField()


class Seal(models.Model):
    """One link of the chain: `digest` covers the entry and the link before it."""

    number = models.BigIntegerField(primary_key=True)
    # Not a foreign key: a deleted entry must leave its seal behind as proof.
    entry_id = models.BigIntegerField(unique=True)
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(default=clock.now)


class ChainHead(models.Model):
    """Where the chain ends; the one row that a sealer locks."""

    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)
