"""The tasks of responses and of issues, which stand in the schedule beside the plan."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from yunchou.capabilities.work.beside import beside_by

from .models import Measure, Remedy


@beside_by
def tasks_of_measures() -> QuerySet[Any]:
    return Measure.objects.filter(task__isnull=False).values("task")


@beside_by
def tasks_of_remedies() -> QuerySet[Any]:
    return Remedy.objects.filter(task__isnull=False).values("task")
