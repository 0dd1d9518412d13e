"""What a campaign is for and what it is to reach: the rows GOA-01 to GOA-06 of the catalogue, each from page to store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.metrics.catalogue import BY_KEY, find
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.sheets.values import DueRule, Figure
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.aim_models import EVENT_PURPOSES
from yunchou.lifecycle.campaigns.models import SMART_BOXES, Aim, Campaign, Goal, GoalIndicator, Kind, Status
from yunchou.lifecycle.campaigns.selectors import context_of, dossier_of, findings_of, lock_on
from yunchou.lifecycle.campaigns.stores import goals
from yunchou.lifecycle.campaigns.tables import DIMENSIONS, GOALS
from yunchou.lifecycle.planning.models.occasions import Occasion

from .factories import again, bring_to, make_campaign, make_proposal, save_rows, submit

HTMX = {"headers": {"hx-request": "true"}}
HEADINGS = [
    "核心目标维度",
    "具体目标描述",
    "量化指标",
    "目标值",
    "数据来源",
    "负责人",
    "完成时间节点",
    "备注",
]


def url(name: str, *args: Any) -> str:
    return reverse(f"campaigns:{name}", args=args)


def text_of(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


# ---------------------------------------------------------------- GOA-01


@pytest.mark.req("GOA-01", whole=True)
def test_a_campaign_states_purposes_of_the_register_and_a_scene(firm: Firm, client: Client) -> None:
    """The three purposes are there, an administrator adds another; the scene is a point of the life cycle or an occasion."""
    campaign = make_campaign(firm, start_on=date(2024, 8, 20), end_on=date(2024, 9, 10))
    client.force_login(firm.owner)
    register = text_of(client, url("aim_list"))
    assert all(word in register for word in ("新客获取", "老客复购", "品牌渗透", "首购", "复购"))
    assert url("aim_add") not in register
    assert client.get(url("aim_add")).status_code == 403
    for keeper in (firm.admin, firm.people[MARKETING_DIRECTOR]):
        client.force_login(keeper)
        assert url("aim_add") in text_of(client, url("aim_list"))
    added = {"sort": "purpose", "name": " 会员  招募 ", "meaning": "发展新会员"}
    assert client.post(url("aim_add"), added).status_code == 302
    assert client.post(url("aim_add"), added).status_code == 422
    assert client.post(url("aim_add"), {**added, "name": "品牌渗透"}).status_code == 422
    assert client.post(url("aim_add"), {"sort": "stage", "name": "入住"}).status_code == 302
    change = url("aim_change", "purpose", "老客复购")
    assert (
        client.post(change, {"meaning": "让老客户再来"}).status_code == 302
    )  # not ticked: no longer offered
    assert "老客复购" in text_of(client, url("aim_list"))
    assert client.get(url("aim_change", "purpose", "没有的")).status_code == 404

    client.force_login(firm.owner)
    page = text_of(client, url("proposal_detail", campaign.pk))
    address = url("purpose_edit", campaign.pk)
    assert address in page
    dialog = text_of(client, address)
    assert "会员 招募" in dialog
    assert "老客复购" not in dialog
    assert "stage:入住" in dialog
    occasion = "occasion:autumn_term@2024-09-01"
    assert occasion in dialog
    assert "2024-11-11" not in dialog  # too far away to be its scene
    for wrong in (
        {"scene": occasion},
        {"purposes": ["没有的"], "scene": occasion},
        {"purposes": ["品牌渗透"], "scene": ""},
        {"purposes": ["品牌渗透"], "scene": "occasion:double_11@2024-11-11"},
    ):
        refused = client.post(address, wrong, **HTMX)
        assert refused.status_code == 422
        assert "field-error" in refused.content.decode()
    said = {"purposes": ["会员 招募", "品牌渗透"], "scene": occasion, "words": "开学季"}
    assert client.post(address, said, **HTMX)["HX-Redirect"] == url("proposal_detail", campaign.pk)
    campaign = again(campaign)
    assert campaign.purposes == ["会员 招募", "品牌渗透"]
    assert (campaign.scene, campaign.scene_kind, campaign.scene_key) == ("开学季", "occasion", "autumn_term")
    assert campaign.scene_on == date(2024, 9, 1)
    entry = JournalEntry.objects.get(kind="campaigns.purpose_stated")
    assert entry.data["before"] == {"purposes": [], "scene": ""}
    page = text_of(client, url("proposal_detail", campaign.pk))
    assert f"{reverse('planning:occasion_calendar')}?month=2024-09" in page
    assert "营销节点" in page

    # Words written into the table are tied to nothing until somebody says to what; an own occasion is one as well.
    actions.change_overview(campaign=campaign, actor=firm.owner, changes={"scene": "校园"})
    assert again(campaign).scene_kind == ""
    assert "尚未关联" in text_of(client, url("proposal_detail", campaign.pk))
    own = Occasion.objects.create(
        unit=firm.group, name="会员日", kind="dates", start_on=date(2024, 9, 6), created_by=firm.admin
    )
    assert (
        client.post(
            address, {"purposes": ["品牌渗透"], "scene": f"occasion:occasion:{own.pk}@2024-09-06"}
        ).status_code
        == 302
    )
    assert again(campaign).scene == "会员日"
    assert client.post(address, {"purposes": ["品牌渗透"], "scene": "stage:复购"}).status_code == 302
    campaign = again(campaign)
    assert (campaign.scene, campaign.scene_kind, campaign.scene_on) == ("复购", "stage", None)
    register = text_of(client, url("aim_list"))
    assert "会员 招募" in register

    client.force_login(firm.approver)
    assert client.post(address, said).status_code == 403
    client.force_login(firm.outsider)
    assert client.get(address).status_code == 404
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.RUNNING)
    client.force_login(firm.owner)
    assert client.post(address, said, **HTMX).status_code == 409
    with pytest.raises(NotAllowed):
        actions.add_aim(sort=Aim.Sort.PURPOSE, name="偷偷", actor=firm.owner)


@pytest.mark.req("TYP-08")
def test_the_register_says_what_customer_events_are_for_and_always_offers_some(
    firm: Firm, client: Client
) -> None:
    """The standard four count; so does what the company adds as such, and one of them all stays on offer."""
    campaign = make_proposal(firm, kind=Kind.CUSTOMER, purposes=["会员招募", "邻里共建"])

    def lacks() -> bool:
        told = [one.verdict for one in findings_of(campaign.subject)]
        return any(
            one.rule_id == "K-TYP-11" and one.values.get("part") == "event_purpose"
            for one in told
            if not one.passed
        )

    client.force_login(firm.people[MARKETING_DIRECTOR])
    assert client.post(url("aim_add"), {"sort": "purpose", "name": "会员招募"}).status_code == 302
    assert lacks()
    counted = {"sort": "purpose", "name": "邻里共建", "is_for_events": "on"}
    assert client.post(url("aim_add"), counted).status_code == 302
    assert client.post(url("aim_add"), {**counted, "sort": "stage", "name": "入住"}).status_code == 302
    assert not Aim.objects.get(name="入住").is_for_events
    assert not lacks()
    assert "可作为客户活动目的" in text_of(client, url("aim_list"))
    for name in EVENT_PURPOSES:
        assert "is_for_events" not in text_of(client, url("aim_change", "purpose", name))
        assert client.post(url("aim_change", "purpose", name), {}).status_code == 302
    own = url("aim_change", "purpose", "邻里共建")
    assert 'name="is_for_events"' in text_of(client, own)
    assert (
        client.post(own, {"is_for_events": "on"}).status_code == 422
    )  # the last one is not taken out of offer
    assert client.post(own, {"is_used": "on"}).status_code == 422
    assert client.post(own, {"is_used": "on", "is_for_events": "on"}).status_code == 302
    other = url("aim_change", "purpose", EVENT_PURPOSES[0])
    assert client.post(other, {"is_used": "on"}).status_code == 302
    assert client.post(own, {"is_used": "on"}).status_code == 302
    assert lacks()


# ---------------------------------------------------------------- GOA-02, R-GOA-01


@pytest.mark.req("GOA-02", whole=True)
@pytest.mark.rule("R-GOA-01", whole=True)
def test_every_goal_passes_five_checks_before_it_is_sent(firm: Firm, client: Client) -> None:
    """Measurable and time-bound are told by the system, the other three are ticked; whatever is missing stops the sending."""
    campaign = make_proposal(firm)
    whole = goals.load(campaign.subject)[0]
    client.force_login(firm.owner)
    # What is missing, and which of the two that the system tells it concerns.
    gaps = [
        ({"metrics": ()}, "is_measurable"),
        ({"targets": ()}, "is_measurable"),
        ({"targets": (Figure(None, label="很多"),)}, "is_measurable"),
        ({"metrics": ("有效线索量", "总线索量")}, "is_measurable"),
        ({"due": None}, "is_time_bound"),
        ({"data_sources": ()}, ""),
        ({"owner": None}, ""),
    ]
    for change, told in gaps:
        [column] = change
        save_rows(campaign, "goals", [replace(whole, given={}, **change)], actor=firm.owner)
        with pytest.raises(RuleRefused) as refused:
            submit(again(campaign), firm)
        [verdict] = refused.value.verdicts
        assert verdict.rule_id == "R-GOA-01"
        assert {place.column for place in verdict.at} >= {
            "targets" if column == "metrics" and len(change[column]) == 2 else column
        }
        page = client.get(reverse("sheets:table", args=[campaign.pk, "goals"]))
        [shown] = page.context["goals"].values()
        assert (shown.is_measurable, shown.is_time_bound) == (
            told != "is_measurable",
            told != "is_time_bound",
        )
    save_rows(campaign, "goals", [whole], actor=firm.owner)
    goal = Goal.objects.get(subject=campaign.subject)
    for box in SMART_BOXES:
        others = [each for each in SMART_BOXES if each != box]
        actions.confirm_goal(goal=goal, actor=firm.owner, boxes=others)
        with pytest.raises(RuleRefused) as refused:
            submit(again(campaign), firm)
        assert [verdict.values["missing"] for verdict in refused.value.verdicts] == [box]
    actions.confirm_goal(goal=goal, actor=firm.owner)
    assert submit(again(campaign), firm).status == Status.IN_APPROVAL


# ---------------------------------------------------------------- GOA-03


@pytest.mark.req("GOA-03", whole=True)
@pytest.mark.once
def test_the_goal_table_has_its_eight_columns_everywhere(firm: Firm, client: Client) -> None:
    """On the page in the source's order, as cards with labels on a phone, in the workbook that is written, and read from it."""
    campaign = make_proposal(firm)
    [row] = goals.load(campaign.subject)
    save_rows(campaign, "goals", [replace(row, remark="线索以CRM为准")], actor=firm.owner)
    client.force_login(firm.owner)
    page = client.get(reverse("sheets:table", args=[campaign.pk, "goals"]))
    grid = page.context["grid"]
    assert [head.key for head in grid.heads] == list(GOALS.by_key)
    body = page.content.decode()
    for said in (
        "线索获取",
        "收集有效线索",
        "有效线索量",
        "≥200 条",
        "CRM",
        firm.colleague.name,
        "活动结束后1个工作日",
        "线索以CRM为准",
    ):
        assert said in body
    for column in GOALS.columns[1:]:  # the first is the title of the card
        assert f'data-label="{column.label}"' in body

    data = workbook().export(dossier_of(again(campaign)), context_of(again(campaign)))
    sheet = next(one for one in read_workbook(BytesIO(data).getvalue()).sheets if one.name == "目标拆解表")
    head = next(iter(sheet.lines.values()))
    assert [head[n] for n in sorted(head)] == HEADINGS
    reading = workbook().read(data, context_of(again(campaign)))
    [read] = reading.dossier.part("goals").rows
    assert read == goals.load(campaign.subject)[0]


