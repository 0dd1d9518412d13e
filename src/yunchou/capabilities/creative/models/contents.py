"""What is said and done in the phases of an activity (CRE-06)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name


class ContentItem(TableRow):
    """One content, with the phase that it belongs to by name, the pain it speaks to and its tie to the theme."""

    phase = models.CharField(pgettext_lazy("creative", "phase"), max_length=40)
    content = models.TextField(pgettext_lazy("creative", "content"))
    channel = models.CharField(pgettext_lazy("creative", "channel"), max_length=60, blank=True)
    pain_point = models.TextField(_("pain point of the customer"))
    theme_tie = models.TextField(_("tie to the theme"))
    start_on = models.DateField(pgettext_lazy("creative", "start"))
    end_on = models.DateField(pgettext_lazy("creative", "end"))
    owner = person_key(verbose_name=_("person in charge"))
    owner_name = person_name()

    class Meta(TableRow.Meta):
        verbose_name = _("content of a phase")
        constraints = [
            models.CheckConstraint(condition=Q(end_on__gte=F("start_on")), name="content_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(pain_point="") & ~Q(theme_tie="") & ~Q(content="") & ~Q(phase=""),
                name="content_names_pain_and_tie",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.content}"
