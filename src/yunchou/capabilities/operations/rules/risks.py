"""The rules on risks, their triggers and the money for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, REMIND, Fix, Place, Verdict, failed, passed

from ..tables import RiskRow

HIGH = 3


@dataclass(frozen=True)
class RiskFacts:
    """The risk plan, in order."""

    risks: tuple[RiskRow, ...] = field(default=())


@rule(
    "R-RSK-01",
    clause="004 三(三)",
    severity=REMIND,
    params={"high": 6, "medium": 3},
    title=_("Risks are scored"),
    sentence=_(
        "A risk scores likelihood times impact: {high} and more is high, {medium} and more medium, less "
        "is low."
    ),
    bounds={
        "high": Bound(_("High from"), at_least=2, at_most=9),
        "medium": Bound(_("Medium from"), at_least=1, at_most=9),
    },
    ordered=(("medium", "high"),),
)
def risks_are_scored(facts: RiskFacts, p: Params) -> Iterator[Verdict]:
    """A risk scores likelihood times impact: 6 and more is high, 3 and 4 medium, 2 and less low."""
    for position, risk in enumerate(facts.risks):
        if risk.score is None:
            yield failed(
                say(_("“{risk}” is not assessed."), risk=risk.scenario),
                at=[Place("risks", position, "likelihood"), Place("risks", position, "impact")],
                fix=Fix(say(_("Choose likelihood and impact."))),
            )
            continue
        level = band(risk.score, p)
        yield passed(
            say(
                _("“{risk}”: {score}, {level}"), risk=risk.scenario, score=risk.score, level=say(BANDS[level])
            ),
            score=risk.score,
            band=level,
        )


BANDS = {"high": _("high"), "medium": _("medium"), "low": _("low")}


def band(score: int, p: Params) -> str:
    """`high`, `medium` or `low` by R-RSK-01."""
    if score >= p.high:
        return "high"
    return "medium" if score >= p.medium else "low"


@rule(
    "R-RSK-02",
    clause="004 三(三)",
    severity=BLOCK,
    title=_("High impact is prepared"),
    sentence=_(
        "A risk of high impact has a response, a responsible person and a trigger, or the plan is not sent."
    ),
)
def high_impact_is_prepared(facts: RiskFacts, p: Params) -> Iterator[Verdict]:
    """A risk of high impact has a response, a responsible person and a trigger, or the plan is not sent (RSK-10)."""
    for position, risk in enumerate(facts.risks):
        if risk.impact != HIGH:
            continue
        wanted = {
            "responses": (bool(risk.responses), say(_("a response"))),
            "owner": (risk.owner is not None, say(_("a responsible person"))),
            "trigger": (bool(risk.trigger.strip()), say(_("a trigger"))),
        }
        missing = {key: words for key, (there, words) in wanted.items() if not there}
        if not missing:
            yield passed(say(_("“{risk}” is prepared"), risk=risk.scenario))
            continue
        parts = _joined(list(missing.values()))
        yield failed(
            say(_("“{risk}” has a high impact and lacks {parts}."), risk=risk.scenario, parts=parts),
            at=[Place("risks", position, key) for key in missing],
            fix=Fix(say(_("Fill in {parts}."), parts=parts)),
            missing=",".join(missing),
        )


def _joined(parts: list[Say]) -> Say:
    joined = parts[0]
    for part in parts[1:]:
        joined = say(_("{first}, {second}"), first=joined, second=part)
    return joined


@dataclass(frozen=True)
class RiskSpending:
    """What a response wants to spend, in yuan, beside what was approved for it, drawn already, and held for all of them.

    `line` is the key of the budget line that needs it.
    """

    risk: str
    approved: Decimal
    drawn: Decimal
    held: Decimal
    amount: Decimal
    line: int = 0

    @property
    def left(self) -> Decimal:
        """What is left of the approved amount."""
        return max(ZERO, self.approved - self.drawn)


@rule(
    "R-RSK-05",
    clause="004 三(三)",
    severity=BLOCK,
    title=_("Responses spend what was approved for them"),
    sentence=_(
        "A response may spend, without a new approval, what was approved for its risk with the plan, as far as the contingency"
        " has it; more takes an ordinary draw."
    ),
)
def response_spends_what_was_approved(facts: RiskSpending, p: Params) -> Verdict:
    """Without a new approval a response spends at most what was approved for its risk, and what the contingency has."""
    told: dict[str, Any] = {"line": facts.line, "amount": str(facts.amount), "risk": facts.risk}
    most = min(facts.left, facts.held)
    if facts.amount <= most:
        left = format_exact(facts.left - facts.amount)
        return passed(say(_("“{risk}”: {left} yuan would be left."), risk=facts.risk, left=left), **told)
    over = facts.amount - most
    words = (
        _("{left} yuan are left of what was approved for “{risk}”; {amount} yuan are {over} yuan too much.")
        if facts.left <= facts.held
        else _("The contingency has {left} yuan left; {amount} yuan for “{risk}” are {over} yuan too much.")
    )
    return failed(
        say(
            words,
            left=format_exact(most),
            risk=facts.risk,
            amount=format_exact(facts.amount),
            over=format_exact(over),
        ),
        fix=Fix(say(_("Draw {left} yuan at most, or ask for an ordinary draw."), left=format_exact(most))),
        stored=format_exact(facts.amount),
        computed=format_exact(most),
        over=str(over),
        **told,
    )


DEMANDED = ("fire", "earthquake", "illness")
"""The emergencies that 003 三(四) names."""
EMERGENCY_WORDS = {"fire": _("fire"), "earthquake": _("earthquake"), "illness": _("sudden illness")}


@dataclass(frozen=True)
class EmergencyFacts:
    """What the plan says of one emergency: is somebody responsible, and are there steps?"""

    scenario: str
    has_owner: bool
    has_steps: bool


@dataclass(frozen=True)
class SafetyFacts:
    """The safety emergency plan of an event. `is_demanded` for an on-site high-end event only."""

    emergencies: tuple[EmergencyFacts, ...] = ()
    is_demanded: bool = True


@rule(
    "R-RSK-06",
    clause="003 三(四)",
    severity=BLOCK,
    title=_("On-site high-end events have a safety plan"),
    sentence=_(
        "Before an on-site high-end event begins, its safety emergency plan names a responsible person and steps for fire,"
        " earthquake and sudden illness."
    ),
)
def safety_is_planned(facts: SafetyFacts, p: Params) -> Verdict:
    """Without persons and steps for fire, earthquake and sudden illness an on-site high-end event does not begin (RSK-06)."""
    if not facts.is_demanded:
        return passed(say(_("No safety emergency plan is demanded here.")))
    known = {one.scenario: one for one in facts.emergencies}
    missing = [
        say(EMERGENCY_WORDS[key])
        for key in DEMANDED
        if key not in known or not (known[key].has_owner and known[key].has_steps)
    ]
    if not missing:
        return passed(say(_("The safety emergency plan covers the three emergencies.")))
    parts = _joined(missing)
    return failed(
        say(_("The safety emergency plan lacks persons or steps for: {parts}."), parts=parts),
        fix=Fix(say(_("Name a responsible person and the steps for: {parts}."), parts=parts)),
        missing=",".join(key for key in DEMANDED if say(EMERGENCY_WORDS[key]) in missing),
    )


@dataclass(frozen=True)
class TriggerFacts:
    """A value that was recorded, or a moment that came, for a trigger; `met` whether it is true."""

    risk: str
    met: bool
    told: str = ""


@rule(
    "R-RSK-03",
    clause="004 三(三)",
    severity=REMIND,
    title=_("A trigger that comes true opens its response"),
    sentence=_(
        "As soon as a recorded value, a day or a task meets the trigger of a risk, its person and the overall lead are told"
        " and the response opens with its measures as tasks."
    ),
)
def triggers_open_responses(facts: TriggerFacts, p: Params) -> Verdict:
    """A trigger that comes true tells person and lead at once, and opens the response with its tasks (RSK-02, RSK-03)."""
    if not facts.met:
        return passed(say(_("“{risk}” is not set off."), risk=facts.risk))
    return failed(say(_("“{risk}” came true: {told}"), risk=facts.risk, told=facts.told))


@dataclass(frozen=True)
class LimitFacts:
    """A response or measure with its end; `done_at` is None while it is open."""

    what: str
    due_at: datetime | None
    now: datetime
    done_at: datetime | None = None


@rule(
    "R-RSK-04",
    clause="004 三(三)",
    severity=REMIND,
    title=_("Responses keep their time limit"),
    sentence=_(
        "A response, or a measure with a limit of its own, that is open after its time limit goes up to the overall lead."
    ),
)
def responses_keep_their_limit(facts: LimitFacts, p: Params) -> Verdict:
    """A response or measure that is open after its time limit goes up to the overall lead (RSK-05)."""
    if facts.due_at is None or (facts.done_at or facts.now) <= facts.due_at:
        return passed(say(_("“{what}” is within its time limit."), what=facts.what))
    over = int(((facts.done_at or facts.now) - facts.due_at).total_seconds() // 60)
    return failed(
        say(_("“{what}” is {minutes} minutes over its limit."), what=facts.what, minutes=over), over=over
    )
