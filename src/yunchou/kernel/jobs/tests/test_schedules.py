"""Schedules fire once per time, and catch up as they are told."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.exceptions import ImproperlyConfigured

from yunchou.kernel.core import clock
from yunchou.kernel.jobs.models import Firing, Job, State
from yunchou.kernel.jobs.registry import schedule, schedules
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.jobs.scheduler import Scheduler, fire_due
from yunchou.kernel.jobs.tasks import clear_away

from . import kinds

pytestmark = pytest.mark.django_db
five, each, daily = (
    schedules[f"tests.{name}"] for name in ("every_five", "every_five_each", "daily_only_live")
)


@pytest.fixture(autouse=True)
def nothing_ticked() -> None:
    kinds.ticks.clear()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)


def test_a_schedule_begins_when_it_is_first_seen() -> None:
    assert fire_due(five, at("2024-08-02 15:22")) == 0
    assert fire_due(five, at("2024-08-02 15:24")) == 0
    assert fire_due(five, at("2024-08-02 15:25")) == 1
    assert fire_due(five, at("2024-08-02 15:26")) == 0
    assert work_off() == 1
    assert kinds.ticks == [at("2024-08-02 15:25")]
    assert Job.objects.get().state == State.DONE


def test_each_time_fires_once_however_many_schedulers_ask() -> None:
    with clock.at("2024-08-02T15:22"):
        many = [Scheduler() for _ in range(4)]
        assert [scheduler.tick() for scheduler in many] == [0, 0, 0, 0]
    with clock.at("2024-08-02T15:25:01"):
        fired = [scheduler.tick() for scheduler in many]
    assert sum(fired) == len([s for s in schedules if s.cron.startswith(("*/5", "* ", "*/1 "))])
    assert Firing.objects.filter(schedule="tests.every_five", job__isnull=False).count() == 1


def test_waiting_costs_no_queries(django_assert_num_queries: object) -> None:
    scheduler = Scheduler()
    with clock.at("2024-08-02T15:21:10"):
        scheduler.tick()
        with django_assert_num_queries(0):
            scheduler.tick()


def test_catching_up() -> None:
    for one in (five, each, daily):
        fire_due(one, at("2024-08-02 15:02"))
    assert fire_due(five, at("2024-08-02 16:03")) == 1, "only the latest"
    assert fire_due(each, at("2024-08-02 16:03")) == 12, "every time"
    assert fire_due(daily, at("2024-08-02 17:30")) == 0, "let go"
    assert fire_due(daily, at("2024-08-03 17:00:20")) == 1, "on time"
    latest = Firing.objects.filter(schedule=five.name).latest("fire_at")
    assert latest.fire_at == at("2024-08-02 16:00")


def test_every_is_bounded() -> None:
    fire_due(each, at("2024-08-02 15:02"))
    assert len(each.missed(at("2024-08-02 15:02"), at("2024-09-02 15:02"))) == each.MOST


def test_a_clock_set_back_does_not_fire_again() -> None:
    fire_due(five, at("2024-08-02 15:02"))
    assert fire_due(five, at("2024-08-02 15:05")) == 1
    assert fire_due(five, at("2024-08-02 15:10")) == 1
    assert fire_due(five, at("2024-08-02 15:06")) == 0
    assert fire_due(five, at("2024-08-02 15:11")) == 0


def test_a_clock_that_ran_ahead_and_is_put_right_stops_nothing() -> None:
    """One scheduler lives through it: a year ahead it fires once, and after that goes on with the minutes of today."""
    scheduler, fired = Scheduler(), Firing.objects.filter(schedule=five.name, job__isnull=False)
    with clock.at("2024-08-02T15:22"):
        scheduler.tick()
    with clock.at("2025-08-02T15:22"):
        scheduler.tick()
    assert [clock.local(firing.fire_at) for firing in fired] == [at("2025-08-02 15:20")]
    with clock.at("2024-08-02T15:24"):
        scheduler.tick()
    with clock.at("2024-08-02T15:25"):
        scheduler.tick()
    assert [clock.local(each.fire_at) for each in fired.order_by("pk")][1:] == [at("2024-08-02 15:25")]


def test_times_are_those_of_shanghai() -> None:
    assert daily.next_after(at("2024-08-02 15:20")) == at("2024-08-02 17:00")


def test_declaring_a_schedule_twice_is_an_error() -> None:
    with pytest.raises(ImproperlyConfigured):
        schedule("tests.every_five", cron="* * * * *")(kinds.every_five)


def test_clear_away_keeps_the_last_firing_of_each_schedule() -> None:
    with clock.at("2024-08-02T15:02"):
        fire_due(five, clock.now())
    with clock.at("2024-08-02T15:05"):
        fire_due(five, clock.now())
        work_off()
    with clock.at("2024-09-02T03:20"):
        clear_away(clock.now())
    assert Firing.objects.filter(schedule=five.name).count() == 1
    assert not Job.objects.exists()
