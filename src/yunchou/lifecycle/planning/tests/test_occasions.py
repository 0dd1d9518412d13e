"""The calendar of occasions: days of any year, clashes, keeping it, and plan items by one click (PLN-14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.calendar.days import WorkingCalendar
from yunchou.kernel.calendar.lunar import term_on
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.campaigns.actions import create_campaign
from yunchou.lifecycle.campaigns.models import Campaign, CreativeModule
from yunchou.lifecycle.campaigns.occasions import words_of
from yunchou.lifecycle.planning.actions import create_plan
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.models import Item, Occasion, Plan, Promotion, RuleKind
from yunchou.lifecycle.planning.occasions import actions, registry
from yunchou.lifecycle.planning.occasions.clashes import ClashKind, clashes, of_entry
from yunchou.lifecycle.planning.occasions.grid import weeks_of, year_of
from yunchou.lifecycle.planning.occasions.registry import Entry, EntryKind
from yunchou.lifecycle.planning.occasions.rules import Rule
from yunchou.lifecycle.planning.occasions.selectors import happenings
from yunchou.lifecycle.planning.occasions.standard import BY_KEY, STANDARD

#: As the calendars of these years print them.
KNOWN = {
    "spring_festival": "2020-01-25 2021-02-12 2022-02-01 2023-01-22 2024-02-10 2025-01-29 2026-02-17 2027-02-06 "
    "2028-01-26 2029-02-13 2030-02-03",
    "qingming": "2020-04-04 2021-04-04 2022-04-05 2023-04-05 2024-04-04 2025-04-04 2026-04-05 2027-04-05 "
    "2028-04-04 2029-04-04 2030-04-05",
    "dragon_boat": "2020-06-25 2021-06-14 2022-06-03 2023-06-22 2024-06-10 2025-05-31 2026-06-19 2027-06-09 "
    "2028-05-28 2029-06-16 2030-06-05",
    "mid_autumn": "2020-10-01 2021-09-21 2022-09-10 2023-09-29 2024-09-17 2025-10-06 2026-09-25 2027-09-15 "
    "2028-10-03 2029-09-22 2030-09-12",
    "double_ninth": "2020-10-25 2021-10-14 2022-10-04 2023-10-23 2024-10-11 2025-10-29 2026-10-18 2027-10-08 "
    "2028-10-26 2029-10-16 2030-10-05",
    "mother": "2020-05-10 2021-05-09 2022-05-08 2023-05-14 2024-05-12 2025-05-11 2026-05-10 2027-05-09 "
    "2028-05-14 2029-05-13 2030-05-12",
}
FIXED = {
    "spring_fair": (4, 15), "autumn_fair": (10, 15),
    "new_year": (1, 1), "women": (3, 8), "labour": (5, 1), "618": (6, 18), "autumn_term": (9, 1), "teachers": (9, 10),
    "national": (10, 1), "double_11": (11, 11), "double_12": (12, 12), "christmas": (12, 25),
}  # fmt: skip


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in the language they are written in."""
    with override("en"):
        yield


# ---------------------------------------------------------------- days of any year


@pytest.mark.req("PLN-14")
def test_standard_occasions_fall_on_the_days_of_printed_calendars() -> None:
    for key, days in KNOWN.items():
        found = [BY_KEY[key].rule.days(year) for year in range(2020, 2031)]
        assert found == [(date.fromisoformat(day),) for day in days.split()], key
    for year in range(1990, 2090):
        (new_year,) = BY_KEY["spring_festival"].rule.days(year)
        assert BY_KEY["lantern"].rule.days(year) == (new_year + timedelta(days=14),)
        assert BY_KEY["spring_term"].rule.days(year) == (new_year + timedelta(days=15),)
        assert len(BY_KEY["member_day"].rule.days(year)) == 12
        for key, (month, day) in FIXED.items():
            assert BY_KEY[key].rule.days(year) == (date(year, month, day),)
    assert set(KNOWN) | set(FIXED) | {"lantern", "spring_term", "member_day"} == set(BY_KEY)
    assert {one.promotion for one in STANDARD} == set(Promotion) - {Promotion.LAUNCH}


