"""Replies: seats are promised once, parties stay together, whoever waits moves up, deadlines hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from yunchou.directory.customers.models import ConsentEntry, Purpose, Touch
from yunchou.directory.customers.selectors.consents import may_contact
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.kernel.approvals.tests.races import ROUNDS, together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.events import hooks
from yunchou.lifecycle.events.actions import seats
from yunchou.lifecycle.events.actions.counting import recount
from yunchou.lifecycle.events.actions.guests import add_guest, add_guests, note_sent, take_off
from yunchou.lifecycle.events.actions.replies import Companion, reply
from yunchou.lifecycle.events.actions.sessions import (
    QuestionFacts,
    SessionFacts,
    keep_question,
    keep_session,
    remove_session,
)
from yunchou.lifecycle.events.models import Guest, Happening, Place, PlaceState, Reply, Session, Tally
from yunchou.lifecycle.events.selectors.guests import counts_of

from .factories import at, make_customer, make_event, make_guest, make_session

YES = Reply.ACCEPTED


@pytest.fixture(autouse=True)
def moment() -> Iterator[None]:
    """Friday 2 August 2024, 10:00."""
    with clock.at(at(2, 10)):
        yield


def state(guest: Guest, session: Session) -> str:
    return Place.objects.get(guest=guest, session=session).state


def proven(session: Session) -> None:
    """What is counted is what there is: seats of the session, tallies of the event."""
    session.refresh_from_db()
    assert session.taken == Place.objects.filter(session=session, state=PlaceState.HELD).count()
    told = {row.reply: (row.guests, row.companions) for row in Tally.objects.filter(subject=session.subject)}
    recount(session.subject)
    true = {row.reply: (row.guests, row.companions) for row in Tally.objects.filter(subject=session.subject)}
    assert {key: value for key, value in told.items() if any(value)} == true


@pytest.mark.req("PRE-05")
def test_a_full_session_makes_parties_wait_and_a_seat_given_up_goes_to_the_next_that_fits(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(hooks, "_accepted", [lambda guest: told.append(guest.pk)])
    subject = make_event(firm).subject
    dinner = make_session(subject, firm, seats=4)
    a, b, c, d = (make_guest(subject, firm, name, dinner) for name in ("甲某", "乙某", "丙某", "丁某"))

    reply(
        guest=a, answer=YES, sessions=[dinner], companions=[Companion("甲友", ("halal",)), Companion("甲妻")]
    )
    reply(
        guest=b, answer=YES, sessions=[dinner], companions=[Companion("乙友")]
    )  # 3 + 2 > 4: the party waits whole
    reply(
        guest=c,
        answer=YES,
        sessions=[dinner],
        companions=[Companion("丙友"), Companion("丙女"), Companion("丙子")],
    )
    a.refresh_from_db(), b.refresh_from_db()
    assert (a.reply, b.reply) == (YES, Reply.WAITING)
    assert {state(one, dinner) for one in b.companions.all()} == {PlaceState.WAITING}
    assert {one.reply for one in b.companions.all()} == {Reply.WAITING}
    reply(
        guest=d, answer=YES, sessions=[dinner]
    )  # one seat is left, and takes nobody's turn: the others do not fit
    d.refresh_from_db()
    assert (d.reply, told) == (YES, [a.pk, d.pk])
    proven(dinner)

    # A comes alone: two seats are free, B fits. The ticket of A's companion is known, and no longer good.
    reply(guest=a, answer=YES, sessions=[dinner])
    b.refresh_from_db()
    assert (b.reply, told) == (YES, [a.pk, d.pk, b.pk])
    assert b.entries.first().what == Happening.PROMOTED
    assert {one.reply for one in a.companions.all()} == {Reply.CANCELLED}
    proven(dinner)
    # C is four: nothing fits until everybody else has gone, and C keeps the turn.
    reply(guest=d, answer=Reply.DECLINED)
    take_off(guest=b, reason="不来了", actor=firm.owner)
    c.refresh_from_db()
    assert c.reply == Reply.WAITING
    proven(dinner)
    facts = SessionFacts(
        "晚宴", dinner.starts_at, dinner.ends_at, 6, reply_until=dinner.reply_until, companions=3
    )
    keep_session(subject=subject, facts=facts, actor=firm.owner, session=dinner)
    c.refresh_from_db()
    assert c.reply == YES
    counts = counts_of(subject)
    assert (counts.accepted, counts.companions, counts.declined, counts.waiting) == (2, 3, 1, 0)
    proven(dinner)
    with pytest.raises(WrongState):
        remove_session(session=dinner, actor=firm.owner)
    # Who has seats keeps them where more are not to be had.
    with pytest.raises(WrongState, match=r"1") as refused:
        reply(guest=a, answer=YES, sessions=[dinner], companions=[Companion("甲友"), Companion("甲妻")])
    assert "companions" in refused.value.fields
    proven(dinner)


@pytest.mark.req("PRE-05")
def test_a_guest_chooses_sessions_and_may_change(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner, talk = make_session(subject, firm), make_session(subject, firm, "论坛", seats=1)
    make = lambda name: make_guest(subject, firm, name, dinner, talk)  # noqa: E731
    lin, su = make("林晓雯"), make("苏景行")
    reply(guest=lin, answer=YES, sessions=[talk])
    assert (state(lin, dinner), state(lin, talk)) == (PlaceState.GIVEN_UP, PlaceState.HELD)
    reply(guest=su, answer=YES, sessions=[dinner, talk])
    su.refresh_from_db()
    assert (su.reply, state(su, dinner), state(su, talk)) == (YES, PlaceState.HELD, PlaceState.WAITING)
    reply(guest=lin, answer=YES, sessions=[dinner], companions=[Companion("林母")])
    assert (state(su, talk), state(lin, talk)) == (PlaceState.HELD, PlaceState.GIVEN_UP)
    mother = lin.companions.get()
    reply(guest=lin, answer=YES, sessions=[dinner], companions=[Companion("林妈妈", pk=mother.pk)])
    mother.refresh_from_db()
    assert (mother.name, mother.pinyin) == ("林妈妈", "linmama")  # the same person, the same ticket
    for session in (dinner, talk):
        proven(session)
    # Of another event nobody chooses a session, and nobody brings more than the session allows or somebody without a name.
    with pytest.raises(Invalid, match="尚未邀请该嘉宾参加任何场次"):
        reply(guest=make_guest(subject, firm, "白"), answer=YES, sessions=[dinner], actor=firm.owner)
    foreign = make_session(make_event(firm, "另一场").subject, firm)
    with pytest.raises(Invalid):
        reply(guest=lin, answer=YES, sessions=[foreign])
    with pytest.raises(Invalid) as wrong:
        reply(guest=lin, answer=YES, sessions=[dinner], companions=[Companion(" "), *[Companion("客")] * 3])
    assert set(wrong.value.fields) == {"companions", "companion_1"}
    with pytest.raises(WrongState):
        reply(guest=mother, answer=YES, sessions=[dinner])
    proven(dinner)


@pytest.mark.req("PRE-05")
def test_after_the_deadline_a_guest_is_refused_and_a_colleague_gives_a_reason(firm: Firm) -> None:
    campaign = make_event(firm)
    subject = campaign.subject
    dinner = make_session(subject, firm)
    lin, su = make_guest(subject, firm, "林晓雯", dinner), make_guest(subject, firm, "苏景行", dinner)
    reply(guest=su, answer=YES, sessions=[dinner])
    with clock.at(at(8)):
        with pytest.raises(WrongState, match="2024-08-07 18:00"):
            reply(guest=lin, answer=YES, sessions=[dinner])
        with pytest.raises(Invalid) as refused:
            reply(guest=lin, answer=YES, sessions=[dinner], actor=firm.owner)
        assert "reason" in refused.value.fields
        with pytest.raises(NotAllowed):
            reply(guest=lin, answer=YES, sessions=[dinner], actor=firm.outsider, reason="电话")
        reply(guest=lin, answer=YES, sessions=[dinner], actor=firm.owner, reason="来电确认")
        reply(guest=su, answer=Reply.DECLINED)  # a seat may be given back at any time
        entry = JournalEntry.objects.filter(kind="events.reply_entered").latest("pk")
        assert entry.data["guest"] == lin.pk
        assert "林晓雯" not in str(entry.data)
    with clock.at(at(10, 22)), pytest.raises(WrongState):
        reply(guest=lin, answer=YES, sessions=[dinner], actor=firm.owner, reason="补录")
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.CANCELLED)
    with pytest.raises(WrongState, match=r"cancelled|取消"):
        reply(guest=lin, answer=Reply.DECLINED)
    proven(dinner)


def test_questions_appear_by_condition_and_answers_fit_them(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    ask = lambda text, **more: keep_question(  # noqa: E731
        subject=subject, facts=QuestionFacts(text, **more), actor=firm.owner
    )
    drives = ask("自驾吗？", kind="yes_no", is_required=True)
    plate = ask("车牌号", is_required=True, shown_if=drives, shown_if_answer="yes")
    tour = ask("参加哪些环节？", kind="choices", options=["参观", "茶歇"])
    with pytest.raises(Invalid):
        ask("？", kind="choice", options=["只有一个"])
    with pytest.raises(Invalid) as odd:
        ask("？", shown_if=drives, shown_if_answer="也许")
    assert "shown_if_answer" in odd.value.fields
    guest = make_guest(subject, firm, "林晓雯", dinner)

    def say(**answers: Any) -> dict[str, Any]:
        given = {key.removeprefix("q"): value for key, value in answers.items()}
        reply(guest=guest, answer=YES, sessions=[dinner], answers=given)
        guest.refresh_from_db()
        return guest.answers

    with pytest.raises(Invalid) as missing:
        say()
    assert set(missing.value.fields) == {f"question_{drives.pk}"}
    with pytest.raises(Invalid) as missing:
        say(**{f"q{drives.pk}": "yes"})
    assert set(missing.value.fields) == {f"question_{plate.pk}"}
    with pytest.raises(Invalid):
        say(**{f"q{drives.pk}": "no", f"q{tour.pk}": ["潜水"]})
    assert say(**{f"q{drives.pk}": "no", f"q{plate.pk}": "粤A"}) == {
        str(drives.pk): "no"
    }  # not asked, not kept
    kept = say(**{f"q{drives.pk}": "yes", f"q{plate.pk}": "粤A12345", f"q{tour.pk}": ["茶歇"]})
    assert kept == {str(drives.pk): "yes", str(plate.pk): "粤A12345", str(tour.pk): ["茶歇"]}
    called = make_guest(subject, firm, "周明远", dinner)
    assert reply(guest=called, answer=YES, sessions=[dinner], actor=firm.owner).reply == Reply.ACCEPTED


@pytest.mark.req("EXE-11")
@pytest.mark.req("EXE-10")
def test_diet_and_consent_to_pictures_come_from_the_guest(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    customer = make_customer(firm)
    [guest] = add_guests(subject=subject, customers=[customer], sessions=[dinner], actor=firm.owner).guests
    note_sent(guests=[guest], how="纸质请柬", actor=firm.owner)
    reply(
        guest=guest,
        answer=YES,
        sessions=[dinner],
        diet=["halal", "stones"],
        diet_note="花生过敏",
        allows_pictures=True,
    )
    guest.refresh_from_db()
    assert (guest.diet, guest.diet_note, guest.allows_pictures) == (["halal"], "花生过敏", True)
    assert may_contact([customer.pk], Purpose.IMAGE, "any") == {customer.pk}
    reply(guest=guest, answer=YES, sessions=[dinner], allows_pictures=False)
    assert may_contact([customer.pk], Purpose.IMAGE, "any") == set()
    told = ConsentEntry.objects.filter(customer=customer, purpose=Purpose.IMAGE)
    assert [entry.is_given for entry in told.order_by("pk")] == [True, False]
    reply(guest=guest, answer=Reply.DECLINED)
    kinds = (
        Touch.objects.filter(customer=customer, subject=subject).order_by("pk").values_list("kind", flat=True)
    )
    assert list(kinds) == ["invited", "accepted", "declined"]
    proven(dinner)


@pytest.fixture
def open_firm(transactional_db: None) -> Firm:
    return company()


@pytest.mark.req("PRE-05")
def test_the_last_seat_is_sold_once_and_its_twin_without_the_guard_oversells(
    open_firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty people reach for one seat at the same moment; other threads do not stand at the moment of the test."""
    firm = open_firm
    day = clock.now().replace(year=2090)
    subject = make_event(firm).subject

    def race(number: int) -> Session:
        facts = {"starts_at": day, "ends_at": day + timedelta(hours=2), "reply_until": None}
        session = make_session(subject, firm, f"场次{number}", seats=1, **facts)
        people = [make_guest(subject, firm, f"客人{n}", session) for n in range(20)]

        def take(guest: Guest) -> Callable[[], object]:
            return lambda: reply(guest=Guest.objects.get(pk=guest.pk), answer=YES, sessions=[session])

        results = together(*map(take, people))
        assert all(isinstance(one, Guest) for one in results), results
        return session

    def promised(session: Session) -> int:
        return Place.objects.filter(session=session, state=PlaceState.HELD).count()

    for number in ROUNDS:
        session = race(number)
        assert promised(session) == 1
        assert Place.objects.filter(session=session, state=PlaceState.WAITING).count() == 19
        turns = Place.objects.filter(session=session, queue__isnull=False).values_list("queue", flat=True)
        assert sorted(turns) == list(range(1, 20))
        proven(session)
        # The one who has it gives it up: exactly one moves up.
        holder = Guest.objects.get(places__session=session, places__state=PlaceState.HELD)
        reply(guest=holder, answer=Reply.DECLINED)
        assert promised(session) == 1
        proven(session)

    def careless(session: Session, people: int) -> bool:
        found = Session.objects.get(pk=session.pk)
        if found.taken + people > found.capacity:
            return False
        Session.objects.filter(pk=session.pk).update(taken=min(found.taken + people, found.capacity))
        return True

    monkeypatch.setattr(seats, "take", careless)
    monkeypatch.setattr(seats, "lock", lambda ids: {s.pk: s for s in Session.objects.filter(pk__in=set(ids))})
    if _is_sqlite():
        return  # one writer at a time: nobody can oversell
    assert any(promised(race(1000 + n)) > 1 for n in range(5)), (
        "the twin has to oversell, or the race is none"
    )


def _is_sqlite() -> bool:
    from django.db import connection

    return connection.vendor == "sqlite"


def test_people_known_by_name_are_listed_and_found_again(firm: Firm) -> None:
    subject = make_event(firm).subject
    dinner = make_session(subject, firm)
    with pytest.raises(Invalid):
        add_guest(subject=subject, actor=firm.owner, name=" ")
    with pytest.raises(Invalid):
        add_guest(subject=subject, actor=firm.owner, name="林", phone_tail="12")
    with pytest.raises(NotAllowed):
        add_guest(subject=subject, actor=firm.outsider, name="林晓雯")
    guest = make_guest(subject, firm, "林晓雯", dinner, phone_tail="5678")
    assert (guest.pinyin, guest.initials, guest.inviter) == ("linxiaowen", "lxw", firm.owner)
    assert Session.objects.filter(pk=dinner.pk, taken=F("capacity")).count() == 0
