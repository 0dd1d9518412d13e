from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.duties import actions, climbing
from yunchou.kernel.duties.actions import cancel, fulfil, owe, reassign, redate
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.kinds import (
    OWNER,
    DutyKind,
    after,
    before,
    declare,
    kinds,
    position,
    role,
    working_days_after,
)
from yunchou.kernel.duties.models import Duty, Escalation
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.actions import add_member
from yunchou.kernel.subjects.models import Role

from .factories import Company

FRIDAY = datetime(2024, 8, 2, 15, 20, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True, scope="module")
def _kinds() -> None:
    if "tests.report" not in kinds:
        declare(
            DutyKind(
                "tests.report",
                rule="R-RPT-01",
                clause="004 四(一)",
                sentence="Hand in the report of {day}",
                verb="Write",
                ladder=(before(minutes=60), after(whom=OWNER), after(working_days=1, whom=role(Role.LEAD))),
            )
        )


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Who was told what, by key."""
    said: list[tuple[str, str, str]] = []

    def notify(*, users, kind, say, subject, key):  # type: ignore[no-untyped-def]
        said.extend((user.name, kind, str(say)) for user in users)

    def notify_all(messages):  # type: ignore[no-untyped-def]
        for each in messages:
            notify(users=each.users, kind=each.kind, say=each.say, subject=each.subject, key=each.key)

    monkeypatch.setattr(actions, "notify", notify)
    monkeypatch.setattr(climbing, "notify_all", notify_all)
    return said


def lay_down(firm: Company, **more: object) -> Duty:
    given = {"kind": "tests.report", "subject": firm.paper(), "owner": firm.owner, "params": {"day": "08-02"}}
    with clock.at(FRIDAY):
        return owe(**{**given, "due_at": FRIDAY + timedelta(hours=2), **more})  # type: ignore[arg-type]


def test_owe_says_the_rule_and_is_journalled(firm: Company) -> None:
    duty = lay_down(firm)
    assert (duty.rule, duty.clause, str(duty), duty.verb) == (
        "R-RPT-01", "004 四(一)", "Hand in the report of 08-02", "Write",
    )  # fmt: skip
    assert duty.get_absolute_url() == "/papers/1/"
    assert duty.next_rung_at == FRIDAY + timedelta(hours=1)
    assert JournalEntry.objects.filter(kind="duties.owed", subject=duty.subject).count() == 1


def test_owe_is_idempotent_by_key(firm: Company) -> None:
    first = lay_down(firm, key="one")
    assert lay_down(firm, key="one", owner=firm.vp).pk == first.pk
    assert Duty.objects.get().owner == firm.owner
    assert JournalEntry.objects.filter(kind="duties.owed").count() == 1


def test_owe_skips_rungs_in_the_past(firm: Company) -> None:
    duty = lay_down(firm, due_at=FRIDAY + timedelta(minutes=30))
    assert duty.next_rung_at == duty.due_at


def test_fulfil_tells_late_from_timely_and_twice_is_once(firm: Company) -> None:
    duty = lay_down(firm)
    done = fulfil(actor=firm.owner, key=duty.key, at=duty.due_at)
    assert [(d.state, d.is_late, d.next_rung_at) for d in done] == [("done", False, None)]
    assert fulfil(actor=firm.owner, key=duty.key) == []
    other = lay_down(firm, key="other")
    assert fulfil(
        actor=firm.owner, kind="tests.report", subject=other.subject, at=other.due_at + timedelta(minutes=1)
    )[0].is_late
    assert JournalEntry.objects.filter(kind="duties.fulfilled").count() == 2


def test_cancel_drops_all_of_a_subject(firm: Company) -> None:
    duty = lay_down(firm)
    assert len(cancel(actor=None, subject=duty.subject, reason="called off")) == 1
    duty.refresh_from_db()
    assert (duty.state, duty.next_rung_at) == ("cancelled", None)
    with pytest.raises(WrongState):
        redate(duty=duty, due_at=FRIDAY, actor=None)


def test_reassign_hands_over_and_tells(firm: Company, heard: list[tuple[str, str, str]]) -> None:
    duty = reassign(duty=lay_down(firm), to=firm.vp, actor=firm.owner, reason="leave")
    assert duty.owner == firm.vp
    assert heard == [("Vp", "duties.reassigned", "You now owe: Hand in the report of 08-02")]
    assert "leave" in JournalEntry.objects.get(kind="duties.reassigned").sentence


def test_redate_starts_the_ladder_anew(firm: Company) -> None:
    duty = lay_down(firm)
    with clock.at(FRIDAY):
        moved = redate(duty=duty, due_at=FRIDAY + timedelta(days=3), actor=firm.owner)
    assert (moved.rung, moved.next_rung_at) == (0, FRIDAY + timedelta(days=3, hours=-1))


def test_escalation_climbs_each_rung_once(firm: Company, heard: list[tuple[str, str, str]]) -> None:
    duty = lay_down(firm)
    add_member(subject=duty.subject, user=firm.vp, role=Role.LEAD)
    assert escalate_due(now=FRIDAY) == 0
    assert escalate_due(now=FRIDAY + timedelta(hours=1)) == 1
    assert escalate_due(now=FRIDAY + timedelta(hours=1)) == 0
    assert escalate_due(now=FRIDAY + timedelta(hours=2)) == 1
    # One working day after Friday 17:20 is Monday 17:20.
    assert escalate_due(now=FRIDAY + timedelta(days=3)) == 0
    assert escalate_due(now=FRIDAY + timedelta(days=3, hours=2)) == 1
    assert escalate_due(now=FRIDAY + timedelta(days=30)) == 0
    assert [(name, kind) for name, kind, _text in heard] == [
        ("Owner", "duties.reminder"), ("Owner", "duties.reminder"), ("Vp", "duties.escalation"),
    ]  # fmt: skip
    assert [text[:4] for _name, _kind, text in heard] == ["Due ", "You ", "Owne"]
    assert Escalation.objects.get().user == firm.vp
    duty.refresh_from_db()
    assert duty.escalated_at is not None
    assert duty.next_rung_at is None
    assert list(JournalEntry.objects.filter(kind__in=["duties.reminded", "duties.escalated"]).values_list("kind")) == [
        ("duties.reminded",), ("duties.reminded",), ("duties.escalated",),
    ]  # fmt: skip


def test_after_a_standstill_nobody_hears_twice(firm: Company, heard: list[tuple[str, str, str]]) -> None:
    duty = lay_down(firm)
    add_member(subject=duty.subject, user=firm.vp, role=Role.LEAD)
    assert escalate_due(now=FRIDAY + timedelta(days=10)) == 1
    assert sorted(name for name, _kind, _text in heard) == ["Owner", "Vp"]
    assert JournalEntry.objects.filter(kind="duties.reminded").count() == 2


def test_a_fulfilled_duty_is_quiet(firm: Company, heard: list[tuple[str, str, str]]) -> None:
    duty = lay_down(firm)
    fulfil(actor=firm.owner, key=duty.key)
    assert escalate_due(now=FRIDAY + timedelta(days=10)) == 0
    assert heard == []


def test_rungs_name_supervisors_and_positions(firm: Company, heard: list[tuple[str, str, str]]) -> None:
    lay_down(firm, ladder=[after(), after(minutes=5, whom=position("group_customer_club"))])
    escalate_due(now=FRIDAY + timedelta(hours=3))
    assert [name for name, _kind, _text in heard] == ["Approver", "Club"]


@pytest.mark.django_db
def test_working_days_pass_weekends() -> None:
    assert working_days_after(FRIDAY, 1) == FRIDAY + timedelta(days=3)
    assert working_days_after(FRIDAY, -5) == FRIDAY - timedelta(days=7)
