"""What a guest fills in. Without scripts: what is asked only after an answer comes as a second step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from yunchou.directory.customers.models import Diet
from yunchou.kernel.core.text import Text

from ..actions.replies import Companion
from ..answering import Answers, asked
from ..models import Guest, Page, Place, PlaceState, Question, QuestionKind, Session
from ..selectors.guests import with_guest
from ..standing import Standing, may_choose

MOST = 8
"""So many companions can be named at most."""


@dataclass(frozen=True)
class CompanionRow:
    """A line for somebody who comes along."""

    number: int
    name: str = ""
    diet: tuple[str, ...] = ()
    diet_note: str = ""
    pk: int | None = None
    error: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.name or self.diet or self.diet_note)

    @property
    def choices(self) -> list[tuple[str, str, bool]]:
        return diet_choices(self.diet)


@dataclass(frozen=True)
class QuestionRow:
    """A question with what was answered."""

    question: Question
    value: Any = ""
    error: str = ""
    is_new: bool = False

    @property
    def name(self) -> str:
        return f"question_{self.question.pk}"

    @property
    def choices(self) -> list[tuple[str, bool]]:
        chosen = self.value if isinstance(self.value, list) else [self.value]
        return [(option, option in chosen) for option in self.question.options]


@dataclass(frozen=True)
class SessionRow:
    """A session one may choose; one that `is_late` may only be given up, and where one `has_seat` it is never full."""

    session: Session
    is_chosen: bool
    is_late: bool
    has_seat: bool


def diet_choices(chosen: Sequence[str]) -> list[tuple[str, str, bool]]:
    return [(code, str(label), code in chosen) for code, label in Diet.choices]


def _typed(data: QueryDict, name: str) -> str:
    """What was typed, without the sign that PostgreSQL keeps in no text."""
    return data.get(name, "").replace("\0", "").strip()


class GuestForm:
    """The reply of one guest, from what they posted or from how it stands; errors beside what they are about."""

    def __init__(
        self, guest: Guest, places: Sequence[Place], stands: Mapping[int, Standing], questions: Sequence[Question],
        page: Page, data: QueryDict | None = None,
    ) -> None:  # fmt: skip
        self.guest, self.page, self.questions, self.data = guest, page, list(questions), data
        self.stands, self.places = stands, [place for place in places if place.session.removed_at is None]
        self.offered = [p.session for p in self.places if may_choose(stands[p.session_id], p.state)]
        self.errors: dict[str, str] = {}
        self.most = min(max((session.companions for session in self._open()), default=0), MOST)
        self.chosen = self._chosen()
        self.companions = self._companions()
        # What the page does not ask about stays as it is known.
        self.diet = tuple(data.getlist("diet")) if data is not None and page.asks_diet else tuple(guest.diet)
        self.diet_note = self._text("diet_note", guest.diet_note) if page.asks_diet else guest.diet_note
        self.transport = self._text("transport", guest.transport) if page.asks_transport else guest.transport
        self.answers: Answers = self._answers() if data is not None else guest.answers
        self.allows_pictures = self._pictures()

    def _open(self) -> list[Session]:
        return [session for session in self.offered if self.stands[session.pk] == Standing.OPEN]

    @property
    def is_closed(self) -> bool:
        """Nothing can be accepted any more."""
        return bool(self.places) and not self._open()

    def _text(self, name: str, kept: str) -> str:
        return kept if self.data is None else _typed(self.data, name)

    def _chosen(self) -> set[int]:
        if len(self.places) == 1:
            return {self.places[0].session_id}
        only = {session.pk for session in self.offered} if len(self.offered) == 1 else set()
        if self.data is not None:
            posted = self.data.getlist("session")
            return only | {int(key) for key in posted if key.isdecimal() and len(key) < 19}
        return only | {place.session_id for place in self.places if place.state != PlaceState.GIVEN_UP}

    def _companions(self) -> list[CompanionRow]:
        if self.data is None:
            known = with_guest(self.guest, [session.pk for session in self.offered])
            rows = [CompanionRow(n, c.name, tuple(c.diet), c.diet_note, c.pk) for n, c in enumerate(known, 1)]
            return rows[:MOST] + [CompanionRow(n) for n in range(len(rows) + 1, self.most + 1)]
        data = self.data
        own = {companion.pk: companion for companion in self.guest.companions.all()}
        rows = []
        for n in range(1, MOST + 1):
            known_as = data.get(f"companion_{n}_pk", "")
            pk = int(known_as) if known_as.isdecimal() and len(known_as) < 19 else None
            companion, name = own.get(pk or 0), _typed(data, f"companion_{n}_name")
            diet, note = tuple(data.getlist(f"companion_{n}_diet")), _typed(data, f"companion_{n}_note")
            if companion and not self.page.asks_diet:
                diet, note = tuple(companion.diet), companion.diet_note
            rows.append(CompanionRow(n, name, diet, note, companion.pk if companion else None))
        return [row for row in rows if row.number <= self.most or not row.is_empty]

    def _answers(self) -> dict[str, Any]:
        assert self.data is not None
        given: dict[str, Any] = {}
        for question in self.questions:
            name = f"question_{question.pk}"
            given[str(question.pk)] = (
                self.data.getlist(name) if question.kind == QuestionKind.CHOICES else self.data.get(name, "")
            )
        return given

    def _pictures(self) -> bool | None:
        if self.data is None:
            return self.guest.allows_pictures
        return "allows_pictures" in self.data if self.page.asks_pictures else None

    @property
    def party(self) -> list[Companion]:
        """Those who were named; a line with a diet and no name is somebody whose name is missing."""
        return [
            Companion(row.name, row.diet, row.diet_note, row.pk)
            for row in self.companions
            if not row.is_empty
        ]

    @property
    def named(self) -> list[int]:
        """The numbers of the lines that `party` came from."""
        return [row.number for row in self.companions if not row.is_empty]

    @property
    def diet_choices(self) -> list[tuple[str, str, bool]]:
        return diet_choices(self.diet)

    @property
    def session_choices(self) -> list[SessionRow]:
        held = {place.session_id for place in self.places if place.state == PlaceState.HELD}
        return [
            SessionRow(one, one.pk in self.chosen, self.stands[one.pk] == Standing.LATE, one.pk in held)
            for one in self.offered
        ]

    @property
    def settled(self) -> list[tuple[Place, Standing]]:
        """The sessions of which nothing can be said any more, and why."""
        offered = {session.pk for session in self.offered}
        return [(p, self.stands[p.session_id]) for p in self.places if p.session_id not in offered]

    @property
    def rows(self) -> list[QuestionRow]:
        """The questions that what was answered so far makes appear."""
        shown = asked(self.questions, self.answers)
        seen = self._seen()
        return [
            QuestionRow(
                question, self.answers.get(str(question.pk), ""), self.errors.get(f"question_{question.pk}", ""),
                is_new=seen is not None and question.pk not in seen,
            )
            for question in shown
        ]  # fmt: skip

    def _seen(self) -> set[int] | None:
        """Which questions stood on the page that was sent; None where nothing was."""
        if self.data is None:
            return None
        return {
            int(key) for key in self.data.get("asked", "").split(",") if key.isdecimal() and len(key) < 19
        }

    @property
    def asked(self) -> str:
        """The questions that stand on this page, for the next one."""
        return ",".join(str(row.question.pk) for row in self.rows)

    @property
    def has_more(self) -> bool:
        """Whether the answers make questions appear that the guest has not seen: the second step."""
        return any(row.is_new for row in self.rows)

    @property
    def shown_companions(self) -> list[CompanionRow]:
        return [
            CompanionRow(
                r.number, r.name, r.diet, r.diet_note, r.pk, self.errors.get(f"companion_{r.number}", "")
            )
            for r in self.companions
        ]

    def refuse(self, fields: Mapping[str, Text]) -> None:
        """Put what an action said beside what it is about; lines of companions are counted without the empty ones."""
        numbers = {f"companion_{n}": f"companion_{line}" for n, line in enumerate(self.named, 1)}
        for name, text in fields.items():
            self.errors[numbers.get(name, name)] = str(text)
