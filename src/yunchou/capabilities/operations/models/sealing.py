"""Reports that are written on until they are sent, and never change afterwards (RPT-07)."""

from __future__ import annotations

from typing import Any, NoReturn, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import User


class Sent(models.Model):
    """Something that somebody sends once. What was sent is neither saved again nor removed."""

    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    is_late = models.BooleanField(pgettext_lazy("report", "late"), default=False, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if getattr(self, "_was_sent", False):
            raise TypeError("A report that was sent is never changed; the next one says what is different.")
        super().save(*args, **kwargs)
        self._was_sent = self.sent_at is not None

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A report that people owe is never removed.")

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        found = super().from_db(*args, **kwargs)
        found._was_sent = found.__dict__.get("sent_at") is not None
        return found
