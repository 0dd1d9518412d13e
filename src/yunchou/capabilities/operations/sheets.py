"""Where risks, progress reports and issues live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.registry import register
from yunchou.kernel.sheets.store import ModelStore, as_json
from yunchou.kernel.subjects.models import Subject

from .models import DailyReport, Issue, Risk
from .permissions import Perm
from .tables import ISSUES, REPORTS, RISKS, IssueRow, ReportRow, RiskRow


class RiskStore(ModelStore[Risk, RiskRow]):
    """Risks; the amount that the measures name (追加5000元) is kept as the pre-approved amount (RSK-04)."""

    def _fill(self, instance: Risk, row: RiskRow) -> Risk:
        instance.extra_amount = row.extra_amount
        return super()._fill(instance, row)


class ReportStore(ModelStore[DailyReport, ReportRow]):
    """Reports as they stand: of a corrected one the correction. What somebody handed in is never overwritten (RPT-07)."""

    def save(self, subject: Subject, rows: Sequence[ReportRow], *, actor: Any = None) -> None:
        handed_in = self._with_related(self._of(subject).filter(submitted_at__isnull=False))
        given = {row.pk: row for row in rows}
        if any(given.get(report.pk) != self.row(report) for report in handed_in):
            raise WrongState(
                say(_("A report that was handed in stays as it is. Hand in a correction instead."))
            )
        super().save(subject, rows, actor=actor)

    def _of(self, subject: Subject) -> QuerySet[DailyReport]:
        corrected = DailyReport.objects.filter(subject=subject, corrects__isnull=False).values("corrects")
        return super()._of(subject).exclude(pk__in=corrected)


class IssueStore(ModelStore[Issue, IssueRow]):
    """Issues; one that comes with adjustments has been decided where it comes from."""

    def _new(self, subject: Subject) -> Issue:
        return Issue(subject=subject, origin=Issue.Origin.WORKBOOK)

    def _fill(self, instance: Issue, row: IssueRow) -> Issue:
        issue = super()._fill(instance, row)
        if issue.pk is None:
            issue.size = Issue.Size.LARGE if row.extra_cost else Issue.Size.SMALL
            issue.state = Issue.State.ADJUSTING if row.adjustments else Issue.State.REPORTED
        return issue


risks = RiskStore(Risk, RISKS, fields={"responses": as_json(RISKS, "responses"), "owner": person("owner")})
reports = ReportStore(
    DailyReport,
    REPORTS,
    fields={
        "done": as_json(REPORTS, "done"),
        "tomorrow": as_json(REPORTS, "tomorrow"),
        "owner": person("owner"),
    },
)
issues = IssueStore(
    Issue,
    ISSUES,
    fields={key: as_json(ISSUES, key) for key in ("target", "actual", "causes", "adjustments")},
)

register(
    RISKS,
    load=risks.load,
    save=risks.save,
    order=70,
    store=risks,
    view_perm=Perm.VIEW,
    edit_perm=Perm.EDIT,
)
register(REPORTS, load=reports.load, save=reports.save, order=80, view_perm=Perm.VIEW)
register(ISSUES, load=issues.load, save=issues.save, order=100, view_perm=Perm.VIEW)
