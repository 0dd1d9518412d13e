"""Two people at the same instant, with real campaigns: neighbours that are sent together, seats that change meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from yunchou.capabilities.budgets.tables import LineRow
from yunchou.directory.organisation.actions import change_person, create_unit, end_appointment, rename_unit
from yunchou.directory.organisation.models import DepartmentKind
from yunchou.directory.organisation.positions import SECURITY_ADMIN, SYSTEM_ADMIN
from yunchou.directory.organisation.tests.factories import Firm, appoint, company, make_user
from yunchou.kernel.approvals.actions import approve, install_definition
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.approvals.tests.races import ROUNDS, together
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.campaigns import actions
from yunchou.lifecycle.campaigns.models import Campaign, Status

from .factories import START, again, make_proposal, save_rows, submit


@pytest.fixture
def firm(transactional_db: None) -> Firm:
    made = company()
    install_definition(key="campaign")
    return made


def costing(firm: Firm, number: int, name: str, **fields: Any) -> Campaign:
    """A proposal of 60,000 yuan, far from those of the rounds before."""
    day = START + timedelta(days=70 * number)
    campaign = make_proposal(firm, name, start_on=day, end_on=day + timedelta(days=5), **fields)
    line = LineRow(category="物料成本", item="舞台搭建", amount=Decimal(60_000))
    save_rows(campaign, "budget", [line], actor=firm.owner)
    return again(campaign)


def sending(campaign: Campaign, user: User) -> Callable[[], object]:
    """Whoever presses the button is somebody else in every request."""
    return lambda: actions.submit_campaign(campaign=campaign, actor=User.objects.get(pk=user.pk))


@pytest.mark.req("TYP-09")
@pytest.mark.rule("R-TYP-01")
def test_of_two_halves_sent_at_once_the_second_takes_the_route_of_the_sum(firm: Firm) -> None:
    """Neither passes the limit alone; whichever comes second sees the first, whose owner is told."""
    sales = firm.department("east", DepartmentKind.SALES)
    for number in ROUNDS:
        halves = [
            costing(firm, number, "七夕邻里音乐会（上）"),
            costing(firm, number, "七夕邻里音乐会（下）", unit=sales),
        ]
        results = together(*(sending(half, firm.owner) for half in halves))
        assert not [result for result in results if isinstance(result, Refused)]
        first, second = Case.objects.filter(subject__in=[half.pk for half in halves]).order_by("pk")
        assert [case.facts["is_joint"] for case in (first, second)] == [False, True]
        assert "K-SPL-01" in {reason.rule for reason in second.as_reasons()}
        assert JournalEntry.objects.filter(
            kind="campaigns.split_found", subject=first.subject_id, data__because_of=second.subject_id
        ).exists()


def test_people_and_units_change_while_somebody_decides(firm: Firm) -> None:
    """Rows to which a decision only points are locked without their keys, so that nobody waits in a circle."""
    for number in ROUNDS:
        campaign = submit(costing(firm, number, "金秋茶会"), firm)
        task = Task.objects.select_related("step__case").get(
            step__case__subject=campaign.subject, state=Task.State.WAITING
        )
        decider = User.objects.get(pk=task.assignee_id)
        email = f"chen{number}@example.com"
        results = together(
            lambda task=task, decider=decider: approve(task=task, actor=decider),
            lambda decider=decider, email=email: change_person(
                person=decider, name=decider.name, email=email, actor=_fresh(firm.admin)
            ),
            lambda number=number: rename_unit(
                unit=firm.east, name=f"华东{number}区", actor=_fresh(firm.admin)
            ),
            lambda number=number: create_unit(
                parent=firm.east,
                kind=Unit.Kind.PROJECT,
                name=f"项目{number}",
                code=f"east-{number}",
                actor=_fresh(firm.admin),
            ),
        )
        assert not [result for result in results if isinstance(result, Refused)]
        assert User.objects.get(pk=decider.pk).email == email
        assert Task.objects.get(pk=task.pk).state == Task.State.DONE
        assert again(campaign).status in {Status.IN_APPROVAL, Status.APPROVED}


def _fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("post", [SYSTEM_ADMIN, SECURITY_ADMIN])
def test_two_at_once_do_not_leave_an_administration_without_anybody(firm: Firm, post: str) -> None:
    """Each finds that the other one remains, unless they wait for each other."""
    appoint(make_user("继任"), firm.group, post)
    held = Appointment.objects.valid().filter(position__code=post).select_related("user", "unit", "position")
    for number in ROUNDS:
        one, other = held.order_by("pk")
        # System administrators end each other's posts; those of security administrators are ended by one of them.
        first, second = (other.user, one.user) if post == SYSTEM_ADMIN else (firm.admin, firm.admin)
        results = together(_ending(one, first), _ending(other, second))
        [refused] = [result for result in results if isinstance(result, Refused)]
        # Who comes so late that his own post has ended may not do it at all.
        assert refused.code in {"last_admin", "not_allowed"}
        appoint(make_user(f"继任{number}"), held.get().unit, post)


def _ending(appointment: Appointment, actor: User) -> Callable[[], object]:
    return lambda: end_appointment(appointment=appointment, actor=_fresh(actor))
