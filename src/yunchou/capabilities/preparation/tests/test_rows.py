"""Agreements, supplies, stock, prints, publicity, speakers, trips, trainings and research, each as its row asks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.actions.publicity import is_as_approved
from yunchou.capabilities.preparation.following import part_url
from yunchou.capabilities.preparation.models import (
    Acceptance,
    Agreement,
    Check,
    Holding,
    MoveKind,
    Print,
    Publicity,
    Review,
    Speaker,
    StockMove,
    Supply,
    Topic,
    Trip,
)
from yunchou.capabilities.preparation.rules import OnSite, staff_on_site_are_trained
from yunchou.capabilities.preparation.selectors.people import trained, untrained
from yunchou.capabilities.preparation.selectors.research import attachable, attached_to
from yunchou.capabilities.preparation.selectors.standing import TOLD, Hands, rows_of
from yunchou.capabilities.purchasing.models import Purchase
from yunchou.capabilities.purchasing.tests import factories as buying
from yunchou.directory.organisation.models import DepartmentKind
from yunchou.directory.organisation.positions import DEPT_HEAD
from yunchou.directory.organisation.tests.factories import Firm, staff
from yunchou.kernel.approvals.actions import install_definition, return_case
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.approvals.tests.steps import agree, task_of, waiting
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.sheets.editor import delete_row
from yunchou.kernel.sheets.grid import find_table
from yunchou.kernel.subjects.models import Role, Subject

from .factories import at, change, join, make_item, put, signed


def standing(table: str, subject: Subject, firm: Firm) -> list[str]:
    """The level of every row, as the page draws it."""
    hands = Hands(firm.owner, edits=True, reviews=True)
    return [TOLD[table].stand(row, hands).level for row in rows_of(table, subject)]


def duty(table: str, row: object) -> Duty:
    return Duty.objects.filter(key__startswith=f"preparation.{table}:{row.pk}").latest("pk")  # type: ignore[attr-defined]


@pytest.mark.req("PRE-03", whole=True)
@pytest.mark.rule("R-PRE-01")
def test_supplier_channel_and_partner_count_once_agreed_in_writing(firm: Firm, subject: Subject) -> None:
    """Each with what is needed and when; what was agreed for something else is a promise again."""
    for kind, party in (("供应商", "锦绣印刷"), ("渠道", "城市电台"), ("合作方", "江畔酒店")):
        put(
            subject, "agreements", firm.owner, kind=kind, party=party, need="到场服务", needed_on="2024-08-09",
            owner=str(firm.colleague.pk),
        )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        put(subject, "agreements", firm.owner, party="口头答应的人")
    assert {"need", "needed_on"} <= set(refused.value.fields)
    rows = list(Agreement.objects.filter(subject=subject))
    assert standing("agreements", subject, firm) == ["act"] * 3
    assert duty("agreement", rows[0]).due_at == at(9, 18)
    for row in rows:
        with pytest.raises(RuleRefused):
            actions.confirm_agreement(agreement=row, actor=firm.owner)
        done = actions.confirm_agreement(agreement=row, upload=signed(f"{row.party}.pdf"), actor=firm.owner)
        assert done.is_done
        assert done.agreement is not None
    assert standing("agreements", subject, firm) == ["fine"] * 3
    assert duty("agreement", rows[0]).state == Duty.State.DONE
    assert not change(rows[0], "agreements", firm.owner, needed_on="2024-08-10").is_done
    assert duty("agreement", rows[0]).is_open
    actions.take_agreement_back(agreement=rows[1], reason="对方毁约", actor=firm.owner)
    assert standing("agreements", subject, firm) == ["act", "act", "fine"]
    assert change(rows[2], "agreements", firm.owner, owner="").is_done


@pytest.mark.req("PRE-06", whole=True)
def test_supplies_are_listed_owed_and_accepted(firm: Firm, subject: Subject) -> None:
    """Gifts, documents, catering, sound and vehicles; administration answers for what nobody is named for."""
    head = staff("苏敏", firm.department("group", DepartmentKind.ADMINISTRATION), DEPT_HEAD)
    for kind, name in (
        ("礼品", "定制礼品"),
        ("资料", "手册"),
        ("餐饮", "晚宴"),
        ("音响设备", "音响"),
        ("车辆", "大巴"),
    ):
        put(
            subject, "supplies", firm.owner, kind=kind, name=name, quantity="100", measure="份", quality="无破损",
            supplier="锦绣", due_on="2024-08-08",
        )  # fmt: skip
    for wrong in ("-1", "0", "许多"):
        with pytest.raises(Invalid) as refused:
            put(subject, "supplies", firm.owner, kind="礼品", name="坏行", quantity=wrong)
        assert set(refused.value.fields) == {"quantity"}
    gift, document, catering, *_rest = Supply.objects.filter(subject=subject)
    assert (gift.owner, gift.quality, gift.supplier) == (head, "无破损", "锦绣")
    assert duty("supply", gift).owner == head
    change(document, "supplies", firm.owner, owner=str(firm.colleague.pk), due_on="2024-08-07")
    moved = duty("supply", document)
    assert (moved.owner, moved.due_at, moved.is_open) == (firm.colleague, at(7, 18), True)

    with pytest.raises(Invalid):
        actions.accept_supply(supply=gift, quantity=Decimal(101), note="", actor=firm.owner)
    with pytest.raises(Invalid):
        actions.accept_supply(supply=catering, quantity=Decimal(1), note=" ", is_good=False, actor=firm.owner)
    actions.accept_supply(
        supply=catering, quantity=Decimal(1), note="不新鲜", is_good=False, actor=firm.owner
    )
    part, _move = actions.accept_supply(supply=gift, quantity=Decimal(40), note="", actor=firm.owner)
    assert part.acceptance == Acceptance.PART
    assert duty("supply", gift).is_open
    whole, _move = actions.accept_supply(supply=gift, quantity=Decimal(60), note="抽检合格", actor=firm.owner)
    assert whole.acceptance == Acceptance.ACCEPTED
    assert duty("supply", gift).state == Duty.State.DONE
    assert standing("supplies", subject, firm) == ["fine", "unknown", "act", "unknown", "unknown"]
    with pytest.raises(WrongState):
        actions.accept_supply(supply=gift, quantity=Decimal(1), note="", actor=firm.owner)
    assert change(gift, "supplies", firm.owner, quantity="120").acceptance == Acceptance.PART
    with clock.at("2024-08-09T09:00"):
        assert standing("supplies", subject, firm) == ["watch", "act", "act", "act", "act"]


@pytest.mark.req("PRE-07", whole=True)
def test_gifts_are_bought_within_the_budget_accepted_and_kept_in_stock(firm: Firm) -> None:
    """The purchase keeps within the line, the acceptance puts it into stock, each receipt and issue has its number."""
    shop = buying.make_shop(firm)
    activity = shop.activity
    put(activity, "supplies", firm.owner, kind="礼品", name="定制礼品", quantity="1000", measure="份")
    gift = Supply.objects.get(subject=activity)
    purchase = buying.make_purchase(shop)
    line = purchase.lines.get(name="定制礼品")
    with pytest.raises(Invalid):
        actions.order_supply(supply=gift, line=_foreign(shop), actor=firm.owner)
    assert actions.order_supply(supply=gift, line=line, actor=firm.owner).order_line == line
    # More than the line has is refused where it is bought.
    from yunchou.capabilities.purchasing.actions import put_line

    put_line(
        purchase=purchase, line=line, name="定制礼品", budget_line=line.line, quantity=Decimal(1000),
        estimate=Decimal(60_000), measure="件", actor=shop.requester,
    )  # fmt: skip
    with pytest.raises(RuleRefused) as refused:
        buying.approved(shop, Purchase.objects.get(pk=purchase.pk))
    assert {v.rule_id for v in refused.value.verdicts} & {"R-BUD-05", "R-BUD-01", "R-BUD-06"}

    item = make_item(firm, minimum=200)
    _supply, receipt = actions.accept_supply(
        supply=gift, quantity=Decimal(300), note="抽检合格", item=item, actor=firm.owner
    )
    assert receipt is not None
    assert (receipt.number, receipt.balance, receipt.activity) == (
        "RK-2024-00001",
        300,
        activity,
    )

    def move(kind: str, count: int, **more: object) -> StockMove:
        return actions.move_stock(item=item, kind=kind, quantity=Decimal(count), actor=firm.owner, **more)  # type: ignore[arg-type]

    assert move(MoveKind.HAND_OUT, 50, person=firm.colleague, activity=activity).number == "CK-2024-00001"
    assert move(MoveKind.ISSUE, 20).balance == 230
    assert Holding.objects.get(item=item).quantity == 50
    assert move(MoveKind.RETURN, 10, person=firm.colleague).balance == 240
    for kind, count, more, field in (
        (MoveKind.ISSUE, 241, {}, "quantity"),
        (MoveKind.RETURN, 41, {"person": firm.colleague}, "quantity"),
        (MoveKind.RETURN, 1, {"person": firm.approver}, "quantity"),
        (MoveKind.HAND_OUT, 1, {}, "person"),
        (MoveKind.WRITE_OFF, 1, {}, "note"),
        (MoveKind.RECEIPT, 0, {}, "quantity"),
    ):
        with pytest.raises(Invalid) as bad:
            move(kind, count, **more)
        assert field in bad.value.fields
    assert move(MoveKind.WRITE_OFF, 5, note="压坏").balance == 235
    counted = move(MoveKind.COUNT, 190, note="盘点")
    item.refresh_from_db()
    assert (counted.change, counted.number, item.quantity, item.is_low) == (-45, "PD-2024-00001", 190, True)
    assert sum(one.change for one in StockMove.objects.filter(item=item)) == item.quantity
    with pytest.raises(NotAllowed):
        actions.move_stock(item=item, kind=MoveKind.RECEIPT, quantity=Decimal(1), actor=firm.outsider)
    entry = JournalEntry.objects.filter(kind="preparation.stock_moved").latest("pk")
    assert "PD-2024-00001" in entry.sentence


def _foreign(shop: buying.Shop):  # type: ignore[no-untyped-def]
    """A line of a purchase for no activity."""
    from yunchou.capabilities.purchasing.models import PurchaseLine

    other = buying.actions.create_purchase(
        actor=shop.requester, title="办公用品", kind="print", purpose="日常", unit=shop.firm.department()
    )
    return PurchaseLine.objects.create(purchase=other, name="纸", quantity=1, estimate=1, position=1)


@pytest.mark.req("PRE-08", whole=True)
def test_artwork_is_reviewed_before_it_is_printed_and_its_arrival_tracked(
    firm: Firm, subject: Subject
) -> None:
    helper = join(subject, firm.colleague)
    put(subject, "prints", helper, name="折页", quantity="500", due_on="2024-08-07", owner=str(helper.pk))
    row = Print.objects.get(subject=subject)
    for refused, act in (
        (WrongState, lambda: actions.send_to_print(row=row, promised_on=date(2024, 8, 6), actor=helper)),
        (Invalid, lambda: actions.hand_in(row=row, upload=None, actor=helper)),
        (WrongState, lambda: actions.review_material(row=row, passes=True, note="", actor=firm.owner)),
    ):
        with pytest.raises(refused):
            act()
    actions.hand_in(row=row, upload=signed("折页.pdf"), actor=helper)
    [owed] = Duty.objects.filter(kind="preparation.review")
    assert (owed.owner, owed.due_at) == (firm.owner, at(5, 18))
    with pytest.raises(NotAllowed):
        actions.review_material(row=row, passes=True, note="", actor=helper)
    with pytest.raises(Invalid):
        actions.review_material(row=row, passes=False, note=" ", actor=firm.owner)
    actions.review_material(row=row, passes=False, note="标志过小", actor=firm.owner)
    assert Notification.objects.filter(user=helper, kind="preparation.review").exists()
    owed.refresh_from_db()
    assert owed.state == Duty.State.DONE
    assert standing("prints", subject, firm) == ["act"]
    again = actions.hand_in(row=row, upload=signed("折页改.pdf"), actor=helper)
    assert again.material is not None
    assert (again.material.version, again.review) == (2, Review.ASKED)
    actions.review_material(row=row, passes=True, note="", actor=firm.owner)
    # Who hands in a further version has it reviewed anew: what is printed is what passed.
    actions.hand_in(row=row, upload=signed("折页三.pdf"), actor=helper)
    with pytest.raises(WrongState):
        actions.send_to_print(row=row, promised_on=date(2024, 8, 6), actor=helper)
    actions.review_material(row=row, passes=True, note="可印", actor=firm.owner)
    actions.send_to_print(row=row, promised_on=date(2024, 8, 8), actor=helper)
    assert standing("prints", subject, firm) == ["act"]  # promised for the day after it is required
    with pytest.raises(WrongState):
        actions.hand_in(row=row, upload=signed("四.pdf"), actor=helper)
    with clock.at("2024-08-09T09:00"):
        with pytest.raises(Invalid):
            actions.receive_print(row=row, arrived_on=date(2024, 8, 10), note="", actor=helper)
        actions.receive_print(row=row, arrived_on=date(2024, 8, 9), note="齐", actor=helper)
        assert standing("prints", subject, firm) == ["watch"]
    assert duty("print", row).is_late
    assert JournalEntry.objects.get(kind="preparation.print_arrived").data["late"]["with"] == {"days": 2}


@pytest.mark.req("PRE-09", whole=True)
@pytest.mark.rule("R-PRE-04", whole=True)
def test_who_serves_on_site_untrained_is_flagged(firm: Firm, subject: Subject) -> None:
    """Trained is who attended trainings that together cover flow, clients' needs and rules of service."""
    first, second = firm.colleague, firm.approver
    for person in (first, second):
        put(subject, "posts", firm.owner, post="签到", person=str(person.pk))
    assert sorted(untrained(subject)) == [0, 1]
    assert untrained(subject)[0].rule_id == "R-PRE-04"

    def train(topics: list[str], day: int) -> object:
        return actions.put_training(
            subject=subject, title="岗前培训", topics=topics, held_on=date(2024, 8, day), trainer="周老师",
            people=[first, second], actor=firm.owner,
        )  # fmt: skip

    for field, given in (("topics", {"topics": []}), ("people", {"people": []}), ("title", {"title": ""})):
        with pytest.raises(Invalid) as refused:
            actions.put_training(
                **{
                    "subject": subject,
                    "title": "培训",
                    "topics": ["flow"],
                    "held_on": date(2024, 8, 1),
                    "trainer": "周",
                    "people": [first],
                    "actor": firm.owner,
                    **given,
                }
            )
        assert field in refused.value.fields
    flow, rest = train([Topic.FLOW], 1), train([Topic.NEEDS, Topic.SERVICE], 2)
    actions.record_attendance(training=flow, present=[first.pk, second.pk], actor=firm.owner)  # type: ignore[arg-type]
    assert trained(subject) == frozenset()
    actions.record_attendance(training=rest, present=[first.pk], actor=firm.owner)  # type: ignore[arg-type]
    assert trained(subject) == {first.pk}
    assert list(untrained(subject)) == [1]
    with pytest.raises(WrongState):
        actions.remove_training(training=rest, actor=firm.owner)  # type: ignore[arg-type]
    with pytest.raises(WrongState):
        actions.record_attendance(training=train(["flow"], 20), present=[], actor=firm.owner)  # type: ignore[arg-type]
    facts = OnSite(((1, "李", "签到"), (2, "王", "引导"), (None, "外聘", "安保")), frozenset({1}))
    assert [v.at[0].row for v in staff_on_site_are_trained.check(facts)] == [1, 2]
    assert not any(v.blocks for v in staff_on_site_are_trained.check(facts))


