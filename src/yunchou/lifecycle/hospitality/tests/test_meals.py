"""Menus: what suits whom, who cooks, fixing, and something else for those whom a dish does not suit."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.budgets.models import BudgetLine
from yunchou.directory.customers.models import Diet
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.directory.suppliers.actions import block_supplier
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Place, Reply
from yunchou.lifecycle.events.tests.factories import at, make_event, make_guest, make_session
from yunchou.lifecycle.hospitality.actions.menus import (
    choose_caterer,
    drop_substitute,
    fix_menu,
    keep_dish,
    keep_menu,
    keep_offer,
    move_dish,
    remove_dish,
    reopen_menu,
    substitute,
)
from yunchou.lifecycle.hospitality.diets import FORBIDS, forbidden
from yunchou.lifecycle.hospitality.models import Content, Dish, Menu
from yunchou.lifecycle.hospitality.rules import Eater, Meal, Served, conflicts, dishes_suit_guests
from yunchou.lifecycle.hospitality.selectors.kitchen import kitchen_pdf, kitchen_sheet
from yunchou.lifecycle.hospitality.selectors.menus import page_of

from .factories import caterer, come, dish, make_menu


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


@pytest.mark.once
@pytest.mark.rule("R-EXE-02")
def test_what_a_dish_contains_rules_it_out_for_those_who_do_not_eat_it() -> None:
    assert set(FORBIDS) == set(Diet.values)  # no restriction is forgotten
    assert set().union(*FORBIDS.values()) == set(Content.values)  # and nothing is asked of dishes for nothing
    for diet, contains, is_halal, out in (
        (["vegetarian"], ["seafood", "egg"], False, {"seafood"}),
        (["vegetarian"], ["dairy", "egg", "chilli"], True, set()),
        (["halal"], ["beef", "poultry"], False, {"beef", "poultry"}),
        (["halal"], ["beef", "poultry"], True, set()),
        (["halal"], ["pork", "alcohol", "beef"], True, {"pork", "alcohol"}),
        (["halal"], ["seafood", "egg"], False, set()),
        (["halal", "no_beef"], ["beef"], True, {"beef"}),
        (["no_nuts", "no_gluten"], ["nuts", "gluten", "sugar"], False, {"nuts", "gluten"}),
        (["stones"], ["nuts"], False, set()),
        ([], list(Content.values), False, set()),
    ):
        assert forbidden(diet, contains, is_halal=is_halal) == out, (diet, contains)
    dishes = (
        Served(1, "红烧肉", frozenset({"pork"})),
        Served(2, "清蒸鲈鱼", frozenset({"seafood"})),
        Served(3, "白灼菜心"),
    )
    guests = (
        Eater(7, "林晓雯", ("vegetarian",)),
        Eater(8, "苏景行", ("no_pork",), {1: dishes[2]}),
        Eater(9, "周明远"),
    )
    found = [(one.guest.name, one.dish.name, one.contains) for one in conflicts(Meal(dishes, guests))]
    assert found == [("林晓雯", "红烧肉", ("pork",)), ("林晓雯", "清蒸鲈鱼", ("seafood",))]
    # What is served in the place of a dish is held against the diet as well, also one that was named later.
    allergic = Eater(10, "何嘉欣", ("no_pork", "no_nuts"), {1: Served(4, "话梅花生", frozenset({"nuts"}))})
    [again] = conflicts(Meal(dishes, (allergic,)))
    assert (again.dish.name, again.contains, again.instead_of) == ("话梅花生", ("nuts",), 1)
    verdicts = dishes_suit_guests.failures(Meal(dishes, guests))
    assert [(v.severity, v.values["guest"], v.values["dish"]) for v in verdicts] == [
        ("warn", 7, 1),
        ("warn", 7, 2),
    ]
    assert "林晓雯" in str(verdicts[0].reason)
    assert "红烧肉" in str(verdicts[0].reason)
    assert not dishes_suit_guests.failures(Meal(dishes, guests[1:]))


@pytest.mark.req("EXE-10")
def test_the_caterer_is_chosen_to_scale_and_budget_and_whatever_exceeds_them_has_a_reason(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    for name in ("甲", "乙", "丙"):
        come(dinner, firm, name, companions=[Companion(f"{name}友")])
    line = BudgetLine.objects.create(
        subject=subject, position=1, category="其他成本", item="晚宴餐饮", amount=1000
    )
    foreign = BudgetLine.objects.create(
        subject=make_event(firm, "另一场").subject, position=1, item="餐饮", amount=1000
    )
    with pytest.raises(Invalid):
        keep_menu(session=dinner, keeper=firm.owner, budget_line=foreign, actor=firm.owner)
    with pytest.raises(NotAllowed):
        keep_menu(session=dinner, keeper=firm.owner, actor=firm.outsider)
    menu = keep_menu(session=dinner, keeper=firm.owner, budget_line=line, actor=firm.owner)
    assert keep_menu(session=dinner, keeper=firm.colleague, budget_line=line, actor=firm.owner).pk == menu.pk
    offers = {}
    for name, price, at_most in (("小馆", "100", 5), ("名店", "260", 80), ("宴会厅", "160", 80)):
        offers[name] = keep_offer(
            menu=menu,
            supplier=caterer(firm, f"{name}餐饮公司"),
            price=Decimal(price),
            at_most=at_most,
            actor=firm.owner,
        )
    lines = {one.offer.supplier.name[:2]: one for one in page_of(menu).offers}
    assert lines["小馆"].is_too_small
    assert (lines["名店"].total, lines["名店"].over) == (Decimal(1560), Decimal(560))  # 6 people
    assert (lines["宴会"].total, lines["宴会"].over, lines["宴会"].is_too_small) == (Decimal(960), 0, False)
    for name in ("小馆", "名店"):
        with pytest.raises(Invalid) as refused:
            choose_caterer(offer=offers[name], actor=firm.owner)
        assert "reason" in refused.value.fields
    choose_caterer(offer=offers["名店"], reason="总经理指定", actor=firm.owner)
    choose_caterer(offer=offers["宴会厅"], actor=firm.owner)
    page = page_of(Menu.objects.get(pk=menu.pk))
    assert page.chosen is not None
    assert page.chosen.offer.supplier.name == "宴会厅餐饮公司"
    assert menu.offers.filter(chosen_at__isnull=False).count() == 1
    # Who is blocked is neither noted nor chosen.
    bad = offers["小馆"].supplier
    block_supplier(supplier=bad, reason="食品安全处罚", actor=firm.owner)
    bad.refresh_from_db()
    with pytest.raises(Invalid):
        keep_offer(menu=menu, supplier=bad, price=Decimal(90), at_most=50, actor=firm.owner)
    with pytest.raises(WrongState):
        choose_caterer(offer=offers["小馆"], reason="便宜", actor=firm.owner)


@pytest.mark.req("EXE-10", whole=True)
@pytest.mark.rule("R-EXE-02", whole=True)
def test_a_menu_is_fixed_from_what_guests_eat_conflicts_are_listed_and_order_and_seats_stand_on_the_sheet(
    firm: Firm, client: Client
) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    menu = keep_menu(session=dinner, keeper=firm.colleague, actor=firm.owner)
    with pytest.raises(WrongState):
        fix_menu(menu=menu, actor=firm.owner)
    menu = make_menu(dinner, firm)
    lin = come(dinner, firm, "林晓雯", "vegetarian", companions=[Companion("林母", ("no_nuts",))])
    su = come(dinner, firm, "苏景行", "halal", note="不吃香菜")
    come(dinner, firm, "周明远")
    away = make_guest(subject, firm, "未回复", dinner)  # has no seat, and counts for nothing
    Place.objects.filter(guest=lin).update(seat="3 桌 · 1")

    # In courses, in the order of serving; within one it may be changed.
    page = page_of(menu)
    assert [[line.dish.name for line in course.lines] for course in page.courses] == [
        ["话梅花生"], ["菌菇豆腐汤"], ["红烧肉", "清炖牛腩"], ["桂花米酒"]
    ]  # fmt: skip
    move_dish(dish=dish(menu, "清炖牛腩"), is_up=True, actor=firm.owner)
    move_dish(dish=dish(menu, "清炖牛腩"), is_up=True, actor=firm.owner)  # it is the first already
    assert [line.dish.name for line in page_of(menu).courses[2].lines] == ["清炖牛腩", "红烧肉"]
    with pytest.raises(Invalid):
        keep_dish(menu=menu, course="hot", name="红烧肉", actor=firm.owner)

    fixed, verdicts = fix_menu(menu=menu, actor=firm.owner)
    assert (fixed.fixed_by, fixed.fixed_at, fixed.fixed_people) == (firm.owner, clock.now(), 4)
    told = sorted(str(one.reason) for one in verdicts)
    assert len(told) == 5  # 林: 肉 and 牛腩; 林母: 花生; 苏: 肉 and 米酒 (the beef is halal)
    assert sum("苏景行" in one for one in told) == 2
    page = page_of(fixed)
    assert {(one.label, one.count) for one in page.diets} == {
        (str(Diet(code).label), 1) for code in ("vegetarian", "no_nuts", "halal")
    }
    assert [one.guest.name for one in page.noted] == ["苏景行"]
    assert (page.people, page.seated, page.open_conflicts) == (4, 1, 5)

    # Fixed is fixed: only what is served in place of something is added, until it is opened again with a reason.
    pork = dish(menu, "红烧肉")
    for act in (
        lambda: keep_dish(menu=menu, course="hot", name="烤鸭", actor=firm.owner),
        lambda: remove_dish(dish=pork, actor=firm.owner),
        lambda: move_dish(dish=pork, is_up=True, actor=firm.owner),
        lambda: fix_menu(menu=menu, actor=firm.owner),
    ):
        with pytest.raises(WrongState):
            act()
    tofu = keep_dish(menu=menu, course="hot", name="罗汉斋", is_extra=True, actor=firm.owner)
    fish = keep_dish(
        menu=menu, course="hot", name="清蒸鲈鱼", contains=["seafood"], is_extra=True, actor=firm.owner
    )
    with pytest.raises(Invalid):
        substitute(guest=lin, dish=pork, instead=fish, actor=firm.owner)  # nothing for her either
    with pytest.raises(WrongState):
        substitute(guest=away, dish=pork, instead=tofu, actor=firm.owner)
    with pytest.raises(NotAllowed):
        substitute(guest=lin, dish=pork, instead=tofu, actor=firm.outsider)
    for guest, bad, instead in (
        (lin, "红烧肉", tofu), (lin, "清炖牛腩", tofu), (su, "红烧肉", fish), (su, "桂花米酒", tofu),
        (lin.companions.get(), "话梅花生", tofu),
    ):  # fmt: skip
        substitute(guest=guest, dish=dish(menu, bad), instead=instead, actor=firm.owner)
    page = page_of(fixed)
    assert page.open_conflicts == 0
    portions = {line.dish.name: line.portions for course in page.courses for line in course.lines}
    assert (portions["红烧肉"], portions["清炖牛腩"], portions["菌菇豆腐汤"]) == (2, 3, 4)
    assert {line.dish.name: line.portions for line in page.extras} == {"罗汉斋": 4, "清蒸鲈鱼": 1}
    with pytest.raises(WrongState):
        remove_dish(dish=tofu, actor=firm.owner)

    # The kitchen's sheet: portions in the order of serving, and by seat who gets what; nobody's restriction.
    sheet = kitchen_sheet(fixed)
    assert [line["name"] for course in sheet["courses"] for line in course["dishes"]] == list(portions)
    assert {(one["where"], one["dish"], one["instead"]) for one in sheet["substitutes"]} >= {
        ("3 桌 · 1", "红烧肉", "罗汉斋"), ("苏景行", "红烧肉", "清蒸鲈鱼")
    }  # fmt: skip
    assert "素食" not in str(sheet)
    assert "halal" not in str(sheet)
    assert kitchen_pdf(fixed, at=clock.now()).startswith(b"%PDF")

    drop_substitute(substitute=su.substitutes.first(), actor=firm.owner)
    assert page_of(fixed).open_conflicts == 1
    with pytest.raises(Invalid):
        reopen_menu(menu=menu, reason=" ", actor=firm.owner)
    reopen_menu(menu=menu, reason="酒店换了主厨", actor=firm.owner)
    remove_dish(dish=dish(menu, "桂花米酒"), actor=firm.owner)
    data = [entry.data for entry in JournalEntry.objects.filter(kind__startswith="hospitality.")]
    assert any(one.get("reason") == "酒店换了主厨" for one in data)
    assert any(one.get("conflicts") == 5 for one in data)
    assert "林晓雯" not in str(data)
    assert "halal" not in str(data)


@pytest.mark.rule("R-EXE-02")
def test_whoever_accepts_after_the_menu_is_fixed_is_told_of_once_and_without_the_reason(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner, talk = make_session(subject, firm), make_session(subject, firm, "论坛")
    menu = make_menu(dinner, firm)
    fix_menu(menu=menu, actor=firm.owner)
    heard = lambda: list(Notification.objects.filter(kind="hospitality.menu"))  # noqa: E731

    come(dinner, firm, "周明远")
    come(dinner, firm, "方启明", "no_gluten")  # nothing on the menu contains any
    come(talk, firm, "王可心", "vegetarian")  # eats elsewhere
    assert heard() == []
    lin = come(dinner, firm, "林晓雯", companions=[Companion("林母")])
    assert heard() == []
    # What they say later counts as well, for those they bring too; it is told once for each guest.
    again = [Companion("林母", ("halal",), pk=lin.companions.get().pk)]
    for _n in range(2):
        reply(guest=lin, answer=Reply.ACCEPTED, sessions=[dinner], companions=again)
    [told] = heard()
    assert told.user == firm.colleague
    text = str(told.text)
    for secret in ("林", "halal", "清真", "pork"):
        assert secret not in text
    assert told.address == f"/s/{subject.pk}/hospitality/menu/{dinner.pk}/"
    come(dinner, firm, "苏景行", "vegetarian")
    assert len(heard()) == 2
    assert Dish.objects.filter(menu=menu).count() == 5
