"""A dinner with guests who do not eat everything, a caterer, and gifts in stock."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from yunchou.capabilities.preparation.actions import add_item, move_stock
from yunchou.capabilities.preparation.models import MoveKind, StockItem
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.directory.suppliers.models import Supplier, Supply
from yunchou.directory.suppliers.tests.factories import make_supplier
from yunchou.kernel.identity.models import Unit, User
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Guest, Reply, Session
from yunchou.lifecycle.events.tests.factories import make_guest
from yunchou.lifecycle.hospitality.actions.gifts import keep_line
from yunchou.lifecycle.hospitality.actions.menus import choose_caterer, keep_dish, keep_menu, keep_offer
from yunchou.lifecycle.hospitality.models import Dish, GiftLine, Menu

DISHES = (
    ("cold", "话梅花生", ("nuts", "sugar"), False),
    ("hot", "红烧肉", ("pork", "sugar"), False),
    ("hot", "清炖牛腩", ("beef",), True),
    ("soup", "菌菇豆腐汤", (), False),
    ("drink", "桂花米酒", ("alcohol",), False),
)


def caterer(firm: Firm, name: str = "江南宴会餐饮有限公司") -> Supplier:
    return make_supplier(firm.east, firm.owner, name=name, kinds=[Supply.CATERING])


def make_menu(session: Session, firm: Firm, *, price: str = "180", at_most: int = 200) -> Menu:
    """A menu of five dishes with its caterer chosen; not fixed."""
    menu = keep_menu(session=session, keeper=firm.colleague, actor=firm.owner)
    offer = keep_offer(
        menu=menu, supplier=caterer(firm), price=Decimal(price), at_most=at_most, actor=firm.owner
    )
    choose_caterer(offer=offer, actor=firm.owner)
    for course, name, contains, is_halal in DISHES:
        keep_dish(menu=menu, course=course, name=name, contains=contains, is_halal=is_halal, actor=firm.owner)
    return menu


def dish(menu: Menu, name: str) -> Dish:
    return menu.dishes.get(name=name)


def come(
    session: Session, firm: Firm, name: str, *diet: str, note: str = "", companions: Sequence[Companion] = ()
) -> Guest:
    """A guest of the session who has accepted, with what they do not eat."""
    guest = make_guest(session.subject, firm, name, session)
    return reply(
        guest=guest,
        answer=Reply.ACCEPTED,
        sessions=[session],
        diet=diet,
        diet_note=note,
        companions=companions,
    )


def make_stock(unit: Unit, actor: User, name: str = "青瓷茶具", pieces: int = 20) -> StockItem:
    """A gift that lies in the stock of a unit."""
    item = add_item(unit=unit, name=name, measure="套", actor=actor)
    move_stock(item=item, kind=MoveKind.RECEIPT, quantity=Decimal(pieces), actor=actor)
    item.refresh_from_db()
    return item


def make_line(
    session: Session, firm: Firm, *, value: str = "280", pieces: int = 20, name: str = "青瓷茶具"
) -> GiftLine:
    item = make_stock(firm.east, firm.owner, name, pieces)
    return keep_line(subject=session.subject, item=item, value=Decimal(value), actor=firm.owner)
