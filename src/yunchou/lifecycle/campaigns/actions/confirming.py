"""Dates that disagree are mended or confirmed one by one, before anything is sent that people decide on (R-SCH-06)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.editor import rule_on_finding
from yunchou.kernel.subjects.models import Subject

from ..selectors import conflicts_of


def confirm_conflicts(subject: Subject, actor: User, confirmed: Mapping[str, str]) -> None:
    """Confirm the conflicts of dates for which there is a reason, by fingerprint.

    Outside of `facts_held`, which would go on with the rulings as they were before.
    """
    reasons = {fingerprint: reason.strip() for fingerprint, reason in confirmed.items() if reason.strip()}
    for one in conflicts_of(subject) if reasons else ():
        if reason := reasons.get(one.verdict.fingerprint):
            rule_on_finding(subject=subject, verdict=one.verdict, reason=reason, actor=actor)


def demand_confirmed(subject: Subject) -> None:
    """Refuse while dates disagree that nobody has confirmed."""
    left = [one.verdict for one in conflicts_of(subject)]
    if left:
        words = _("Dates that disagree: {count}. Mend each, or confirm it with a reason; the Gantt leads.")
        raise RuleRefused(say(words, count=len(left)), code="unconfirmed", verdicts=left)
