"""A planning round: what units owe from the first reminder on, and who is told (PLN-15)."""

from __future__ import annotations

import pytest

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.rules.actions import set_parameter
from yunchou.lifecycle.planning.actions import owe_plans
from yunchou.lifecycle.planning.documents import Kind
from yunchou.lifecycle.planning.listing import overdue
from yunchou.lifecycle.planning.models import Deadline
from yunchou.lifecycle.supervision.actions import add_note, answer_note
from yunchou.lifecycle.supervision.models import GuidanceNote

from .factories import YEAR, approve_plan, make_plan, make_ready


@pytest.mark.rule("R-PLN-01")
@pytest.mark.rule("R-PLN-02")
@pytest.mark.req("PLN-01", "PLN-02", "PLN-04")
@pytest.mark.req("PLN-15", whole=True)
def test_a_round_is_owed_reminded_and_listed(firm: Firm) -> None:
    with clock.at("2024-10-31T09:00"):
        set_parameter(
            rule="R-PLN-02",
            name="due_day",
            value=20,
            valid_from=clock.today().replace(month=11, day=1),
            actor=None,
        )
        assert owe_plans() == 1  # the expense targets of the quarter, which nobody made
    with clock.at("2024-11-01T00:10"):
        # The group and three regions; the targeted plan only from January on.
        assert owe_plans() == 4
        assert owe_plans() == 0
    duty = Duty.objects.get(key=f"planning.deadline:region:{firm.east.pk}:{YEAR}")
    assert duty.owner == firm.owner
    assert clock.local(duty.due_at).isoformat()[:16] == "2024-12-31T18:00"
    assert f"kind=region&unit={firm.east.pk}&year={YEAR}" in duty.address
    with clock.at("2024-12-05T09:00"):
        escalate_due()
    duty.refresh_from_db()
    assert duty.rung == 2  # at the first reminder, and twenty working days before
    approve_plan(make_ready(firm))
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE
    with clock.at("2025-01-02T00:10"):
        assert owe_plans() == 3  # with the expense targets of the year and its first quarter
        late = overdue()
        assert [(due.unit, due.kind) for due in late] == [
            (firm.group, Kind.GROUP), (firm.south, Kind.REGION), (firm.central, Kind.REGION),
        ] or {due.unit for due in late} == {firm.group, firm.south, firm.central}  # fmt: skip
        assert Deadline.objects.get(kind=Kind.TARGETED).due_on.isoformat() == "2025-01-20"


@pytest.mark.req("PLN-11", whole=True)
def test_the_group_guides_and_the_region_answers(firm: Firm) -> None:
    plan = make_plan(firm)
    club = firm.people["group_customer_club"]
    note = add_note(
        subject=plan.subject, kind=GuidanceNote.Kind.GUIDANCE, text="二季度活动偏少,请补充", actor=club
    )
    duty = Duty.objects.open().get(subject=plan.subject)
    assert duty.owner == firm.owner
    answer_note(note=note, text="已补充两场", actor=firm.owner)
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE
