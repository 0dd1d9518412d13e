"""Care of guests: meals with who may not eat what, gifts within limits, hosts and reception."""

from .care import Briefing, ReceptionTask, TaskKind
from .gifts import COUNTING, Gift, GiftLine, GiftState
from .menus import Content, Course, Dish, Menu, Offer, Substitute

__all__ = [
    "COUNTING",
    "Briefing",
    "Content",
    "Course",
    "Dish",
    "Gift",
    "GiftLine",
    "GiftState",
    "Menu",
    "Offer",
    "ReceptionTask",
    "Substitute",
    "TaskKind",
]
