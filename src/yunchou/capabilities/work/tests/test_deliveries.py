"""Finished work: handed in with evidence, accepted by who leads its module, or sent back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.actions.team import Place
from yunchou.capabilities.work.models import Assignment, Delivery, GanttTask, Tier
from yunchou.capabilities.work.sheets import register  # noqa: F401  the tables are registered
from yunchou.capabilities.work.states import State
from yunchou.capabilities.work.stores import ASSIGNMENTS, TASKS
from yunchou.directory.organisation.tests.factories import Firm, make_user
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def at(name: str, *args: Any) -> str:
    return reverse(f"work:{name}", args=args)


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.req("TEA-05", whole=True)
def test_work_is_done_only_when_the_lead_of_its_module_accepts_its_evidence(
    firm: Firm, subject: Subject, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    doer, other = make_user("孙磊"), make_user("钱二")
    for user, tier, duty in (
        (firm.colleague, Tier.MODULE_LEAD, "设计"), (other, Tier.MODULE_LEAD, "后勤"), (doer, Tier.EXECUTOR, "设计稿"),
    ):  # fmt: skip
        actions.place_person(subject=subject, actor=firm.owner, user=user, place=Place(tier, duty))
    day = date(2024, 8, 6)
    spec = {
        "name": "海报",
        "module": "设计执行",
        "owner": doer,
        "standard": "通过审核",
        "start_on": day,
        "end_on": day,
    }
    (task,) = toy.make_tasks(subject, spec)
    row = Assignment.objects.create(
        subject=subject, position=1, module="设计执行", task="展架", owner=doer, standard="五套"
    )
    actions.owe_task_duties(subject=subject, actor=firm.owner)

    # Nobody says so beside this way: not the executor, not the lead, not a typed cell.
    for actor in (doer, firm.colleague, firm.owner):
        with pytest.raises(WrongState) as refused:
            actions.set_task_state(task=task, actor=actor, state=State.DONE)
        assert refused.value.code == "evidence"
    with pytest.raises(WrongState):
        actions.set_assignment_state(assignment=row, actor=doer, state=State.DONE)
    for store, held in ((TASKS, task), (ASSIGNMENTS, row)):
        [typed] = store.load(subject)
        with pytest.raises(Invalid):
            store.save_row(subject, type(typed)(**{**vars(typed), "state": State.DONE}), actor=firm.owner)
        held.refresh_from_db()
        assert held.state == State.NOT_STARTED

    # The executor hands in with evidence, from the own list of the day.
    page, hand_in = as_user(doer), at("hand_in", subject.pk, "tasks", task.pk)
    assert "通过审核" in page.get(hand_in, **HTMX).text
    refused_page = page.post(hand_in, {"note": "第一稿已定"}, **HTMX)
    assert refused_page.status_code == 422
    assert "第一稿已定" in refused_page.text  # what was typed is still there
    assert (
        as_user(other).get(at("hand_in", subject.pk, "tasks", task.pk)).status_code == 200
    )  # reports for anybody
    files = [toy.scan("海报.pdf"), toy.scan("审核.pdf")]
    assert page.post(hand_in, {"note": "第一稿已定", "evidence": files}, **HTMX).status_code == 200
    first = Delivery.objects.get()
    assert {one.name for one in first.evidence.all()} == {"海报.pdf", "审核.pdf"}
    task.refresh_from_db()
    assert (task.state, task.done_on) == (State.IN_PROGRESS, None)
    assert page.post(hand_in, {"evidence": [toy.scan()]}, **HTMX).status_code == 409  # waits already
    with pytest.raises(WrongState):
        actions.set_task_state(task=task, actor=firm.owner, state=State.NOT_STARTED)
    duty = Duty.objects.open().get()
    assert (duty.kind, duty.owner) == ("work.acceptance", firm.colleague)
    assert "待验收" in as_user(firm.owner).get(at("schedule_detail", subject.pk) + "?view=tasks").text
    assert "海报" in as_user(firm.colleague).get(at("my_tasks")).text

    # The lead of another module may not; the lead of this one sends it back, with a reason.
    look = at("delivery", subject.pk, first.pk)
    assert as_user(other).post(look, {"verdict": "accepted"}, **HTMX).status_code == 403
    assert page.post(look, {"verdict": "accepted"}, **HTMX).status_code == 403
    lead = as_user(firm.colleague)
    assert all(word in lead.get(look, **HTMX).text for word in ("通过审核", "第一稿已定", "审核.pdf"))
    assert lead.post(look, {"verdict": "returned", "reason": " "}, **HTMX).status_code == 422
    assert lead.post(look, {"verdict": "returned", "reason": "缺竖版"}, **HTMX).status_code == 200
    assert lead.post(look, {"verdict": "accepted"}, **HTMX).status_code == 409  # a stale tab
    assert Notification.objects.filter(user=doer, kind="work.returned").exists()
    assert [(one.kind, one.owner) for one in Duty.objects.open()] == [("work.task", doer)]
    assert "缺竖版" in page.get(at("my_tasks")).text

    # Then it is accepted, and only now it is done.
    again = actions.hand_in(work=task, actor=doer, note="已补竖版", files=[toy.scan()])
    accept = at("delivery", subject.pk, again.pk)
    assert lead.post(accept, {"verdict": "accepted"}, **HTMX).status_code == 200
    task.refresh_from_db()
    assert (task.state, task.done_on, task.progress) == (State.DONE, date(2024, 8, 2), 100)
    assert not Duty.objects.open().exists()
    kinds = JournalEntry.objects.filter(kind__in=["work.handed_in", "work.returned", "work.accepted"])
    assert list(kinds.order_by("pk").values_list("kind", flat=True)) == [
        "work.handed_in", "work.returned", "work.handed_in", "work.accepted"
    ]  # fmt: skip

    # A row of the division of work goes the same way; the overall lead accepts what the module lead does himself.
    Assignment.objects.filter(pk=row.pk).update(owner=firm.colleague)
    row.refresh_from_db()
    own = actions.hand_in(work=row, actor=firm.colleague, files=[toy.scan()])
    with pytest.raises(NotAllowed):
        actions.accept_delivery(delivery=own, actor=firm.colleague)
    actions.accept_delivery(delivery=own, actor=firm.owner)
    row.refresh_from_db()
    assert row.state == State.DONE

    # An import keeps the states it brings, and what was done before stays done.
    TASKS.save(subject, [*TASKS.load(subject), type(TASKS.load(subject)[0])(name="旧任务", state=State.DONE)])
    assert GanttTask.objects.get(name="旧任务").state == State.DONE
    assert GanttTask.objects.get(pk=task.pk).state == State.DONE


def test_deleting_work_drops_its_acceptance_and_a_new_lead_takes_it_over(
    firm: Firm, subject: Subject, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    one, two = toy.make_tasks(subject, {"owner": firm.colleague}, {"owner": firm.colleague})
    for task in (one, two):
        actions.hand_in(work=task, actor=firm.colleague)  # without a standard there is nothing to prove
    assert set(Duty.objects.open().values_list("owner", flat=True)) == {firm.owner.pk}
    actions.delete_task(task=one, actor=firm.owner)
    heir = make_user("新任")
    actions.name_lead(subject=subject, actor=firm.owner, user=heir)
    assert [duty.owner for duty in Duty.objects.open().select_related("owner")] == [heir]


@pytest.mark.once
def test_pages_take_as_many_queries_whatever_was_handed_in(
    firm: Firm, subject: Subject, settings: Any, tmp_path: Any, django_assert_max_num_queries: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client, counts = as_user(firm.owner), []
    for size in (2, 8):
        tasks = [
            GanttTask.objects.create(
                subject=subject, position=size * 10 + n, name=f"任务{size}-{n}", owner=firm.owner
            )
            for n in range(size)
        ]
        for task in tasks:
            actions.hand_in(work=task, actor=firm.owner)
        for view in ("tasks", "team", "division"):
            client.get(at("schedule_detail", subject.pk), {"view": view})
        with django_assert_max_num_queries(400) as taken:
            for view in ("tasks", "team", "division"):
                client.get(at("schedule_detail", subject.pk), {"view": view})
            client.get(at("my_tasks"))
        counts.append(len(taken))
    assert counts[0] == counts[1]
