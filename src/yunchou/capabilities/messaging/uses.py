"""What messages are sent for. The room whose people they go to declares it; this room knows neither guests nor questionnaires.

use(Use("events.invitation", label=…, purpose=Purpose.MARKETING, needs=Perm.INVITE, words={"name": _("Name"), …}, …))
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from django.utils.functional import Promise

from yunchou.directory.customers.models import Purpose, TouchKind
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say
from yunchou.kernel.subjects.models import Subject


@dataclass(frozen=True)
class Reader:
    """Somebody a message is for: `ref` is the row of the room above; nobody is reached without a customer behind it."""

    ref: int
    customer_id: int | None


Audience: TypeAlias = Callable[[Subject, str], Sequence[Reader]]
Values: TypeAlias = Callable[[Subject, Collection[int]], Mapping[int, Mapping[str, str]]]


def _nothing(*told: object) -> None:
    """What a use does that has nothing to say."""


@dataclass(frozen=True)
class Use:
    """One thing that messages are for.

    `purpose` is the consent it needs, `needs` the right on the subject, `words` the placeholders with what they stand for,
    `must` are those without which a message is of no use. `audience(subject, part)` says whom
    it goes to at this moment, `values(subject, refs)` what stands for the placeholders, `obstacle` why nothing may go out now,
    `day` the day that times are counted back from. `on_sent(subject, {ref: moment})` is told what went out, perhaps twice.
    `is_once`: a person gets it once per subject and channel, whatever the number of mailings.
    """

    key: str
    label: str | Promise
    purpose: Purpose
    needs: str
    words: Mapping[str, str | Promise]
    audience: Audience
    values: Values
    must: frozenset[str] = frozenset()
    is_once: bool = True
    touch: TouchKind = TouchKind.MESSAGE
    obstacle: Callable[[Subject], Say | None] = _nothing
    day: Callable[[Subject], date | None] = _nothing
    on_sent: Callable[[Subject, Mapping[int, datetime]], None] = _nothing

    @property
    def is_marketing(self) -> bool:
        """Whether the law on advertising speaks of it: marked in the subject line, counted by the caps."""
        return self.purpose == Purpose.MARKETING


uses: Registry[Use] = Registry("use of messages")


def use(declared: Use) -> Use:
    """Declare what messages may be sent for."""
    return uses.add(declared.key, declared)
