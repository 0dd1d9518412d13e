"""Splitting around 100,000 yuan: twenty shapes that are caught, twenty honest neighbours that are not (K-SPL-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.models import DepartmentKind
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.actions import install_definition
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.selectors import predict
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status
from yunchou.lifecycle.campaigns.rules import splitting
from yunchou.lifecycle.campaigns.rules.splitting import Likeness, Limit, Neighbourhood, Outline, with_tax
from yunchou.lifecycle.campaigns.selectors import findings_of

from .factories import again, approve_all, make_proposal, save_rows, submit

LARGE = Limit("R-TYP-01", Decimal(100_000))
MAJOR = Limit("R-APR-13", Decimal(100_000), kinds=frozenset({"marketing"}))
TENDER = Limit("R-BUD-10", Decimal(100_000), op="ge")
DAY = date(2024, 7, 20)
SENT = datetime(2024, 7, 1, tzinfo=UTC)
CONCERT = "七夕邻里音乐会"


def one(cost: str | int, name: str = CONCERT, *, day: int = 0, **fields: Any) -> Outline:
    """A campaign of the marketing department of a region that begins `day` days after 20 July."""
    values: dict[str, Any] = {"unit": 1, "home": 9, "kind": "customer", "sent_at": SENT} | fields
    return Outline(0, name, DAY + timedelta(days=day), Decimal(cost), **values)


def judge(own: Outline, others: Sequence[Outline], *limits: Limit) -> Any:
    around = [replace(other, pk=number) for number, other in enumerate(others, 1)]
    own = replace(own, pk=100, sent_at=None)
    [verdict] = splitting.nothing_is_split.check(Neighbourhood(own, tuple(around), limits or (LARGE, MAJOR)))
    return verdict


OTHER = {"unit": 2}
"""Another department of the same region."""
SOUTH = {"unit": 7, "home": 8}
"""A department of another region."""

CAUGHT: dict[str, tuple[Outline, list[Outline]]] = {
    "two of 60,000": (one(60_000), [one(60_000)]),
    "eleven of 9,900": (one(9_900), [one(9_900, f"第{n}场", day=n) for n in range(10)]),
    "two departments": (one(60_000), [one(60_000, **OTHER)]),
    "a fen over": (one("99999.99"), [one("0.02")]),
    "a fen over, small one first": (one("0.02"), [one("99999.99")]),
    "over the end of a month": (one(60_000, day=5), [one(60_000, day=20)]),
    "over the end of a year": (one(60_000, day=160), [one(60_000, day=185)]),
    "thirty days apart": (one(60_000), [one(60_000, day=30)]),
    "thirty days before": (one(60_000), [one(60_000, day=-30)]),
    "numbered": (one(60_000, f"{CONCERT}第二场"), [one(60_000, f"{CONCERT}第一场", **OTHER)]),
    "first and second half": (one(60_000, f"{CONCERT}（下）"), [one(60_000, f"{CONCERT}(上)", **OTHER)]),
    "words turned round": (one(60_000, "邻里七夕音乐晚会"), [one(60_000, **OTHER)]),
    "another spelling": (one(60_000, "ＶＩＰ 客户-答谢宴"), [one(60_000, "vip客户答谢晚宴", **OTHER)]),
    "renamed within the department": (one(60_000, "秋日雅集"), [one(60_000, "金秋茶会")]),
    "renamed, same purposes and audience": (
        one(60_000, "秋日雅集", purposes=("提升复购", "品牌"), audience="钻石会员及家属", **OTHER),
        [one(60_000, "金秋茶会", purposes=("品牌", "提升复购"), audience="钻石会员和家属")],
    ),
    "three departments": (one(40_000), [one(40_000, **OTHER), one(40_000, unit=3)]),
    "department and purpose together": (one(40_000), [one(40_000, "金秋茶会"), one(40_000, **OTHER)]),
    "amended from 90,000": (one(90_000), [one(20_000, day=9)]),
    "tax left out": (one(with_tax("物料(不含税)", Decimal(60_000))), [one(40_000)]),
    "between two that are too far apart": (one(60_000), [one(30_000, day=-20), one(50_000, day=25)]),
    "marketing campaigns, though promotions are no campaigns": (
        one(60_000, kind="marketing"), [one(60_000, kind="promotion")]
    ),
}  # fmt: skip

HONEST: dict[str, tuple[Outline, list[Outline]]] = {
    "alone": (one(60_000), []),
    "exactly the limit together": (one("99999.99"), [one("0.01")]),
    "two of 50,000": (one(50_000), [one(50_000)]),
    "ten of 9,900": (one(9_900), [one(9_900, day=n) for n in range(9)]),
    "another purpose and unit": (one(60_000), [one(60_000, "供应商年度评审", **OTHER)]),
    "thirty-one days apart": (one(60_000), [one(60_000, day=31)]),
    "thirty-one days before": (one(60_000), [one(60_000, day=-31)]),
    "the same a year later": (one(60_000), [one(60_000, day=365)]),
    "monthly": (one(40_000), [one(40_000, day=n * 31) for n in range(-6, 7) if n]),
    "same purpose in another region": (one(60_000), [one(60_000, **SOUTH)]),
    "same kind and audience for another purpose": (
        one(60_000, "秋日雅集", purposes=("提升复购",), audience="钻石会员", **OTHER),
        [one(60_000, "新品首发", purposes=("新品推广",), audience="钻石会员")],
    ),
    "same purpose for another audience": (
        one(60_000, "秋日雅集", purposes=("提升复购",), audience="钻石会员", **OTHER),
        [one(60_000, "校园集市", purposes=("提升复购",), audience="高校新生")],
    ),
    "same purposes, another kind": (
        one(60_000, "秋日雅集", purposes=("品牌",), audience="媒体", kind="pr", **OTHER),
        [one(60_000, "车间开放日", purposes=("品牌",), audience="媒体")],
    ),
    "one word in common": (one(60_000, "七夕亲子烘焙课"), [one(60_000, **OTHER)]),
    "only words that every campaign has": (one(60_000, "专场活动方案"), [one(60_000, "系列活动项目", **OTHER)]),
    "only the number in common": (one(60_000, "读书会第3期"), [one(60_000, "羽毛球赛第3期", **OTHER)]),
    "without cost": (one(60_000), [one(0), one(0, **OTHER)]),
    "two windows, neither over": (one(40_000), [one(50_000, day=-20), one(50_000, day=25)]),
    "neighbours of a neighbour": (one(60_000), [one(39_000, **OTHER), one(60_000, "供应商年度评审", **OTHER)]),
    "large by itself": (one(150_000), [one(60_000)]),
    "nothing said of what it is for": (one(60_000, "茶会", **OTHER), [one(60_000, "路演")]),
}  # fmt: skip


@pytest.mark.rule("R-TYP-01")
@pytest.mark.rule("R-APR-13")
@pytest.mark.parametrize("shape", CAUGHT)
def test_a_split_is_caught(shape: str) -> None:
    verdict = judge(*CAUGHT[shape])
    assert not verdict.passed
    assert verdict.values["others"]
    assert "R-TYP-01" in verdict.values["rules"]


@pytest.mark.rule("R-TYP-01")
@pytest.mark.parametrize("shape", HONEST)
def test_an_honest_neighbour_is_not(shape: str) -> None:
    assert judge(*HONEST[shape]).passed


def test_there_are_twenty_of_each() -> None:
    assert min(len(CAUGHT), len(HONEST)) >= 20


def test_an_amendment_hides_no_split_and_makes_none() -> None:
    """Sent small and raised while it is decided on: every shape is caught all the same, every neighbour is still honest."""
    for shape, (own, others) in CAUGHT.items():
        assert judge(replace(own, cost=Decimal("0.01")), others).passed, shape
        assert not judge(own, others).passed, shape
    for shape, (own, others) in HONEST.items():
        assert judge(replace(own, cost=Decimal("0.01")), others).passed, shape
        assert judge(own, others).passed, shape


def test_each_rule_keeps_its_own_comparator_and_kinds() -> None:
    exact = (one("99999.99"), [one("0.01")])
    assert judge(*exact, LARGE).passed
    assert judge(*exact, TENDER).values["rules"] == "R-BUD-10"
    assert judge(one(60_000), [one(60_000)], MAJOR).passed
    assert judge(one(60_000, kind="marketing"), [one(60_000)], MAJOR).values["rules"] == "R-APR-13"


def test_another_kind_of_likeness_is_one_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same supplier comes with the money room: what it needs is read for all campaigns at once."""
    asked: list[int] = []

    def suppliers(outlines: Sequence[Outline]) -> dict[int, frozenset[str]]:
        asked.append(len(outlines))
        return {each.pk: frozenset({"华彩印务"}) for each in outlines}

    pair = (one(60_000, "秋日雅集"), [one(60_000, "供应商年度评审", **SOUTH)])
    assert judge(*pair).passed
    monkeypatch.setitem(
        splitting.likenesses._items,
        "supplier",
        Likeness("supplier", "the same printer", suppliers, lambda mine, theirs, p: bool(mine & theirs)),
    )
    assert "the same printer" in str(judge(*pair).reason)
    assert asked == [2]