# ---------------------------------------------------------------- GOA-04


@pytest.mark.req("GOA-04", whole=True)
def test_goals_are_suggested_by_kind_and_filled_in_by_one_click(firm: Firm, client: Client) -> None:
    """Six dimensions are preset; those that suit the kind come first, with indicators of the catalogue, source and deadline."""
    assert DIMENSIONS == ("品牌曝光", "线索获取", "销售转化", "用户满意", "参与度", "忠诚度")
    assert GOALS.by_key["dimension"].options() == DIMENSIONS
    client.force_login(firm.owner)
    first = {}
    for kind in Kind:
        campaign = make_campaign(firm, f"活动 {kind}", kind=kind)
        page = client.get(url("proposal_detail", campaign.pk)).content.decode()
        table = client.get(reverse("sheets:table", args=[campaign.pk, "goals"]))
        suggested = table.context["suggested"]
        assert sorted(one.dimension for one, _usual in suggested) == sorted(DIMENSIONS)
        first[kind] = [one.dimension for one, usual in suggested if usual]
        assert all(f'value="{dimension}"' in page for dimension in DIMENSIONS)
    assert first[Kind.MARKETING] == ["品牌曝光", "线索获取", "销售转化"]
    assert first[Kind.HIGH_END][0] == "用户满意"
    assert first[Kind.CUSTOMER] == ["参与度", "用户满意", "忠诚度"]
    assert len(set(map(tuple, first.values()))) > 4

    campaign = make_campaign(firm, "开学季", kind=Kind.MARKETING)
    days = {"品牌曝光": 3, "线索获取": 1, "销售转化": 5}
    for dimension in first[Kind.MARKETING]:
        answer = client.post(url("goal_suggest", campaign.pk), {"dimension": dimension}, **HTMX)
        assert answer.status_code == 200
        goal = Goal.objects.get(subject=campaign.subject, dimension=dimension)
        assert goal.due_working_days == days[dimension]  # as R-GOA-02 has them
        assert goal.metrics
        assert all(find(name) for name in goal.metrics)
        assert goal.data_sources == list(dict.fromkeys(find(name).source for name in goal.metrics))
        row = reverse("sheets:row_edit", args=[campaign.pk, "goals", goal.pk])
        assert f'hx-get="{row}" hx-trigger="load"' in answer.content.decode()  # its numbers are typed next
        assert (
            JournalEntry.objects.filter(kind="sheets.row_added", subject=campaign.subject).count()
            == goal.position
        )
    assert (
        BY_KEY["valid_leads"].name in Goal.objects.get(subject=campaign.subject, dimension="线索获取").metrics
    )
    # A dimension that is there is suggested no more, and others are added after all.
    left = client.get(reverse("sheets:table", args=[campaign.pk, "goals"])).context["suggested"]
    assert sorted(one.dimension for one, _usual in left) == sorted(["用户满意", "参与度", "忠诚度"])
    for wrong in ("品牌曝光", "没有的", ""):
        assert client.post(url("goal_suggest", campaign.pk), {"dimension": wrong}, **HTMX).status_code == 409
    assert client.post(url("goal_suggest", campaign.pk), {"dimension": "忠诚度"}).status_code == 302
    client.force_login(firm.approver)
    assert client.post(url("goal_suggest", campaign.pk), {"dimension": "参与度"}).status_code == 403
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.IN_APPROVAL)
    client.force_login(firm.owner)
    assert client.post(url("goal_suggest", campaign.pk), {"dimension": "参与度"}, **HTMX).status_code == 409
    assert not client.get(reverse("sheets:table", args=[campaign.pk, "goals"])).context["suggested"]