@pytest.mark.req("PRE-10", whole=True)
@pytest.mark.req("APR-12")
def test_publicity_is_approved_before_it_is_published_and_its_reach_noted(
    firm: Firm, subject: Subject, client: Client
) -> None:
    install_definition(key="publicity")
    helper = join(subject, firm.colleague)
    for channel in ("官网", "社交媒体", "电子邮件", "短信"):
        put(
            subject, "publicity", helper, channel=channel, content=f"{channel}预告", due_on="2024-08-05",
            owner=str(helper.pk), wanted_reach="5000",
        )  # fmt: skip
    with pytest.raises(Invalid):
        put(subject, "publicity", helper, channel="飞鸽", content="预告")
    undated = put(subject, "publicity", helper, channel="其他", content="海报")
    with pytest.raises(WrongState):
        actions.send_publicity(row=undated, upload=None, actor=helper)
    row, other, *_rest = Publicity.objects.filter(subject=subject)
    assert duty("publicity", row).due_at == at(5, 18)

    def refused(one: Publicity) -> str:
        with pytest.raises(RuleRefused) as told:
            actions.publish(row=one, published_on=date(2024, 8, 2), address="", actor=helper)
        [verdict] = told.value.verdicts
        assert verdict.rule_id == "K-PRE-01"
        return verdict.reason.msgid

    def again() -> Publicity:
        row.refresh_from_db()
        return row

    assert "not approved yet" in refused(row)
    # The head of the department reviews, the leadership of the region approves; who sent it or leads it does neither.
    actions.send_publicity(row=row, upload=signed("长图.pdf"), actor=helper)
    case = Case.objects.get(subject=again().matter)
    head = firm.people[DEPT_HEAD]
    asked = list(case.steps.order_by("order").values_list("kind", "tasks__assignee__name"))
    assert asked == [("review", head.name), ("approve", firm.approver.name)]
    assert standing("publicity", subject, firm)[0] == "watch"
    client.force_login(head)
    page = client.get(case.get_absolute_url()).text
    assert "官网预告" in page
    assert "长图" in page
    assert "K-PRE-01" in page
    client.force_login(helper)
    tab = client.get(part_url(subject, "publicity")).text
    assert case.get_absolute_url() in tab
    assert head.name in tab
    # While they decide it stays as it is; taken back it can be worded anew, and who decided decides again.
    with pytest.raises(WrongState):
        change(row, "publicity", helper, content="改过的预告")
    table = find_table(subject, "publicity")
    assert table is not None
    with pytest.raises(WrongState):
        delete_row(subject=subject, kept=table, pk=row.pk, actor=helper)
    with pytest.raises(WrongState):
        actions.send_publicity(row=row, upload=None, actor=helper)
    agree(case, head)
    with pytest.raises(NotAllowed):
        actions.take_publicity_back(row=row, actor=firm.owner)
    assert actions.take_publicity_back(row=row, actor=helper).review == Review.NONE
    change(row, "publicity", helper, content="改过的预告")
    actions.send_publicity(row=row, upload=None, actor=helper, note="换了标题")
    case = running_case(again().matter)
    assert case is not None
    assert waiting(case) == [head.name]
    agree(case, head)
    task = task_of(case, firm.approver)
    return_case(task=task, actor=firm.approver, opinion="日期写错了")
    assert (again().review, row.review_note) == (Review.RETURNED, "日期写错了")
    assert standing("publicity", subject, firm)[0] == "act"
    actions.send_publicity(row=row, upload=None, actor=helper)
    case = running_case(row.matter)
    assert case is not None
    agree(case, *(person for person in (head, firm.approver) if person.name in waiting(case)))
    agree(case, *([firm.approver] if Case.objects.get(pk=case.pk).is_running else []))
    assert again().is_passed
    assert row.reviewed_by == firm.approver
    # Whatever is changed afterwards voids it: the wording, and what somebody wrote past the table.
    Publicity.objects.filter(pk=row.pk).update(content="偷换")
    assert "changed after" in refused(row)
    assert not is_as_approved(again())
    Publicity.objects.filter(pk=row.pk).update(content="改过的预告")
    change(again(), "publicity", helper, wanted_reach="6000")
    assert again().is_passed, "whom it is to reach was not decided on"
    change(row, "publicity", helper, due_on="2024-08-04")
    assert again().review == Review.NONE
    assert "changed after" in refused(row)
    assert standing("publicity", subject, firm)[0] == "act"
    actions.send_publicity(row=row, upload=None, actor=helper)
    case = running_case(row.matter)
    assert case is not None
    page = client.get(case.get_absolute_url()).text
    assert "2024-08-05" in page
    agree(case, head, firm.approver)
    with pytest.raises(WrongState):
        actions.send_publicity(row=again(), upload=None, actor=helper)
    with pytest.raises(Invalid):
        actions.publish(row=row, published_on=date(2024, 8, 3), address="", actor=helper)
    with pytest.raises(WrongState):
        actions.note_reach(row=row, reach=1, actor=helper)
    actions.publish(row=row, published_on=date(2024, 8, 2), address="https://example.com/a", actor=helper)
    assert duty("publicity", row).state == Duty.State.DONE
    assert standing("publicity", subject, firm)[0] == "fine"
    assert actions.note_reach(row=row, reach=4200, actor=helper).reach == 4200
    assert standing("publicity", subject, firm)[0] == "watch"
    with pytest.raises(WrongState):
        change(row, "publicity", helper, content="又改")
    assert other.review == Review.NONE


