"""Reports of institutions by their day (K-SUP-06)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from yunchou.directory.organisation.tests import factories
from yunchou.directory.suppliers.scorecards import periods
from yunchou.directory.suppliers.tests.factories import make_supplier
from yunchou.kernel.core import clock
from yunchou.kernel.files.actions import attach_file
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.supervision.models import OutsideEvaluation, OutsideStatus
from yunchou.lifecycle.supervision.supplier_measures import reports

pytestmark = pytest.mark.django_db


def test_reports_count_by_their_date_and_missing_ones_from_the_day_after_they_were_due(
    tmp_path: Path, settings: Settings
) -> None:
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": place}
    firm = factories.company()
    supplier = make_supplier(firm.east, firm.owner)
    today = clock.today()
    day = timedelta(days=1)

    def evaluation(title: str, due: date, reported: date | None = None, status: str = "") -> None:
        subject = Subject.objects.create(
            kind="outside_evaluation", unit=firm.east, title=title, created_by=firm.owner
        )
        fields: dict[str, Any] = {}
        if reported:
            paper = ContentFile(title.encode(), "报告.txt")
            filed = attach_file(subject=supplier.subject, upload=paper, actor=firm.owner)
            fields = {"conclusion": "属实", "rating": "good", "report": filed}
        OutsideEvaluation.objects.create(
            subject=subject, about=supplier.subject, institution="甲院", supplier=supplier, scope="效果",
            due_on=due, reported_on=reported, commissioned_by=firm.owner,
            status=status or (OutsideStatus.REPORTED if reported else OutsideStatus.COMMISSIONED), **fields,
        )  # fmt: skip

    evaluation("准时", today, today)
    evaluation("迟交", today - day, today)
    evaluation("未交", today - day)
    evaluation("未到期", today)
    evaluation("撤回", today - day, status=OutsideStatus.CANCELLED)
    evaluation("两年前", today, today - 800 * day)
    found = reports([supplier.pk], periods(today)[0])
    assert {one.name: one.is_good for one in found} == {"准时": True, "迟交": False, "未交": False}
    assert list(reports([supplier.pk + 1], periods(today)[0])) == []
