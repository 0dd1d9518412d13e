"""Lists of units, people and posts that were handed in as a workbook."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import Job


class ListImport(models.Model):
    """One workbook and what came of looking at it. Only who handed it in sees it; applied at most once.

    `lines` are the rows as `exchange.Line.to_json` writes them; of a long list they come from `job`, which looks at it or
    takes it over in the background. `rows` is how many filled lines the workbook has.
    """

    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("handed in by"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("workbook"))
    name = models.CharField(_("file name"), max_length=160)
    lines = models.JSONField(default=list, editable=False)
    rows = models.PositiveIntegerField(default=0, editable=False)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    applied_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("import of lists")
        indexes = [models.Index(fields=["actor", "-id"], name="list_import_of_actor")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organisation:list_import", args=[self.pk])

    @property
    def is_long(self) -> bool:
        """Whether it is dealt with in the background."""
        return self.job_id is not None
