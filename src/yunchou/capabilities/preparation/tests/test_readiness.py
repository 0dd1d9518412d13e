"""Go or no-go: what each part says, what a kind may not do without, and the overall lead's word."""

from __future__ import annotations

from datetime import date

import pytest

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.models import Agreement, Check, Layout
from yunchou.capabilities.preparation.readiness import Light, board_of, refusal_to_begin
from yunchou.capabilities.preparation.rules import Readiness, nothing_red_at_the_start
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from .factories import KNOWN, Event, at, join, make_venue, put, signed


def lights(subject: Subject) -> dict[str, str]:
    return {line.check.key: line.light.name for line in board_of(subject).lines}


@pytest.mark.req("PRE-13")
@pytest.mark.rule("R-PRE-03", whole=True)
def test_red_blocks_and_only_the_leads_word_lets_it_begin(firm: Firm, subject: Subject) -> None:
    """What is required and missing is red, what is usual amber; a word holds for what was red, for nothing that comes later."""
    helper = join(subject, firm.colleague)
    KNOWN[subject.pk] = Event(
        starts_on=date(2024, 8, 9), required=frozenset({"venue"}), usual=frozenset({"training", "publicity"})
    )
    assert lights(subject) == {"venue": "RED", "training": "AMBER", "publicity": "AMBER"}
    booked = actions.hold_venue(
        venue=make_venue(firm), subject=subject, layout=Layout.BANQUET, starts_at=at(9), ends_at=at(9, 12), purpose="晚宴",
        actor=firm.owner,
    ).booking  # fmt: skip
    put(subject, "agreements", firm.owner, party="乐队", need="演出", needed_on="2024-08-09")
    put(subject, "supplies", firm.owner, kind="音响设备", name="音响", quantity="1")
    put(subject, "prints", firm.owner, name="折页")
    put(subject, "speakers", firm.owner, kind="公司高管", name="郑总", topic="致辞")
    put(subject, "trips", firm.owner, on="2024-08-09", kind="交通", what="大巴")
    put(subject, "posts", firm.owner, post="签到", person=str(helper.pk))
    put(subject, "checks", firm.owner, name="消防", owner=str(helper.pk), due_on="2024-08-08")
    reds = {key for key, light in lights(subject).items() if light == "RED"}
    assert reds == {
        "venue",
        "agreements",
        "equipment",
        "prints",
        "speakers",
        "trips",
        "training",
        "checklist",
    }
    board = board_of(subject)
    assert all(item.url and item.key for line in board.lines for item in line.items)
    refused = refusal_to_begin(subject)
    assert refused is not None
    assert (refused.rule_id, refused.blocks) == ("R-PRE-03", True)
    assert "乐队" in str(refused.reason)

    for actor, reason, error in (
        (helper, "赶时间", NotAllowed),
        (firm.approver, "赶时间", NotAllowed),
        (firm.owner, " ", Invalid),
    ):
        with pytest.raises(error):
            actions.go_ahead(subject=subject, reason=reason, actor=actor)
    actions.go_ahead(subject=subject, reason="乐队改为自有乐手", actor=firm.owner)
    entry = JournalEntry.objects.get(kind="preparation.went_ahead")
    assert entry.data["count"] == len(board.reds)
    assert "乐队改为自有乐手" in entry.sentence
    assert refusal_to_begin(subject) is None
    assert board_of(subject).light == Light.AMBER

    # Less red needs no new word; something else that turns red does.
    actions.confirm_booking(booking=booked, upload=signed(), actor=firm.owner)
    assert refusal_to_begin(subject) is None
    put(subject, "agreements", firm.owner, party="花艺", need="布置", needed_on="2024-08-09")
    stopped = board_of(subject)
    assert not stopped.is_go
    assert stopped.lapsed is not None

    # Everything in order: go, without anybody's word.
    for row in Agreement.objects.filter(subject=subject):
        actions.confirm_agreement(agreement=row, upload=signed(), actor=firm.owner)
    for table in ("supplies", "prints", "speakers", "trips", "posts"):
        _empty(subject, table)
    actions.check_item(check=Check.objects.get(subject=subject), is_fine=True, note="", actor=helper)
    done = board_of(subject)
    assert done.is_go
    assert not done.reds
    assert lights(subject)["venue"] == "GREEN"
    with pytest.raises(WrongState):
        actions.go_ahead(subject=subject, reason="没有红灯", actor=firm.owner)
    KNOWN.clear()
    assert nothing_red_at_the_start.check(Readiness())[0].passed
    assert not nothing_red_at_the_start.check(Readiness((say("x"),)))[0].passed
    assert nothing_red_at_the_start.check(Readiness((say("x"),), say("y")))[0].passed


def _empty(subject: Subject, table: str) -> None:
    from yunchou.capabilities.preparation.sheets import STORES

    STORES[table][1].model.objects.filter(subject=subject).delete()
