"""How long what supervision asks for may take; the rulebook says so, and whoever keeps it changes it by proposal."""

from __future__ import annotations

from datetime import date

from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.rules.registry import Rule
from yunchou.kernel.rules.selectors import params_on

from .rules import Term, findings_are_put_right


def term(rule: Rule[Term], part: str = "days", *, since: date | None = None) -> date:
    """The last day of a term that begins on a day (today), in working days of the rule as it holds today."""
    days: int = getattr(params_on([rule])[rule.id], part)
    return add_working_days(since or clock.today(), days)


def correction_due() -> date:
    """Until when a finding of today is corrected, where nobody names another day."""
    return term(findings_are_put_right, "correction")
