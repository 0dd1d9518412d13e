"""What the shell keeps: forms that were answered, so that one that is sent twice does its work once."""

from __future__ import annotations

from django.db import models

from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User


class Answered(models.Model):
    """A form that was sent and where it led; see `once`."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    token = models.CharField(max_length=40)
    address = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "token"], name="form_answered_once")]

    def __str__(self) -> str:
        return self.address
