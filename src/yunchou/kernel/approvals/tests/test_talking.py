"""What is said on a case without deciding, and what the inbox shows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.approvals.actions import answer, ask, copy_to, mark_read, urge
from yunchou.kernel.approvals.actions.talking import half_day_of
from yunchou.kernel.approvals.models import Copy
from yunchou.kernel.approvals.selectors import inbox, listed, tab_counts
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.climbing import escalate_due
from yunchou.kernel.duties.tests.factories import Company
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.models import Notification

from . import toys
from .steps import LARGE, agree, send, sound

FRIDAY = "2024-08-02T14:36"


def test_a_question_and_its_answer(firm: Company) -> None:
    ann = firm.hire("ann")
    case = send(firm)
    for bad in ({"to": firm.approver, "text": "?"}, {"to": ann, "text": " "}):
        with pytest.raises(Invalid):
            ask(case=case, actor=firm.approver, **bad)
    with pytest.raises(NotAllowed):
        ask(case=case, actor=firm.outsider, to=ann, text="?")
    question = ask(case=case, actor=firm.approver, to=ann, text="Is 3,200 right?")
    assert Copy.objects.get().user == ann
    assert Notification.objects.get(user=ann).kind == "approvals.asked"
    with pytest.raises(NotAllowed):
        answer(question=question, actor=firm.owner, text="yes")
    said = answer(question=question, actor=ann, text="yes")
    assert (said.answers, said.to) == (question, firm.approver)
    with pytest.raises(WrongState):
        answer(question=question, actor=ann, text="no")
    assert (
        JournalEntry.objects.get(kind="approvals.answered").sentence
        == "answered Approver about “Gift plan”: yes"
    )
    sound(case)


@pytest.mark.req("APR-17")
def test_urging_reaches_everybody_once_per_working_half_day(firm: Company) -> None:
    ann, bob = firm.hire("ann", toys.BOARD, firm.group), firm.hire("bob", toys.BOARD, firm.group)
    with clock.at(FRIDAY):
        case = send(firm, form="all")
        agree(case, ann)
        assert urge(case=case, actor=firm.owner, text="today please").to == bob
        for actor in (firm.owner, ann):
            with pytest.raises(WrongState) as refused:
                urge(case=case, actor=actor)
            assert refused.value.code == "urged_already"
        with pytest.raises(NotAllowed):
            urge(case=case, actor=firm.outsider)
    with (
        clock.at("2024-08-04T10:00"),
        pytest.raises(WrongState),
    ):  # a Sunday still belongs to Friday's afternoon
        urge(case=case, actor=firm.owner)
    with clock.at("2024-08-05T09:00"):
        urge(case=case, actor=ann)
    told = Notification.objects.filter(kind="approvals.urged", user=bob)
    assert [str(one.say) for one in told.order_by("pk")] == [
        "Owner urges you to decide on “Gift plan” (today please)",
        "Ann urges you to decide on “Gift plan” ",
    ]
    sound(case)
    agree(case, bob)
    with pytest.raises(WrongState):
        urge(case=case, actor=firm.owner)


def test_half_days(firm: Company) -> None:
    def half(text: str) -> tuple[str, bool]:
        with clock.at(text) as moment:
            day, is_afternoon = half_day_of(moment)
        return day.isoformat(), is_afternoon

    assert half("2024-08-02T06:00") == half("2024-08-02T11:59") == ("2024-08-02", False)
    assert (
        half("2024-08-02T12:00")
        == half("2024-08-03T09:00")
        == half("2024-08-04T23:00")
        == ("2024-08-02", True)
    )


def test_copies_go_to_each_person_once(firm: Company) -> None:
    ann = firm.hire("ann")
    case = send(firm)
    assert [copy.user for copy in copy_to(case=case, actor=firm.owner, people=[ann, ann, firm.owner])] == [
        ann
    ]
    with pytest.raises(Invalid):
        copy_to(case=case, actor=firm.owner, people=[ann])
    assert tab_counts(ann)["unread"] == 1
    mark_read(case=case, actor=ann)
    assert (tab_counts(ann)["unread"], tab_counts(ann)["copied"]) == (0, 1)


@pytest.mark.req("APR-17")
def test_the_tabs_of_the_inbox(firm: Company) -> None:
    with clock.at(FRIDAY) as sent:
        case = send(firm, amount=LARGE)
        done = agree(send(firm), firm.approver)

    def tabs(name: str) -> dict[str, list[int]]:
        box = inbox(firm.people[name])
        found = {
            tab: [one.pk for one in getattr(box, tab)]
            for tab in ("todo", "done", "mine", "copied", "overdue")
        }
        counts = tab_counts(firm.people[name])
        assert {tab: len(pks) for tab, pks in found.items()} == {tab: counts[tab] for tab in found}
        return {tab: pks for tab, pks in found.items() if pks}

    with clock.at(sent):
        assert tabs("approver") == {"todo": [case.pk], "done": [done.pk]}
        assert tabs("club") == {"copied": [done.pk]}
        assert set(tabs("owner")["mine"]) == {case.pk, done.pk}
        assert tabs("vp") == {}
    later = sent + timedelta(days=4)
    escalate_due(now=later)
    with clock.at(later):
        # Late steps are listed for who owes them, who sent them, and the supervisor who was told.
        assert tabs("approver")["overdue"] == tabs("owner")["overdue"] == tabs("vp")["overdue"] == [case.pk]
        assert "overdue" not in tabs("club")
        assert inbox(firm.approver).todo.get().due_at == inbox(firm.vp).overdue.get().due_at


def test_the_inbox_asks_as_many_queries_for_many_cases_as_for_few(firm: Company) -> None:
    counts = []
    for size in (2, 10):
        for number in range(size):
            send(firm, title=f"Plan {number}")
        with CaptureQueriesContext(connection) as queries:
            tab_counts(firm.approver)
            assert len(list(listed(inbox(firm.approver).todo))) >= size
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10
