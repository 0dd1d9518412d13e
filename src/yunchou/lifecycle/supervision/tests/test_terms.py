"""How long what supervision asks for may take: numbers of the rulebook, with bounds, as they hold on the day."""

from __future__ import annotations

from datetime import date

import pytest

from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.duties.kinds import kinds
from yunchou.kernel.rules.actions import set_parameter
from yunchou.kernel.rules.bounds import OutOfBounds
from yunchou.kernel.rules.registry import rules
from yunchou.lifecycle.supervision.rules import (
    Term,
    conduct_is_acknowledged,
    findings_are_put_right,
    legality_is_checked,
    misconduct_is_dealt_with,
    notes_are_answered,
    teams_report_each_month,
)
from yunchou.lifecycle.supervision.terms import correction_due, term

TERMS = {
    "K-SPV-01": (findings_are_put_right, {"report": 20, "correction": 10, "verification": 5}),
    "K-SPV-02": (misconduct_is_dealt_with, {"days": 15}),
    "K-SPV-03": (conduct_is_acknowledged, {"newcomer": 10, "yearly": 20}),
    "K-SPV-04": (legality_is_checked, {"days": 3}),
    "K-SPV-05": (notes_are_answered, {"days": 3}),
    "K-SPV-06": (teams_report_each_month, {"day": 5}),
}


@pytest.mark.req("GEN-04")
def test_terms_are_numbers_of_the_rulebook_with_bounds(db: None) -> None:
    today, day = date(2024, 8, 2), date(2024, 8, 9)
    with clock.at("2024-08-02T10:00"):
        for rule_id, (rule, numbers) in TERMS.items():
            assert (rules[rule_id], dict(rule.params), set(rule.assumed)) == (rule, numbers, set(numbers))
            for name, number in numbers.items():
                assert term(rule, name) == add_working_days(today, number)
                for wrong in ("0", "400", "soon"):
                    with pytest.raises(OutOfBounds):
                        rule.bound(name).read(wrong, number)
            for done, is_kept in ((day, True), (date(2024, 8, 12), False)):
                [verdict] = rule.check(Term("SJ-1", day, today, done))
                assert verdict.passed is is_kept
        assert correction_due() == add_working_days(today, 10)
        later = date(2024, 9, 2)
        set_parameter(rule="K-SPV-01", name="correction", value=7, valid_from=later, actor=None)
        assert correction_due() == add_working_days(today, 10), "not in force yet"
    with clock.at("2024-09-02T10:00"):
        assert correction_due() == add_working_days(later, 7)
    told = {kind.rule for kind in kinds if kind.key.startswith("supervision.")}
    assert set(TERMS) <= told, "what is owed names the rule it is owed by"
