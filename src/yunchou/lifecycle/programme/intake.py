"""The run sheet from an uploaded or pasted table, read line by line before anything is taken in (EXE-06)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol, TypeVar

from django.utils.translation import gettext_noop, pgettext_lazy

from yunchou.capabilities.preparation.models import Speaker
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.columns import Choice, Number
from yunchou.kernel.sheets.columns import Text as TextColumn
from yunchou.kernel.sheets.findings import Level
from yunchou.kernel.sheets.layout import read_part
from yunchou.kernel.sheets.raw import RawSheet
from yunchou.kernel.sheets.table import Row, Table
from yunchou.kernel.sheets.texts import as_text
from yunchou.kernel.sheets.values import Context
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.models import Session

from .actions.running import FIELDS, MOST_ITEMS, ItemFacts, known_items
from .models import ItemKind, RunSheetItem
from .models.running import LONGEST
from .selectors.running import items_of


class Named(Protocol):
    """A person, a session or a speaker: what a table knows by name."""

    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=Named)


@dataclass(frozen=True, kw_only=True)
class ItemRow(Row):
    """An item as the exported run sheet has it."""

    title: str = ""
    kind: str | None = None
    session: str = ""
    starts_at: str = ""
    minutes: Decimal | None = None
    is_fixed: str | None = None
    owner: str = ""
    speaker: str = ""
    material: str = ""
    cue_host: str = ""
    cue_sound: str = ""
    cue_light: str = ""
    topics: str = ""
    form: str = ""
    participants: str = ""
    began_at: str = ""
    ended_at: str = ""


KINDS: Final = {
    "仪式": ItemKind.CEREMONY, "分享": ItemKind.TALK, "互动": ItemKind.INTERACTION, "表演": ItemKind.SHOW, "用餐": ItemKind.MEAL,
    "参观": ItemKind.VISIT, "茶歇": ItemKind.BREAK, "其他": ItemKind.OTHER, "Ceremony": ItemKind.CEREMONY, "Talk": ItemKind.TALK,
    "Interaction": ItemKind.INTERACTION, "Performance": ItemKind.SHOW, "Meal": ItemKind.MEAL, "Visit": ItemKind.VISIT,
    "Break": ItemKind.BREAK, "Other": ItemKind.OTHER,
}  # fmt: skip
SUMS: Final = ("合计", "Total", "Sum")
YES: Final = {"是": "1", "Yes": "1", "否": "", "No": ""}
ITEMS: Final = Table(
    key="programme_run_sheet",
    sheet="流程",
    title=pgettext_lazy("tab", "Run sheet"),
    row=ItemRow,
    identity=("title", "starts_at"),
    columns=(
        TextColumn("title", "环节", pgettext_lazy("run sheet", "item"), required=True, max_length=120, aliases=("item",)),
        Choice("kind", "类别", pgettext_lazy("run sheet", "kind"), words=KINDS, aliases=("kind",)),
        TextColumn("session", "场次", pgettext_lazy("event", "session"), max_length=80, aliases=("session",)),
        TextColumn(
            "starts_at", "计划开始", pgettext_lazy("run sheet", "planned start"), required=True, max_length=40,
            aliases=("planned start",),
        ),
        Number(
            "minutes", "时长（分钟）", pgettext_lazy("run sheet", "minutes"), required=True, whole=True, least=Decimal(1),
            most=Decimal(LONGEST), aliases=("minutes", "时长"),
        ),
        Choice(
            "is_fixed", "固定时间开始", pgettext_lazy("run sheet", "begins at its time"), words=YES,
            aliases=("begins at its time",),
        ),
        TextColumn("owner", "负责人", pgettext_lazy("run sheet", "responsible"), max_length=60, aliases=("responsible",)),
        TextColumn("speaker", "主讲人", pgettext_lazy("run sheet", "speaker"), max_length=80, aliases=("speaker",)),
        TextColumn("material", "资料", pgettext_lazy("run sheet", "material"), max_length=160, aliases=("material",)),
        TextColumn(
            "cue_host", "主持口令", pgettext_lazy("run sheet", "cue for the host"), max_length=300,
            aliases=("cue for the host",),
        ),
        TextColumn(
            "cue_sound", "音响口令", pgettext_lazy("run sheet", "cue for sound"), max_length=200, aliases=("cue for sound",)
        ),
        TextColumn(
            "cue_light", "灯光口令", pgettext_lazy("run sheet", "cue for light"), max_length=200, aliases=("cue for light",)
        ),
        TextColumn("topics", "话题", pgettext_lazy("run sheet", "topics"), max_length=300, aliases=("topics",)),
        TextColumn("form", "形式", pgettext_lazy("run sheet", "form"), max_length=120, aliases=("form",)),
        # How it went is told on the day and not taken in.
        TextColumn("participants", "参与人数", pgettext_lazy("run sheet", "participants"), aliases=("participants",)),
        TextColumn("began_at", "实际开始", pgettext_lazy("run sheet", "began"), aliases=("began",)),
        TextColumn("ended_at", "实际结束", pgettext_lazy("run sheet", "ended"), aliases=("ended",)),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line as it was read, or why it cannot be used."""

    number: int
    title: str
    facts: ItemFacts | None = None
    faults: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Intake:
    """The lines of a table, and the table itself as text, which the page carries until it is confirmed.

    `columns` are those of `FIELDS` that it has: of known items the others stay as they are.
    """

    lines: tuple[Line, ...]
    kept: str
    columns: frozenset[str] = frozenset()

    @property
    def missing(self) -> list[str]:
        """The headings of what stays as it is."""
        return [str(one.label) for one in ITEMS.columns if one.key in FIELDS and one.key not in self.columns]

    @property
    def bad(self) -> list[Line]:
        return [line for line in self.lines if line.facts is None]

    @property
    def rows(self) -> list[ItemFacts]:
        return [line.facts for line in self.lines if line.facts is not None]


