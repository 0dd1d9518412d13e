"""Meetings recur, minutes are kept, and open items come back until they are closed (ORG-11)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from yunchou.directory.organisation import actions, selectors
from yunchou.directory.organisation.models import FollowUp, Meeting, Rhythm, Series
from yunchou.directory.organisation.rhythm import next_day
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.notify.models import Notification

from .factories import Firm

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-11")]


def call(firm: Firm, **fields: object) -> Series:
    values = {
        "unit": firm.department("east"),
        "name": "市场部周会",
        "rhythm": Rhythm.WEEKLY,
        "first_on": clock.today(),
        "chair": firm.people["dept_head"],
        "people": [firm.owner, firm.colleague],
        "actor": firm.people["dept_head"],
    }
    return actions.open_series(**(values | fields))  # type: ignore[arg-type]


def held_meeting(firm: Firm) -> Meeting:
    """The first meeting of a new series, held today."""
    meeting = call(firm).meetings.get()
    return actions.write_minutes(
        meeting=meeting, minutes="讨论开学季活动", present=[firm.owner], actor=firm.people["dept_head"]
    )


def follow_up(meeting: Meeting, owner: User, text: str = "提交物料清单") -> FollowUp:
    return actions.add_follow_up(
        meeting=meeting,
        text=text,
        owner=owner,
        due_on=meeting.held_on + timedelta(days=3),
        actor=meeting.series.chair,
    )


@pytest.mark.parametrize(
    ("rhythm", "after", "expected"),
    [
        (Rhythm.WEEKLY, date(2024, 8, 1), date(2024, 8, 8)),
        (Rhythm.FORTNIGHTLY, date(2024, 8, 2), date(2024, 8, 15)),
        (Rhythm.MONTHLY, date(2024, 8, 1), date(2024, 9, 2)),  # 1 September is a Sunday
        (Rhythm.QUARTERLY, date(2024, 8, 1), date(2024, 11, 1)),
        (Rhythm.WEEKLY, date(2024, 9, 26), date(2024, 10, 8)),  # 3 October is a holiday
        (Rhythm.WEEKLY, date(2024, 7, 1), date(2024, 8, 1)),
    ],
)
def test_the_next_day_keeps_the_rhythm_and_skips_days_off(rhythm: str, after: date, expected: date) -> None:
    assert next_day(rhythm, date(2024, 8, 1), after) == expected


def test_months_that_are_shorter_end_on_their_last_day() -> None:
    assert next_day(Rhythm.MONTHLY, date(2024, 1, 31), date(2024, 1, 31)) == date(2024, 2, 29)


def test_open_items_come_back_at_every_later_meeting_until_closed(firm: Firm) -> None:
    first = held_meeting(firm)
    item = follow_up(first, firm.colleague)
    series = Series.objects.get(pk=first.series_id)
    second = series.meetings.get(is_held=False)
    assert second.held_on > first.held_on
    assert [line.item for line in selectors.carried_items(second)] == [item]

    with clock.at(clock.moment(second.held_on, 10)):
        actions.write_minutes(meeting=second, minutes="例行", actor=series.chair)
    third = series.meetings.get(is_held=False)
    with clock.at(clock.moment(third.held_on, 10)):
        (line,) = selectors.carried_items(third)
        assert (line.item, line.meetings) == (item, 2)
        actions.close_follow_up(item=item, outcome="清单已提交", meeting=third, actor=firm.colleague)
        actions.write_minutes(meeting=third, minutes="例行", actor=series.chair)
    fourth = series.meetings.get(is_held=False)
    assert selectors.carried_items(fourth) == []
    assert [line.item for line in selectors.carried_items(third)] == [item]
    assert [line.item for line in selectors.carried_items(second)] == [item]


def test_an_item_is_a_duty_of_its_owner(firm: Firm) -> None:
    item = follow_up(held_meeting(firm), firm.colleague)
    duty = Duty.objects.open().get(owner=firm.colleague)
    assert str(item.pk) in duty.address
    changed = actions.change_follow_up(
        item=item,
        text="提交清单与报价",
        owner=firm.owner,
        due_on=item.due_on,
        actor=item.meeting.series.chair,
    )
    assert Duty.objects.open().get().owner == firm.owner

    actions.close_follow_up(item=changed, outcome="完成", actor=firm.owner)
    assert not Duty.objects.open().exists()
    actions.reopen_follow_up(item=changed, actor=firm.owner)
    assert Duty.objects.open().get().owner == firm.owner
    actions.close_follow_up(item=changed, outcome="完成", actor=firm.owner)
    assert not Duty.objects.open().exists()
    with pytest.raises(WrongState):
        actions.close_follow_up(item=changed, outcome="再次", actor=firm.owner)


def test_those_invited_hear_of_the_meeting_and_of_its_minutes(firm: Firm) -> None:
    held_meeting(firm)
    kinds = set(Notification.objects.filter(user=firm.colleague).values_list("kind", flat=True))
    assert {"organisation.invited", "organisation.minutes"} <= kinds


def test_bad_input_names_the_field_and_writes_nothing(firm: Firm) -> None:
    yesterday = clock.today() - timedelta(days=1)
    for fields, field in (
        ({"name": " "}, "name"),
        ({"first_on": yesterday}, "first_on"),
        ({"rhythm": "never"}, "rhythm"),
    ):
        with pytest.raises(Invalid) as refusal:
            call(firm, **fields)
        assert field in refusal.value.fields
    with pytest.raises(NotAllowed):
        call(firm, actor=firm.colleague)
    assert not Series.objects.exists()
    meeting = held_meeting(firm)
    with pytest.raises(Invalid):
        actions.add_follow_up(
            meeting=meeting, text="x", owner=firm.owner, due_on=yesterday, actor=meeting.series.chair
        )
    later = Meeting.objects.get(is_held=False)
    with pytest.raises(WrongState):
        actions.write_minutes(meeting=later, minutes="尚未召开", actor=meeting.series.chair)
    with pytest.raises(NotAllowed):
        actions.close_follow_up(
            item=follow_up(meeting, firm.owner), outcome="x", actor=firm.people["sales_manager"]
        )


def test_change_and_end_of_a_series(firm: Firm) -> None:
    series = call(firm)
    series = actions.change_series(
        series=series,
        name="市场部月会",
        rhythm=Rhythm.MONTHLY,
        first_on=clock.today() + timedelta(days=10),
        starts_at=series.starts_at,
        chair=firm.owner,
        people=[firm.colleague],
        actor=firm.people["dept_head"],
    )
    assert series.subject.title == "市场部月会"
    assert series.meetings.get().held_on >= clock.today() + timedelta(days=10)
    actions.end_series(series=series, actor=firm.people["dept_head"])
    assert not series.meetings.exists()
    with pytest.raises(WrongState):
        actions.end_series(series=series, actor=firm.people["dept_head"])


class TestPages:
    def test_the_region_sees_its_meetings_and_others_only_their_own(self, client: Client, firm: Firm) -> None:
        meeting = held_meeting(firm)
        follow_up(meeting, firm.colleague)
        pages = [meeting.get_absolute_url(), meeting.series.get_absolute_url()]
        client.force_login(firm.colleague)
        for page in [*pages, "/organisation/meetings/"]:
            answer = client.get(page)
            assert answer.status_code == 200
            assert "提交物料清单" in answer.content.decode()
        client.force_login(firm.outsider)
        assert [client.get(page).status_code for page in pages] == [404, 404]
        assert "市场部周会" not in client.get("/organisation/meetings/").content.decode()

    def test_a_meeting_from_calling_to_closing_an_item(self, client: Client, firm: Firm) -> None:
        head = firm.people["dept_head"]
        client.force_login(head)
        today = clock.today().isoformat()
        client.post(
            "/organisation/meetings/add/",
            {
                "name": "晨会",
                "unit": firm.department("east").pk,
                "rhythm": "weekly",
                "first_on": today,
                "starts_at": "09:00",
                "chair": head.pk,
                "people": [firm.owner.pk],
            },
        )
        meeting = Meeting.objects.get()
        base = f"/organisation/meetings/held/{meeting.pk}"
        client.post(f"{base}/plan/", {"held_on": today, "agenda": "一、进度"})
        refused = client.post(f"{base}/minutes/", {"minutes": " "}, headers={"HX-Request": "true"})
        assert refused.status_code == 422
        client.post(f"{base}/minutes/", {"minutes": "已讨论", "present": [firm.owner.pk]})
        client.post(f"{base}/follow-up/", {"text": "订场地", "owner": firm.owner.pk, "due_on": today})
        item = FollowUp.objects.get()
        client.force_login(firm.owner)
        client.post(f"/organisation/follow-ups/{item.pk}/close/", {"outcome": "已订"})
        item.refresh_from_db()
        assert (item.outcome, item.is_open, Meeting.objects.count()) == ("已订", False, 2)

    def test_twenty_series_cost_as_many_queries_as_two(self, client: Client, firm: Firm) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.force_login(firm.owner)

        def cost() -> int:
            client.get("/organisation/meetings/")
            with CaptureQueriesContext(connection) as caught:
                assert client.get("/organisation/meetings/").status_code == 200
            return len(caught)

        for number in range(2):
            call(firm, name=f"会{number}")
        before = cost()
        for number in range(2, 12):
            call(firm, name=f"会{number}")
        assert cost() == before