@pytest.mark.req("PRE-11", whole=True)
def test_speakers_have_topic_material_fee_and_a_check_of_the_content(firm: Firm, subject: Subject) -> None:
    helper = join(subject, firm.colleague)
    for kind, name, fee in (("外部专家", "顾教授", "8000"), ("公司高管", "郑总", "")):
        put(
            subject,
            "speakers",
            helper,
            kind=kind,
            name=name,
            topic="家族财富传承",
            fee=fee,
            due_on="2024-08-06",
            owner=str(helper.pk),
        )
    with pytest.raises(Invalid) as refused:
        put(subject, "speakers", helper, kind="外部专家", name="无题", fee="-5")
    assert {"topic", "fee"} <= set(refused.value.fields)
    expert, senior = Speaker.objects.filter(subject=subject)
    assert (expert.fee, senior.fee) == (8000, None)
    with pytest.raises(Invalid):
        actions.hand_in(row=expert, upload=None, actor=helper)
    actions.hand_in(row=expert, upload=signed("讲稿.pdf"), actor=helper)
    assert standing("speakers", subject, firm) == ["watch", "unknown"]
    actions.review_material(row=expert, passes=True, note="无违规表述", actor=firm.owner)
    assert standing("speakers", subject, firm)[0] == "fine"
    assert duty("speaker", expert).state == Duty.State.DONE
    assert change(expert, "speakers", helper, topic="另一个题目").review == Review.NONE
    assert duty("speaker", expert).is_open


