"""Lines become units, people and posts through the same actions as on the pages, each line for itself.

`run` is done twice: once to look, inside a transaction that is rolled back, and once for good. So what the preview says is
what happens, and every refusal of an action stands at its cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.changes import gathered
from yunchou.kernel.identity.models import Appointment, Unit, User

from ..actions.appointments import appoint, end_appointment, set_deputy, set_main_post
from ..actions.people import add_person, change_person, deactivate_person, reactivate_person
from ..actions.units import (
    change_duties,
    create_unit,
    deactivate_unit,
    move_unit,
    reactivate_unit,
    rename_unit,
)
from ..models import DepartmentKind
from .layout import PEOPLE, POSTS, UNITS, Record, Unreadable

NEW, CHANGE, SAME, ERROR = "new", "change", "same", "error"


@dataclass(frozen=True)
class Line:
    """What comes of one line: new, change, same or error, and what is wrong by column."""

    sheet: str
    number: int
    title: str
    result: str
    faults: tuple[tuple[str, Text], ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        faults = [[key, m.to_json() if isinstance(m, Say) else str(m)] for key, m in self.faults]
        return {
            "sheet": self.sheet,
            "number": self.number,
            "title": self.title,
            "result": self.result,
            "faults": faults,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Line:
        faults = tuple(
            (key, Say.from_json(text) if isinstance(text, dict) else text) for key, text in data["faults"]
        )
        return cls(data["sheet"], data["number"], data["title"], data["result"], faults)


class _Undone(Exception):
    """Rolls the look back."""


def look(records: Sequence[Record], actor: User) -> list[Line]:
    """What would come of the lines; nothing stays written."""
    lines: list[Line] = []
    try:
        with transaction.atomic():
            with gathered() as waiting:
                lines = run(records, actor)
                waiting.clear()
            raise _Undone
    except _Undone:
        return lines


def run(records: Sequence[Record], actor: User) -> list[Line]:
    """Every line through its action: units from the top, then people, then posts, then what goes out of use."""
    each = _Run(actor)
    by_sheet: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_sheet[record.sheet.key].append(record)
    for record in _top_down(by_sheet[UNITS]):
        each.take(record, each.unit)
    for record in by_sheet[PEOPLE]:
        each.take(record, each.person)
    for record in by_sheet[POSTS]:
        each.take(record, each.post)
    for record in [*by_sheet[PEOPLE], *reversed(by_sheet[UNITS])]:
        if each.goes_out_of_use(record):
            each.take(record, each.put_out_of_use, is_again=True)
    order = {(r.sheet.key, r.number): n for n, r in enumerate(records)}
    return sorted(each.lines.values(), key=lambda line: order[line.sheet, line.number])


def _top_down(records: Iterable[Record]) -> list[Record]:
    """Units after the units above them, whatever their order in the file; what turns in a circle comes last."""
    waiting, codes = list(records), {record.text("code") for record in records}
    placed: list[Record] = []
    done: set[str] = set()
    while waiting:
        ready = [r for r in waiting if r.text("parent") not in codes - done - {r.text("code")}]
        if not ready:
            return placed + waiting
        placed += ready
        done |= {record.text("code") for record in ready}
        waiting = [record for record in waiting if record not in ready]
    return placed


class _Run:
    """One pass over the lines."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        self.lines: dict[tuple[str, int], Line] = {}
        self.seen: dict[tuple[str, ...], int] = {}

    def take(self, record: Record, handle: Callable[[Record], str], *, is_again: bool = False) -> None:
        """Let one line take effect in a savepoint of its own, or keep what is wrong with it."""
        place = (record.sheet.key, record.number)
        before = self.lines.get(place)
        if before and before.result == ERROR:
            return
        faults: tuple[tuple[str, Text], ...] = ()
        try:
            with transaction.atomic():
                if not is_again:
                    record.needs()
                    self.refuse_repetition(record)
                result = handle(record)
        except Unreadable as unreadable:
            faults = ((unreadable.key, unreadable.message),)
        except Refused as refused:
            faults = _faults(record, refused)
        if faults:
            result = ERROR
        elif before and before.result != SAME:
            result = before.result
        self.lines[place] = Line(*place, _title(record), result, faults)

    def refuse_repetition(self, record: Record) -> None:
        key = (record.sheet.key, *(record.text(name).lower() for name in record.sheet.keys))
        if first := self.seen.get(key):
            message = say(_("Line {line} says the same already."), line=first)
            raise Unreadable(record.sheet.keys[0], message)
        self.seen[key] = record.number

    # Units

    def unit(self, record: Record) -> str:
        code, name, kind = record.text("code"), record.text("name"), record.word("kind")
        department = record.word("department")
        known = Unit.objects.filter(code=code).select_related("parent", "department").first()
        above = self.unit_named(record, "parent")
        if known is None:
            if above is None:
                raise Unreadable("parent", say(_("A new unit stands below another one.")))
            create_unit(
                parent=above,
                kind=kind or Unit.Kind.DEPARTMENT,
                name=name,
                code=code,
                department=department or DepartmentKind.OTHER,
                duties=record.text("duties"),
                authority=record.text("authority"),
                actor=self.actor,
            )
            return NEW
        if kind and kind != known.kind:
            raise Unreadable("kind", say(_("A unit keeps its kind.")))
        return self.change_unit(record, known, name, above, department)

    def change_unit(self, record: Record, unit: Unit, name: str, above: Unit | None, department: str) -> str:
        result = SAME
        if record.is_yes("active") and not unit.is_active:
            unit, result = reactivate_unit(unit=unit, actor=self.actor), CHANGE
        if name != unit.name:
            unit, result = rename_unit(unit=unit, name=name, actor=self.actor), CHANGE
        if above is not None and above.pk != unit.parent_id:
            unit, result = move_unit(unit=unit, parent=above, actor=self.actor), CHANGE
        if unit.kind == Unit.Kind.DEPARTMENT and self.change_profile(record, unit, department):
            result = CHANGE
        return result

    def change_profile(self, record: Record, unit: Unit, department: str) -> bool:
        profile = getattr(unit, "department", None)
        now = (profile.kind, profile.duties, profile.authority) if profile else (DepartmentKind.OTHER, "", "")
        wanted = (
            department or now[0],
            record.text("duties") or now[1],
            record.text("authority") or now[2],
        )
        if wanted == now:
            return False
        change_duties(
            unit=unit, department=wanted[0], duties=wanted[1], authority=wanted[2], actor=self.actor
        )
        return True

    def unit_named(self, record: Record, key: str) -> Unit | None:
        """The unit whose code stands in a cell, or None where the cell is empty."""
        code = record.text(key)
        if not code:
            return None
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            raise Unreadable(key, say(_("There is no unit with the code “{code}”."), code=code))
        return unit

    # People

    def person(self, record: Record) -> str:
        username, number = record.text("username"), record.text("employee_no")
        person = self.person_known(username, number)
        details = {key: record.text(key) for key in ("name", "email", "phone")}
        if person is None:
            if not username:
                raise Unreadable("username", say(_("A new person needs a user name.")))
            add_person(
                username=username,
                name=details["name"],
                email=details["email"],
                phone=details["phone"],
                employee_no=number,
                password=None,
                actor=self.actor,
            )
            return NEW
        if username and username.lower() != person.username.lower():
            raise Unreadable(
                "username",
                say(
                    _("“{number}” is {username}; a user name stays."), number=number, username=person.username
                ),
            )
        result = SAME
        if record.is_yes("active") and not person.is_active:
            person, result = reactivate_person(person=person, actor=self.actor), CHANGE
        wanted = {key: text or getattr(person, key) for key, text in details.items()}
        wanted["employee_no"] = number or person.employee_no
        if any(getattr(person, key) != text for key, text in wanted.items()):
            change_person(person=person, actor=self.actor, **wanted)
            result = CHANGE
        return result

    def person_known(self, username: str, number: str) -> User | None:
        """By employee number before user name, since people are renumbered less often than they are renamed."""
        by_number = User.objects.filter(employee_no=number).first() if number else None
        return by_number or (User.objects.filter(username__iexact=username).first() if username else None)

    # Posts

    def post(self, record: Record) -> str:
        text = record.text("person")
        person = self.person_known(text, text)
        if person is None:
            raise Unreadable("person", say(_("There is nobody with this user name or employee number.")))
        unit, code = self.unit_named(record, "unit"), record.word("position")
        assert unit is not None
        is_deputy, until = bool(record.is_yes("deputy")), record.day("valid_to")
        held = self.post_held(person, unit, code, is_deputy)
        if held is None:
            held, result = self.new_post(record, person, unit, code, is_deputy), NEW
        else:
            result = self.change_post(record, held, until)
        if record.is_yes("main") and not is_deputy and not Appointment.objects.get(pk=held.pk).is_main:
            set_main_post(appointment=held, actor=self.actor)
            result = result if result == NEW else CHANGE
        return result

    def post_held(self, person: User, unit: Unit, code: str, is_deputy: bool) -> Appointment | None:
        lasting = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
        held = Appointment.objects.filter(
            lasting, user=person, unit=unit, position__code=code, is_deputy=is_deputy
        )
        return held.select_related("user", "unit", "position").first()

    def new_post(self, record: Record, person: User, unit: Unit, code: str, is_deputy: bool) -> Appointment:
        dates = {"valid_from": record.day("valid_from"), "valid_to": record.day("valid_to")}
        if not is_deputy:
            return appoint(person=person, unit=unit, position=code, actor=self.actor, **dates)
        holder = Appointment.objects.valid().filter(unit=unit, position__code=code, is_deputy=False).first()
        if holder is None:
            raise Unreadable("deputy", say(_("Nobody holds this position here whom one could stand in for.")))
        return set_deputy(appointment=holder, deputy=person, actor=self.actor, **dates)

    def change_post(self, record: Record, held: Appointment, until: date | None) -> str:
        start = record.day("valid_from")
        if start and start != held.valid_from:
            raise Unreadable("valid_from", say(_("The first day of a post that is held stays.")))
        if until is None or until == held.valid_to:
            return SAME
        if held.valid_from and until < held.valid_from:
            raise Unreadable("valid_to", say(_("The last day lies before the first.")))
        end_appointment(appointment=held, last_day=until, actor=self.actor)
        return CHANGE

    def goes_out_of_use(self, record: Record) -> bool:
        try:
            return record.is_yes("active") is False
        except Unreadable:
            return False

    def put_out_of_use(self, record: Record) -> str:
        """Close an account or a unit, after everything else, so that a list may first empty a unit."""
        if record.sheet.key == PEOPLE:
            person = self.person_known(record.text("username"), record.text("employee_no"))
            if person is None or not person.is_active:
                return SAME
            deactivate_person(person=person, actor=self.actor)
            return CHANGE
        unit = Unit.objects.filter(code=record.text("code"), is_active=True).first()
        if unit is None:
            return SAME
        deactivate_unit(unit=unit, actor=self.actor)
        return CHANGE


def _faults(record: Record, refused: Refused) -> tuple[tuple[str, Text], ...]:
    """What an action says about its fields, at the columns of the same name; the rest at the first column."""
    at = [
        (column.key, text)
        for name, text in refused.fields.items()
        if (
            column := record.sheet.column(
                "person" if name == "deputy" and record.sheet.key == POSTS else name
            )
        )
    ]
    return tuple(at) or ((record.sheet.columns[0].key, refused.message),)


def _title(record: Record) -> str:
    if record.sheet.key == POSTS:
        return " · ".join(filter(None, (record.text(key) for key in ("person", "unit", "position"))))
    return record.text("name") or record.text(record.sheet.keys[0])
