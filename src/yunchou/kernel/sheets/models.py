"""What the models of all tables share. This room keeps nothing itself."""

from __future__ import annotations

from django.db import models

from yunchou.kernel.subjects.models import Subject


class TableRow(models.Model):
    """A row of a table of a subject: where it stands, and what of its cells no field can hold.

    `given` are the cells that were written otherwise than we would, `extra` those of unknown columns; both as
    `cells.cells_to_json` writes them.
    """

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    given = models.JSONField(default=dict, blank=True, editable=False)
    extra = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
