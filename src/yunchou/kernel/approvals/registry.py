"""What can be approved: declared by the rooms that own it, in their `approvals.py`.

    declare(
        "campaign", label=_("Campaign proposal"),
        facts={"in_plan": Fact(_("In plan"), FactType.FLAG), "cost": Fact(_("Cost"), FactType.MONEY)},
        facts_of=lambda subject: facts_of_campaign(subject.campaign),
        rows=[Row("R-APR-03", "001 §5 ¶4", _("In plan, not large"), (Condition("in_plan", "eq", True), …),
                  (StepSpec(Kind.APPROVE, "regional_leadership", 10), StepSpec(Kind.FILE, "group_customer_club", 20)))],
        on_approved=campaign_approved, on_returned=campaign_returned, …)

The facts of a subject must not depend on who asks. Its content (`SubjectKind.content`) must leave out what changes by
the approval itself, such as a status: a decision is bound to the digest of the content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from django.utils.functional import Promise

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say, Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from .conditions import Fact, Row

if TYPE_CHECKING:
    from .models import Case

Json: TypeAlias = dict[str, Any]
# Called inside the deciding transaction, after the case has its new state.
Outcome: TypeAlias = "Callable[[Case, User], None]"
# Called under the lock of the case, before the changed content becomes its new version; refuses by raising `Refused`.
Amending: TypeAlias = "Callable[[Subject, Case, User], None]"


@dataclass(frozen=True)
class Change:
    """One line of the difference between two versions: where, what it was, what it is, by how much, and why."""

    place: Text
    before: str
    after: str
    delta: str = ""
    note: Text = ""
    is_numeric: bool = False


@dataclass(frozen=True)
class Panel:
    """A card on the decision page, such as the effect on money: a template with its context."""

    title: Text
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    note: Text = ""


@dataclass(frozen=True)
class Approvable:
    """A declared definition; see the arguments of `declare`."""

    key: str
    label: str | Promise
    facts: Mapping[str, Fact]
    facts_of: Callable[[Subject], Mapping[str, Any]]
    rows: tuple[Row, ...]
    outcomes: Mapping[str, Outcome]
    interested: Callable[[Subject], Mapping[int, Say]] | None = None
    difference: Callable[[Json, Json], Sequence[Change]] | None = None
    verdicts: Callable[[Subject], Iterable[Verdict]] | None = None
    judged: Callable[[Subject], Any] | None = None
    panels: tuple[Callable[[Case, User], Panel | None], ...] = ()
    low_risk: Callable[[Case], bool] | None = None
    on_amend: Amending | None = None
    asks: Mapping[str, Text] = field(default_factory=dict)


definitions: Registry[Approvable] = Registry("approval definition")


def declare(
    key: str,
    *,
    label: str | Promise,
    facts: Mapping[str, Fact],
    facts_of: Callable[[Subject], Mapping[str, Any]],
    rows: Sequence[Row],
    on_approved: Outcome | None = None,
    on_returned: Outcome | None = None,
    on_rejected: Outcome | None = None,
    on_withdrawn: Outcome | None = None,
    interested: Callable[[Subject], Mapping[int, Say]] | None = None,
    difference: Callable[[Json, Json], Sequence[Change]] | None = None,
    verdicts: Callable[[Subject], Iterable[Verdict]] | None = None,
    judged: Callable[[Subject], Any] | None = None,
    panels: Sequence[Callable[[Case, User], Panel | None]] = (),
    low_risk: Callable[[Case], bool] | None = None,
    on_amend: Amending | None = None,
    asks: Mapping[str, Text] | None = None,
) -> Approvable:
    """Make a definition known; called once at import.

    `facts_of` gives the present value of every declared fact. `rows` are the routing of a new company. `interested`
    names people who may not decide (owners of lines, last editors), by their keys, and why; initiator, creator and owners
    are added by the engine. `difference` turns two contents into lines, `verdicts` are shown and kept with the case, and
    `judged` is the context that they judged, for its witness. `panels` add cards to the decision page. `low_risk` says
    whether a case may be approved from the list, together with others; without it none may. `on_amend` is the room's say
    where a running case goes on with changed content, whichever page asks for it: what sending demands, it demands again.
    `asks` are points on which approvers have room for a view of their own each; the views stand in the opinion.
    """
    for row in rows:
        row.check(facts)
    outcomes = {
        "approved": on_approved,
        "returned": on_returned,
        "rejected": on_rejected,
        "withdrawn": on_withdrawn,
    }
    made = Approvable(
        key=key,
        label=label,
        facts=facts,
        facts_of=facts_of,
        rows=tuple(rows),
        outcomes={state: call for state, call in outcomes.items() if call},
        interested=interested,
        difference=difference,
        verdicts=verdicts,
        judged=judged,
        panels=tuple(panels),
        low_risk=low_risk,
        on_amend=on_amend,
        asks=dict(asks or {}),
    )
    return definitions.add(key, made)
