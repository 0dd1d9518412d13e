"""The staffing standard and which unit is a centre of which size (ORG-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Position, Unit, User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..models import Centre, CentreSize, StaffingRule
from ..permissions import Perm
from ..selectors import standard_on

MOST_PEOPLE = 500


@transaction.atomic
def set_centre(*, unit: Unit, size: str, actor: User) -> Centre | None:
    """Say that a unit is staffed as a marketing centre of a size; "" says that it is none any more.

    Refuses without `organisation.staffing` on the unit, and an unknown size; records `organisation.centre_sized`.
    """
    require(actor, Perm.STAFFING, unit)
    if size and size not in CentreSize.values:
        raise _invalid("size", _("There is no such size."))
    before = Centre.objects.select_for_update().filter(unit=unit).first()
    if (before.size if before else "") == size:
        return before
    centre = Centre.objects.update_or_create(unit=unit, defaults={"size": size})[0] if size else None
    if before and not size:
        before.delete()
    word = say(SIZE_WORDS[size]) if size else "—"
    record(
        journal.CENTRE_SIZED,
        actor=actor,
        data={"unit": unit.name, "code": unit.code, "size_code": size, "size": word},
    )
    return centre


@transaction.atomic
def change_standard(
    *, size: str, people: Mapping[str, int], valid_from: date | None = None, reason: str, actor: User
) -> list[StaffingRule]:
    """From a day (today) on, centres of a size have these head counts by position code; equal ones stay as they are.

    Refuses without `organisation.staffing`, without a reason, before the newest change, unknown positions and counts
    outside 0 to 500; records `organisation.staffing_changed` for each count that differs.
    """
    require(actor, Perm.STAFFING)
    day = valid_from or clock.today()
    if size not in CentreSize.values:
        raise _invalid("size", _("There is no such size."))
    if not reason.strip():
        raise _invalid("reason", _("Say why the standard changes."))
    newest = StaffingRule.objects.filter(size=size).order_by("-valid_from").first()
    if newest and day < newest.valid_from:
        message = _("The standard was changed from {day} on already; a later change begins there or after.")
        raise _invalid("valid_from", message, day=newest.valid_from.isoformat())
    positions = {position.code: position for position in Position.objects.filter(code__in=people)}
    before = standard_on(size, day)
    made = []
    for code, count in people.items():
        if code not in positions:
            raise _invalid("position", _("There is no position “{position}”."), position=code)
        if not 0 <= count <= MOST_PEOPLE:
            raise _invalid(code, _("A head count lies between 0 and {most}."), most=MOST_PEOPLE)
        if before.get(code, 0) != count:
            made.append(_change(size, positions[code], count, day, reason.strip(), actor))
    return made


def _change(
    size: str, position: Position, people: int, day: date, reason: str, actor: User | None
) -> StaffingRule:
    rule = StaffingRule.objects.create(
        size=size, position=position, people=people, valid_from=day, reason=reason[:200], decided_by=actor
    )
    record(
        journal.STAFFING_CHANGED,
        actor=actor,
        data={
            "size_code": size,
            "size": say(SIZE_WORDS[size]),
            "people": people,
            "position": position.name,
            "position_code": position.code,
            "day": day.isoformat(),
            "reason": rule.reason,
        },
    )
    return rule


# English msgids of the sizes, for the journal.
SIZE_WORDS: Mapping[str, str] = {
    CentreSize.SMALL: _("Small centre"),
    CentreSize.MEDIUM: _("Medium centre"),
    CentreSize.LARGE: _("Large centre"),
}


def _invalid(field: str, message: str, **params: str | int) -> Invalid:
    told = say(message, **params)
    return Invalid(told, fields={field: told})
