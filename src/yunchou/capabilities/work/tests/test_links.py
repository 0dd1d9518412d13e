"""Links that hold other ends and ask for days between: as they are written, linked, judged, edited, drawn and exported."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.actions.tasks import Fields
from yunchou.capabilities.work.matching import Named, Names, Reference, candidates, reference_of
from yunchou.capabilities.work.models import Dependency, GanttTask
from yunchou.capabilities.work.rules import facts_of, nothing_starts_early, predecessors_come_first
from yunchou.capabilities.work.schedule import Job, Kind, Schedule
from yunchou.capabilities.work.selectors import lines_of, owners_of, plan_of
from yunchou.capabilities.work.states import State
from yunchou.capabilities.work.stores import TASKS, links_between
from yunchou.capabilities.work.tables import SCHEDULE, NamedLink, TaskRow
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = pytest.mark.django_db
SS, FF, SF, FS = Kind.START_START, Kind.FINISH_FINISH, Kind.START_FINISH, Kind.FINISH_START


def day(number: int) -> date:
    return date(2024, 8, number)


@pytest.mark.req("SCH-04")
def test_what_stands_behind_a_name_says_how_it_holds() -> None:
    read = {
        "T3SS+2": ("T3", SS, 2),
        "物料到位 FF-1": ("物料到位", FF, -1),
        "方案确认 FS+2天": ("方案确认", FS, 2),
        "方案确认+2天": ("方案确认", FS, 2),
        "t3 sf \u2212 1 日": ("t3", SF, -1),
        "T3+2": ("T3", FS, 2),
        "设计ss": ("设计", SS, 0),
        "方案确认": ("方案确认", FS, 0),
        "A+2": ("A+2", FS, 0),
        "第2天布展": ("第2天布展", FS, 0),
    }
    for text, (name, kind, lag) in read.items():
        assert reference_of(text) == Reference(name, kind, lag), text
        assert reference_of(str(Reference(name, kind, lag))) == (name, kind, lag)
    names = Names([Named("方案SS"), Named("方案"), Named("摄影+2天")])
    assert names.found("方案SS") == (0, FS, 0)
    assert names.found("方案 SS+1") == (1, SS, 1)
    assert names.found("摄影+2天") == (2, FS, 0)
    assert names.found("T3 FF") == (2, FF, 0)
    assert names.found("布展 SS") is None
    tasks = [Named("物料印刷/采购", "全部到位"), Named("布展")]
    schedule = Schedule((Job(0), Job(1)))
    assert candidates("物料到位 FF-1", 1, tasks, schedule) == (0,)


@pytest.mark.rule("R-SCH-02")
@pytest.mark.rule("R-SCH-03")
@pytest.mark.req("SCH-04", whole=True)
def test_each_kind_of_link_is_judged_and_told_by_the_ends_it_holds() -> None:
    def rows(text: str, first: State = State.NOT_STARTED, second: State = State.NOT_STARTED) -> Any:
        before = TaskRow(name="甲", start_on=day(5), end_on=day(9), state=first)
        after = TaskRow(name="乙", start_on=day(5), end_on=day(8), predecessors=(text,), state=second)
        return facts_of((), (before, after))

    early = {
        "甲": 4,
        "甲 FS-4": 0,
        "甲 SS": 0,
        "甲 SS+2": 2,
        "甲 FF": 1,
        "甲 FF+1": 2,
        "甲 FF-1": 0,
        "甲 SF": 0,
        "甲 SF+5": 2,
    }
    said = {"甲 SS+2": "+2 days", "甲 FF": "ends on 08-08, before its predecessor T1 甲 ends on 08-09"}
    from django.utils import translation

    with translation.override("en"):
        for text, days in early.items():
            found = [v for v in evaluate([predecessors_come_first], rows(text)) if not v.passed]
            assert [v.values["days"] for v in found] == ([days] if days else []), text
            assert said.get(text, "") in "".join(str(v.reason) for v in found)
            for verdict in found:  # what is proposed puts it right
                fixed = {
                    place.column: date.fromisoformat(value) for place, value in verdict.fix.changes.items()
                }
                assert (fixed["start_on"] - day(5)).days == days
    begun, done, none = State.IN_PROGRESS, State.DONE, State.NOT_STARTED
    held = {
        ("甲", begun, begun), ("甲 SS", none, begun), ("甲 FF", begun, done), ("甲 SF", none, done),
    }  # fmt: skip
    free = {
        ("甲", done, begun), ("甲 SS", begun, begun), ("甲 FF", none, begun), ("甲 SF", begun, done),
    }  # fmt: skip
    for text, first, second in held | free:
        failed = [v for v in evaluate([nothing_starts_early], rows(text, first, second)) if not v.passed]
        assert bool(failed) == ((text, first, second) in held), text


def test_a_predecessor_named_twice_is_told_and_counts_once() -> None:
    rows = (TaskRow(name="甲"), TaskRow(name="乙", predecessors=("甲 SS", "T1 FF+1")))
    facts = facts_of((), rows)
    assert [link.kind for link in facts.links] == [SS]
    (verdict,) = [v for v in evaluate([predecessors_come_first], facts) if not v.passed]
    assert list(verdict.fix.changes.values()) == ["甲 SS"]


@pytest.mark.req("SCH-04")
def test_links_are_kept_as_written_through_saving_renaming_and_export(firm: Firm, subject: Subject) -> None:
    first = TaskRow(name="方案确认", start_on=day(1), end_on=day(3))
    second = TaskRow(
        name="物料设计", start_on=day(3), end_on=day(6), predecessors=("方案确认 SS+2", "场地 FF-1")
    )
    TASKS.save(subject, [first, second])
    rows = TASKS.load(subject)
    assert links_between(rows) == (NamedLink(0, 1, "方案确认 SS+2", SS, 2),)
    assert NamedLink.from_json(links_between(rows)[0].as_json()) == links_between(rows)[0]
    heads = ["任务名称", "负责人", "开始时间", "结束时间", "持续时间", "前置任务", "状态", "关键节点说明"]
    assert [column.header for column in SCHEDULE.columns] == heads
    assert SCHEDULE.by_key["predecessors"].write(rows[1].predecessors) == "方案确认 SS+2、场地 FF-1"
    one, other = GanttTask.objects.order_by("position")
    fields = Fields(name="方案定稿", start_on=day(1), end_on=day(3))
    actions.edit_task(task=one, actor=firm.owner, fields=fields)
    other.refresh_from_db()
    assert other.predecessor_names == ["方案定稿 SS+2", "场地 FF-1"]
    actions.link_tasks(task=other, predecessor=one, actor=firm.owner, given="场地 FF-1")
    assert Dependency.objects.count() == 1  # one link between two tasks
    actions.unlink_tasks(task=other, predecessor=one, actor=firm.owner)
    actions.link_tasks(task=other, predecessor=one, actor=firm.owner, given="场地 FF-1")
    link = Dependency.objects.get()
    assert (link.kind, link.lag, link.given) == (FF, -1, "场地 FF-1")
    actions.unlink_tasks(task=other, predecessor=one, actor=firm.owner)
    with pytest.raises(RuleRefused) as refused:
        actions.link_tasks(task=other, predecessor=one, actor=firm.owner, given="场地 FF+9")
    assert refused.value.code == "predecessor"


@pytest.mark.req("SCH-02")
@pytest.mark.req("SCH-04")
def test_the_dialog_says_how_each_predecessor_holds(client: Client, firm: Firm, subject: Subject) -> None:
    one, other = toy.make_tasks(
        subject,
        {"name": "甲", "start_on": day(1), "end_on": day(5)},
        {"name": "乙", "start_on": day(3), "end_on": day(6)},
    )
    client.force_login(firm.owner)
    url = reverse("work:task_edit", args=[subject.pk, other.pk])
    sent = {"name": "乙", "start_on": "2024-08-03", "end_on": "2024-08-06", "predecessors": [one.pk]}
    asked = client.get(reverse("work:task_waits", args=[subject.pk]), {"predecessors": one.pk})
    assert f'name="kind-{one.pk}"' in asked.text
    refused = client.post(url, sent | {f"kind-{one.pk}": "SS", f"lag-{one.pk}": "x"})
    assert refused.status_code == 422
    assert 'value="x"' in refused.text
    assert (
        client.post(url, sent | {f"kind-{one.pk}": "FS", f"lag-{one.pk}": "0"}).status_code == 422
    )  # R-SCH-02
    assert client.post(url, sent | {f"kind-{one.pk}": "SS", f"lag-{one.pk}": "2"}).status_code in (200, 302)
    link = Dependency.objects.get()
    assert (link.kind, link.lag, link.given) == (SS, 2, "甲 SS+2")
    client.post(url, sent | {f"kind-{one.pk}": "FF", f"lag-{one.pk}": "1"})
    link.refresh_from_db()
    other.refresh_from_db()
    assert (link.kind, link.lag, other.predecessor_names) == (FF, 1, ["甲 FF+1"])
    row = {"name": "乙", "start_on": "2024-08-03", "end_on": "2024-08-06", "note": "改"}
    client.post(
        reverse("work:task_row_edit", args=[subject.pk, other.pk]), row
    )  # its row does not ask for links
    assert Dependency.objects.get().kind == FF
    data = client.get(reverse("work:schedule_data", args=[subject.pk])).json()
    assert data["links"] == [{"source": one.pk, "target": other.pk, "kind": "FF", "lag": 1}]
    plan = plan_of(subject)
    assert lines_of(plan, owners_of(plan))[1].waits_for == ("T1 FF+1",)
    moved = actions.move_task(task=one, actor=firm.owner, start_on=day(1), end_on=day(7), follow=True)
    assert [(task.start_on, task.end_on) for task in moved.followers] == [(day(5), day(8))]