@pytest.mark.req("PRE-12", whole=True)
def test_trips_are_confirmed_in_advance(firm: Firm, subject: Subject) -> None:
    for kind, what in (("交通", "大巴接送"), ("餐饮", "园区午餐"), ("考察", "参观工厂")):
        put(
            subject, "trips", firm.owner, on="2024-08-09", times="09:00", kind=kind, what=what, people="40",
            due_on="2024-08-07", owner=str(firm.colleague.pk),
        )  # fmt: skip
    bus, lunch, visit = Trip.objects.filter(subject=subject)
    assert duty("trip", bus).due_at == at(7, 18)
    with pytest.raises(Invalid):
        actions.confirm_trip(trip=bus, note=" ", actor=firm.owner)
    assert actions.confirm_trip(trip=bus, note="车队王师傅回执", actor=firm.owner).is_done
    assert standing("trips", subject, firm) == ["fine", "unknown", "unknown"]
    # What is arranged otherwise is confirmed anew, and owed again.
    assert not change(bus, "trips", firm.owner, people="52").is_done
    assert duty("trip", bus).is_open
    actions.confirm_trip(trip=lunch, note="餐厅短信", actor=firm.owner)
    actions.take_trip_back(trip=lunch, reason="餐厅停业", actor=firm.owner)
    with clock.at("2024-08-08T09:00"):
        assert standing("trips", subject, firm) == ["act"] * 3
    with clock.at("2024-08-10T09:00"), pytest.raises(WrongState):
        actions.confirm_trip(trip=visit, note="补", actor=firm.owner)


