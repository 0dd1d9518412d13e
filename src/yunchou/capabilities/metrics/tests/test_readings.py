"""Taking in readings: all or none, once, with rights; by form and by table."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from yunchou.capabilities.metrics.actions import MAX_POINTS, Point, PointsRefused, Recorded, record_readings
from yunchou.capabilities.metrics.intake import read_pasted, read_upload, template_for
from yunchou.capabilities.metrics.models import Alert, Batch, Reading, Series, Source
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.raw import RawSheet, RawWorkbook
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.sheets.write import write_raw
from yunchou.kernel.subjects.models import Subject

from . import toy

D = Decimal
DAY = date(2024, 8, 2)


def point(value: str | int = 130, **more: object) -> Point:
    values = {"channel": "抖音", "indicator": "线索留资量", "day": DAY, "value": D(value), **more}
    return Point(**values)  # type: ignore[arg-type]


def take(subject: Subject, actor: User, *points: Point, key: str = "k") -> Recorded:
    return record_readings(subject=subject, points=points, actor=actor, source=Source.API, key=key)


@pytest.mark.django_db
class TestRecording:
    @pytest.mark.req("DSH-07")
    def test_newest_values_are_kept_on_the_indicator(
        self, subject: Subject, firm: Firm, series: dict[str, Series]
    ) -> None:
        with clock.at("2024-08-02T16:00") as now:
            take(subject, firm.owner, point(130), point(20, day=date(2024, 8, 1)))
        one = Series.objects.get(pk=series["线索留资量"].pk)
        assert one.figure("today") == Figure(D(130))
        # The workbook's total of 850 was read with 120 for the day, which is 130 now.
        assert one.figure("cumulative") == Figure(D(860))
        assert one.figure("attainment") == Figure(D("43.0"), "%")
        assert one.latest_at == now
        assert JournalEntry.objects.filter(kind="metrics.recorded", actor=firm.owner).count() == 1

    @pytest.mark.req("RPT-07")
    def test_a_correction_is_a_later_reading(
        self, subject: Subject, firm: Firm, series: dict[str, Series]
    ) -> None:
        with clock.at("2024-08-02T16:00"):
            take(subject, firm.owner, point(900, kind="cumulative"))
        with clock.at("2024-08-02T16:05"):
            take(subject, firm.owner, point(890, kind="cumulative", note="重复计数"), key="k2")
        one = Series.objects.get(pk=series["线索留资量"].pk)
        assert one.figure("cumulative") == Figure(D(890))
        assert Reading.objects.filter(series=one, kind="cumulative").count() == 3

    def test_a_repeated_delivery_changes_nothing(
        self, subject: Subject, firm: Firm, series: dict[str, Series]
    ) -> None:
        first = take(subject, firm.owner, point())
        count = Reading.objects.count()
        again = take(subject, firm.owner, point())
        assert again.is_repeat
        assert again.batch == first.batch
        assert Reading.objects.count() == count
        with pytest.raises(WrongState):
            take(subject, firm.owner, point(131))

    def test_all_or_none(self, subject: Subject, firm: Firm, series: dict[str, Series]) -> None:
        points = [
            point(),
            point(channel="微博"),
            point(day=DAY + timedelta(days=1)),
            point(value="NaN"),
            point(value=-1),
            point(unit="人", indicator="线索转化率", channel="整体"),
            point(kind="weekly"),
            point(at=clock.now() + timedelta(minutes=1)),
            point(value=10**14),
        ]
        count = Reading.objects.count()
        with pytest.raises(PointsRefused) as refused:
            take(subject, firm.owner, *points)
        assert [(error.index, error.code) for error in refused.value.errors] == [
            (1, "unknown"),
            (2, "future"),
            (3, "value"),
            (4, "negative"),
            (5, "unit"),
            (6, "kind"),
            (7, "future"),
            (8, "value"),
        ]
        assert Reading.objects.count() == count
        take(subject, firm.owner, point())  # the key is still free

    def test_nothing_and_too_much_are_refused(self, subject: Subject, firm: Firm) -> None:
        with pytest.raises(Invalid):
            take(subject, firm.owner)
        with pytest.raises(Invalid):
            take(subject, firm.owner, *[point()] * (MAX_POINTS + 1))

    def test_who_may_record(self, subject: Subject, firm: Firm, series: dict[str, Series]) -> None:
        shop = point(70, channel="线下快闪店", indicator="现场留资量")
        Series.objects.filter(pk=series["现场留资量"].pk).update(owner=firm.nobody)
        take(subject, firm.nobody, shop)
        with pytest.raises(NotAllowed):
            take(subject, firm.nobody, shop, point(), key="k2")
        with pytest.raises(NotAllowed):
            take(subject, firm.outsider, point(), key="k3")
        toy.locks["readings"] = say("Archived.")
        with pytest.raises(WrongState):
            take(subject, firm.owner, point(), key="k4")


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_of_one_key_at_once_have_one_effect() -> None:
    firm = company()
    subject = toy.make_subject(firm.department(), lead=firm.owner)
    toy.load_example(subject)
    before = Reading.objects.count()
    found: list[Recorded] = []
    both = threading.Barrier(2)

    def deliver() -> None:
        try:
            with clock.at("2024-08-02T15:20"):
                both.wait()
                found.append(
                    take(subject, firm.owner, point(70, channel="线下快闪店", indicator="现场留资量"))
                )
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.is_repeat for one in found) == [False, True]
    assert Reading.objects.count() == before + 1
    assert Batch.objects.filter(key="k").count() == 1
    assert Alert.objects.filter(series__indicator="现场留资量").count() == 1


class TestIntake:
    @pytest.mark.parametrize("mark", ["\t", ",", ";", "，"])
    def test_pasted_cells(self, mark: str) -> None:
        lines = [
            "渠道|核心指标|日期|今日数据|累计数据|备注",
            "抖音|曝光量|8.1|80万||",
            "整体|线索转化率||11%|12.5%|截屏",
        ]
        intake = read_pasted("\n".join(line.replace("|", mark) for line in lines))
        assert intake.problems == ()
        assert [(p.day, p.kind, p.value, p.unit) for p in intake.points] == [
            (date(2024, 8, 1), "daily", D(800_000), ""),
            (DAY, "daily", D(11), "%"),
            (DAY, "cumulative", D("12.5"), "%"),
        ]
        assert intake.lines == (2, 3, 3)

    def test_a_workbook_and_text_in_the_encoding_of_excel(self) -> None:
        cells = {1: {1: "渠道", 2: "指标", 3: "累计"}, 2: {1: "抖音", 2: "线索留资量", 3: 860}}
        book = write_raw(RawWorkbook((RawSheet("Sheet1", cells),)))
        text = "渠道,指标,累计\n抖音,线索留资量,860\n".encode("gb18030")
        for data in (book, text):
            [one] = read_upload(data).points
            assert (one.channel, one.kind, one.value) == ("抖音", "cumulative", D(860))

    def test_what_cannot_be_read_is_told_by_line(self) -> None:
        intake = read_pasted("渠道,核心指标,今日数据\n抖音,曝光量,很多\n,曝光量,5")
        assert [line for line, _message in intake.problems] == [2, 3]

    def test_other_files_are_refused(self) -> None:
        with pytest.raises(Invalid):
            read_upload(b"\xff\xfe\x00\xff\x81")
        with pytest.raises(Invalid):
            read_upload(b"a" * (6 * 1024 * 1024))

    def test_the_table_to_fill_in_is_read_again(self) -> None:
        named = [Series(channel="抖音", indicator="曝光量"), Series(channel="=1+1", indicator="x")]
        text = template_for(named, DAY)
        assert "'=1+1" in text
        intake = read_pasted(text.replace("抖音,曝光量,2024-08-02,", "抖音,曝光量,2024-08-02,5"))
        assert [p.value for p in intake.points] == [D(5)]
