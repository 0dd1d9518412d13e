"""A workbook that was handed in: kept with what was found in it, until it becomes a campaign and ever after."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core import clock
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.jobs.models import Job


class ImportRun(models.Model):
    """One workbook on its way into one unit. Only who handed it in sees it.

    `items` are its findings as `import_findings.Item.to_json` writes them, judged by what was chosen. `choices` say who is
    meant by a name (`{"people": {name: user id, or null to keep the name}}`) and what becomes of findings
    (`{"findings": [import_page_choices.Choice, in the order chosen]}`). A run makes at most one campaign.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    actor = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("handed in by"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("workbook"))
    name = models.CharField(_("file name"), max_length=160)
    sheets = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    items = models.JSONField(default=list, editable=False)
    choices = models.JSONField(default=dict, editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, editable=False, related_name="+")
    campaign = models.OneToOneField(
        "campaigns.Campaign", models.PROTECT, null=True, editable=False, related_name="import_run"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    made_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("import of a workbook")
        indexes = [models.Index(fields=["actor", "-id"], name="import_of_actor")]
        constraints = [
            models.CheckConstraint(
                condition=Q(campaign__isnull=True, made_at__isnull=True)
                | Q(campaign__isnull=False, made_at__isnull=False),
                name="import_made_with_campaign",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:import_review", args=[self.pk])
