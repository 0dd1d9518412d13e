"""The day itself: run sheet, set-up, equipment, patrols, emergencies, shots and pictures."""

from .pictures import Album, Picture, PictureState, Shot
from .running import Day, Exchange, ItemKind, RunSheetItem
from .safety import EmergencyRun, EmergencyStep, PatrolLog
from .setup import Checkpoint, Equipment, EquipmentTest, Result

__all__ = [
    "Album",
    "Checkpoint",
    "Day",
    "EmergencyRun",
    "EmergencyStep",
    "Equipment",
    "EquipmentTest",
    "Exchange",
    "ItemKind",
    "PatrolLog",
    "Picture",
    "PictureState",
    "Result",
    "RunSheetItem",
    "Shot",
]
