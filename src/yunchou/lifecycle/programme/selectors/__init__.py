"""Reads of the day. `running` and `alarms` are what the wall shows."""

from .running import Running, running
from .safety import Alarm, alarms

__all__ = ["Alarm", "Running", "alarms", "running"]
