"""Teams are appointed, their plan covers four fields, and the group notes without editing (SUP-01, ORG-02)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation.positions import (
    DEPT_HEAD,
    GROUP_CUSTOMER_CLUB,
    REGIONAL_LEADERSHIP,
    SALES_MANAGER,
    VP_MARKETING,
)
from yunchou.directory.organisation.tests import factories
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.access.selectors import holds, why
from yunchou.kernel.access.selectors import who as holders
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification
from yunchou.lifecycle.campaigns.actions import create_campaign
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.supervision.actions import (
    add_note,
    answer_note,
    appoint_team,
    change_team,
    write_plan,
)
from yunchou.lifecycle.supervision.models import Field, GuidanceNote, NoteAnswer, PlanLine, Team
from yunchou.lifecycle.supervision.selectors import may_note, people_of, plan_of, teams_for

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


def test_the_people_of_a_team_note_within_its_unit_and_time_and_not_on_their_own_work(
    firm: Firm, team: Team, campaign: Campaign, client: Client
) -> None:
    """Relation, unit and period: each of them is asked for; the right itself is told by the page on rights."""
    south = create_campaign(
        name="南风节", kind="marketing", unit=firm.south, owner=firm.outsider, actor=firm.outsider
    )
    sales, head, boss = firm.people[SALES_MANAGER], firm.colleague, firm.people[VP_MARKETING]
    for person, unit, field in ((firm.outsider, firm.east, "members"), (firm.nobody, firm.east, "members")):
        with pytest.raises(Invalid) as refused:
            appoint_team(
                name="x", unit=unit, head=head, members=[person], starts_on=team.starts_on, actor=boss
            )
        assert set(refused.value.fields) == {field}
    period = {"name": team.name, "head": head, "starts_on": clock.today(), "actor": boss}
    team = change_team(team=team, members=[sales, firm.owner], ends_on=clock.today(), **period)  # type: ignore[arg-type]

    address = reverse("supervision:note_list", args=[campaign.pk])
    client.force_login(sales)
    assert address in client.get(team.get_absolute_url()).content.decode()
    assert 'name="text"' in client.get(address).content.decode()
    assert client.post(address, {"kind": "monitoring", "text": "签到处排队过长"}).status_code == 302
    note = GuidanceNote.objects.get()
    assert (note.team, note.author, note.answer_by) == (team, sales, None)
    assert "签到处排队过长" in client.get(team.get_absolute_url()).content.decode()

    assert not may_note(firm.owner, campaign.subject)
    for actor, subject in ((firm.owner, campaign.subject), (sales, south.subject), (head, south.subject)):
        with pytest.raises(NotAllowed):
            add_note(subject=subject, kind="monitoring", text="x", actor=User.objects.get(pk=actor.pk))
    with clock.at(clock.moment(clock.today(), 10) + timedelta(days=1)):
        assert not may_note(sales, campaign.subject)
        client.force_login(sales)
        assert client.post(address, {"kind": "monitoring", "text": "x"}).status_code == 403
    later = {"starts_on": clock.today() + timedelta(days=1)}
    change_team(team=team, members=[sales], **period | later)  # type: ignore[arg-type]
    assert not may_note(sales, campaign.subject)
    # A tie to a campaign brings no right of supervision teams.
    assert {holder.user for holder in holders("supervision.observe", team.subject)} == {head, sales}
    assert not why(firm.owner, "supervision.observe", campaign)
    assert not why(firm.owner, "supervision.plan", campaign)


@pytest.mark.req("PLN-11")
def test_guidance_is_owed_an_answer_by_the_region_and_nobody_else_gives_it(
    firm: Firm, campaign: Campaign, client: Client
) -> None:
    """PLN-11's kind of note, on what exists now; plans join by `NOTED_KINDS`."""
    club, owner = firm.people[GROUP_CUSTOMER_CLUB], firm.owner
    with pytest.raises(Invalid) as refused:
        add_note(
            subject=campaign.subject,
            kind="guidance",
            text="x",
            answer_by=clock.today() - timedelta(days=1),
            actor=club,
        )
    assert set(refused.value.fields) == {"answer_by"}
    with clock.at(clock.moment(date(2024, 8, 2), 10)):  # a Friday
        note = add_note(subject=campaign.subject, kind="guidance", text="请补充雨天预案", actor=club)
        duty = Duty.objects.open().get(owner=owner, kind="supervision.answer")
        assert (note.answer_by, clock.local(duty.due_at).date()) == (date(2024, 8, 7), date(2024, 8, 7))
        for reader, sees in ((owner, True), (club, True), (firm.outsider, False)):
            client.force_login(reader)
            assert ("请补充雨天预案" in client.get("/supervision/").content.decode()) is sees
        address = reverse("supervision:note_answer", args=[note.pk])
        for actor, status in ((firm.outsider, 404), (club, 403), (firm.colleague, 403)):
            client.force_login(actor)
            assert client.post(address, {"text": "好"}).status_code == status
        client.force_login(owner)
        assert client.post(address, {"text": " "}).status_code == 422
        assert client.post(address, {"text": "已补充，见风险表"}).status_code == 302
        assert "已补充，见风险表" in client.get(duty.address.partition("#")[0]).content.decode()
        answer_note(note=note, text="并已演练", actor=firm.people[REGIONAL_LEADERSHIP])
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE
    assert Notification.objects.filter(kind="supervision.answered", user=club).count() == 2
    assert [answer.author for answer in note.answers.all()] == [owner, firm.people[REGIONAL_LEADERSHIP]]
    with pytest.raises(TypeError):
        NoteAnswer.objects.latest("pk").save()
    seen = add_note(
        subject=campaign.subject, kind="monitoring", text="x", answer_by=date(2099, 1, 1), actor=club
    )
    assert not note.is_late
    assert not seen.is_answered
    assert not holds(firm.people[DEPT_HEAD], "supervision.answer", campaign)
