"""One rule for the guest's page and the planner's desk: what is over or where somebody has come stays, what is open changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.lifecycle.events.actions.counting import recount
from yunchou.lifecycle.events.actions.guests import take_off
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.models import Guest, Place, PlaceState, Reply, Session, Tally

from .factories import at, make_event, make_guest, make_session, open_page

HELD, GONE, OFFERED = PlaceState.HELD, PlaceState.GIVEN_UP, PlaceState.OFFERED


@pytest.fixture(autouse=True)
def moment(db: None) -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    cache.clear()
    with clock.at(at(2, 10)):
        yield


def come(guest: Guest, session: Session) -> None:
    """The door let them in."""
    Place.objects.filter(guest=guest, session=session).update(first_in_at=clock.now(), is_inside=True)
    Guest.objects.filter(pk=guest.pk).update(arrived_at=clock.now())


def states(guest: Guest, *sessions: Session) -> list[str]:
    held = dict(guest.places.values_list("session_id", "state"))
    return [held.get(session.pk, "") for session in sessions]


def proven(*sessions: Session) -> None:
    """Seats and tallies are what there is."""
    for session in sessions:
        session.refresh_from_db()
        assert session.taken == Place.objects.filter(session=session, state=HELD).count()
    subject = sessions[0].subject
    kept = {t.reply: (t.guests, t.companions) for t in Tally.objects.filter(subject=subject)}
    recount(subject)
    true = {t.reply: (t.guests, t.companions) for t in Tally.objects.filter(subject=subject)}
    assert {key: value for key, value in kept.items() if any(value)} == true


class Event:
    """A rehearsal on the 5th, a dinner on the 10th with replies until the 7th, a trip on the 12th with replies until the 11th."""

    def __init__(self, firm: Firm) -> None:
        self.firm, self.subject = firm, make_event(firm).subject
        self.rehearsal = make_session(
            self.subject, firm, "彩排", starts_at=at(5, 18), ends_at=at(5, 20), reply_until=None
        )
        self.dinner = make_session(self.subject, firm)
        self.trip = make_session(
            self.subject, firm, "游湖", starts_at=at(12, 9), ends_at=at(12, 12), reply_until=at(11, 9)
        )
        open_page(self.subject, firm)
        self.sessions = (self.rehearsal, self.dinner, self.trip)

    def guest(self, name: str = "林晓雯") -> Guest:
        return make_guest(self.subject, self.firm, name, *self.sessions)


@pytest.fixture
def event(firm: Firm) -> Event:
    return Event(firm)


def send(client: Client, guest: Guest, *sessions: Session, **data: object) -> int:
    told = {"answer": "accepted", "session": [one.pk for one in sessions], "asked": ""} | data
    status = client.post(f"/g/{guest.token}/reply/", told).status_code
    guest.refresh_from_db()
    return status


def page(client: Client, guest: Guest, query: str = "") -> str:
    return client.get(f"/g/{guest.token}/{query}").content.decode()


@pytest.mark.req("PRE-05")
def test_who_came_to_one_session_still_changes_the_later_ones_on_the_own_page(
    event: Event, client: Client
) -> None:
    guest = event.guest()
    assert send(client, guest, *event.sessions, companion_1_name="林母") == 302
    mother = guest.companions.get()
    with clock.at(at(5, 18)):
        come(guest, event.rehearsal)
    with clock.at(at(6)):
        shown = page(client, guest)
        assert "修改回复" in shown
        assert "您已到场" in shown
        form = page(client, guest, "?step=reply")
        assert "以下保持不变" in form
        assert f'id="session_{event.rehearsal.pk}"' not in form
        assert "This stays as it is" in page(client, guest, "?step=reply&lang=en")
        page(client, guest, "?lang=zh-hans")
        # The trip is given up, the companion comes no more; what is past keeps its seats and its yes.
        assert send(client, guest, event.dinner) == 302
        mother.refresh_from_db()
        assert states(guest, *event.sessions) == [HELD, HELD, GONE]
        assert states(mother, *event.sessions) == [HELD, GONE, GONE]
        assert (guest.reply, mother.reply) == (Reply.ACCEPTED, Reply.ACCEPTED)
        assert "林母" not in page(client, guest, "?step=reply")
        proven(*event.sessions)
    with clock.at(at(8)):  # replies to the dinner are over, to the trip they are not
        assert "修改回复" in page(client, guest)
        assert "只能保留或放弃" in page(client, guest, "?step=reply")
        assert send(client, guest, event.dinner, event.trip, companion_1_name="林弟") == 302
        brother = guest.companions.get(name="林弟")
        assert states(guest, *event.sessions) == [HELD, HELD, HELD]
        assert states(brother, *event.sessions) == ["", "", HELD]  # nothing is added to what takes no replies
        proven(*event.sessions)
        # The dinner may still be given up, and then it is gone.
        assert send(client, guest, event.trip, companion_1_name="林弟", companion_1_pk=brother.pk) == 302
        assert states(guest, *event.sessions) == [HELD, GONE, HELD]
        assert send(client, guest, event.dinner, event.trip) == 409
        assert states(guest, *event.sessions) == [HELD, GONE, HELD]
        assert send(client, guest, answer="declined") == 302
        brother.refresh_from_db()
        assert states(guest, *event.sessions) == [HELD, GONE, GONE]
        assert (guest.reply, brother.reply) == (Reply.ACCEPTED, Reply.DECLINED)
        assert "您不参加后面的场次" in page(client, guest)
        assert "不参加后面的场次" not in page(client, brother)
        proven(*event.sessions)
    with clock.at(at(12, 13)):
        assert send(client, guest, event.trip) == 409
        assert send(client, guest, answer="declined") == 409
        proven(*event.sessions)


@pytest.mark.req("PRE-05")
def test_a_session_past_its_deadline_or_over_blocks_none_that_is_open(event: Event, client: Client) -> None:
    late, silent = event.guest(), event.guest("苏景行")
    reply(guest=late, answer=Reply.ACCEPTED, sessions=[event.rehearsal], companions=[Companion("苏友")])
    with clock.at(at(8)):
        for guest in (late, silent):
            assert "游湖" in page(client, guest, "?step=reply")
            assert send(client, guest, event.trip) == 302
        assert states(late, *event.sessions) == [HELD, GONE, HELD]
        assert states(silent, *event.sessions) == [OFFERED, OFFERED, HELD]
        proven(*event.sessions)
        assert send(client, silent, event.dinner) == 409
    with clock.at(at(11, 12)):  # nobody replies any more; a seat may be given back
        shown = page(client, silent)
        assert "修改回复" not in shown
        assert 'value="declined"' in shown
        assert send(client, silent, event.trip, transport="自驾") == 409
        assert send(client, silent, answer="declined") == 302
        assert silent.reply == Reply.DECLINED
        proven(*event.sessions)


@pytest.mark.req("PRE-05")
def test_the_planner_changes_what_is_open_and_a_late_session_with_a_reason(
    event: Event, client: Client
) -> None:
    guest = event.guest()
    reply(guest=guest, answer=Reply.ACCEPTED, sessions=[event.rehearsal, event.dinner])
    client.force_login(event.firm.owner)
    address = f"/s/{event.subject.pk}/guests/{guest.pk}/reply/"

    def enter(*sessions: Session, **data: object) -> tuple[int, str]:
        told = {"answer": "accepted", "sessions": [one.pk for one in sessions]} | data
        response = client.post(address, told)
        guest.refresh_from_db()
        return response.status_code, response.content.decode()

    with clock.at(at(5, 18)):
        come(guest, event.rehearsal)
    with clock.at(at(8)):
        form = client.get(address).content.decode()
        assert "嘉宾已到场" in form
        assert f'value="{event.rehearsal.pk}"' not in form
        assert enter(event.dinner, event.trip)[0] == 302  # what is late stays as it was: no reason is asked
        assert states(guest, *event.sessions) == [HELD, HELD, HELD]
        status, said = enter(event.dinner, event.trip, companions="林母")
        assert status == 422
        assert "回复截止" in said
        assert enter(event.dinner, event.trip, companions="林母", reason="来电增加一位")[0] == 302
        mother = guest.companions.get()
        assert states(mother, *event.sessions) == ["", HELD, HELD]
        # A form that was opened before the guest came names the rehearsal too: it is passed over.
        assert enter(event.rehearsal, event.trip, companions="林母")[0] == 302
        assert states(guest, *event.sessions) == [HELD, GONE, HELD]
        assert enter(answer="declined")[0] == 302
        assert states(guest, *event.sessions) == [HELD, GONE, GONE]
        assert guest.reply == Reply.ACCEPTED
        proven(*event.sessions)
    with clock.at(at(13)):
        status, said = enter(event.trip, reason="补录")
        assert status == 409
        assert "已到场" in said


def test_the_planner_reads_when_somebody_came_to_a_session(event: Event, client: Client) -> None:
    guest = event.guest()
    client.force_login(event.firm.owner)
    address = guest.get_absolute_url()
    assert "18:05 到场" not in client.get(address).content.decode()
    with clock.at(at(5, 18, 5)):
        come(guest, event.rehearsal)
        assert client.get(address).content.decode().count("18:05 到场") == 1


def test_nobody_is_taken_off_the_list_of_whose_party_somebody_has_come(event: Event) -> None:
    guest = event.guest()
    reply(guest=guest, answer=Reply.ACCEPTED, sessions=event.sessions, companions=[Companion("林母")])
    mother = guest.companions.get()
    with clock.at(at(5, 18)):
        come(mother, event.rehearsal)
        guest.refresh_from_db()
        with pytest.raises(WrongState, match="登记回复"):
            take_off(guest=guest, reason="重复", actor=event.firm.owner)
        # The reply gives up what is ahead; who came stays, and so does what both had of it.
        reply(guest=guest, answer=Reply.DECLINED, actor=event.firm.owner)
        mother.refresh_from_db()
        assert states(guest, *event.sessions) == states(mother, *event.sessions) == [HELD, GONE, GONE]
        assert mother.reply == Reply.ACCEPTED
        come(guest, event.rehearsal)
        guest.refresh_from_db()
        with pytest.raises(WrongState, match="已到场"):
            take_off(guest=guest, reason="重复", actor=event.firm.owner)
        proven(*event.sessions)


def test_who_waits_with_a_smaller_party_moves_up_with_it_alone(event: Event) -> None:
    """A companion of the rehearsal who comes to nothing more takes no seat when the party moves up."""
    first, other = event.guest(), event.guest("苏景行")
    reply(
        guest=first,
        answer=Reply.ACCEPTED,
        sessions=[event.rehearsal, event.trip],
        companions=[Companion("友")],
    )
    friend = first.companions.get()
    with clock.at(at(6)):
        reply(guest=first, answer=Reply.DECLINED)
        Session.objects.filter(pk=event.trip.pk).update(capacity=1)
        reply(guest=other, answer=Reply.ACCEPTED, sessions=[event.trip])
        reply(guest=first, answer=Reply.ACCEPTED, sessions=[event.trip])
        assert states(first, event.trip) == [PlaceState.WAITING]
        reply(guest=other, answer=Reply.DECLINED)
        assert states(first, event.trip) == [HELD]
        assert states(friend, event.rehearsal, event.trip) == [HELD, GONE]
        proven(*event.sessions)