def test_rules_that_units_enter() -> None:
    assert term_on(2024, "冬至") == date(2024, 12, 21)
    assert term_on(2024, "小寒") == date(2024, 1, 6)
    assert term_on(2025, "立春") == date(2025, 2, 3)
    with pytest.raises(ValueError, match="no solar term"):
        term_on(2024, "开学")
    last_friday = Rule(RuleKind.WEEKDAY, month=11, nth=-1, weekday=4)
    assert last_friday.days(2024) == (date(2024, 11, 29),)
    assert Rule(RuleKind.WEEKDAY, month=2, nth=5, weekday=0).days(2025) == ()
    assert [d.day for d in Rule(RuleKind.MONTHLY, day=31).days(2023)][:4] == [31, 28, 31, 30]
    assert Rule(RuleKind.MONTHLY, nth=1, weekday=2).days(2024)[0] == date(2024, 1, 3)
    assert Rule(RuleKind.FIXED, month=2, day=29).days(2023) == ()
    assert Rule(RuleKind.LUNAR, month=12, day=8).days(2025) == (date(2025, 1, 7),)
    # The twelfth lunar month of 2025 has 29 days, so 2026 begins without its thirtieth.
    assert Rule(RuleKind.LUNAR, month=12, day=30).days(2026) == ()
    fair = Rule(RuleKind.DATES, start_on=date(2026, 4, 15), end_on=date(2026, 5, 5))
    assert (fair.days(2026), fair.days(2027)) == ((date(2026, 4, 15),), ())


# ---------------------------------------------------------------- clashes

ONE = Entry(
    "campaign:1", EntryKind.CAMPAIGN, "开学季", "/s/1/", date(2026, 9, 1), date(2026, 9, 10), 1, "华南区域",
    audience=frozenset({"学生"}), venues=frozenset({"大学城食堂"}),
)  # fmt: skip
ELSEWHERE = frozenset({"别处"})


@pytest.mark.req("PLN-14")
def test_clashes_of_venue_audience_and_period_say_why() -> None:
    other = replace(ONE, key="campaign:2", title="迎新", start_on=date(2026, 9, 8), end_on=date(2026, 9, 20))
    told = {
        "Both are at 大学城食堂.": (ClashKind.VENUE, replace(other, region=2, audience=frozenset())),
        "Both address 学生 in 华南区域.": (ClashKind.AUDIENCE, replace(other, venues=ELSEWHERE)),
        "6 days at the same time in 华南区域; who is addressed is not stated.": (
            ClashKind.PERIOD,
            replace(other, venues=ELSEWHERE, audience=frozenset(), start_on=date(2026, 9, 5)),
        ),
    }
    for reason, (kind, entry) in told.items():
        (clash,) = clashes([entry, ONE])
        assert (clash.kind, str(clash.reason)) == (kind, reason)
        assert clash.last == date(2026, 9, 10)
        assert of_entry(ONE.key, [clash]) == [clash]
    peace = [
        replace(other, start_on=date(2026, 9, 11)),  # after it
        replace(other, region=2, venues=ELSEWHERE),  # another region
        replace(other, venues=ELSEWHERE, audience=frozenset({"家长"})),  # other people
        replace(other, venues=ELSEWHERE, audience=frozenset()),  # three days of ten
        replace(other, carries="campaign:1"),  # it is what the first is for
    ]
    for entry in peace:
        assert clashes([ONE, entry]) == []
    both = [replace(ONE, carries="item:9"), replace(other, carries="item:9")]
    assert clashes(both) == [], "two campaigns of one item belong together"
    venue, audience = told["Both are at 大学城食堂."][1], replace(other, key="campaign:3", venues=ELSEWHERE)
    assert [one.kind for one in clashes([audience, venue, ONE])][:1] == [ClashKind.VENUE], "gravest first"
    assert words_of(" 学生、家长；老师 ") == {"学生", "家长", "老师"}


def test_a_year_and_a_month_are_laid_out() -> None:
    calendar = WorkingCalendar()
    # What goes on for months is named in each of them, and marks no days.
    long = [replace(ONE, key=f"long{n}", end_on=date(2027, 1, 3)) for n in range(3)]
    cards = year_of(2026, [], [ONE, replace(ONE, key="x", end_on=date(2026, 9, 11)), *long], calendar)
    assert [(len(card.entries), card.hidden) for card in cards[8:10]] == [(5, 2), (3, 0)]
    assert len(cards) == 12
    september = [cell for week in cards[8].weeks for cell in week if cell]
    assert [cell.load for cell in september][:11] == [2] * 10 + [1]
    assert {cell.kind for week in cards[9].weeks for cell in week if cell} == {
        "holiday",
        "weekend",
        "workday",
        "makeup",
    }
    assert all(len(week) == 7 for card in cards for week in card.weeks)
    weeks = weeks_of(date(2026, 9, 1), [], [replace(ONE, key=str(n)) for n in range(8)], calendar)
    assert next((bar.column, bar.span, bar.begins, bar.ends) for bar in weeks[0].bars) == (2, 6, True, False)
    assert (weeks[0].lanes, weeks[0].hidden) == (6, 2)


# ---------------------------------------------------------------- in the company


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


