"""The team: three tiers with one lead, modules, people from outside, presets and the staffing standard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.work import actions
from yunchou.capabilities.work.actions.division import Assigned
from yunchou.capabilities.work.actions.standards import PartFields, StandardHead
from yunchou.capabilities.work.actions.team import Contact, Place
from yunchou.capabilities.work.models import Assignment, Outsider, Seat, StandardPart, TeamStandard, Tier
from yunchou.capabilities.work.occasions import Occasion, Occasions, occasions
from yunchou.capabilities.work.standards import SHIPPED
from yunchou.capabilities.work.states import State
from yunchou.capabilities.work.tables import MODULES
from yunchou.capabilities.work.team import modules_of, roster_of, staffing_of, standard_for
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm, make_user
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Member, Role, Subject

from .. import rules
from ..selectors import plan_of, work_facts
from . import toy

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def at(name: str, *args: Any) -> str:
    return reverse(f"work:{name}", args=args)


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shipped() -> dict[str, TeamStandard]:
    """The standards as the migration lays them down, by the kind of campaign."""
    for spec in SHIPPED:
        made, is_new = TeamStandard.objects.get_or_create(name=spec.name, kind=spec.kind)
        if is_new:
            StandardPart.objects.bulk_create(
                StandardPart(standard=made, position=n, **part._asdict())
                for n, part in enumerate(spec.parts, 1)
            )
    return {spec.kind: TeamStandard.objects.get(name=spec.name) for spec in SHIPPED}


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """Toys are campaigns of the kind that is put in here, by their key; who is told of a new lead stands under 0."""
    of: dict[int, str] = {}
    told = Occasions(
        "work_toy",
        kinds=lambda: [("high_end", "高端活动"), ("pr", "公关活动"), ("marketing", "营销活动")],
        of=lambda ids: {pk: Occasion(of.get(pk, "")) for pk in ids},
        closed=lambda _units: [],
        led=lambda subject, user: of.update({0: f"{subject.pk} {user.username}"}),
    )
    monkeypatch.setitem(occasions._items, "work_toy", told)
    return of


@pytest.mark.req("TEA-01", whole=True)
@pytest.mark.rule("R-TEA-01")
def test_a_team_has_three_tiers_and_exactly_one_overall_lead_with_authority(
    firm: Firm, subject: Subject, kinds: dict[int, str]
) -> None:
    owner, helper, page = (
        as_user(firm.owner),
        make_user("孙一"),
        at("schedule_detail", subject.pk) + "?view=team",
    )
    sent = {"user": firm.colleague.pk, "tier": "module_lead", "duty": "设计、执行"}
    assert owner.post(at("team_add", subject.pk), {**sent, "duty": ""}, **HTMX).status_code == 422
    assert owner.post(at("team_add", subject.pk), sent, **HTMX).status_code == 200
    sent = {"user": helper.pk, "tier": "member", "duty": "现场布置"}
    assert owner.post(at("team_add", subject.pk), sent, **HTMX).status_code == 200
    roster = roster_of(subject)
    assert [[one.user for one in people] for _tier, people in roster.tiers] == [
        [firm.owner], [firm.colleague], [helper]
    ]  # fmt: skip
    shown = owner.get(page).text
    assert shown.index("总负责人") < shown.index("设计、执行") < shown.index("现场布置")

    # Who comes from outside has name, company and contact, which only the team sees, and never leads the whole.
    outside = {
        "name": "何师傅",
        "company": "彩印工坊",
        "contact": "020-3888",
        "tier": "member",
        "duty": "印制",
    }
    assert owner.post(at("outsider_add", subject.pk), {**outside, "contact": " "}, **HTMX).status_code == 422
    assert owner.post(at("outsider_add", subject.pk), outside, **HTMX).status_code == 200
    assert owner.post(at("outsider_add", subject.pk), outside, **HTMX).status_code == 422  # is there already
    one = Outsider.objects.get()
    with pytest.raises(Invalid):
        actions.place_outsider(
            subject=subject, actor=firm.owner, contact=Contact("a", "b", "c"), place=Place(Tier.LEAD, "领导")
        )
    stranger = make_user("周看")  # sees the subject by a right, does not belong to the team
    Member.objects.create(subject=subject, user=stranger, role=Role.APPROVER)
    assert "020-3888" in as_user(firm.colleague).get(page).text
    seen = as_user(stranger).get(page).text
    assert "彩印工坊" in seen
    assert "020-3888" not in seen
    assert not JournalEntry.objects.filter(data__icontains="020-3888").exists()

    # One lead, always: another takes the place, with the authority over progress, resources and risks.
    tie = Member.objects.get(subject=subject, role=Role.LEAD)
    for refused in (
        lambda: actions.remove_person(member=tie, actor=firm.owner),
        lambda: actions.place_person(
            subject=subject, actor=firm.owner, user=firm.owner, place=Place(Tier.EXECUTOR, "x")
        ),
    ):
        with pytest.raises(WrongState):
            refused()
    with pytest.raises(NotAllowed):
        actions.name_lead(subject=subject, actor=helper, user=helper)
    (task,) = toy.make_tasks(subject, {"owner": helper, "start_on": clock.today(), "end_on": clock.today()})
    assert not helper.has_perm("work.override", subject)
    assert owner.post(at("team_lead", subject.pk), {"user": helper.pk}, **HTMX).status_code == 200
    leads = Member.objects.filter(subject=subject, role=Role.LEAD)
    assert [tie.user for tie in leads] == [helper]
    assert kinds[0] == f"{subject.pk} {helper.username}"
    fresh, former = User.objects.get(pk=helper.pk), User.objects.get(pk=firm.owner.pk)
    for right in ("work.override", "work.progress", "work.team", "work.accept"):
        assert fresh.has_perm(right, subject)
    assert not former.has_perm("work.override", subject)
    assert Member.objects.get(subject=subject, user=former).role == Role.MEMBER
    assert [v for v in evaluate([rules.somebody_answers], work_facts(subject)) if "leads" in v.values] == []
    Member.objects.filter(role=Role.LEAD).delete()
    failed = [v for v in evaluate([rules.somebody_answers], work_facts(subject)) if "leads" in v.values]
    assert [v.blocks for v in failed] == [True]

    # Who still owns work stays until it is given to somebody else.
    actions.name_lead(subject=subject, actor=firm.people[MARKETING_DIRECTOR], user=firm.owner)
    member = actions.place_person(
        subject=subject, actor=firm.owner, user=fresh, place=Place(Tier.EXECUTOR, "现场布置")
    )
    lead = as_user(User.objects.get(pk=firm.owner.pk))
    assert lead.post(at("team_remove", subject.pk, member.pk), **HTMX).status_code == 409
    task.delete()
    assert lead.post(at("team_remove", subject.pk, member.pk), **HTMX).status_code == 200
    assert lead.post(at("outsider_remove", subject.pk, one.pk), **HTMX).status_code == 200
    assert not Outsider.objects.exists()


@pytest.mark.req("TEA-02", whole=True)
def test_uncovered_modules_and_a_task_in_two_are_reported_and_shown(firm: Firm, subject: Subject) -> None:
    assert MODULES == ("策划", "设计", "执行", "数据", "后勤")
    actions.place_person(
        subject=subject, actor=firm.owner, user=firm.colleague, place=Place(Tier.MODULE_LEAD, "后勤")
    )
    for module, task in (("策划统筹", "进度"), ("设计执行", "海报"), ("线下执行", "海报")):
        fields = Assigned(module, task, standard="合格", owner=firm.owner)
        actions.add_assignment(subject=subject, actor=firm.owner, fields=fields)
    failed = [v for v in evaluate([rules.modules_are_covered], work_facts(subject)) if not v.passed]
    assert [str(v.reason) for v in failed] == [
        "以下模块没有任务：数据、后勤。", "“海报”同时出现在多个模块：设计执行、线下执行。"
    ] or [v.values.get("missing") for v in failed] == [2, None]  # fmt: skip
    modules = modules_of(roster_of(subject), plan_of(subject).assignments)
    assert [(one.name, one.tasks, one.level) for one in modules] == [
        ("策划", 1, "fine"), ("设计", 1, "fine"), ("执行", 2, "fine"), ("数据", 0, "act"), ("后勤", 0, "act")
    ]  # fmt: skip
    assert modules[4].leads == (firm.colleague.name,)
    page = as_user(firm.owner).get(at("schedule_detail", subject.pk) + "?view=team").text
    assert page.count("无任务") == 2
    assert "海报" in page  # the finding that it stands in two modules


@pytest.mark.req("TEA-03", whole=True)
@pytest.mark.rule("R-TEA-01", whole=True)
def test_the_division_has_nine_columns_and_each_task_exactly_one_owner(firm: Firm, subject: Subject) -> None:
    owner = as_user(firm.owner)
    row = {"module": "策划统筹", "task": "进度", "description": "同步", "standard": "每日17:00前", "start_on": "2024-08-01",
           "end_on": "2024-08-05", "is_whole_team": "on"}  # fmt: skip
    assert owner.post(at("assignment_add", subject.pk), row, **HTMX).status_code == 422
    both = {**row, "owner": [firm.owner.pk, firm.colleague.pk]}
    assert owner.post(at("assignment_add", subject.pk), both, **HTMX).status_code == 200
    held = Assignment.objects.get()
    assert held.owner == firm.colleague  # one place for one person, whatever is sent
    page = owner.get(at("schedule_detail", subject.pk) + "?view=division").text
    heads = ["任务模块", "任务", "任务描述", "交付标准", "负责人", "协助人", "开始", "结束", "状态"]
    places = [page.index(f'<th scope="col">{head}</th>') for head in heads]
    assert places == sorted(places)
    assert page.count('<th scope="col">') == 9
    assert all(word in page for word in ("全团队", "每日17:00前", "未开始", firm.colleague.name))
    toy.make_tasks(subject, {"owner_name": "全团队"}, {})
    Assignment.objects.create(subject=subject, position=2, module="数据", task="日报")
    failed = [v for v in evaluate([rules.somebody_answers], work_facts(subject)) if not v.passed]
    assert [(v.at[0].table, v.at[0].row, v.blocks) for v in failed] == [
        ("schedule", 0, True), ("schedule", 1, True), ("division", 1, True)
    ]  # fmt: skip


@pytest.mark.req("TEA-04", whole=True)
def test_each_executor_has_a_daily_list_with_delivery_standards(
    firm: Firm, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.today()
    mine = {
        "owner": firm.colleague,
        "start_on": today,
        "end_on": today + timedelta(2),
        "standard": "清单齐全",
    }
    toy.make_tasks(
        subject,
        {**mine, "name": "布展"},
        {**mine, "name": "报到", "start_on": today - timedelta(9), "end_on": today - timedelta(1)},
        {**mine, "name": "收尾", "start_on": today + timedelta(1)},
        {**mine, "name": "做完的", "state": State.DONE},
        {**mine, "name": "别人的", "owner": firm.owner},
    )
    for n, (task, first) in enumerate((("礼品", 0), ("旧账", -9), ("以后", 3)), 1):
        Assignment.objects.create(
            subject=subject, position=n, module="后勤", task=task, standard="验收单", owner=firm.colleague,
            start_on=today + timedelta(first), end_on=today + timedelta(first + 1),
        )  # fmt: skip
    page = as_user(firm.colleague).get(at("my_tasks")).text
    late, now = page.index("已逾期"), page.index("今日任务")
    assert late < page.index("报到") < page.index("旧账") < now < page.index("布展") < page.index("礼品")
    assert not any(word in page for word in ("收尾", "做完的", "别人的", "以后"))

    # The draft of a plan asks nothing of anybody yet.
    with monkeypatch.context() as patched:
        told = Occasions(
            "work_toy", list, lambda ids: {pk: Occasion(is_draft=True) for pk in ids}, lambda units: []
        )
        patched.setitem(occasions._items, "work_toy", told)
        assert "布展" not in as_user(firm.colleague).get(at("my_tasks")).text
    assert (page.count("清单齐全"), page.count("验收单")) == (2, 2)
    assert page.count("提交完成") >= 4
    with clock.at("2024-08-05T09:00"):
        later = as_user(firm.colleague).get(at("my_tasks")).text
    assert "收尾" in later
    assert "以后" in later


@pytest.mark.req("TEA-06", whole=True)
@pytest.mark.req("TEA-07", whole=True)
def test_teams_are_formed_by_a_standard_that_the_director_keeps_and_checked_against_it(
    firm: Firm, subject: Subject, kinds: dict[int, str], django_assert_num_queries: Any
) -> None:
    known, director = shipped(), firm.people[MARKETING_DIRECTOR]
    high_end, pr = known["high_end"], known["pr"]
    assert [(part.tier, part.department) for part in high_end.parts.all()] == [
        ("lead", "marketing"), ("module_lead", "sales"), ("module_lead", "customer_service"),
        ("module_lead", "administration"), ("member", "finance"),
    ]  # fmt: skip
    assert {"策划", "执行", "媒体对接"} <= {part.name for part in pr.parts.all()}
    assert all(part.duties for spec in known.values() for part in spec.parts.all())

    # People take the parts with their stated duties; the check counts them.
    kinds[subject.pk] = "high_end"
    assert standard_for(subject) == high_end
    owner, form = as_user(firm.owner), at("team_form", subject.pk)
    dialog = owner.get(form).text
    assert "销售 · 模块负责人 · 2 人" in dialog
    assert "预算审核" in dialog
    parts = {part.name: part for part in high_end.parts.all()}
    sales, service = (
        User.objects.get(pk=firm.people[code].pk) for code in ("sales_manager", "customer_service_manager")
    )
    chosen = {f"part_{parts['组长'].pk}": firm.owner.pk, f"part_{parts['销售'].pk}": sales.pk,
              f"part_{parts['客户服务'].pk}": service.pk}  # fmt: skip
    twice = {**chosen, f"part_{parts['财务'].pk}": sales.pk}
    assert owner.post(form, {"standard": high_end.pk, **twice}, **HTMX).status_code == 422
    assert owner.post(form, {"standard": high_end.pk, **chosen}, **HTMX).status_code == 200
    roster = roster_of(subject)
    assert {(one.name, one.part, one.duty) for one in roster.people} == {
        (user.name, part, parts[part].duties)
        for user, part in ((firm.owner, "组长"), (sales, "销售"), (service, "客户服务"))
    }
    found = staffing_of(roster, high_end)
    assert [(one.part.name, one.actual, one.part.people, one.gap) for one in found.parts] == [
        ("组长", 1, 1, 0), ("销售", 1, 2, 1), ("客户服务", 1, 2, 1), ("行政", 0, 1, 1), ("财务", 0, 1, 1)
    ]  # fmt: skip
    assert (found.actual, found.wanted, found.gap) == (3, 7, 4)
    # Who leads plays that part, also where nobody has named it.
    Seat.objects.filter(member__subject=subject, member__user=firm.owner).update(part="")
    unnamed = staffing_of(roster_of(subject), high_end)
    assert (unnamed.parts[0].actual, unnamed.gap, unnamed.loose) == (1, 4, found.loose)
    page = owner.get(at("schedule_detail", subject.pk) + "?view=team").text
    assert "缺 4 人" in page

    # The director keeps them as data: a unit's own goes before the shipped one; others read.
    boss = as_user(director)
    assert owner.get(at("standard_detail", high_end.pk)).status_code == 200
    assert owner.get(at("standard_add")).status_code == 403
    assert owner.post(at("part_edit", high_end.pk, parts["销售"].pk)).status_code == 403
    sent = {"name": "华东高端小组", "kind": "high_end", "unit": firm.east.pk, "description": ""}
    assert boss.post(at("standard_add") + f"?from={high_end.pk}", sent, **HTMX).status_code == 200
    own = TeamStandard.objects.get(name="华东高端小组")
    assert standard_for(subject) == own
    copied = own.parts.get(name="销售")
    changed = {
        "name": "销售",
        "people": 1,
        "tier": "module_lead",
        "department": "sales",
        "duties": "客户邀约",
    }
    assert boss.post(at("part_edit", own.pk, copied.pk), {**changed, "people": 0}, **HTMX).status_code == 422
    assert (
        boss.post(at("part_edit", own.pk, copied.pk), {**changed, "tier": "lead"}, **HTMX).status_code == 422
    )
    assert boss.post(at("part_edit", own.pk, copied.pk), changed, **HTMX).status_code == 200
    assert staffing_of(roster, own).gap == 3
    assert high_end.parts.get(name="销售").people == 2
    actions.set_part(
        standard=own, actor=director, fields=PartFields("摄影", Tier.EXECUTOR, "现场拍摄", "pr", 1)
    )
    actions.delete_part(part=own.parts.get(name="财务"), actor=director)
    assert "摄影" in owner.get(at("standard_detail", own.pk)).text
    with pytest.raises(NotAllowed):
        actions.make_standard(head=StandardHead("x", "pr"), actor=firm.owner)
    assert as_user(firm.outsider).get(at("standard_detail", own.pk)).status_code == 404
    assert boss.post(at("standard_delete", own.pk), **HTMX).status_code == 200
    assert standard_for(subject) == high_end
    kinds[subject.pk] = "customer"
    assert standard_for(subject) is None
