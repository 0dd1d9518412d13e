"""Guests of the thank-you dinner who come from afar: trains and flights, who fetches them, where they sleep."""

from __future__ import annotations

from decimal import Decimal

from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.hospitality.actions.rooms import (
    BlockFacts,
    StayFacts,
    assign_room,
    keep_block,
    keep_stay,
    number_room,
)
from yunchou.lifecycle.hospitality.actions.runs import RunFacts, keep_run, put_riders
from yunchou.lifecycle.hospitality.actions.travel import TravelFacts, keep_travel, note_delay
from yunchou.lifecycle.hospitality.actions.vehicles import VehicleFacts, keep_vehicle
from yunchou.lifecycle.hospitality.models import HotelRoom, Leg, Run, Sharing, Way

from ..clockwork import Days, Story
from ..company import DemoCompany
from .gala import EVENT, NAME

SOUTH, AIRPORT, LAKE, HOTEL = "广州南站", "白云机场 T2", "云栖湖畔宴会厅", "云栖湖景酒店"
TRAINS = (
    ("方启明", "G6543", "14:52", True),
    ("何咏诗", "G6547", "15:10", True),
    ("陈晓彤", "G6547", "15:10", True),
    ("区文浩", "D7251", "16:05", False),
)


def arriving(company: DemoCompany, days: Days) -> Story:
    """What is known of travels, three runs of two vehicles, and rooms with two who share; one of them still looks for a bed."""
    li, wu, sun, wang = (company[name] for name in ("li", "wu", "sun", "wang"))
    yield days.at(-1, "17:10")
    subject = Campaign.objects.select_related("subject__unit").get(name=NAME).subject
    people = {guest.name: guest for guest in Guest.objects.filter(subject=subject).select_related("subject")}
    for name, number, arrives, back in TRAINS:
        told = TravelFacts(
            Way.TRAIN, number, SOUTH, days.at(EVENT, arrives), Way.TRAIN if back else "", "G6502" if back else "",
            SOUTH if back else "", days.at(EVENT + 1, "10:20") if back else None, True, back,
        )  # fmt: skip
        keep_travel(guest=people[name], facts=told, actor=wu)
    flight = TravelFacts(
        Way.FLIGHT, "CZ3102", AIRPORT, days.at(EVENT, "13:35"), Way.FLIGHT, "CZ3107", AIRPORT, days.at(EVENT + 1, "12:30"),
        wants_fetching=True, wants_bringing=True, rides_alone=True, note="随身一件大行李",
    )  # fmt: skip
    keep_travel(guest=people["Emily Carter"], facts=flight, actor=wu)
    yield days.at(-1, "17:25")
    bus = keep_vehicle(
        subject=subject, facts=VehicleFacts("商务车 1 号", 6, "粤A·Y2087", driver_name="郑师傅", phone="13902220188"),
        actor=li,
    )  # fmt: skip
    car = keep_vehicle(
        subject=subject, facts=VehicleFacts("轿车 2 号", 3, "粤A·Y5619", driver_name="何师傅", phone="13802221099"),
        actor=li,
    )  # fmt: skip

    def run(
        vehicle: object, leg: str, place: str, goal: str, day: int, start: str, end: str, who: object
    ) -> Run:
        facts = RunFacts(vehicle, leg, place, goal, days.at(day, start), days.at(day, end), who)  # type: ignore[arg-type]
        return keep_run(subject=subject, facts=facts, actor=li)

    station = run(bus, Leg.FETCH, SOUTH, LAKE, EVENT, "15:25", "16:20", wang)
    airport = run(car, Leg.FETCH, AIRPORT, LAKE, EVENT, "14:10", "15:20", sun)
    home = run(bus, Leg.BRING, HOTEL, SOUTH, EVENT + 1, "09:00", "09:50", wang)
    put_riders(run=station, guests=[people[name] for name in ("方启明", "何咏诗", "陈晓彤")], actor=li)
    put_riders(run=airport, guests=[people["Emily Carter"]], actor=li)
    put_riders(run=home, guests=[people[name] for name in ("方启明", "何咏诗", "陈晓彤")], actor=li)
    yield days.at(-1, "17:40")
    block = keep_block(
        subject=subject,
        facts=BlockFacts(
            HOTEL, "湖景双床房", 2, 4, days.day(EVENT), days.day(EVENT + 1), Decimal(468), wu, "云栖协议价",
            cutoff_on=days.day(EVENT - 5),
        ),
        actor=li,
    )  # fmt: skip
    night = (days.day(EVENT), days.day(EVENT + 1))
    keep_stay(guest=people["方启明"], facts=StayFacts(*night), actor=wu)
    keep_stay(guest=people["Emily Carter"], facts=StayFacts(*night, note="高楼层，远离电梯"), actor=wu)
    keep_stay(guest=people["何咏诗"], facts=StayFacts(*night, Sharing.ANYBODY), actor=wu)
    keep_stay(guest=people["陈晓彤"], facts=StayFacts(*night, Sharing.ANYBODY), actor=wu)
    keep_stay(guest=people["区文浩"], facts=StayFacts(*night, note="与同学自行联系"), actor=wu)
    rooms = list(HotelRoom.objects.filter(block=block).order_by("position"))
    stays = {name: Guest.objects.get(pk=one.pk).stay for name, one in people.items() if hasattr(one, "stay")}
    for name, room in (("方启明", 0), ("Emily Carter", 1), ("何咏诗", 2), ("陈晓彤", 2)):
        assign_room(stay=stays[name], room=rooms[room], actor=li)
    for room, number in ((0, "806"), (1, "1218")):
        number_room(room=rooms[room], number=number, actor=wu)
    yield days.at(-1, "17:55")
    note_delay(guest=people["Emily Carter"], expected_at=days.at(EVENT, "14:05"), actor=wu)
