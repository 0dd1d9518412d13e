"""The machine behind every status change: a move is declared once and applied in one way.

`MOVE.apply(obj, actor=...)` opens the transaction, locks and re-reads the row, checks right, state, guards and rules in
this order, lets the caller do what belongs to the move, and writes status and journal entry together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import RuleRefused, WrongState
from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind
from yunchou.kernel.rules.actions import keep_verdicts
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.selectors import evaluate, with_rulings
from yunchou.kernel.rules.verdicts import Verdict

M = TypeVar("M", bound=models.Model)

# A guard says why a move may not happen now, or None. Upper rooms add guards to moves of lower ones.
Guard = Callable[[Any], Say | None]
# What a room above does once a move is made, in the same transaction.
Follower = Callable[[Any], object]


@dataclass(eq=False)
class Move(Generic[M]):
    """One declared change of status. `needs` is a right; "" marks a move that only the system makes."""

    flow: Flow[M]
    key: str
    label: str | Promise
    source: tuple[str, ...]
    target: str
    needs: str
    kind: Kind
    rules: tuple[Rule[Any], ...] = ()
    icon: str = ""
    dangerous: bool = False
    guards: list[Guard] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.flow.model.__name__}.{self.key}"

    def guard(self, check: Guard) -> Guard:
        """Add a condition; usable as a decorator from a room above."""
        self.guards.append(check)
        return check

    def follow(self, act: Follower) -> Follower:
        """Add what happens once the move is made and recorded; usable as a decorator from a room above."""
        self.followers.append(act)
        return act

    def context(self, obj: M) -> Any:
        """What the move's rules are told of the object as it stands; None where there are none."""
        return self.flow.context(obj) if self.rules and self.flow.context else None

    def verdicts(self, context: Any) -> list[Verdict]:
        """What the move's rules say of a context."""
        return evaluate(self.rules, context) if context is not None else []

    def obstacle(self, obj: M) -> Say | None:
        """The first guard that speaks against the move."""
        return next((reason for guard in self.guards if (reason := guard(obj))), None)

    @contextmanager
    def apply(
        self, obj: M, *, actor: User | None, note: str = "", data: dict[str, Any] | None = None
    ) -> Iterator[M]:
        """Make the move; the block runs between the checks and the journal entry, in the same transaction.

        Raises `NotAllowed` without the right, `WrongState` from another status or past a guard, `RuleRefused` with the
        verdicts of the rules that block.
        """
        with transaction.atomic():
            locked = self.flow.locked(obj)
            if self.needs and actor is not None:
                require(actor, self.needs, locked)
            self._check_state(locked)
            if reason := self.obstacle(locked):
                raise WrongState(reason)
            context = self.context(locked)
            verdicts = self._check_rules(locked, context)
            before = getattr(locked, self.flow.field)
            setattr(locked, self.flow.field, self.target)
            locked.save(update_fields=[self.flow.field])
            yield locked
            subject = getattr(locked, "subject", None)
            if verdicts and subject is not None:
                keep_verdicts(subject=subject, occasion=str(self), verdicts=verdicts, context=context)
            told = {"title": str(locked), "from": before, "to": self.target, "note": note, **(data or {})}
            record(self.kind, actor=actor, subject=subject, data=told)
            for act in self.followers:
                act(locked)

    def _check_state(self, obj: M) -> None:
        if getattr(obj, self.flow.field) not in self.source:
            now = getattr(obj, f"get_{self.flow.field}_display")()
            raise WrongState(
                say(
                    _("“{move}” is not possible: the state is now “{state}”."),
                    move=str(self.label),
                    state=str(now),
                )
            )

    def _check_rules(self, obj: M, context: Any) -> list[Verdict]:
        verdicts = self.verdicts(context)
        subject = getattr(obj, "subject", None)
        judged = with_rulings(verdicts, subject) if subject is not None else []
        if stopping := [j.verdict for j in judged if j.stops]:
            raise RuleRefused(
                say(
                    _("“{move}” is stopped by {count} rule findings."),
                    move=str(self.label),
                    count=len(stopping),
                ),
                verdicts=stopping,
            )
        return verdicts


class Flow(Generic[M]):
    """All moves of one status field. `context` makes what the rules judge from the object."""

    def __init__(
        self, model: type[M], *, field: str = "status", context: Callable[[M], Any] | None = None
    ) -> None:
        self.model = model
        self.field = field
        self.context = context
        self.moves: dict[str, Move[M]] = {}
        flows.add(model._meta.label_lower + "." + field, self)

    def locked(self, obj: M) -> M:
        """The row as it is now, under its lock. Only the key of `obj` is asked for.

        Locks are taken in one order everywhere: subject, case, the object (an approval decides in the same order).
        """
        rows = self.model._default_manager.all()
        if self._has_subject:
            rows = rows.select_for_update(of=("subject", "self")).select_related("subject__unit")
        else:
            rows = rows.select_for_update()
        found: M = rows.get(pk=obj.pk)
        return found

    @cached_property
    def _has_subject(self) -> bool:
        """Whether every row belongs to a subject: what may have none cannot be locked together with it."""
        own = {field.name: field for field in self.model._meta.concrete_fields}
        return "subject" in own and not own["subject"].null

    def move(
        self,
        key: str,
        *,
        label: str | Promise,
        source: Sequence[str],
        target: str,
        needs: str,
        kind: Kind,
        rules: Sequence[Rule[Any]] = (),
        icon: str = "",
        dangerous: bool = False,
    ) -> Move[M]:
        """Declare a move; its key is unique within the flow."""
        assert key not in self.moves, f"move {key!r} of {self.model.__name__} is declared twice"
        made = Move(self, key, label, tuple(source), target, needs, kind, tuple(rules), icon, dangerous)
        self.moves[key] = made
        return made

    def offered(self, obj: M, user: User) -> list[Move[M]]:
        """Moves that the person may make from the present status, for buttons."""
        status = getattr(obj, self.field)
        return [
            m for m in self.moves.values() if status in m.source and m.needs and holds(user, m.needs, obj)
        ]


flows: Registry[Flow[Any]] = Registry("flow")