def read_run_sheet(subject: Subject, sheet: RawSheet) -> Intake:
    """The items of a table; people, sessions and speakers by their names."""
    today = clock.today()
    part, findings = read_part(ITEMS, sheet, Context(year=today.year, end=today))
    if len(part.rows) > MOST_ITEMS:
        raise Invalid(say(gettext_noop("A run sheet has at most {limit} items."), limit=MOST_ITEMS))
    faults: dict[int, list[Text]] = {}
    for finding in [*sheet.findings, *findings]:
        if finding.level == Level.ERROR:
            faults.setdefault(finding.line, []).append(finding.message)
    # The last line of the exported sheet sums the minutes up; it is no item.
    sums = {row.line for row in part.rows if row.title.strip() in SUMS and not row.starts_at.strip()}
    rows = [row for row in part.rows if row.line not in sums]
    faults = {line: told for line, told in faults.items() if line not in sums}
    headings = part.frame.headings if part.frame else ()
    columns = frozenset(one.key for one in headings if not one.is_extra) & FIELDS.keys()
    sessions = _by_name(Session.objects.filter(subject=subject, removed_at=None))
    speakers = _by_name(Speaker.objects.filter(subject=subject))
    owners = _by_name(User.objects.active().filter(name__in={row.owner.strip() for row in rows}))
    times = {row.line: _moment(row.starts_at, faults.setdefault(row.line, [])) for row in rows}
    there = _known(subject, [(row.line, row.title.strip(), times[row.line]) for row in rows])
    seen: set[tuple[str, datetime]] = set()
    lines = []
    for row in rows:
        told, starts_at, known = faults.pop(row.line), times[row.line], there.get(row.line)
        session = _one(row.session, sessions, known.session if known else None, told, _sessions)
        owner = _one(row.owner, owners, known.owner if known else None, told, _people)
        speaker = _one(row.speaker, speakers, known.speaker if known else None, told, _speakers)
        if starts_at and (row.title.strip(), starts_at) in seen:
            told.append(say(gettext_noop("This item stands in the table twice.")))
        if told or starts_at is None or row.minutes is None:
            lines.append(
                Line(row.line, row.title, None, tuple(told) or (say(gettext_noop("Please fill this in.")),))
            )
            continue
        seen.add((row.title.strip(), starts_at))
        facts = ItemFacts(
            title=row.title.strip(), starts_at=starts_at, minutes=int(row.minutes), kind=row.kind or ItemKind.OTHER,
            is_fixed=bool(row.is_fixed), session=session, owner=owner, speaker=speaker,
            speaker_name="" if speaker else row.speaker.strip(), material_note=row.material.strip(),
            cue_host=row.cue_host, cue_sound=row.cue_sound, cue_light=row.cue_light, topics=row.topics, form=row.form,
        )  # fmt: skip
        lines.append(Line(row.line, row.title, facts))
    lines += [Line(number, "", None, tuple(told)) for number, told in faults.items()]
    return Intake(tuple(sorted(lines, key=lambda line: line.number)), as_text(sheet), columns)


def _known(
    subject: Subject, keys: Iterable[tuple[int, str, datetime | None]]
) -> dict[int, RunSheetItem | None]:
    """The items that the lines mean."""
    timed = [(line, title, starts_at) for line, title, starts_at in keys if starts_at]
    found = known_items(items_of(subject), [(title, starts_at) for _line, title, starts_at in timed])
    return {line: item for (line, _title, _at), item in zip(timed, found, strict=True)}


def _by_name(found: Iterable[N]) -> dict[str, list[N]]:
    named: dict[str, list[N]] = {}
    for one in found:
        named.setdefault(one.name.strip(), []).append(one)
    return named


def _one(
    name: str, named: dict[str, list[N]], kept: N | None, told: list[Text], fault: Callable[[int, str], Text | None]
) -> N | None:  # fmt: skip
    """Who or what is called so. What the known item has stays where it is still called so, also where others are, too."""
    name = name.strip()
    if not name or (kept and kept.name.strip() == name):
        return kept if name else None
    found = named.get(name, [])
    if len(found) == 1:
        return found[0]
    if words := fault(len(found), name):
        told.append(words)
    return None


def _sessions(count: int, name: str) -> Text | None:
    if count:
        return say(gettext_noop("Several sessions are called {name}: choose one on the page."), name=name)
    return say(gettext_noop("This event has no session “{name}”."), name=name)


def _people(count: int, name: str) -> Text | None:
    if count:
        return say(gettext_noop("Several people are called {name}: enter them on the page."), name=name)
    return say(gettext_noop("Nobody here is called {name}."), name=name)


def _speakers(count: int, name: str) -> Text | None:
    """Somebody who is no speaker of the event yet is kept by name."""
    return (
        say(gettext_noop("Several speakers are called {name}: choose one on the page."), name=name)
        if count
        else None
    )


def _moment(text: str, told: list[Text]) -> datetime | None:
    """`2024-08-02 20:00`, `2024年8月2日 20:00`, `2024/8/2 20:00`."""
    plain = text.strip()
    for sign, mark in (("年", "-"), ("月", "-"), ("日", " "), ("/", "-"), (".", "-"), ("T", " ")):
        plain = plain.replace(sign, mark)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"):
        try:
            found = datetime.strptime(" ".join(plain.split()), form)  # noqa: DTZ007 -- local time, as people write it
        except ValueError:
            continue
        if 2000 <= found.year < 2100:
            return clock.moment(found.date(), found.hour, found.minute)
    if plain:
        told.append(say(gettext_noop("This is no time: write it as 2024-08-02 15:20.")))
    return None