def plan_of(firm: Firm) -> Plan:
    return create_plan(
        kind=Kind.REGION, name="华东年度计划", unit=firm.east, year=2026, owner=firm.owner, actor=firm.owner
    )


def names(firm: Firm, person: str = "owner") -> set[str]:
    found = happenings(getattr(firm, person), date(2026, 1, 1), date(2026, 12, 31))
    return {one.name for one in found if not one.is_standard}


@pytest.mark.django_db
@pytest.mark.req("PLN-14")
def test_units_keep_the_calendar(firm: Firm) -> None:
    director = firm.people[MARKETING_DIRECTOR]
    fair = Rule(RuleKind.DATES, month=3, start_on=date(2026, 4, 15), end_on=date(2026, 5, 5))
    common = actions.keep_occasion(
        name="广交会", rule=fair, unit=firm.group, promotion=Promotion.LAUNCH, before=3, actor=director
    )
    assert common.month is None, "what the rule does not need is not kept"
    own = actions.keep_occasion(
        name="店庆", rule=Rule(RuleKind.FIXED, month=6, day=6), unit=firm.east, actor=firm.owner
    )
    assert (names(firm), names(firm, "outsider")) == ({"广交会", "店庆"}, {"广交会"})
    shown = next(one for one in happenings(firm.owner, date(2026, 4, 13), date(2026, 4, 13)) if one.unit)
    assert (shown.starts_on, shown.ends_on, shown.promotion) == (
        date(2026, 4, 12),
        date(2026, 5, 5),
        "launch",
    )
    for wrong, field in {
        Rule(RuleKind.FIXED, month=2, day=30): "day",
        Rule(RuleKind.LUNAR, day=3): "month",
        Rule(RuleKind.TERM, term="开学"): "term",
        Rule(RuleKind.WEEKDAY, month=5, nth=7, weekday=1): "nth",
        Rule(RuleKind.MONTHLY): "day",
        Rule(RuleKind.DATES): "start_on",
        replace(fair, end_on=date(2026, 4, 1)): "end_on",
        Rule("never"): "kind",
    }.items():
        with pytest.raises(Invalid) as told:
            actions.keep_occasion(name="x", rule=wrong, unit=firm.east, actor=firm.owner)
        assert field in told.value.fields
    for person, occasion in ((firm.outsider, own), (firm.owner, common), (firm.colleague, own)):
        with pytest.raises(NotAllowed):
            actions.drop_occasion(occasion=occasion, actor=person)
    with pytest.raises(NotAllowed):
        actions.use_standard(key="618", is_used=False, actor=firm.owner)
    actions.use_standard(key="618", is_used=False, actor=director)
    assert "618" not in {one.key for one in happenings(firm.owner, date(2026, 6, 1), date(2026, 6, 30))}
    actions.use_standard(key="618", is_used=True, actor=director)
    assert "618" in {one.key for one in happenings(firm.owner, date(2026, 6, 1), date(2026, 6, 30))}
    actions.drop_occasion(occasion=own, actor=firm.owner)
    kinds = JournalEntry.objects.filter(kind__startswith="planning.occasion").order_by("pk")
    assert [entry.kind.rsplit("_", 1)[1] for entry in kinds] == ["kept", "kept", "unused", "used", "dropped"]


@pytest.mark.django_db
@pytest.mark.req("PLN-14")
def test_an_occasion_becomes_an_item_of_a_plan(firm: Firm) -> None:
    plan = plan_of(firm)
    item = actions.plan_occasion(plan=plan, key="618", on=date(2026, 6, 18), actor=firm.owner)
    assert (item.start_on, item.end_on, item.code) == (date(2026, 6, 1), date(2026, 6, 20), "1")
    assert item.kind == "限时折扣"
    with pytest.raises(WrongState):
        actions.plan_occasion(plan=plan, key="618", on=date(2026, 6, 18), actor=firm.owner)
    new_year = actions.plan_occasion(plan=plan, key="new_year", on=date(2026, 1, 1), actor=firm.owner)
    assert (new_year.start_on, new_year.code) == (date(2026, 1, 1), "2"), "cut to the plan's year"
    for key, on, wrong in (
        ("618", date(2026, 6, 17), Invalid),
        ("618", date(2027, 6, 18), WrongState),
        ("occasion:999", date(2026, 6, 18), Invalid),
    ):
        with pytest.raises(wrong):
            actions.plan_occasion(plan=plan, key=key, on=on, actor=firm.owner)
    with pytest.raises(NotAllowed):
        actions.plan_occasion(plan=plan, key="women", on=date(2026, 3, 8), actor=firm.colleague)
    shown = registry.entries(firm.owner, date(2026, 6, 1), date(2026, 6, 30))
    assert [(one.key, one.unit) for one in shown] == [(f"item:{item.pk}", "华东区域")]
    assert registry.entries(firm.outsider, date(2026, 6, 1), date(2026, 6, 30)) == []
    Item.objects.create(subject=plan.subject, position=9, code="1.1", title="预热", start_on=date(2026, 6, 1))
    shown = registry.entries(firm.owner, date(2026, 6, 1), date(2026, 6, 30))
    assert [one.title for one in shown] == ["预热"], "an item is shown by those below it"