@pytest.mark.parametrize(
    ("item", "cost"),
    [
        ("物料", "1000.00"),
        ("物料（不含税）", "1130.00"),
        ("场地 未税 6%", "1060.00"),
        ("设计费(不含税,税率 9%)", "1090.00"),
    ],
)
def test_tax_is_counted(item: str, cost: str) -> None:
    assert with_tax(item, Decimal(1000)) == Decimal(cost)


# ---------------------------------------------------------------- with real campaigns


def costing(firm: Firm, cost: int, name: str = CONCERT, **fields: Any) -> Campaign:
    """A proposal that could be sent, with one budget line."""
    campaign = make_proposal(firm, name, **fields)
    spend(campaign, cost, firm)
    return campaign


def spend(campaign: Campaign, cost: int, firm: Firm) -> None:
    line = LineRow(category="物料成本", item="舞台搭建", amount=Decimal(cost))
    save_rows(campaign, "budget", [line], actor=firm.owner)


def route(campaign: Campaign, firm: Firm) -> list[str]:
    return [step.position.code for step in predict(campaign.subject, "campaign", firm.owner).steps]


SHORT = [p.REGIONAL_LEADERSHIP, p.GROUP_CUSTOMER_CLUB]
LONG = [p.REGIONAL_LEADERSHIP, p.GROUP_CUSTOMER_CLUB, p.VP_MARKETING]


