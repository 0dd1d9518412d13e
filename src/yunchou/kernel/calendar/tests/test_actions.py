"""Overrides and settings: who may, what they change, and that every process notices."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import transaction

from yunchou.kernel.calendar import selectors
from yunchou.kernel.calendar.actions import change_calendar_settings, release_day, set_day
from yunchou.kernel.calendar.days import DayKind, WorkingCalendar
from yunchou.kernel.calendar.models import CalendarSettings, DayOverride, new_stamp
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import allow, make_unit, make_user
from yunchou.kernel.journal.models import JournalEntry

pytestmark = pytest.mark.django_db
FRIDAY = date(2024, 8, 16)


@pytest.fixture
def editor() -> User:
    user = make_user("张伟")
    allow(user, make_unit(), "calendar.edit")
    return user


def test_set_day_refuses_without_the_right() -> None:
    with pytest.raises(NotAllowed):
        set_day(day=FRIDAY, is_working=False, actor=make_user())
    assert not DayOverride.objects.exists()


def test_set_day_is_in_force_at_once_and_journalled(editor: User) -> None:
    assert selectors.is_working_day(FRIDAY)
    set_day(day=FRIDAY, is_working=False, name="司庆日", note="总办通知", actor=editor)
    assert not selectors.is_working_day(FRIDAY)
    assert selectors.day_info(FRIDAY).kind is DayKind.HOLIDAY
    assert selectors.add_working_days(date(2024, 8, 15), 1) == date(2024, 8, 19)
    entry = JournalEntry.objects.get()
    assert entry.kind == "calendar.day_set"
    assert "2024-08-16" in entry.sentence


def test_set_day_twice_replaces(editor: User) -> None:
    set_day(day=FRIDAY, is_working=False, name="司庆日", actor=editor)
    set_day(day=FRIDAY, is_working=True, actor=editor)
    assert DayOverride.objects.get().is_working
    assert selectors.is_working_day(FRIDAY)


def test_release_day_returns_to_the_official_calendar(editor: User) -> None:
    override = set_day(day=FRIDAY, is_working=False, actor=editor)
    release_day(override=override, actor=editor)
    assert selectors.is_working_day(FRIDAY)
    with pytest.raises(NotAllowed):
        release_day(override=override, actor=make_user())


def test_an_edit_that_is_rolled_back_is_forgotten(editor: User) -> None:
    with transaction.atomic():
        set_day(day=FRIDAY, is_working=False, actor=editor)
        assert not selectors.is_working_day(FRIDAY)
        transaction.set_rollback(True)
    assert selectors.is_working_day(FRIDAY)


def test_settings_change_hours_and_what_is_provisional(editor: User) -> None:
    change_calendar_settings(opens_at=time(8, 30), closes_at=time(17, 30), announced_until=2027, actor=editor)
    calendar = selectors.working_calendar()
    assert (calendar.opens_at, calendar.closes_at) == (time(8, 30), time(17, 30))
    assert not calendar.is_provisional(date(2027, 5, 1))
    with pytest.raises(Invalid):
        change_calendar_settings(opens_at=time(18), closes_at=time(9), announced_until=None, actor=editor)


def test_asking_again_costs_no_queries(django_assert_num_queries: object) -> None:
    selectors.forget()
    selectors.working_calendar()
    with django_assert_num_queries(0):
        for _ in range(50):
            selectors.add_working_days(FRIDAY, 5)


def test_an_edit_by_another_process_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    selectors.forget()
    assert selectors.is_working_day(FRIDAY)
    DayOverride.objects.create(day=FRIDAY, is_working=False)
    CalendarSettings.objects.update_or_create(pk=1, defaults={"stamp": new_stamp()})
    monkeypatch.setattr(selectors, "REFRESH", 0.0)
    assert not selectors.is_working_day(FRIDAY)


def test_a_pinned_calendar_asks_nobody(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0), selectors.pinned(WorkingCalendar()):
        assert selectors.is_working_day(FRIDAY)
