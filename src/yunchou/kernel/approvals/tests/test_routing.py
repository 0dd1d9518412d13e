from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.approvals.actions import (
    approve,
    install_definition,
    missing_route_told,
    open_case,
    publish_definition,
)
from yunchou.kernel.approvals.conditions import Kind
from yunchou.kernel.approvals.models import Definition, Delegation, RouteRow, Task
from yunchou.kernel.approvals.routing import NoRoute, Route
from yunchou.kernel.approvals.selectors import predict
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.duties.tests.factories import Company
from yunchou.kernel.identity.models import Appointment
from yunchou.kernel.journal.models import JournalEntry

from . import toys


def route(firm: Company, actor: str = "owner", **content: object) -> Route:
    return predict(firm.paper(**content), "paper", firm.people[actor])


def told(found: Route) -> list[tuple[str, str, str]]:
    return [(step.kind, str(step.position), step.person.name) for step in found.steps]


def test_one_row_gives_its_steps_with_people_and_reasons(firm: Company) -> None:
    found = route(firm)
    assert told(found) == [
        ("approve", "regional leadership", "Approver"), ("file", "group customer club", "Club"),
    ]  # fmt: skip
    assert [(r.rule, r.clause, str(r.text)) for r in found.steps[0].reasons] == [
        ("R-APR-03", "001 §5 ¶4", "In plan, 50,000 yuan")
    ]
    assert found.obstacle is None
    assert found.usual is None


@pytest.mark.rule("R-APR-14")
def test_two_rows_merge_lower_level_first_each_role_once(firm: Company) -> None:
    found = route(firm, in_plan=False, amount="200000")
    assert told(found) == [
        ("approve", "regional leadership", "Approver"),
        ("review", "group customer club", "Club"),
        ("approve", "group service centre", "Centre"),
        ("approve", "vp marketing", "Vp"),
    ]
    assert [r.rule for r in found.reasons] == ["R-APR-04", "R-APR-05", "R-APR-14"]
    assert {r.rule for r in found.steps[0].reasons} == {"R-APR-04", "R-APR-05"}


@pytest.mark.rule("R-APR-15")
@pytest.mark.req("APR-15")
def test_a_leader_with_a_share_gives_way_to_the_deputy(firm: Company) -> None:
    firm.hire("deputy", toys.LEADER, deputy=True)
    subject = firm.paper()
    toys.shares[subject.pk] = {firm.approver: say("owns line 3")}
    step = predict(subject, "paper", firm.owner).steps[0]
    assert (step.person, step.seats[0].instead_of) == (firm.deputy, firm.approver)
    assert [(r.rule, r.level) for r in step.reasons] == [("R-APR-03", "fine"), ("R-APR-15", "watch")]
    assert str(step.reasons[1].text) == "Approver owns line 3; Deputy decides instead."


@pytest.mark.rule("R-APR-15")
def test_without_a_deputy_the_next_level_decides(firm: Company) -> None:
    subject = firm.paper(owner=firm.approver)
    step = predict(subject, "paper", firm.approver).steps[0]
    assert (step.person, step.seats[0].instead_of) == (firm.vp, firm.approver)


@pytest.mark.rule("R-APR-15")
def test_the_same_position_above_comes_before_the_supervisor(firm: Company) -> None:
    firm.hire("chief", toys.LEADER, firm.group)
    assert predict(firm.paper(owner=firm.approver), "paper", firm.approver).steps[0].person == firm.chief


@pytest.mark.rule("R-APR-15")
def test_a_deputy_who_is_the_applicant_is_passed_over(firm: Company) -> None:
    firm.hire("owner", toys.LEADER, deputy=True)
    subject = firm.paper()
    toys.shares[subject.pk] = {firm.approver: say("owns line 3")}
    assert predict(subject, "paper", firm.owner).steps[0].person == firm.vp


@pytest.mark.rule("R-APR-15")
def test_with_nobody_left_nothing_can_be_sent(firm: Company) -> None:
    subject = firm.paper(owner=firm.approver)
    toys.shares[subject.pk] = {firm.vp: say("owns line 3")}
    found = predict(subject, "paper", firm.approver)
    assert "neither a deputy nor a next level" in str(found.obstacle)


def test_the_same_person_is_not_asked_twice(firm: Company) -> None:
    subject = firm.paper(owner=firm.approver, amount="200000")
    steps = predict(subject, "paper", firm.approver).steps
    assert [(s.person.name, s.skip is not None) for s in steps] == [
        ("Vp", True),
        ("Club", False),
        ("Vp", False),
    ]
    case = open_case(subject=subject, definition="paper", actor=firm.approver)
    assert [step.state for step in case.steps.all()] == ["skipped", "open", "waiting"]


