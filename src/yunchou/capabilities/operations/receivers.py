"""Recorded values that set risks off (R-RSK-03): the metrics room lies below and does not know this one."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from yunchou.capabilities.metrics.models import Batch, Source
from yunchou.kernel.subjects.kinds import lock_on

from .actions import check_triggers
from .actions.shared import LIVE
from .models import Risk, Watch


@receiver(post_save, sender=Batch, dispatch_uid="operations.readings_recorded")
def readings_recorded(instance: Batch, created: bool, **_kwargs: Any) -> None:
    """Hold new readings against the triggers once they are all written; those of an imported workbook are history."""
    if created and instance.source != Source.WORKBOOK:
        transaction.on_commit(lambda: check_batch(instance), robust=True)


def check_batch(batch: Batch) -> None:
    """Set off the risks whose triggers the readings of a batch meet; one query where no risk waits for a value."""
    waiting = Risk.objects.filter(subject=batch.subject_id, state=Risk.State.IDLE, watch=Watch.READING)
    wanted = set(waiting.values_list("indicator", flat=True))
    if not wanted or lock_on(batch.subject, LIVE) is not None:
        return
    for reading in batch.readings.select_related("series").order_by("day", "pk"):
        for name in wanted & {reading.series.indicator, str(reading.series)}:
            check_triggers(subject=batch.subject, indicator=name, value=reading.value, day=reading.day)
