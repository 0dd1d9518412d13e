"""Tables for the thank-you dinner: a VIP table by the lake, two round ones, half of the guests seated the day before."""

from __future__ import annotations

from yunchou.kernel.identity.models import User
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.models import Guest, Place, PlaceState, Session
from yunchou.lifecycle.seating.actions.apart import keep_apart
from yunchou.lifecycle.seating.actions.furnishing import TableFacts, furnish, keep_table
from yunchou.lifecycle.seating.actions.people import seat_guest, seat_party
from yunchou.lifecycle.seating.models import Shape, Table

from ..clockwork import Days, Story
from ..company import DemoCompany
from .gala import NAME


def seating(company: DemoCompany, days: Days) -> Story:
    """The room as it was set up, who has a seat already, and two who had better not sit together."""
    li = company["li"]
    yield days.at(-1, "17:20")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    dinner = Session.objects.select_related("subject__unit").get(subject=subject, name="感恩晚宴")
    tables = furnish(session=dinner, shape=Shape.ROUND, count=3, seats=6, actor=li)
    _serve(tables[0], li, name="湖景", order=1, is_vip=True)
    _serve(tables[1], li, name="2", order=2)
    _serve(tables[2], li, name="3", order=3)
    places = {
        one.guest.name: one
        for one in Place.objects.filter(session=dinner, state=PlaceState.HELD).select_related("guest")
    }
    for one in places.values():
        one.session = dinner
    for name, table in (("黎耀辉", 0), ("欧阳子健", 1)):
        if name in places:
            seat_party(place=places[name], table=tables[table], actor=li, why="与主人同席")
    for name, table, number in (("Emily Carter", 2, 1), ("方启明", 2, 2), ("何咏诗", 1, 5)):
        if name in places:
            seat_guest(place=places[name], table=tables[table], number=number, actor=li)
    pair = Guest.objects.filter(subject=subject, name__in=("马德全", "冯嘉豪"))
    if len(pair) == 2:
        keep_apart(subject=subject, guests=list(pair), actor=li)


def _serve(table: Table, actor: User, *, name: str, order: int, is_vip: bool = False) -> None:
    facts = TableFacts(name, table.shape, table.seats, is_vip=is_vip, serving=order, x=table.x, y=table.y)
    keep_table(table=table, facts=facts, actor=actor)
