"""Polls: written, opened, answered from the guest's page without scripts, closed, shown on the wall."""

from __future__ import annotations

import pytest
from django.test import Client

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.approvals.tests.races import together
from yunchou.kernel.core.errors import Invalid, NotAllowed, Refused, WrongState
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.sessions import keep_page
from yunchou.lifecycle.events.models import Guest, Reply
from yunchou.lifecycle.events.tests.door_factories import make_evening
from yunchou.lifecycle.wall.actions.polls import answer_poll, close_poll, keep_poll, open_poll
from yunchou.lifecycle.wall.actions.staging import stage, unstage
from yunchou.lifecycle.wall.models import Ballot, Poll, PollKind
from yunchou.lifecycle.wall.selectors.polls import polls_of

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


@pytest.mark.django_db(transaction=True)
def test_one_guest_on_two_phones_has_one_answer(transactional_db: None, firm: Firm) -> None:
    subject = make_evening(firm, 1)
    poll = make_poll(subject, firm)
    guest = Guest.objects.get()
    acts = [lambda n=n: answer_poll(poll=poll, guest=guest, chosen={n % 3}) for n in range(6)]
    assert not [one for one in together(*acts) if isinstance(one, Refused)]
    assert Ballot.objects.count() == 1