@pytest.mark.req("PRE-01", whole=True)
def test_needs_are_gathered_again_and_again_and_attached_to_the_plan(firm: Firm, subject: Subject) -> None:
    """From CRM data, questionnaires and interviews: interests, hot topics, form, content, time and place."""
    found = {
        "interests": "子女教育", "topics": "财富传承", "form": "小型沙龙", "content": "专家讲座", "timing": "周末下午",
        "place": "市区江景",
    }  # fmt: skip

    def gathered(**more: object) -> actions.Gathered:
        given = {
            "title": "高净值客户需求调研", "sources": ["crm", "survey", "interview"], "audience": "钻石会员",
            "from_on": date(2024, 7, 1), "until_on": date(2024, 7, 31), "people": 86, "findings": found, "every_months": 3,
        } | more  # fmt: skip
        return actions.Gathered(**given)  # type: ignore[arg-type]

    for field, more in (
        ("sources", {"sources": []}), ("until_on", {"until_on": date(2024, 9, 1)}), ("interests", {"findings": {}}),
        ("people", {"people": 0}), ("title", {"title": " "}),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            actions.keep_research(unit=firm.east, gathered=gathered(**more), actor=firm.owner)
        assert field in refused.value.fields
    first = actions.keep_research(unit=firm.east, gathered=gathered(), actor=firm.owner)
    assert [answer for _label, answer in first.answers] == list(found.values())
    assert not first.missing
    assert first.next_on == date(2024, 10, 31)
    owed = Duty.objects.get(key=first.duty_key)
    assert (owed.owner, owed.clause, owed.is_open) == (firm.owner, "003 二(一)", True)
    assert list(attachable(subject, firm.owner)) == [first]
    actions.attach_research(research=first, subject=subject, actor=firm.owner)
    actions.attach_research(research=first, subject=subject, actor=firm.owner)
    assert attached_to(subject) == [first]
    assert not attachable(subject, firm.owner).exists()
    assert JournalEntry.objects.filter(kind="preparation.research_attached", subject=subject).count() == 1

    with clock.at("2024-10-20T10:00"):
        later = gathered(from_on=date(2024, 10, 1), until_on=date(2024, 10, 18), every_months=12)
        second = actions.keep_research(unit=firm.east, gathered=later, follows=first, actor=firm.owner)
        with pytest.raises(WrongState):
            actions.keep_research(unit=firm.east, gathered=later, follows=first, actor=firm.owner)
    owed.refresh_from_db()
    assert owed.state == Duty.State.DONE
    assert second.next_on == date(2025, 10, 18)
    changed = actions.change_research(research=second, gathered=gathered(every_months=None), actor=firm.owner)
    assert changed.next_on is None
    assert Duty.objects.get(key=second.duty_key).state == Duty.State.CANCELLED
    actions.detach_research(research=first, subject=subject, actor=firm.owner)
    assert attached_to(subject) == []
    with pytest.raises(NotAllowed):
        actions.keep_research(unit=firm.east, gathered=gathered(), actor=firm.outsider)


def test_whoever_owns_an_item_of_the_checklist_says_what_was_found(firm: Firm, subject: Subject) -> None:
    member = join(subject, firm.colleague, Role.MEMBER)
    put(subject, "checks", firm.owner, name="消防通道", owner=str(member.pk), due_on="2024-08-08")
    with pytest.raises(NotAllowed):
        put(subject, "checks", member, name="自己加的", owner=str(member.pk), due_on="2024-08-08")
    check = Check.objects.get(subject=subject)
    with pytest.raises(Invalid):
        actions.check_item(check=check, is_fine=False, note="", actor=member)
    actions.check_item(check=check, is_fine=False, note="被堵", actor=member)
    assert standing("checks", subject, firm) == ["act"]
    assert duty("check", check).is_open
    actions.check_item(check=check, is_fine=True, note="", actor=member)
    assert duty("check", check).state == Duty.State.DONE
    stranger = join(subject, firm.approver, Role.MEMBER)
    with pytest.raises(NotAllowed):
        actions.check_item(check=check, is_fine=True, note="", actor=stranger)