# ---------------------------------------------------------------- GOA-05


def typed(*rows: dict[str, str], seen: str) -> dict[str, str]:
    """What the dialog sends for these indicators, with an empty one below them."""
    blank = {"comparator": ">="}
    cells = {f"{n}-{key}": text for n, row in enumerate([*rows, blank]) for key, text in row.items()}
    return {**cells, "rows": str(len(rows) + 1), "seen": seen}


@pytest.mark.req("GOA-05", whole=True)
def test_the_indicators_of_a_goal_are_kept_apart(firm: Firm, client: Client) -> None:
    """Read from a text, previewed, kept each with comparison, number, unit and base; the cell says the same as the rows."""
    campaign = make_proposal(firm)
    goal = Goal.objects.get(subject=campaign.subject)
    client.force_login(firm.owner)
    address = url("goal_indicators", campaign.pk, goal.pk)
    opened = client.get(address, **HTMX)
    assert [form.initial.get("label") for form in opened.context["forms"]] == ["有效线索量", None]

    text = "曝光量≥500万次，互动率≥3%；投诉数≤5件\n满意度=90分\n销售额较2023年Q3(120万)增长20%"
    preview = client.post(address, {"text": text, "read": "1", "rows": "2"}, **HTMX)
    assert preview.status_code == 200
    read = [form.initial for form in preview.context["forms"]][:-1]
    assert [(one["label"], one["comparator"], one["value"], one["unit"]) for one in read] == [
        ("曝光量", ">=", "5000000", "次"),
        ("互动率", ">=", "3", "%"),
        ("投诉数", "<=", "5", "件"),
        ("满意度", "=", "90", "分"),
        ("销售额", ">=", "20", "%"),
    ]
    assert "≥500 万 次" in preview.content.decode()
    assert GoalIndicator.objects.count() == 1  # a preview keeps nothing
    unread = client.post(address, {"text": "曝光量很多", "read": "1"}, **HTMX)
    assert unread.status_code == 422
    assert "曝光量很多" in unread.content.decode()

    rows = [
        {
            key: one[key] or ""
            for key in ("label", "comparator", "value", "unit", "change", "base", "base_value")
        }
        for one in read
    ]
    seen = opened.context["seen"]
    for fault, at in (
        ({"value": ""}, "0-value"), ({"value": "-1"}, "0-value"), ({"value": "many"}, "0-value"),
        ({"value": "1" * 20}, "0-value"),
        ({"label": " "}, "0-label"), ({"label": "互动率"}, "1-label"), ({"comparator": "~"}, "0-comparator"),
        ({"unit": "5次"}, "0-unit"), ({"base": "2023年"}, "0-base"), ({"change": "up"}, "0-base"),
    ):  # fmt: skip
        answer = client.post(address, typed({**rows[0], **fault}, *rows[1:], seen=seen), **HTMX)
        assert answer.status_code == 422, fault
        place, name = at.split("-")
        assert answer.context["forms"].forms[int(place)].errors.get(name), fault
        assert rows[2]["label"] in answer.content.decode()  # nothing typed is lost
    saved = client.post(address, typed(*rows, seen=seen), **HTMX)
    assert saved.status_code == 204
    kept = GoalIndicator.objects.filter(goal=goal).values_list(
        "label", "comparator", "value", "unit", "is_growth", "is_decline", "base", "base_value"
    )
    assert list(kept) == [
        ("曝光量", ">=", Decimal(5_000_000), "次", False, False, "", None),
        ("互动率", ">=", Decimal(3), "%", False, False, "", None),
        ("投诉数", "<=", Decimal(5), "件", False, False, "", None),
        ("满意度", "=", Decimal(90), "分", False, False, "", None),
        ("销售额", ">=", Decimal(20), "%", True, False, "2023年Q3", Decimal(1_200_000)),
    ]
    [row] = goals.load(campaign.subject)
    assert [str(target) for target in row.targets][-1] == "较2023年Q3(1200000)增长≥20%"
    page = client.get(reverse("sheets:table", args=[campaign.pk, "goals"])).content.decode()
    assert "≤5 件" in page
    assert "较2023年Q3" in page
    # The cell typed as a text is kept apart just so, and a stale dialog overwrites nothing.
    assert client.post(address, typed(rows[0], seen=seen), **HTMX).status_code == 409
    save_rows(
        campaign,
        "goals",
        [GOALS.edit(row, "targets", "退货率同比下降10%", context_of(campaign))[0]],
        actor=firm.owner,
    )
    one = GoalIndicator.objects.get(goal__subject=campaign.subject)
    assert (one.value, one.is_decline, one.base) == (Decimal(10), True, "同比")
    client.force_login(firm.approver)
    assert client.get(address).status_code == 403
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.RUNNING)
    client.force_login(firm.owner)
    assert client.get(address, **HTMX).status_code == 409