def split_finding(campaign: Campaign) -> Any:
    found = [one.verdict for one in findings_of(campaign.subject) if one.verdict.rule_id == "K-SPL-01"]
    return next((verdict for verdict in found if not verdict.passed), None)


@pytest.mark.req("TYP-09")
@pytest.mark.rule("R-TYP-01")
def test_the_later_takes_the_route_of_the_sum_and_the_earlier_is_flagged(firm: Firm, client: Client) -> None:
    """Two halves of one concert in two departments: neither is large, together they are."""
    install_definition(key="campaign")
    sales = firm.department("east", DepartmentKind.SALES)
    earlier = costing(firm, 60_000, f"{CONCERT}（上）")
    later = costing(firm, 60_000, f"{CONCERT}（下）", unit=sales)
    assert route(later, firm) == SHORT  # a draft does not count
    submit(earlier, firm)
    assert route(later, firm) == LONG  # in approval it does
    assert "120,000" in str(split_finding(later).reason)
    client.force_login(firm.owner)
    page = client.get(f"/campaigns/{later.pk}/submit/").content.decode()
    assert "K-SPL-01" in page
    assert f"{CONCERT}（上）" in page
    approve_all(earlier)
    submit(later, firm)

    case = Case.objects.get(subject=later.subject)
    assert "K-SPL-01" in {reason.rule for reason in case.as_reasons()}
    assert {"K-SPL-01", "R-TYP-01", "R-TYP-02"} <= {verdict.rule_id for verdict in case.as_verdicts()}
    assert again(later).large_because == ["joint"]
    flag = split_finding(earlier)
    assert flag.severity == "warn"
    assert f"{CONCERT}（下）" in str(flag.reason)
    told = Notification.objects.filter(kind="campaigns.split", subject=earlier.subject)
    assert {one.user for one in told} == {firm.owner, firm.approver, firm.people[p.GROUP_CUSTOMER_CLUB]}
    entry = JournalEntry.objects.get(kind="campaigns.split_found")
    assert entry.subject == earlier.subject

    approve_all(later)
    actions.cancel_campaign(campaign=again(later), actor=firm.owner, note="改期")
    assert split_finding(earlier) is None


