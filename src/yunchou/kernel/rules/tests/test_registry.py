"""Declaring, parameterising and ruling on rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.tests.factories import make_unit, make_user
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.actions import keep_verdicts, rule_on
from yunchou.kernel.rules.models import Parameter, StoredVerdict
from yunchou.kernel.rules.registry import Params, Rule, rule, rules
from yunchou.kernel.rules.selectors import evaluate, params_on, with_rulings
from yunchou.kernel.rules.verdicts import BLOCK, WARN, Place, Severity, Verdict, failed, passed
from yunchou.kernel.subjects.kinds import SubjectKind, declare, kinds
from yunchou.kernel.subjects.models import Subject

if "rules-test" not in kinds:
    declare(SubjectKind("rules-test", "Test", "organisation.view"))


def _limit(amount: Decimal, p: Params) -> Verdict:
    """An amount stays below the limit."""
    if amount <= p.limit:
        return passed(say(_("fine")), amount=str(amount))
    return failed(
        say(_("too much: {amount}"), amount=str(amount)), at=Place("t", 0, "c"), exception_allowed=True
    )


LIMIT: Rule[Decimal] = rules.get("K-TST-01") or rule(
    "K-TST-01", clause="000 §0", severity=BLOCK, params={"limit": Decimal("10")}, assumed=["limit"]
)(_limit)


@pytest.fixture
def subject(db: None) -> Subject:
    return Subject.objects.create(kind="rules-test", unit=make_unit(), title="t", address="/")


def test_a_verdict_carries_its_rule() -> None:
    (verdict,) = LIMIT.check(Decimal("11"))
    assert (verdict.rule_id, verdict.clause, verdict.severity) == ("K-TST-01", "000 §0", Severity.BLOCK)
    assert verdict.blocks
    assert Verdict.from_json(verdict.to_json()).fingerprint == verdict.fingerprint
    assert LIMIT.words == "An amount stays below the limit."


def test_a_rule_of_a_part_judges_the_whole() -> None:
    whole = LIMIT.of(lambda pair: pair[0])
    assert whole.check((Decimal("11"), "x"))[0].blocks
    assert whole.check((Decimal("9"), "x"))[0].passed


def test_an_id_is_declared_once_and_well() -> None:
    with pytest.raises(ImproperlyConfigured):
        rule("K-TST-01", clause="", severity=WARN)(_limit)
    with pytest.raises(ImproperlyConfigured):
        rule("anything", clause="", severity=WARN)


@pytest.mark.req("GEN-04")
def test_parameters_hold_from_their_day(db: None) -> None:
    Parameter.objects.create(rule="K-TST-01", name="limit", value="20", valid_from=date(2024, 7, 1))
    Parameter.objects.create(rule="K-TST-01", name="limit", value="30", valid_from=date(2024, 8, 1))
    at = {
        day: params_on([LIMIT], day)["K-TST-01"].limit
        for day in (date(2024, 6, 30), date(2024, 7, 31), date(2024, 8, 1))
    }
    assert list(at.values()) == [Decimal("10"), Decimal("20"), Decimal("30")]
    with clock.at("2024-07-15"):
        assert evaluate([LIMIT], Decimal("15"))[0].passed
    assert evaluate([LIMIT], Decimal("15"), day=date(2024, 6, 1))[0].blocks


def test_a_kept_verdict_replays_after_parameters_changed(subject: Subject) -> None:
    verdicts = evaluate([LIMIT], Decimal("11"), day=date(2024, 6, 1))
    keep_verdicts(subject=subject, occasion="test", verdicts=verdicts)
    Parameter.objects.create(rule="K-TST-01", name="limit", value="99", valid_from=date(2000, 1, 1))
    stored = StoredVerdict.objects.get()
    replayed = LIMIT.check(Decimal("11"), Params({"limit": Decimal(stored.params["limit"])}))[0]
    assert replayed.passed is stored.passed is False
    assert stored.as_verdict().reason == verdicts[0].reason


def test_an_exception_needs_a_reason_and_holds_while_the_facts_do(subject: Subject) -> None:
    person = make_user()
    (verdict,) = LIMIT.check(Decimal("11"))
    with pytest.raises(Invalid):
        rule_on(subject=subject, verdict=verdict, reason="  ", actor=person)
    rule_on(subject=subject, verdict=verdict, reason="one supplier only", actor=person)
    assert JournalEntry.objects.filter(kind="rules.exception_asked", subject=subject).count() == 1
    (judged,) = with_rulings(LIMIT.check(Decimal("11")), subject)
    assert not judged.stops
    (changed,) = with_rulings(LIMIT.check(Decimal("12")), subject)
    assert changed.stops


def test_a_block_without_exception_cannot_be_excepted(subject: Subject) -> None:
    (verdict,) = LIMIT.check(Decimal("11"))
    from dataclasses import replace

    with pytest.raises(WrongState):
        rule_on(
            subject=subject, verdict=replace(verdict, exception_allowed=False), reason="x", actor=make_user()
        )
