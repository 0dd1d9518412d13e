"""What stands against taking a unit out of use, said by the rooms that keep work in units.

# campaigns/handover.py, found at start
closing.objections.add("campaigns", lambda unit: say(_("“{unit}” still has {count} open campaigns …"), …) or None)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import Unit

Objection = Callable[[Unit], Say | None]

objections: Final[Registry[Objection]] = Registry("objection to closing a unit")


def objection_to(unit: Unit) -> Say | None:
    """The first thing that stands against closing `unit`, or None."""
    return next((said for object_to in objections if (said := object_to(unit))), None)