def test_rejected_and_withdrawn_do_not_count(firm: Firm) -> None:
    earlier, later = costing(firm, 60_000), costing(firm, 60_000, f"{CONCERT}第二场")
    submit(earlier, firm)
    assert route(later, firm) == LONG
    actions.withdraw_campaign(campaign=again(earlier), actor=firm.owner)
    assert route(later, firm) == SHORT
    assert again(earlier).status == Status.PLANNING


def test_an_amendment_is_routed_as_the_sum_whichever_was_sent_first(firm: Firm) -> None:
    """30,000 and 60,000 in approval; the first is raised to 50,000, and later the second to 70,000 after the first sank."""
    first, second = costing(firm, 30_000, f"{CONCERT}（上）"), costing(firm, 60_000, f"{CONCERT}（下）")
    for campaign in (first, second):
        assert submit(campaign, firm).large_because == []
    for amended, cost, joint in ((first, 50_000, True), (first, 30_000, False), (second, 70_001, True)):
        change = actions.open_amendment(campaign=again(amended), actor=firm.owner, reason="加项")
        spend(amended, cost, firm)
        actions.send_change(change=change, actor=firm.owner)
        assert again(amended).large_because == (["joint"] if joint else []), cost
        case = Case.objects.get(subject=amended.subject)
        asked = set(case.steps.exclude(state="void").values_list("position__code", flat=True))
        assert (p.VP_MARKETING in asked) is joint, cost
        assert (split_finding(amended) is not None) is joint, cost
    assert JournalEntry.objects.filter(kind="campaigns.split_found", subject=second.subject).exists()


@pytest.mark.rule("R-APR-13")
def test_two_marketing_campaigns_take_the_special_route_together(firm: Firm) -> None:
    install_definition(key="campaign")
    first = costing(firm, 60_000, kind=Kind.MARKETING)
    second = costing(firm, 60_000, "金秋茶会", kind=Kind.MARKETING)
    Campaign.objects.filter(pk=first.pk).update(status=Status.APPROVED)
    assert route(second, firm)[-1] == p.MANAGEMENT
    assert p.FINANCE in route(second, firm)


def test_a_region_does_not_count_for_the_group_nor_for_another(firm: Firm) -> None:
    own = costing(firm, 60_000)
    for place in ("group", "south"):
        other = costing(firm, 60_000, unit=firm.department(place), actor=firm.people[p.MARKETING_DIRECTOR])
        Campaign.objects.filter(pk=other.pk).update(status=Status.RUNNING)
    assert split_finding(own) is None
    no_start = costing(firm, 60_000, start_on=None, end_on=None)
    Campaign.objects.filter(pk=no_start.pk).update(
        status=Status.RUNNING, created_at=datetime(2024, 8, 1, tzinfo=UTC)
    )
    assert split_finding(own) is not None  # by the day on which it was made


def test_looking_around_asks_as_often_for_two_as_for_twenty(firm: Firm) -> None:
    own = costing(firm, 60_000)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            findings_of(own.subject)
        return len(queries)

    def neighbours(count: int) -> None:
        for number in range(count):
            other = costing(firm, 1_000, f"邻居 {number}")
            Campaign.objects.filter(pk=other.pk).update(status=Status.RUNNING)

    neighbours(2)
    few = asked()
    neighbours(18)
    assert asked() == few
