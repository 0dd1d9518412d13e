"""Nothing happens before it is approved."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import say
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, Fix, Verdict, failed, passed

from ..words import listed


@dataclass(frozen=True)
class Approval:
    """Whether the plan and its budget are approved, and whose decisions are still to come, in order."""

    is_approved: bool
    missing: tuple[str, ...] = ()
    is_sent: bool = False


@rule(
    "R-APR-07",
    clause="001 §5 ¶6; 003 四(二)1",
    severity=BLOCK,
    title=_("Nothing runs unapproved"),
    sentence=_(
        "Nobody starts, invites or commits money before every required approval of plan and budget is there."
    ),
)
def nothing_runs_unapproved(ctx: Approval, p: Params) -> Verdict:
    """Nobody starts, invites or commits money before every required approval of plan and budget is there."""
    if ctx.is_approved:
        return passed(say(_("Plan and budget are approved.")))
    if not ctx.missing:
        return failed(
            say(_("Plan and budget are not approved.")), fix=Fix(say(_("Send the proposal for approval.")))
        )
    steps = listed(ctx.missing)
    fix = _("Wait for the decision of {step}.") if ctx.is_sent else _("Send the proposal for approval.")
    return failed(
        say(_("Not approved yet: the approval by {steps} is missing."), steps=steps),
        fix=Fix(say(fix, step=ctx.missing[0])),
        missing=",".join(ctx.missing),
    )


@dataclass(frozen=True)
class BudgetOpinion:
    """What somebody of company management wrote when agreeing to the budget of a high-end event."""

    opinion: str


@rule(
    "R-APR-09",
    clause="003 四(二)",
    severity=BLOCK,
    title=_("Management says why"),
    sentence=_(
        "Company management agrees to the budget of a high-end client event with an opinion on whether it is reasonable"
        " and necessary."
    ),
)
def management_gives_its_opinion(ctx: BudgetOpinion, p: Params) -> Verdict:
    """Company management agrees to a high-end budget with an opinion on whether it is reasonable and necessary."""
    if ctx.opinion.strip():
        return passed(say(_("Management has given its opinion.")))
    words = say(_("Write whether the budget of the high-end client event is reasonable and necessary."))
    return failed(words, fix=Fix(say(_("Write an opinion and agree again."))))


@dataclass(frozen=True)
class Reopened:
    """A change of what was approved: whose decisions it newly needs and has not got yet, in order."""

    missing: tuple[str, ...] = ()


@rule(
    "R-APR-08",
    clause="001 §3.2, §5 ¶4",
    severity=BLOCK,
    title=_("Changes get what they newly need"),
    sentence=_(
        "Where an approved campaign is changed so that another route applies, only the newly required steps are decided;"
        " until then nothing new is committed or started."
    ),
)
def changes_get_what_they_need(ctx: Reopened, p: Params) -> Verdict:
    """A change that leads to another route waits for the newly required steps; nothing new is committed until then."""
    if not ctx.missing:
        return passed(say(_("The change needs no further approval before work goes on.")))
    steps = listed(ctx.missing)
    return failed(
        say(
            _("The change newly needs the approval by {steps}; until then nothing new is committed."),
            steps=steps,
        ),
        fix=Fix(say(_("Wait for the decision of {step}."), step=ctx.missing[0])),
        missing=",".join(ctx.missing),
    )


@dataclass(frozen=True)
class Adjustment:
    """Something that is to be carried out otherwise than approved, or in addition to it."""

    is_agreed: bool
    is_preapproved: bool = False


@rule(
    "R-APR-17",
    clause="000 §3.2",
    severity=BLOCK,
    title=_("Adjustments are agreed to"),
    sentence=_(
        "What is changed during execution is valid once the responsible approver has agreed; measures against a risk that"
        " were approved with the plan are excepted."
    ),
)
def adjustments_are_agreed_to(ctx: Adjustment, p: Params) -> Verdict:
    """A change during execution is valid once the responsible approver agrees; pre-approved risk measures are excepted."""
    if ctx.is_agreed:
        return passed(say(_("The responsible approver has agreed.")))
    if ctx.is_preapproved:
        return passed(say(_("Approved with the plan as a measure against a risk.")), preapproved=True)
    return failed(
        say(_("This came with a change that the responsible approver has not agreed to yet.")),
        fix=Fix(say(_("Send the change and wait for the decision."))),
    )
