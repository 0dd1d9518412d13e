"""A kind of subject without a room of its own, with the dashboard of the worked example (004 四(二))."""

from __future__ import annotations

from datetime import date

from yunchou.capabilities.metrics.live import Liveness
from yunchou.capabilities.metrics.live import declare as declare_liveness
from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.metrics.permissions import Perm
from yunchou.capabilities.metrics.stores import STORE
from yunchou.capabilities.metrics.tables import DASHBOARD, SeriesRow
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.sheets.layout import Part, read_part
from yunchou.kernel.sheets.raw import RawSheet
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.kinds import SubjectKind, declare
from yunchou.kernel.subjects.models import Role, Subject

locks: dict[str, Say] = {}
"""Why tables are locked, by table key; emptied by a fixture."""
asleep: set[int] = set()
"""Subjects whose figures raise nothing; emptied by a fixture."""

KIND = "metricstoy"
PERIOD = (date(2024, 7, 15), date(2024, 8, 10))

declare(SubjectKind(KIND, "Toy", Perm.VIEW, locked=lambda subject, table: locks.get(table)))
declare_liveness(
    Liveness(
        KIND,
        is_live=lambda subject: subject.pk not in asleep,
        periods=lambda ids: dict.fromkeys(ids, PERIOD),
    )
)

EXAMPLE = """\
渠道|核心指标|今日数据|累计数据|目标值|达成率|预警状态|异常原因|负责人
抖音|曝光量|80万|350万|500万|70%|正常||张
抖音|线索留资量|120|850|2000|42.5%|正常||赵
社群|转发量|350|1800|3000|60%|预警|素材吸引力不足|李
线下快闪店|现场留资量|65|280|500|56%|正常||王
整体|线索转化率|11%|12.5%|≥15%|83.3%|预警|跟进不及时|刘"""

# The windows of the mockups: 快闪店 07-25 to 08-05, the others 07-26 to 08-10.
WINDOWS = {"抖音": (date(2024, 7, 26), PERIOD[1]), "社群": (date(2024, 7, 26), PERIOD[1])}
WINDOWS["线下快闪店"] = (date(2024, 7, 25), date(2024, 8, 5))


def example_part(text: str = EXAMPLE) -> Part[SeriesRow]:
    """The sheet of the worked example, read as its workbook is."""
    lines = {
        n: {c: cell for c, cell in enumerate(line.split("|"), 1) if cell}
        for n, line in enumerate(text.splitlines(), 1)
    }
    return read_part(DASHBOARD, RawSheet(DASHBOARD.sheet, lines), Context(year=2024))[0]


def make_subject(unit: Unit, *, lead: User | None = None, code: str = "YX-2024-017") -> Subject:
    subject = open_subject(
        kind=KIND, unit=unit, title="开学季·青春焕新计划", address="/", code=code, actor=lead
    )
    if lead:
        add_member(subject=subject, user=lead, role=Role.LEAD)
    return subject


def load_example(subject: Subject, *, owner: User | None = None) -> dict[str, Series]:
    """The five indicators with their windows, by indicator; `owner` answers for the pop-up shop's leads."""
    STORE.save(subject, example_part().rows)
    found = {}
    for series in Series.objects.filter(subject=subject):
        series.start_on, series.end_on = WINDOWS.get(series.channel, (None, None))
        if owner and series.indicator == "现场留资量":
            series.owner, series.owner_name = owner, owner.name
        series.save()
        found[series.indicator] = series
    return found