@pytest.mark.django_db
@pytest.mark.once
@pytest.mark.req("PLN-14")
def test_pages_show_year_month_and_list(client: Client, firm: Firm) -> None:
    plan = plan_of(firm)
    for title, start in (("迎新一", 1), ("迎新二", 5)):
        campaign = create_campaign(
            name=title,
            kind="marketing",
            unit=firm.east,
            owner=firm.owner,
            actor=firm.owner,
            start_on=date(2026, 9, start),
            end_on=date(2026, 9, 12),
        )
        Campaign.objects.filter(pk=campaign.pk).update(audience_note="新生、家长")
        CreativeModule.objects.create(
            subject=campaign.subject, position=1, module="活动地点", content="一食堂、二食堂"
        )
    client.force_login(firm.owner)
    address = reverse("planning:occasion_calendar")
    with clock.at("2026-08-20"):
        year = client.get(address, {"year": "2026"}).content.decode()
        month = client.get(address, {"month": "2026-09"}).content.decode()
        listed = client.get(reverse("planning:occasion_list")).content.decode()
        for odd in ({"year": "99999"}, {"month": "2026-13"}, {"month": "0001-01"}, {"plan": "x"}):
            assert client.get(address, odd).status_code == 200
        sent = {"plan": plan.pk, "key": "mid_autumn", "on": "2026-09-25", "shape": "month"}
        done = client.post(reverse("planning:occasion_plan"), sent)
        assert done["Location"] == f"{address}?month=2026-09&plan={plan.pk}"
        wrong = client.post(
            reverse("planning:occasion_plan"), {**sent, "on": "x"}, headers={"Accept": "application/json"}
        )
        assert wrong.status_code == 422
    for page in (year, month):
        assert "一食堂、二食堂" in page
        assert reverse("planning:occasion_plan") in page
    assert "迎新二" in month
    assert Item.objects.filter(
        subject=plan.subject, start_on=date(2026, 9, 15), end_on=date(2026, 9, 27)
    ).exists()
    assert reverse("planning:occasion_add") in listed
    typed = {
        "name": "广交会", "unit": firm.east.pk, "promotion": "launch", "kind": "dates", "start_on": "2026-04-15",
        "end_on": "2026-05-05", "before": "0", "after": "0",
    }  # fmt: skip
    add = reverse("planning:occasion_add")
    assert client.get(add, headers={"HX-Request": "true"}).status_code == 200
    assert client.post(add, {**typed, "start_on": ""}).status_code == 422
    assert client.post(add, {**typed, "unit": firm.group.pk}).status_code == 422
    assert client.post(add, typed).status_code == 302
    occasion = Occasion.objects.get()
    change = reverse("planning:occasion_change", args=[occasion.pk])
    assert client.post(change, {**typed, "name": "春季广交会"}).status_code == 302
    client.force_login(firm.outsider)
    assert client.get(change).status_code == 404
    client.force_login(firm.people[MARKETING_DIRECTOR])
    assert client.post(reverse("planning:occasion_use", args=["618"]), {"used": "0"}).status_code == 302
    assert client.post(reverse("planning:occasion_drop", args=[occasion.pk])).status_code == 302
    client.force_login(firm.nobody)
    assert client.get(address).status_code == 403


@pytest.mark.django_db
@pytest.mark.once
def test_a_year_costs_the_same_for_few_and_for_many(client: Client, firm: Firm) -> None:
    plan = plan_of(firm)
    client.force_login(firm.owner)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("planning:occasion_calendar"), {"year": "2026"}).status_code == 200
        return len(queries)

    def more(count: int) -> None:
        for n in range(count):
            actions.keep_occasion(
                name=f"店庆{n}", rule=Rule(RuleKind.FIXED, month=6, day=6), unit=firm.east, actor=firm.owner
            )
            Item.objects.create(
                subject=plan.subject, position=n, code=f"{count}{n}", title="项", start_on=date(2026, 6, 1)
            )
            create_campaign(
                name=f"活动{n}", kind="marketing", unit=firm.east, owner=firm.owner, actor=firm.owner,
                start_on=date(2026, 9, 1),
            )  # fmt: skip

    more(2)
    cost()
    few = cost()
    more(8)
    assert cost() == few
