"""Nothing happens before it is approved."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, Fix, Verdict, failed, passed


@dataclass(frozen=True)
class Approval:
    """Whether the plan and its budget are approved, and whose decisions are still to come, in order."""

    is_approved: bool
    missing: tuple[str, ...] = ()
    is_sent: bool = False


@rule("R-APR-07", clause="001 §5 ¶6; 003 四(二)1", severity=BLOCK)
def nothing_runs_unapproved(ctx: Approval, p: Params) -> Verdict:
    """Nobody starts, invites or commits money before every required approval of plan and budget is there."""
    if ctx.is_approved:
        return passed(say(_("Plan and budget are approved.")))
    if not ctx.missing:
        return failed(
            say(_("Plan and budget are not approved.")), fix=Fix(say(_("Send the proposal for approval.")))
        )
    first = Say("{position}", {"position": "、".join(ctx.missing)})
    fix = _("Wait for the decision of {step}.") if ctx.is_sent else _("Send the proposal for approval.")
    return failed(
        say(_("Not approved yet: the approval by {steps} is missing."), steps=first),
        fix=Fix(say(fix, step=ctx.missing[0])),
        missing="、".join(ctx.missing),
    )
