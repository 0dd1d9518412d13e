"""Care of guests: meals with who may not eat what, gifts within limits, hosts and reception, pick-ups and rooms."""

from .care import Briefing, ReceptionTask, TaskKind
from .gifts import COUNTING, Gift, GiftLine, GiftState
from .menus import Content, Course, Dish, Menu, Offer, Substitute
from .rooms import HotelRoom, Night, RoomBlock, Sharing, Stay
from .travel import DRIVER, Leg, Ride, RideState, Run, RunState, Travel, Vehicle, Way

__all__ = [
    "COUNTING",
    "DRIVER",
    "Briefing",
    "Content",
    "Course",
    "Dish",
    "Gift",
    "GiftLine",
    "GiftState",
    "HotelRoom",
    "Leg",
    "Menu",
    "Night",
    "Offer",
    "ReceptionTask",
    "Ride",
    "RideState",
    "RoomBlock",
    "Run",
    "RunState",
    "Sharing",
    "Stay",
    "Substitute",
    "TaskKind",
    "Travel",
    "Vehicle",
    "Way",
]
