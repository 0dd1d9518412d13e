"""Teams are appointed, their plan covers four fields, and the group notes without editing (SUP-01, ORG-02)."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation.positions import GROUP_CUSTOMER_CLUB, REGIONAL_LEADERSHIP, VP_MARKETING
from yunchou.directory.organisation.tests import factories
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.lifecycle.campaigns.actions import create_campaign
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.supervision.actions import add_note, appoint_team, change_team, write_plan
from yunchou.lifecycle.supervision.models import Field, GuidanceNote, PlanLine, Team
from yunchou.lifecycle.supervision.selectors import people_of, plan_of, teams_for

pytestmark = pytest.mark.django_db

WHOLE = {field.value: (f"重点 {field.value}", "现场抽查") for field in Field}


@pytest.fixture
def firm() -> Firm:
    return factories.company()


@pytest.fixture
def team(firm: Firm) -> Team:
    return appoint_team(
        name="华东监督小组",
        unit=firm.east,
        head=firm.colleague,
        members=[firm.owner, firm.colleague],
        starts_on=date(2024, 8, 1),
        actor=firm.people[VP_MARKETING],
    )


@pytest.fixture
def campaign(firm: Firm) -> Campaign:
    return create_campaign(
        name="邻里节", kind="marketing", unit=firm.east, owner=firm.owner, actor=firm.owner
    )


def page(client: Client, who: User, name: str, *args: object) -> int:
    client.force_login(who)
    return client.get(reverse(f"supervision:{name}", args=args)).status_code


@pytest.mark.req("SUP-01", whole=True)
def test_a_team_is_appointed_and_its_head_plans_all_four_fields(firm: Firm, team: Team) -> None:
    people = people_of(team)
    assert (people.head, people.members) == (firm.colleague, (firm.owner,))
    assert Notification.objects.filter(kind="supervision.appointed").count() == 2
    assert [planned.line for planned in plan_of(team)] == [None] * 4
    head = User.objects.get(pk=firm.colleague.pk)
    with pytest.raises(Invalid) as refused:
        write_plan(team=team, lines=WHOLE | {Field.FEEDBACK: ("满意度", " ")}, actor=head)
    assert set(refused.value.fields) == {"feedback_method"}
    assert not PlanLine.objects.exists()
    for other in (firm.owner, firm.people[VP_MARKETING], firm.outsider):
        with pytest.raises(NotAllowed):
            write_plan(team=team, lines=WHOLE, actor=other)
    write_plan(team=team, lines=WHOLE, actor=head)
    write_plan(team=team, lines=WHOLE | {Field.TEAMWORK: ("例会", "旁听")}, actor=head)
    assert [planned.line.focus for planned in plan_of(team) if planned.line][1] == "例会"
    changes = JournalEntry.objects.filter(kind="supervision.planned").latest("pk").data["changes"]
    assert changes == {"teamwork.focus": ["重点 teamwork", "例会"], "teamwork.method": ["现场抽查", "旁听"]}


def test_who_may_not_appoint_and_what_is_refused(firm: Firm, team: Team) -> None:
    for actor in (firm.owner, firm.people[GROUP_CUSTOMER_CLUB]):
        with pytest.raises(NotAllowed):
            change_team(team=team, name="x", head=actor, members=[], starts_on=team.starts_on, actor=actor)
    boss = firm.people[REGIONAL_LEADERSHIP]
    with pytest.raises(NotAllowed):
        appoint_team(
            name="华南", unit=firm.south, head=boss, members=[], starts_on=team.starts_on, actor=boss
        )
    for name, last in ((" ", None), ("组", date(2024, 7, 31))):
        with pytest.raises(Invalid):
            change_team(
                team=team,
                name=name,
                head=firm.owner,
                members=[],
                starts_on=team.starts_on,
                ends_on=last,
                actor=boss,
            )
    change_team(
        team=team,
        name=team.name,
        head=firm.owner,
        members=[],
        starts_on=team.starts_on,
        ends_on=date(2024, 8, 2),
        actor=boss,
    )
    assert people_of(team).head == firm.owner
    with pytest.raises(WrongState):
        write_plan(team=team, lines=WHOLE, actor=firm.owner)


def test_teams_are_seen_in_the_region_and_by_the_group(firm: Firm, team: Team, client: Client) -> None:
    for who, status in ((firm.owner, 200), (firm.people[GROUP_CUSTOMER_CLUB], 200), (firm.outsider, 404)):
        assert page(client, who, "team_detail", team.pk) == status
        assert list(teams_for(who)) == ([team] if status == 200 else [])
    assert page(client, firm.outsider, "team_list") == 200
    assert page(client, firm.nobody, "team_list") == 403
    assert page(client, firm.owner, "team_add") == 403
    assert page(client, firm.colleague, "team_plan", team.pk) == 200
    plan = {f"{field.value}_{name}": "写明" for field in Field for name in ("focus", "method")}
    answer = client.post(reverse("supervision:team_plan", args=[team.pk]), plan)
    assert (answer.status_code, PlanLine.objects.count()) == (302, 4)


@pytest.mark.req("ORG-02")
def test_the_group_customer_club_notes_on_a_regional_campaign_and_edits_nothing(
    firm: Firm, campaign: Campaign, client: Client
) -> None:
    club = firm.people[GROUP_CUSTOMER_CLUB]
    address = reverse("supervision:note_list", args=[campaign.pk])
    client.force_login(club)
    assert client.post(address, {"kind": "guidance", "text": "建议增设亲子区"}).status_code == 302
    assert "建议增设亲子区" in client.get(address).content.decode()
    note = GuidanceNote.objects.get()
    assert Notification.objects.get(kind="supervision.noted").user == firm.owner
    with pytest.raises(TypeError):
        note.save()
    for who, status in ((firm.owner, 403), (firm.outsider, 404)):
        client.force_login(who)
        said = client.post(
            address, {"kind": "guidance", "text": "不"}, headers={"accept": "application/json"}
        )
        assert said.status_code == status
    for kind, text in (("guidance", " "), ("rumour", "x")):
        with pytest.raises(Invalid):
            add_note(subject=campaign.subject, kind=kind, text=text, actor=club)
    assert not any(holds(club, right, campaign) for right in ("campaigns.edit", "budgets.edit", "work.edit"))
    assert GuidanceNote.objects.count() == 1