# ---------------------------------------------------------------- GOA-06, R-GOA-02


@pytest.mark.req("GOA-06", whole=True)
@pytest.mark.rule("R-GOA-02", whole=True)
def test_deadlines_follow_the_end_over_holidays_and_show_by_how_much(firm: Firm, client: Client) -> None:
    """Brand 3, leads 1, sales 5 working days after the end: 2024-08-14, -12, -16; moved past the National Day with the end."""
    campaign = make_proposal(firm)
    [row] = goals.load(campaign.subject)
    days = {"品牌曝光": 3, "线索获取": 1, "销售转化": 5}
    fixed = replace(row, pk=None, dimension="用户满意", due=date(2024, 9, 1))
    rows = [replace(row, pk=None, dimension=name, due=DueRule(n)) for name, n in days.items()]
    save_rows(campaign, "goals", [*rows, fixed], actor=firm.owner)
    actions.classify(campaign=again(campaign))
    client.force_login(firm.owner)
    table = reverse("sheets:table", args=[campaign.pk, "goals"])

    def due() -> dict[str, tuple[date | None, date | None]]:
        shown = client.get(table).context["goals"].values()
        return {one.goal.dimension: (one.due_on, one.moved_from) for one in shown}

    first = {"品牌曝光": date(2024, 8, 14), "线索获取": date(2024, 8, 12), "销售转化": date(2024, 8, 16)}
    assert due() == {
        **{name: (day, None) for name, day in first.items()},
        "用户满意": (date(2024, 9, 1), None),
    }
    actions.change_overview(campaign=again(campaign), actor=firm.owner, changes={"end_on": date(2024, 9, 30)})
    # 1 to 7 October are off; Saturday 12 October is worked instead.
    later = {"品牌曝光": date(2024, 10, 10), "线索获取": date(2024, 10, 8), "销售转化": date(2024, 10, 12)}
    assert due() == {**{n: (later[n], first[n]) for n in days}, "用户满意": (date(2024, 9, 1), None)}
    page = client.get(table).content.decode()
    assert "2024-10-08" in page
    assert "2024-08-12" in page
    assert "随结束日期顺延" in page
    assert (
        'hx-trigger="sheets:changed from:#sheet-overview"' in page
    )  # the page shows it as soon as the end is saved
    # Another number of days is another deadline, not a moved one; back at the old end nothing is moved.
    changed = [
        replace(one, due=DueRule(2)) if one.dimension == "品牌曝光" else one
        for one in goals.load(campaign.subject)
    ]
    save_rows(campaign, "goals", changed, actor=firm.owner)
    actions.classify(campaign=again(campaign))
    assert due()["品牌曝光"] == (date(2024, 10, 9), None)
    actions.change_overview(campaign=again(campaign), actor=firm.owner, changes={"end_on": date(2024, 8, 10)})
    assert due()["线索获取"] == (first["线索获取"], None)
    # Moving the whole campaign tells the deadlines that go along before it is done.
    preview = client.get(
        url("campaign_redate", campaign.pk), {"start_on": "2024-09-04"}, **HTMX
    ).content.decode()
    assert "2024-08-16" in preview
    assert "2024-10-12" in preview
    with clock.at("2024-07-10T10:00"):
        actions.redate_campaign(campaign=again(campaign), start_on=date(2024, 9, 4), actor=firm.owner)
        assert due()["销售转化"] == (later["销售转化"], first["销售转化"])
        for goal in Goal.objects.filter(subject=campaign.subject):
            actions.confirm_goal(goal=goal, actor=firm.owner)
        bring_to(again(campaign), Status.CLOSED, firm)
        owed = {
            duty.key: clock.local(duty.due_at).date() for duty in Duty.objects.filter(kind="campaigns.goal")
        }
        leads = Goal.objects.get(subject=campaign.subject, dimension="线索获取")
        assert owed[f"campaigns.goal:{leads.pk}"] == later["线索获取"]
        assert lock_on(campaign.subject, "overview")
    with pytest.raises(WrongState):
        actions.change_overview(
            campaign=again(campaign), actor=firm.owner, changes={"end_on": date(2024, 10, 30)}
        )