def test_a_delegate_acts_for_the_holder_but_never_for_himself(firm: Company) -> None:
    today = clock.today()
    span = {"valid_from": today, "valid_to": today + timedelta(days=3)}
    Delegation.objects.create(user=firm.approver, to=firm.owner, **span)
    assert route(firm).steps[0].person == firm.approver
    Delegation.objects.create(user=firm.approver, to=firm.club, **span)
    step = route(firm).steps[0]
    assert (step.person, step.seats[0].instead_of) == (firm.club, firm.approver)


def test_a_vacant_position_and_a_leaver_stop_the_route(firm: Company) -> None:
    firm.approver.is_active = False
    firm.approver.save()
    assert "Nobody holds the position" in str(route(firm).obstacle)
    Appointment.objects.filter(user=firm.centre).delete()
    assert "Nobody holds" in str(route(firm, in_plan=False).obstacle)


@pytest.mark.req("APR-01")
def test_no_matching_row_refuses_and_tells_the_administrators(
    firm: Company, told: list[tuple[str, str]]
) -> None:
    firm.hire("admin", "system_admin", firm.group)
    install_default_grants()
    subject = firm.paper(form="unheard of")
    with pytest.raises(NoRoute), missing_route_told(subject, firm.owner):
        open_case(subject=subject, definition="paper", actor=firm.owner)
    assert told == [("Admin", "approvals.no_route")]
    assert JournalEntry.objects.filter(kind="approvals.no_route", subject=subject).exists()
    assert not subject.cases.exists()
    assert not subject.versions.exists()


@pytest.mark.req("APR-01")
def test_a_route_on_which_nobody_decides_stops_and_tells_the_administrators(
    firm: Company, told: list[tuple[str, str]]
) -> None:
    """However such rows came to be in force: nothing is approved because it was only to be filed."""
    firm.hire("admin", "system_admin", firm.group)
    install_default_grants()
    only_filed = replace(toys.ROWS[0], steps=toys.ROWS[0].steps[1:])
    with pytest.raises(Invalid, match="nobody decides"):
        publish_definition(
            key="paper", rows=[only_filed, *toys.ROWS[1:3]], valid_from=clock.today(), actor=firm.owner
        )
    steps = [step.to_json() for step in only_filed.steps]
    RouteRow.objects.filter(definition__key="paper", order=1).update(steps=steps)
    subject = firm.paper()
    with pytest.raises(NoRoute, match="nobody decides"), missing_route_told(subject, firm.owner):
        open_case(subject=subject, definition="paper", actor=firm.owner)
    assert told == [("Admin", "approvals.no_route")]
    assert not subject.cases.exists()


def test_usual_waiting_time_is_the_median_of_the_past(firm: Company) -> None:
    for hours in (1, 2, 30):
        with clock.at("2024-08-02T09:00") as opened:
            case = open_case(subject=firm.paper(), definition="paper", actor=firm.owner)
        with clock.at(opened + timedelta(hours=hours)):
            approve(task=Task.objects.get(step__case=case, step__kind=Kind.APPROVE), actor=firm.approver)
    found = route(firm)
    assert found.steps[0].usual == found.usual == timedelta(hours=2)
    assert found.steps[1].usual is None


def test_install_definition_is_idempotent_and_keeps_what_the_company_changed(firm: Company) -> None:
    first = install_definition(key="paper")
    assert install_definition(key="paper") == first
    assert first.version == 1
    first.rows.first().delete()
    second = install_definition(key="paper")
    assert (second.version, second.rows.count()) == (2, len(toys.ROWS))
    Definition.objects.filter(pk=second.pk).update(is_shipped=False)
    second.rows.all().delete()
    assert install_definition(key="paper") == second
    assert JournalEntry.objects.filter(kind="approvals.definition_installed").count() == 2


def test_a_future_version_does_not_route_yet(firm: Company) -> None:
    Definition.objects.create(key="paper", version=9, valid_from=clock.today() + timedelta(days=1))
    assert route(firm).definition.version == 1


def test_routing_asks_a_fixed_number_of_queries(firm: Company, django_assert_max_num_queries: object) -> None:
    subject = firm.paper(in_plan=False, amount="200000")
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        predict(subject, "paper", firm.owner)
