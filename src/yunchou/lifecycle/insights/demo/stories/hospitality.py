"""The thank-you dinner of 华南: a menu that does not suit everybody, hosts for important guests, who receives them, gifts."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from yunchou.capabilities.preparation.actions import add_item, move_stock
from yunchou.capabilities.preparation.models import MoveKind
from yunchou.directory.suppliers.models import Supply
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.actions.guests import keep_guest
from yunchou.lifecycle.events.models import Guest, Session
from yunchou.lifecycle.hospitality.actions.care import brief, name_hosts, put_task
from yunchou.lifecycle.hospitality.actions.gifts import keep_line, reserve_gifts
from yunchou.lifecycle.hospitality.actions.menus import (
    choose_caterer,
    fix_menu,
    keep_dish,
    keep_menu,
    keep_offer,
    substitute,
)
from yunchou.lifecycle.hospitality.selectors.gifts import chosen

from ..buying import new_supplier, supplier_named
from ..clockwork import Days, Story
from ..company import DemoCompany
from .gala import EVENT, NAME

CATERERS: Final = (
    ("广州云栖宴会服务有限公司", "91440106MA5C7Y2K8", "238", 120, "含服务员 1:10，可出清真餐"),
    ("广州粤食坊餐饮管理有限公司", "91440111MA59F3T6D", "198", 30, "不含酒水"),
    ("佛山御宴餐饮有限公司", "91440605MA4X8P1R7", "268", 300, "含冷餐台"),
)
DISHES: Final = (
    ("cold", "桂花糖藕", ("sugar",), False),
    ("cold", "老醋花生菠菜", ("nuts",), False),
    ("cold", "葱油白切鸡", ("poultry",), False),
    ("soup", "松茸竹荪汤", (), False),
    ("hot", "清蒸东星斑", ("seafood",), False),
    ("hot", "蜜汁叉烧", ("pork", "sugar"), False),
    ("hot", "黑椒牛仔粒", ("beef", "gluten"), True),
    ("hot", "蒜蓉芦笋", (), False),
    ("staple", "扬州炒饭", ("pork", "egg", "seafood"), False),
    ("dessert", "杨枝甘露", ("dairy", "sugar"), False),
    ("drink", "桂花米酒", ("alcohol",), False),
)
INSTEAD: Final = (
    ("hot", "罗汉斋", (), False),
    ("hot", "清真牛腩煲", ("beef",), True),
    ("staple", "素炒河粉", (), False),
    ("drink", "酸梅汤", ("sugar",), False),
)
SWAPS: Final = (
    ("马德全", "葱油白切鸡", "罗汉斋"), ("马德全", "蜜汁叉烧", "清真牛腩煲"), ("马德全", "扬州炒饭", "素炒河粉"),
    ("马德全", "桂花米酒", "酸梅汤"), ("马俊", "葱油白切鸡", "罗汉斋"), ("马俊", "蜜汁叉烧", "清真牛腩煲"),
    ("马俊", "扬州炒饭", "素炒河粉"), ("马俊", "桂花米酒", "酸梅汤"), ("黎耀辉", "清蒸东星斑", "罗汉斋"),
    ("黎耀辉", "扬州炒饭", "素炒河粉"), ("梁慧仪", "葱油白切鸡", "罗汉斋"), ("梁慧仪", "清蒸东星斑", "罗汉斋"),
    ("梁慧仪", "蜜汁叉烧", "罗汉斋"), ("梁慧仪", "黑椒牛仔粒", "罗汉斋"), ("梁慧仪", "扬州炒饭", "素炒河粉"),
)  # fmt: skip
TASKS: Final = (
    ("greet", "wu", "湖门", "17:30", "18:30", "先报姓名，再递名牌"),
    ("guide", "wang", "湖门至宴会厅", "17:30", "18:40", "行动不便者走无障碍坡道"),
    ("seat", "zhou", "一层宴会厅", "17:45", "18:45", ""),
    ("refresh", "sun", "湖畔花园", "15:00", "17:00", "茶歇备无糖点心"),
)


def hospitality(company: DemoCompany, days: Days) -> Story:
    """Caterers compared and the menu fixed, most conflicts settled; hosts, reception and gifts the day after."""
    li, wu, zhang = (company[name] for name in ("li", "wu", "zhang"))
    yield days.at(-1, "09:40")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    dinner = Session.objects.select_related("subject").get(subject=subject, name="感恩晚宴")
    menu = keep_menu(session=dinner, keeper=wu, note="主桌先上；19:20 大提琴独奏时暂停上菜。", actor=li)
    for name, body, price, at_most, note in CATERERS:
        new_supplier(name, Supply.CATERING, body, unit=company.regions["south"], actor=zhang)
        offer = keep_offer(
            menu=menu,
            supplier=supplier_named(name),
            price=Decimal(price),
            at_most=at_most,
            note=note,
            actor=li,
        )
        if name == CATERERS[0][0]:
            choose_caterer(offer=offer, reason="可出清真餐，场馆熟悉", actor=li)
    made = {
        name: keep_dish(
            menu=menu,
            course=course,
            name=name,
            contains=contains,
            is_halal=is_halal,
            is_extra=is_extra,
            actor=li,
        )
        for is_extra, rows in ((False, DISHES), (True, INSTEAD))
        for course, name, contains, is_halal in rows
    }
    yield days.at(-1, "11:20")
    fix_menu(menu=menu, actor=li)
    people = {guest.name: guest for guest in Guest.objects.filter(subject=subject).select_related("subject")}
    for name, dish, instead in SWAPS:
        substitute(guest=people[name], dish=made[dish], instead=made[instead], actor=wu)
    yield days.at(-1, "14:30")
    keep_guest(guest=people["关少华"], values={"is_vip": True}, actor=li)
    name_hosts(subject=subject, guests=[people["黎耀辉"], people["马德全"]], host=li, actor=li)
    brief(guest=people["黎耀辉"], words="膝盖刚做过手术，少站；与潘记者熟识，可同席。喜欢聊龙舟。", actor=li)
    brief(guest=people["马德全"], words="带公子同来，席间请单独上餐；不饮酒，敬茶即可。", actor=li)
    for kind, who, place, start, end, note in TASKS:
        put_task(
            subject=subject, kind=kind, person=company[who], place=place, note=note, actor=li,
            starts_at=days.at(EVENT, start), ends_at=days.at(EVENT, end),
        )  # fmt: skip
    yield days.at(-1, "16:00")
    item = add_item(
        unit=company.regions["south"], name="荔枝木茶礼盒", measure="盒", place="华南仓 B2", actor=zhang
    )
    move_stock(
        item=item, kind=MoveKind.RECEIPT, quantity=Decimal(24), actor=zhang, note="供应商送达，抽检合格"
    )
    line = keep_line(subject=subject, item=item, value=Decimal(268), note="含手写感谢卡", actor=zhang)
    reserve_gifts(line=line, guests=chosen(subject, "vip"), actor=li)
