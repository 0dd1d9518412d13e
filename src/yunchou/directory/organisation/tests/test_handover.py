"""A leaver's work: shown before, moved in one step, and the account closed with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from yunchou.directory.organisation import actions
from yunchou.directory.organisation.positions import MARKETING_MANAGER, SECURITY_ADMIN
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused
from yunchou.kernel.duties.actions import owe
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.handovers import Handover, Item, declare, handovers
from yunchou.kernel.identity.models import Appointment
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Member

from .factories import Firm, make_user
from .test_meetings import follow_up, held_meeting

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-08")]


@pytest.fixture
def broken() -> Iterator[None]:
    """A room whose hand-over fails after all others."""

    def fail(*_people: object) -> int:
        raise NotAllowed("no")

    declare(Handover("test", "Test", lambda _user: [Item("x")], fail, order=99))
    yield
    handovers._items.pop("test")


def test_duties_and_meetings_move_and_the_account_closes(client: Client, firm: Firm) -> None:
    leaver, heir = firm.colleague, firm.people["sales_manager"]
    item = follow_up(held_meeting(firm), leaver)
    series = item.meeting.series
    owe(
        kind="organisation.follow_up",
        subject=series.subject,
        owner=leaver,
        due_at=clock.now() + timedelta(days=3),
        key="another",
        params={"task": "盘点", "meeting": "例会"},
    )
    session = Client()
    session.force_login(leaver)
    client.force_login(firm.admin)
    page = client.get(f"/organisation/people/{leaver.pk}/hand-over/").content.decode()
    assert item.text in page

    answer = client.post(
        f"/organisation/people/{leaver.pk}/hand-over/", {"to": heir.pk, "closes_account": "on"}, follow=True
    )
    assert answer.status_code == 200
    item.refresh_from_db()
    leaver.refresh_from_db()
    assert (item.owner, leaver.is_active) == (heir, False)
    assert not Duty.objects.open().filter(owner=leaver).exists()
    assert Duty.objects.open().filter(owner=heir).count() == 2
    assert not Appointment.objects.filter(user=leaver, valid_to=None).exists()
    assert Member.objects.filter(subject=series.subject, user=heir).exists()
    assert session.get("/organisation/").status_code == 302
    assert JournalEntry.objects.get(kind="organisation.handed_over").data["successor"] == heir.username


def test_one_failure_leaves_everything_as_it_was(firm: Firm, broken: None) -> None:
    item = follow_up(held_meeting(firm), firm.colleague)
    with pytest.raises(NotAllowed):
        actions.hand_over(person=firm.colleague, to=firm.owner, actor=firm.admin)
    item.refresh_from_db()
    firm.colleague.refresh_from_db()
    assert (item.owner, firm.colleague.is_active) == (firm.colleague, True)
    assert not JournalEntry.objects.filter(kind="organisation.handed_over").exists()


def test_the_account_may_stay_open(firm: Firm) -> None:
    actions.hand_over(person=firm.colleague, to=firm.owner, closes_account=False, actor=firm.admin)
    firm.colleague.refresh_from_db()
    assert firm.colleague.is_active


def test_refuses_the_wrong_people(client: Client, firm: Firm) -> None:
    closed = make_user("已离职", is_active=False)
    for to in (firm.colleague, closed):
        with pytest.raises(Invalid) as refusal:
            actions.hand_over(person=firm.colleague, to=to, actor=firm.admin)
        assert "to" in refusal.value.fields
    for person, to, actor in (
        (firm.colleague, firm.admin, firm.admin),
        (firm.admin, firm.owner, firm.admin),
        (firm.colleague, firm.owner, firm.approver),
    ):
        with pytest.raises(NotAllowed):
            actions.hand_over(person=person, to=to, actor=actor)
    with pytest.raises(Refused) as last:
        actions.hand_over(person=firm.people[SECURITY_ADMIN], to=firm.owner, actor=firm.admin)
    assert last.value.code == "last_admin"
    client.force_login(firm.admin)
    answer = client.post(f"/organisation/people/{firm.colleague.pk}/hand-over/", {"to": firm.colleague.pk})
    assert answer.status_code == 422
    client.force_login(firm.owner)
    assert client.get(f"/organisation/people/{firm.colleague.pk}/hand-over/").status_code == 403
    assert (
        Appointment.objects.valid().filter(user=firm.colleague, position__code=MARKETING_MANAGER).count() == 0
    )
