"""Templates: made of a schedule or from scratch, planned from, and schedules that move with their event."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.actions.templates import Head
from yunchou.capabilities.work.models import (
    Dependency,
    GanttTask,
    ScheduleSetting,
    ScheduleTemplate,
    TemplateTask,
)
from yunchou.capabilities.work.schedule import Kind
from yunchou.capabilities.work.shifting import shifted_dates
from yunchou.capabilities.work.states import Phase
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Member, Role, Subject

from . import toy

pytestmark = pytest.mark.django_db
EVENT = date(2024, 9, 21)  # a Saturday; 14 September is worked, 15-17 and 1-7 October are not
LATER = date(2024, 10, 9)


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def dates(subject: Subject) -> dict[str, tuple[date | None, date | None]]:
    rows = GanttTask.objects.filter(subject=subject).order_by("position")
    return {name: (start, end) for name, start, end in rows.values_list("name", "start_on", "end_on")}


def template_of(firm: Firm) -> ScheduleTemplate:
    template = actions.make_template(head=Head("沙龙", firm.department(), "salon"), actor=firm.owner)
    rows = [
        ("方案确认", Phase.PREPARATION, -15, -12, "", "策划", (2, 3, 6)),
        ("物料到位", Phase.PREPARATION, -12, -3, "T1 FS", "后勤", (None, None, None)),
        ("现场执行", Phase.EXECUTION, 0, 1, "物料到位、T1 SS+2", "执行", (None, None, None)),
        ("复盘", Phase.CLOSING, 2, 3, "T3", "", (None, None, None)),
    ]
    for n, (name, phase, start, end, before, module, points) in enumerate(rows, 1):
        TemplateTask.objects.create(
            template=template, position=n, name=name, phase=phase, start_offset=start, end_offset=end,
            predecessors=before, module=module, standard=f"{name}达标", low_days=points[0],
            likely_days=points[1], high_days=points[2],
        )  # fmt: skip
    return template


@pytest.mark.req("SCH-01")
def test_a_schedule_is_planned_from_a_template_and_moves_with_its_event(
    client: Client, firm: Firm, subject: Subject
) -> None:
    template = template_of(firm)
    Member.objects.create(subject=subject, user=firm.colleague, role=Role.MODULE_LEAD, duty="策划、设计")
    toy.make_tasks(subject, {"name": "复盘", "start_on": day("09-01"), "end_on": day("09-01")})
    client.force_login(firm.owner)
    url = reverse("work:plan", args=[subject.pk])
    sent = {"template": template.pk, "event_on": EVENT.isoformat()}
    assert str(template.pk) in client.get(url).text
    shown = client.get(url, sent).text
    assert all(word in shown for word in ("T-15 … T-12", "T … T+1", "方案确认 SS+2", firm.colleague.name))
    assert GanttTask.objects.count() == 1
    assert client.post(url, sent).status_code in (200, 302)
    assert dates(subject) == {
        "复盘": (day("09-01"), day("09-01")),  # was there, and is left alone
        "方案确认": (day("08-30"), day("09-04")),
        "物料到位": (day("09-04"), day("09-18")),
        "现场执行": (EVENT, day("09-23")),
    }
    plan, stuff, show = GanttTask.objects.filter(subject=subject, position__gt=1).order_by("position")
    assert (plan.owner, plan.module, plan.points) == (firm.colleague, "策划", (2, 3, 6))
    assert (stuff.standard, stuff.phase, show.phase) == ("物料到位达标", Phase.PREPARATION, Phase.EXECUTION)
    links = set(Dependency.objects.filter(task=show).values_list("predecessor", "kind", "lag"))
    assert links == {(stuff.pk, Kind.FINISH_START, 0), (plan.pk, Kind.START_START, 2)}
    assert client.post(url, sent).status_code == 422  # all of it is there now
    assert client.post(url, sent | {"event_on": LATER.isoformat()}).status_code == 422

    # The event moves over the October holidays: T-15 stays T-15; what is done stays, and what is kept.
    toy.finish(plan, by=firm.colleague, accepted_by=firm.owner)
    move = reverse("work:event", args=[subject.pk])
    preview = client.get(move, {"event_on": LATER.isoformat()}).text
    assert "T-12" in preview
    assert "方案确认" not in preview
    assert dates(subject)["现场执行"][0] == EVENT
    early = client.post(move, {"event_on": LATER.isoformat(), "move": [stuff.pk]})
    assert early.status_code == 422  # the event would begin before the materials are there
    first = GanttTask.objects.get(name="复盘")
    ticked = {"event_on": LATER.isoformat(), "move": [stuff.pk, show.pk]}
    assert client.post(move, ticked).status_code in (200, 302)
    assert dates(subject) == {
        "复盘": (first.start_on, first.end_on),
        "方案确认": (day("08-30"), day("09-04")),
        "物料到位": (day("09-14"), day("09-29")),
        "现场执行": (LATER, day("10-10")),
    }
    assert ScheduleSetting.objects.get().event_on == LATER
    entry = JournalEntry.objects.filter(kind="work.event_moved").get()
    assert (entry.data["count"], entry.data["kept"]) == (2, 1)
    stuff.refresh_from_db()
    assert (stuff.start_offset, stuff.end_offset, stuff.days) == (-12, -3, 15)

    # A task that is moved by hand hangs at its new distance; the whole subject moved goes by working days too.
    actions.move_task(task=stuff, actor=firm.owner, start_on=day("09-19"), end_on=day("09-30"))
    stuff.refresh_from_db()
    assert (stuff.start_offset, stuff.end_offset) == (-10, -2)
    foreseen = shifted_dates(subject, 2)
    actions.shift_all(subject=subject, days=2, actor=firm.owner)
    assert dates(subject)["物料到位"] == (day("09-23"), day("10-09")) == foreseen[stuff.pk]
    assert dates(subject)["现场执行"] == (day("10-11"), day("10-12"))
    assert ScheduleSetting.objects.get().event_on == day("10-11")


def test_an_event_is_set_on_a_schedule_that_is_there(firm: Firm, subject: Subject) -> None:
    toy.make_tasks(
        subject,
        {"start_on": day("09-13"), "end_on": day("09-14")},
        {"start_on": day("09-15"), "end_on": day("09-20")},
    )
    before = dates(subject)
    actions.move_event(subject=subject, event_on=EVENT, actor=firm.owner)
    assert dates(subject) == before
    offsets = GanttTask.objects.order_by("position").values_list("start_offset", "end_offset")
    assert list(offsets) == [(-5, -4), (None, -1)]  # Sunday 15 September is a day off
    assert actions.move_event(subject=subject, event_on=EVENT, actor=firm.owner).moved == ()
    with pytest.raises(NotAllowed):
        actions.move_event(subject=subject, event_on=LATER, actor=firm.colleague)


def test_a_template_is_made_of_a_schedule_and_kept_on_its_page(
    client: Client, firm: Firm, subject: Subject
) -> None:
    toy.load_example(subject)
    client.force_login(firm.owner)
    made_of = reverse("work:template_from", args=[subject.pk])
    assert client.get(made_of).status_code == 200
    head = {"name": "快闪", "unit": firm.department().pk, "kind": "", "event_on": "2024-08-06"}
    assert client.post(made_of, head | {"event_on": ""}).status_code == 422
    assert client.post(made_of, head).status_code in (200, 302)
    template = ScheduleTemplate.objects.get()
    first, *_rest, last = template.tasks.all()
    assert (template.tasks.count(), first.name, last.start_offset) == (8, "方案最终确认", 0)
    assert not [name for name in ("owner", "owner_name") if hasattr(first, name)]
    page = reverse("work:template_detail", args=[template.pk])
    assert "T-1" in client.get(page).text
    add = reverse("work:template_task_add", args=[template.pk])
    row = {"name": "物流", "phase": "preparation", "start_offset": "-5", "end_offset": "-6"}
    assert client.post(add, row).status_code == 422
    assert client.post(add, row | {"end_offset": "-5", "low_days": "3"}).status_code == 422
    assert client.post(add, row | {"end_offset": "-4"}).status_code in (200, 302)
    task = template.tasks.get(name="物流")
    edit = reverse("work:template_task_edit", args=[template.pk, task.pk])
    assert 'value="-5"' in client.get(edit).text
    assert client.post(edit, row | {"end_offset": "2"}).status_code in (200, 302)
    assert client.post(reverse("work:template_task_delete", args=[template.pk, first.pk])).status_code == 302
    assert list(template.tasks.values_list("position", flat=True)) == list(range(1, 9))
    listed = reverse("work:template_list")
    assert "快闪" in client.get(listed).text
    renamed = {"name": "", "unit": firm.department().pk}
    edit_head = reverse("work:template_edit", args=[template.pk])
    assert client.post(edit_head, renamed).status_code == 422
    assert client.post(edit_head, renamed | {"name": "校园快闪"}).status_code in (200, 302)
    client.force_login(firm.colleague)
    assert "校园快闪" in client.get(listed).text
    assert client.post(add, row).status_code == 403
    client.force_login(firm.outsider)
    assert "校园快闪" not in client.get(listed).text
    assert client.get(page).status_code == 404
    other = toy.make_subject(firm.department("south"), lead=firm.outsider)
    with pytest.raises(NotAllowed):
        actions.plan_from_template(subject=other, template=template, event_on=EVENT, actor=firm.outsider)
    actions.delete_template(template=template, actor=firm.owner)
    assert client.get(listed).status_code == 200
    empty = toy.make_subject(firm.department(), lead=firm.owner)
    with pytest.raises(Invalid):
        actions.make_template(
            head=Head("空", firm.department()), actor=firm.owner, source=empty, event_on=EVENT
        )
