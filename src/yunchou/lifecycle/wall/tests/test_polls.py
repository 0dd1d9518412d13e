"""Polls: written, opened, answered from the guest's page without scripts, closed, shown on the wall."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from time import monotonic, time
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.test import Client

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.tests.races import together
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.sessions import keep_page
from yunchou.lifecycle.events.models import Guest, Reply
from yunchou.lifecycle.events.tests.door_factories import EVENING, make_evening
from yunchou.lifecycle.wall.actions import polls as actions
from yunchou.lifecycle.wall.actions.polls import answer_in_hall, answer_poll, close_poll, keep_poll, open_poll
from yunchou.lifecycle.wall.actions.staging import stage, unstage
from yunchou.lifecycle.wall.models import Ballot, Draw, Poll, PollKind, Who
from yunchou.lifecycle.wall.models.polls import HALL
from yunchou.lifecycle.wall.selectors.draws import taking_part
from yunchou.lifecycle.wall.selectors.polls import polls_of
from yunchou.lifecycle.wall.views import public

from .factories import make_poll
from .test_walls import link_of


def test_guests_answer_without_an_account_and_the_hall_sees_the_bars(
    client: Client, firm: Firm, evening: Subject
) -> None:
    keep_page(subject=evening, values={"is_open": True}, actor=firm.owner)
    poll = make_poll(evening, firm)
    lin, zhou, he, gone = Guest.objects.order_by("pk")[:4]
    assert poll.question in client.get(f"/g/{lin.token}/").text, "the invitation offers what is open"
    address = f"/g/{lin.token}/polls/{poll.pk}/"
    assert "大提琴" in client.get(address).text
    empty = client.post(address)
    assert (empty.status_code, Ballot.objects.count()) == (422, 0)
    assert client.post(address, {"choice": ["0", "1"]}).status_code == 422, "one of several is one"
    assert client.post(address, {"choice": ["7", "x"]}).status_code == 422
    assert client.post(address, {"choice": "0"}).status_code == 302
    assert client.post(address, {"choice": "2"}, follow=True).status_code == 200
    for guest in (zhou, he):
        answer_poll(poll=poll, guest=guest, chosen={1})
    [told] = polls_of(evening)
    assert (told.people, [bar.count for bar in told.bars]) == (3, [0, 2, 1]), "an answer changed counts once"
    assert [bar.percent for bar in told.bars] == [0, 67, 33]
    _screen, link = link_of(evening, firm)
    hall = client.get(link).text
    assert poll.question in hall
    assert 'data-count="67" data-key="bar-2"' in hall
    Guest.objects.filter(pk=gone.pk).update(reply=Reply.DECLINED)
    gone.refresh_from_db()
    with pytest.raises(WrongState):
        answer_poll(poll=poll, guest=gone, chosen={0})
    Guest.objects.filter(pk=gone.pk).update(reply=Reply.CANCELLED)
    for asked in (client.get, client.post):
        told = asked(f"/g/{gone.token}/polls/{poll.pk}/", {"choice": "0"}, follow=True)
        assert (told.status_code, poll.question in told.text) == (410, False), "withdrawn is withdrawn"
    closed = close_poll(poll=poll, actor=firm.owner)
    late = client.post(address, {"choice": "0"})
    assert (late.status_code, polls_of(evening)[0].people) == (409, 3)
    assert closed.question not in client.get(f"/g/{lin.token}/").text
    assert closed.question in client.get(link).text, "the result stays until it is taken off"
    unstage(what=closed, actor=firm.owner)
    assert closed.question not in client.get(link).text
    assert client.get(f"/g/{'x' * 22}/polls/{poll.pk}/").status_code == 404


def test_marks_and_several_choices_and_what_is_refused(firm: Firm, evening: Subject) -> None:
    guests = list(Guest.objects.order_by("pk"))
    marks = make_poll(evening, firm, kind=PollKind.RATING)
    for guest, mark in zip(guests, (5, 4, 4), strict=False):
        answer_poll(poll=marks, guest=guest, chosen={mark - 1})
    several = make_poll(evening, firm, "茶", "酒", "水", kind=PollKind.MANY)
    answer_poll(poll=several, guest=guests[0], chosen={0, 2, 99})
    first, second = polls_of(evening)
    assert (first.mean, [bar.count for bar in first.bars]) == ("4.3", [0, 0, 0, 2, 1])
    assert [bar.count for bar in second.bars] == [1, 0, 1]
    assert [poll.is_shown for poll in Poll.objects.order_by("pk")] == [False, True], (
        "one thing at a time on the wall"
    )
    stage(what=marks, actor=firm.owner)
    assert [poll.is_shown for poll in Poll.objects.order_by("pk")] == [True, False]
    with pytest.raises(NotAllowed):
        stage(what=several, actor=firm.outsider)
    for options in (("只有一个",), ("茶", "茶"), tuple(str(n) for n in range(9)), ("长" * 41, "短")):
        with pytest.raises(Invalid):
            keep_poll(
                subject=evening, question="喝什么", kind=PollKind.ONE, options=options, actor=firm.owner
            )
    with pytest.raises(Invalid):
        keep_poll(subject=evening, question=" ", kind=PollKind.RATING, options=(), actor=firm.owner)
    with pytest.raises(NotAllowed):
        keep_poll(subject=evening, question="喝什么", kind=PollKind.RATING, options=(), actor=firm.outsider)
    with pytest.raises(WrongState):
        keep_poll(
            subject=evening, question="改", kind=PollKind.RATING, options=(), actor=firm.owner, poll=marks
        )
    with pytest.raises(WrongState):
        open_poll(poll=marks, actor=firm.owner)
    with pytest.raises(WrongState):
        close_poll(poll=close_poll(poll=marks, actor=firm.owner), actor=firm.owner)


def test_the_host_keeps_polls_on_the_phone(client: Client, firm: Firm, evening: Subject) -> None:
    client.force_login(firm.owner)
    board = f"/s/{evening.pk}/wall/"
    assert client.get(board).status_code == 200
    told = {"question": "喝什么", "kind": "one", "options": "茶\n\n咖啡\n"}
    assert client.post(f"{board}polls/add/", told | {"options": "茶"}).status_code == 422
    assert client.post(f"{board}polls/add/", told).status_code == 302
    poll = Poll.objects.get()
    assert poll.options == ["茶", "咖啡"]
    client.post(f"{board}polls/{poll.pk}/", told | {"question": "喝点什么"})
    for move in ("open", "hide", "show", "close"):
        assert client.post(f"{board}polls/{poll.pk}/{move}/").status_code == 302
    poll.refresh_from_db()
    assert (poll.question, poll.is_open, poll.is_shown) == ("喝点什么", False, True)
    assert client.post(f"{board}polls/{poll.pk}/other/").status_code == 404
    assert "喝点什么" in client.get(board).text


def test_the_hall_answers_by_the_code_on_its_wall_once_for_each_device(
    client: Client, firm: Firm, evening: Subject
) -> None:
    shut = make_poll(evening, firm)
    assert shut.hall_code == ""
    poll = make_poll(evening, firm, in_hall=True)
    _screen, link = link_of(evening, firm)
    assert f"/v/{poll.hall_code}" in client.get(link).text, "the wall tells the code"
    url = f"/v/{poll.hall_code}/"
    phone, other, bare = Client(), Client(), Client()
    page = phone.get(url)
    assert (page.status_code, page["X-Robots-Tag"], "<script" in page.text) == (
        200,
        "noindex, nofollow",
        False,
    )
    cookie = page.cookies["hall"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/v/")
    refused = bare.post(url, {"choice": "1"})
    assert (refused.status_code, Ballot.objects.count()) == (409, 0), "without a cookie nothing is counted"
    assert phone.post(url, {"choice": ["0", "1"]}).status_code == 422
    assert phone.post(url, {"choice": "1"}).status_code == 302
    assert phone.post(url, {"choice": "2"}, follow=True).status_code == 200
    other.get(url)
    other.post(url, {"choice": "1"})
    answer_poll(poll=poll, guest=Guest.objects.order_by("pk")[0], chosen={0})
    told = polls_of(evening)[1]
    assert (told.people, told.in_hall, [bar.count for bar in told.bars]) == (3, 2, [1, 1, 1])
    device = Ballot.objects.exclude(device="").first()
    assert device is not None
    assert len(device.device) == 64
    assert device.device not in cookie.value, "what is kept leads back to no cookie"
    second = make_poll(evening, firm, in_hall=True)
    phone.get(f"/v/{second.hall_code}/")
    assert phone.post(f"/v/{second.hall_code}/", {"choice": "1"}).status_code == 302
    assert Ballot.objects.exclude(device="").values("device").distinct().count() == 3, (
        "one device cannot be followed from poll to poll"
    )
    bare.cookies["hall"] = "forged:cookie"
    assert bare.post(url, {"choice": "1"}).status_code == 409
    client.force_login(firm.owner)
    board = client.get(f"/s/{evening.pk}/wall/").text
    assert poll.hall_code in board
    assert "2" in board
    with clock.at(clock.now() + HALL):
        assert phone.get(url).status_code == 404, "a code is for the evening"
    close_poll(poll=poll, actor=firm.owner)
    assert phone.post(url, {"choice": "1"}).status_code == 404


def test_devices_in_the_hall_are_no_more_than_people_and_take_part_in_no_draw(
    client: Client, firm: Firm, evening: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "FEW", 2)
    poll = make_poll(evening, firm, in_hall=True)
    Guest.objects.update(reply=Reply.INVITED)
    for device in ("a", "b", "a"):
        answer_in_hall(poll=poll, device=device, chosen={0})
    with pytest.raises(WrongState):
        answer_in_hall(poll=poll, device="c", chosen={0})
    answer_in_hall(poll=poll, device="b", chosen={1})
    assert [bar.count for bar in polls_of(evening)[0].bars] == [1, 1, 0]
    Guest.objects.update(reply=Reply.ACCEPTED)
    answer_in_hall(poll=poll, device="c", chosen={0})
    draw = Draw(subject=evening, who=Who.ANSWERED, poll=poll)
    assert taking_part(draw).count() == 0
    answer_poll(poll=poll, guest=Guest.objects.order_by("pk")[0], chosen={0})
    assert taking_part(draw).count() == 1


def test_who_guesses_codes_is_slowed_before_a_guess_is_right_and_a_closed_code_is_no_guess(
    client: Client, firm: Firm, evening: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "MOST_WRONG", 25)
    old, poll = make_poll(evening, firm, in_hall=True), make_poll(evening, firm, in_hall=True)
    close_poll(poll=old, actor=firm.owner)
    for _person in range(40):
        assert client.get(f"/v/{old.hall_code}/").status_code == 404
    assert client.get(f"/v/{poll.hall_code}/").status_code == 200, "a hall with an old code slows nobody"
    answers = [client.get(f"/v/{n:06}/").status_code for n in range(30)]
    assert answers == [404] * 25 + [429] * 5
    told = client.get(f"/v/{poll.hall_code}/")
    assert (told.status_code, told["Retry-After"]) == (429, "60"), "nobody is told that a guess was right"
    assert poll.question not in told.text
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert client.get(f"/v/{poll.hall_code}/").status_code == 200


def test_a_cookie_outlasts_every_poll_it_has_answered(client: Client, firm: Firm, evening: Subject) -> None:
    poll = make_poll(evening, firm, in_hall=True)
    url = f"/v/{poll.hall_code}/"
    began = time()
    client.get(url)
    with patch("django.core.signing.time.time", lambda: began + HALL.total_seconds() - 60):
        renewed = client.post(url, {"choice": "1"})
        assert renewed.cookies["hall"]["max-age"] == HALL.total_seconds()
    with patch("django.core.signing.time.time", lambda: began + HALL.total_seconds() + 60):
        client.get(url)
        assert client.post(url, {"choice": "2"}).status_code == 302
    assert Ballot.objects.count() == 1, "one device, one answer"


def test_new_answers_of_one_place_are_counted_when_they_are_stored_and_whatever_the_browser_says(
    client: Client, firm: Firm, evening: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "MOST_NEW", 3)
    monkeypatch.setattr(actions, "FEW", 6)
    url = f"/v/{make_poll(evening, firm, in_hall=True).hall_code}/"

    def answer(browser: str, choice: str = "0") -> int:
        phone = Client(headers={"User-Agent": browser})
        phone.get(url)
        return phone.post(url, {"choice": choice}).status_code

    assert [answer("a", "99") for _time in range(6)] == [422] * 6, "what is not stored takes no place"
    assert [answer("a") for _device in range(4)] == [302, 302, 302, 409]
    # Six are here: four of them may be behind one address, by whatever name their browsers go.
    assert [answer(f"b{n}") for n in range(3)] == [302, 409, 409]


@pytest.mark.django_db(transaction=True)
def test_those_who_answer_at_once_wait_for_nobody_and_none_is_counted_after_it_is_closed(
    transactional_db: None, firm: Firm
) -> None:
    """An answer that is in the middle of its transaction holds nobody up; whoever closes waits for it."""
    subject = make_evening(firm, 8)
    poll = make_poll(subject, firm, in_hall=True)
    guests = list(Guest.objects.order_by("pk"))
    acts = [lambda g=g: answer_poll(poll=poll, guest=g, chosen={g.pk % 3}) for g in guests]

    def from_hall(device: str, choice: int = 0) -> None:
        with clock.at(EVENING):  # other threads stand at another time
            answer_in_hall(poll=poll, device=device, chosen={choice})

    acts += [lambda n=n: from_hall(f"device {n % 3}", n % 3) for n in range(6)]
    assert not [one for one in together(*acts) if isinstance(one, Exception)]
    assert (polls_of(subject)[0].people, polls_of(subject)[0].in_hall) == (11, 3)
    if connection.features.has_select_for_update:
        inside, go_on = Event(), Event()

        def slow() -> None:
            with transaction.atomic():
                answer_poll(poll=poll, guest=guests[0], chosen={0})
                inside.set()
                go_on.wait(10)

        def fast() -> float:
            inside.wait(10)
            began = monotonic()
            answer_poll(poll=poll, guest=guests[1], chosen={1})
            took = monotonic() - began
            go_on.set()
            return took

        told = together(slow, fast)
        assert not [one for one in told if isinstance(one, Exception)], told
        assert told[1] < 5, "the second did not wait for the first"
    counts: list[int] = []

    def close() -> None:
        with clock.at(EVENING):
            close_poll(poll=poll, actor=firm.owner)
        counts.append(Ballot.objects.count())

    late = [lambda n=n: from_hall(f"late {n}") for n in range(6)]
    together(*late[:3], close, *late[3:])
    assert counts == [Ballot.objects.count()], "what was counted when it was closed stands"


@pytest.mark.django_db(transaction=True)
def test_one_guest_on_two_phones_has_one_answer(transactional_db: None, firm: Firm) -> None:
    subject = make_evening(firm, 1)
    poll = make_poll(subject, firm)
    guest = Guest.objects.get()
    acts = [lambda n=n: answer_poll(poll=poll, guest=guest, chosen={n % 3}) for n in range(6)]
    assert not [one for one in together(*acts) if isinstance(one, Refused)]
    assert Ballot.objects.count() == 1
