"""What a rule answers: passed or not, why, under which clause, with which values, and what would make it pass."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.core.text import Say
from yunchou.kernel.journal.chain import canonical


class Severity(models.TextChoices):
    """What a failed rule does."""

    BLOCK = "block", _("Blocks")
    NEED_APPROVAL = "need_approval", _("Needs approval")
    WARN = "warn", _("Warns")
    REMIND = "remind", _("Reminds")


BLOCK, NEED_APPROVAL, WARN, REMIND = Severity.BLOCK, Severity.NEED_APPROVAL, Severity.WARN, Severity.REMIND


@dataclass(frozen=True)
class Place:
    """Where something is: a table, one of its rows and a column, by key.

    `row` is the position from 0, the same for a saved table and for a workbook that is only looked at; None means the
    table as a whole.
    """

    table: str
    row: int | None = None
    column: str = ""


@dataclass(frozen=True)
class Fix:
    """The smallest change that would make the rule pass, in words and, where it can be applied at once, as values."""

    text: Say
    changes: Mapping[Place, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """One answer of one rule. `stored` and `computed` stand side by side where a source contradicts itself."""

    passed: bool
    reason: Say
    at: tuple[Place, ...] = ()
    values: Mapping[str, str | int | bool | None] = field(default_factory=dict)
    fix: Fix | None = None
    stored: str = ""
    computed: str = ""
    rule_id: str = ""
    clause: str = ""
    comment: str = ""
    severity: Severity = Severity.WARN
    exception_allowed: bool = False

    def __bool__(self) -> bool:
        return self.passed

    @property
    def blocks(self) -> bool:
        return not self.passed and self.severity == Severity.BLOCK

    @property
    def fix_text(self) -> str:
        return str(self.fix.text) if self.fix else ""

    @property
    def fingerprint(self) -> str:
        """Stays the same while the facts behind the verdict do; a confirmation or exception holds for one fingerprint."""
        told = [self.rule_id, self.comment, self.reason.to_json(), self.stored, self.computed]
        return hashlib.sha256(canonical(told)).hexdigest()[:16]

    def softened(self, severity: Severity) -> Verdict:
        """The same verdict with another effect, after a granted exception."""
        return replace(self, severity=severity)

    def to_json(self) -> dict[str, Any]:
        """As kept beside the decision it influenced."""
        return {
            "rule": self.rule_id,
            "clause": self.clause,
            "comment": self.comment,
            "passed": self.passed,
            "severity": self.severity.value,
            "reason": self.reason.to_json(),
            "fix": self.fix.text.to_json() if self.fix else None,
            "values": dict(self.values),
            "stored": self.stored,
            "computed": self.computed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Verdict:
        return cls(
            passed=data["passed"],
            reason=Say.from_json(data["reason"]),
            values=data["values"],
            fix=Fix(Say.from_json(data["fix"])) if data.get("fix") else None,
            stored=data.get("stored", ""),
            computed=data.get("computed", ""),
            rule_id=data["rule"],
            clause=data["clause"],
            comment=data.get("comment", ""),
            severity=Severity(data["severity"]),
        )


def passed(reason: Say | None = None, **values: Any) -> Verdict:
    """The rule is met; `reason` says with which numbers, for pages that show met rules too."""
    return Verdict(True, reason or Say(""), values=values)


def failed(
    reason: Say,
    *,
    at: Sequence[Place] | Place = (),
    fix: Fix | None = None,
    stored: str = "",
    computed: str = "",
    comment: str = "",
    severity: Severity | None = None,
    exception_allowed: bool = False,
    **values: Any,
) -> Verdict:
    """The rule is not met. `severity` only where one finding of a rule weighs less or more than its rule."""
    places = (at,) if isinstance(at, Place) else tuple(at)
    verdict = Verdict(
        False,
        reason,
        at=places,
        values=values,
        fix=fix,
        stored=stored,
        computed=computed,
        comment=comment,
        exception_allowed=exception_allowed,
    )
    return replace(verdict, severity=severity) if severity else replace(verdict, severity=_UNSET)


# Stands for "as the rule says"; `Rule.check` fills it in.
_UNSET: Any = ""
