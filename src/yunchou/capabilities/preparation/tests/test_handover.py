"""What a leaver prepares passes on, what was handed in for nothing is owed no longer, and a merge takes venues along."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.models import (
    Agreement,
    Booking,
    Holding,
    Layout,
    MoveKind,
    Post,
    Print,
    Venue,
)
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.directory.suppliers import selectors as suppliers
from yunchou.directory.suppliers.actions import merge_suppliers
from yunchou.directory.suppliers.models import Supply
from yunchou.directory.suppliers.tests.factories import make_supplier
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.handovers import handovers
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

from .factories import at, change, join, make_item, make_venue, put, signed

pytestmark = pytest.mark.django_db


@pytest.mark.req("ORG-08")
def test_rows_holds_and_research_pass_to_the_successor_with_what_is_owed(
    firm: Firm, subject: Subject
) -> None:
    leaver, heir = join(subject, firm.colleague), join(subject, firm.approver)
    due = {"due_on": "2024-08-06", "owner": str(leaver.pk)}
    row = put(subject, "publicity", firm.owner, channel="官网", content="预告", **due)
    put(
        subject,
        "publicity",
        firm.owner,
        channel="短信",
        content="别人的",
        due_on="2024-08-06",
        owner=str(firm.owner.pk),
    )
    done = put(
        subject,
        "agreements",
        firm.owner,
        party="巴士",
        need="3 辆",
        needed_on="2024-08-08",
        owner=str(leaver.pk),
    )
    actions.confirm_agreement(agreement=done, upload=signed(), actor=firm.owner)
    booking = actions.hold_venue(
        venue=make_venue(firm), subject=subject, layout=Layout.BANQUET, starts_at=at(9), ends_at=at(9, 12),
        purpose="晚宴", actor=firm.owner,
    ).booking  # fmt: skip
    Booking.objects.filter(pk=booking.pk).update(booked_by=leaver)
    Duty.objects.filter(key=booking.duty_key).update(owner=leaver)
    gathered = actions.Gathered(
        "业主需求",
        ["interview"],
        "业主",
        date(2024, 7, 1),
        date(2024, 7, 20),
        12,
        {"interests": "茶"},
        every_months=6,
    )
    research = actions.keep_research(unit=firm.east, gathered=gathered, actor=firm.owner, keeper=leaver)

    for day, post in (("2024-08-09", "签到"), ("2024-08-01", "已过去"), ("", "机动")):
        put(subject, "posts", firm.owner, post=post, person=str(leaver.pk), on=day)
    settled = actions.hold_venue(
        venue=make_venue(firm, "江畔草坪"), subject=subject, layout=Layout.BANQUET, starts_at=at(10), ends_at=at(10, 12),
        purpose="茶歇", actor=firm.owner,
    ).booking  # fmt: skip
    actions.confirm_booking(booking=settled, upload=signed(), actor=firm.owner)
    Booking.objects.filter(pk=settled.pk).update(booked_by=leaver)
    gifts = make_item(firm)
    for kind, count in ((MoveKind.RECEIPT, 10), (MoveKind.HAND_OUT, 6), (MoveKind.RETURN, 1)):
        person = None if kind == MoveKind.RECEIPT else leaver
        actions.move_stock(item=gifts, kind=kind, quantity=Decimal(count), person=person, actor=firm.owner)

    room = handovers["preparation"]
    assert [str(item.title) for item in room.preview(leaver)] == [
        "预告", "签到", "机动", "江畔酒店宴会厅", "江畔草坪", "定制礼品", "业主需求",
    ]  # fmt: skip
    assert not [item for item in handovers["duties"].preview(leaver) if "预告" in str(item.title)], (
        "shown once"
    )
    assert room.pass_on(leaver, heir, firm.owner) == 7
    assert list(Post.objects.filter(person=leaver).values_list("post", flat=True)) == ["已过去"]
    assert set(Post.objects.filter(person=heir).values_list("post", "person_name")) == {
        ("签到", heir.name), ("机动", heir.name),
    }  # fmt: skip
    held = dict(Holding.objects.filter(item=gifts).values_list("person", "quantity"))
    assert held == {leaver.pk: 0, heir.pk: 5}
    gifts.refresh_from_db()
    assert gifts.quantity == 5
    last = [(move.kind, move.person, move.change) for move in gifts.moves.order_by("-pk")[:2]]
    assert last == [(MoveKind.HAND_OUT, heir, -5), (MoveKind.RETURN, leaver, 5)]
    settled.refresh_from_db()
    assert settled.booked_by == heir
    row.refresh_from_db()
    booking.refresh_from_db()
    research.refresh_from_db()
    assert (row.owner, row.owner_name, booking.booked_by, research.keeper) == (heir, heir.name, heir, heir)
    owed = Duty.objects.open().filter(owner=heir).values_list("kind", flat=True)
    assert sorted(owed) == ["preparation.hold", "preparation.publicity", "preparation.research"]
    assert not Duty.objects.open().filter(owner=leaver).exists()
    assert Agreement.objects.get(pk=done.pk).owner == leaver, "what is done stays as it was"
    told = JournalEntry.objects.filter(kind="preparation.handed_over")
    assert {entry.subject_id: entry.data["count"] for entry in told} == {subject.pk: 5, research.pk: 1}
    # The next change of the table finds the duty where it belongs.
    put(subject, "publicity", firm.owner, channel="其他", content="海报")
    assert Duty.objects.open().filter(kind="preparation.publicity", owner=heir).count() == 1
    assert (room.preview(leaver), room.pass_on(leaver, heir, firm.owner)) == ([], 0)


def test_reviews_end_with_what_was_handed_in_and_what_is_owed_again_is_owed_once(
    firm: Firm, subject: Subject
) -> None:
    helper = join(subject, firm.colleague)
    row = put(subject, "prints", helper, name="节目单", due_on="2024-08-06", owner=str(helper.pk))
    said = put(subject, "speakers", helper, kind="公司高管", name="周总", topic="家风", owner=str(helper.pk))

    def reviews() -> list[str]:
        found = Duty.objects.filter(kind="preparation.review").order_by("pk")
        return [duty.state for duty in found]

    actions.hand_in(row=row, upload=signed("稿.pdf"), actor=helper)
    with clock.at("2024-08-02T10:05"):
        actions.hand_in(row=row, upload=signed("第二稿.pdf"), actor=helper)
    assert reviews() == ["cancelled", "open"], "handed in twice, reviewed once"
    actions.hand_in(row=said, upload=signed("讲稿.pdf"), actor=helper)
    change(said, "speakers", helper, topic="家训")
    assert reviews() == ["cancelled", "open", "cancelled"], "another topic: nothing is under review"
    Print.objects.filter(pk=row.pk).delete()
    put(subject, "prints", helper, name="海报")
    assert reviews() == ["cancelled"] * 3

    # Confirmed, taken back, confirmed: each time the duty of that time is done, and none is dropped on the way.
    party = put(
        subject, "agreements", helper, party="巴士", need="3 辆", needed_on="2024-08-08", owner=str(helper.pk)
    )
    for _round in range(2):
        actions.confirm_agreement(agreement=party, upload=signed(), actor=firm.owner)
        with clock.at(clock.now() + timedelta(minutes=1)):
            actions.take_agreement_back(agreement=party, reason="改期", actor=firm.owner)
        put(subject, "agreements", helper, party="花店", need="鲜花", needed_on="2024-08-08")
    states = Duty.objects.filter(key__startswith=f"preparation.agreement:{party.pk}").order_by("pk")
    assert [duty.state for duty in states] == ["done", "done", "open"]


def test_a_merge_of_suppliers_takes_their_venues_along(firm: Firm) -> None:
    director = firm.people[MARKETING_DIRECTOR]
    kept = make_supplier(firm.east, firm.owner, name="江畔酒店")
    merged = make_supplier(firm.east, firm.owner, name="江畔大酒店", credit_code="", kinds=[Supply.SPEAKERS])
    venue = make_venue(firm, supplier=merged)
    [use] = [use for use in suppliers.uses_of(merged, firm.owner) if use.lines]
    assert [str(line.title) for line in use.lines] == ["江畔酒店宴会厅"]
    merge_suppliers(kept=kept, merged=merged, reason="重复录入", actor=director)
    assert Venue.objects.get(pk=venue.pk).supplier == kept
