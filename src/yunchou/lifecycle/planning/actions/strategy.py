"""Keeping the register of strategic goals (PLN-08)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..models import Goal, StrategicGoal
from ..permissions import Perm


@transaction.atomic
def add_strategic_goal(
    *, code: str, title: str, from_year: int, to_year: int, actor: User, description: str = ""
) -> StrategicGoal:
    """A new goal of the company's strategy; records `planning.strategy_changed`.

    Refuses without `planning.keep_strategy`, a code that is taken or has blanks, a missing title, years the wrong way round.
    """
    require(actor, Perm.STRATEGY)
    code = code.strip().upper()
    faults = _faults(title, from_year, to_year)
    if not code or len(code) > 12 or not code.replace("-", "").isalnum():
        faults["code"] = say(_("A code has up to 12 letters and digits, without blanks."))
    elif StrategicGoal.objects.filter(code=code).exists():
        faults["code"] = say(_("This code is taken."))
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)
    goal = StrategicGoal.objects.create(
        code=code, title=title.strip(), description=description.strip(), from_year=from_year, to_year=to_year
    )
    record(journal.STRATEGY_CHANGED, actor=actor, data={"code": code, "title": goal.title})
    return goal


@transaction.atomic
def change_strategic_goal(
    *, goal: StrategicGoal, title: str, from_year: int, to_year: int, actor: User, description: str = ""
) -> StrategicGoal:
    """Other words or years; the code stays, since goals of plans name it. Refuses as `add_strategic_goal`."""
    require(actor, Perm.STRATEGY)
    if faults := _faults(title, from_year, to_year):
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)
    locked = StrategicGoal.objects.select_for_update().get(pk=goal.pk)
    before = [locked.title, locked.from_year, locked.to_year]
    locked.title, locked.description = title.strip(), description.strip()
    locked.from_year, locked.to_year = from_year, to_year
    locked.save()
    told = {"code": locked.code, "title": locked.title, "before": before, "used": _used(locked.code)}
    record(journal.STRATEGY_CHANGED, actor=actor, data=told)
    return locked


def _used(code: str) -> int:
    return Goal.objects.filter(strategy=code).count()


def _faults(title: str, from_year: int, to_year: int) -> dict[str, Text]:
    faults: dict[str, Text] = {}
    if not title.strip():
        faults["title"] = say(_("Say what the goal is."))
    if to_year < from_year:
        faults["to_year"] = say(_("The last year lies before the first."))
    return faults
