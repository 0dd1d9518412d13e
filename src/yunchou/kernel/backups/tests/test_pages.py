"""The page “Data protection”, who may see and use it, what it says to do, duties and the probe."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from yunchou.kernel.backups import actions, keys, places, rules, selectors, tasks
from yunchou.kernel.backups.models import KeySeen, Run
from yunchou.kernel.core import clock, restoring
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import Job, State, WorkerBeat, wall
from yunchou.kernel.jobs.registry import schedules
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.jobs.scheduler import fire_due
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.models import Parameter
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.ui.signals import Level

from .conftest import Cast

PAGE = "/protection/"


@pytest.fixture(autouse=True)
def _in_english(db: None) -> None:
    User.objects.update(language="en")


def levels() -> dict[str, Level]:
    return {str(one.label): one.level for area in selectors.protection().areas for one in area.measures}


def facts() -> dict[str, str]:
    return {str(one.label): str(one.fact) for area in selectors.protection().areas for one in area.measures}


def ran(kind: str, *, days: float = 0, state: str = Run.State.DONE, name: str = "") -> Run:
    at = wall() - timedelta(days=days)
    return Run.objects.create(
        kind=kind, state=state, started_at=at, finished_at=at + timedelta(seconds=3), name=name
    )


@pytest.mark.req("CUS-09")
def test_administrators_and_auditors_see_it_and_only_the_keeper_acts(client: Client, cast: Cast) -> None:
    User.objects.update(language="en")
    posts = [f"{PAGE}backup/", f"{PAGE}test/", f"{PAGE}keys/"]
    assert client.get(PAGE).status_code == 302
    assert all(client.post(post).status_code == 302 for post in posts)
    client.force_login(cast.outsider)
    assert client.get(PAGE).status_code == 403
    client.force_login(cast.auditor)
    page = client.get(PAGE).content.decode()
    assert "Data protection" in page
    assert "Back up now" not in page
    assert all(client.post(post).status_code == 403 for post in posts)
    assert not Job.objects.exists()
    client.force_login(cast.keeper)
    page = client.get(PAGE).content.decode()
    for words in (
        "Back up now",
        "Test restoring",
        "The keys are kept elsewhere",
        "No backup yet",
        "plain HTTP",
    ):
        assert words in page
    assert client.get(f"{PAGE}backup/").status_code == 405
    assert client.post(f"{PAGE}keys/").status_code == 302
    assert "The keys are kept elsewhere" not in client.get(PAGE).content.decode()
    entry = JournalEntry.objects.get(kind="backups.keys_kept")
    assert keys.mark_of(keys.ring()[0]) in entry.data["marks"]
    assert keys.ring()[0] not in str(entry.data)


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_a_backup_and_a_test_through_the_page_show_their_proof(client: Client, live: Cast) -> None:
    User.objects.update(language="en")
    client.force_login(live.keeper)
    for kind in ("backup", "test"):
        assert client.post(f"{PAGE}{kind}/").headers["Location"].startswith("/jobs/")
        assert work_off() == 1
    assert {job.state for job in Job.objects.all()} == {State.DONE}
    page = client.get(PAGE).content.decode()
    backup = Run.objects.get(kind=Run.Kind.BACKUP)
    test = Run.objects.get(kind=Run.Kind.TEST)
    assert backup.actor == live.keeper
    for words in (backup.digest[:12], test.digest[:12], f"{test.rows:,} rows", "Keeper", "Successful"):
        assert words in page
    assert levels()["Last backup"] == levels()["Last tested restore"] == Level.FINE
    Client().get("/healthz")
    assert client.get("/readyz").json() == {"status": "ok"}


@pytest.mark.req("CUS-09")
def test_every_measure_says_what_is_and_what_to_do(cast: Cast, settings: Settings) -> None:
    actions.installation()
    assert levels()["Last backup"] == Level.WATCH  # the first night is still to come
    ran(Run.Kind.BACKUP, days=0.5)
    ran(Run.Kind.TEST, days=20)
    found = levels()
    assert (found["Last backup"], found["Last tested restore"], found["HTTPS"]) == (
        Level.FINE,
        Level.FINE,
        Level.WATCH,
    )
    assert (found["Worker"], found["Copy of the keys"], found["Second factor"]) == (
        Level.ACT,
        Level.WATCH,
        Level.WATCH,
    )
    assert found["Place of the backups"] == Level.WATCH
    assert found["Separation of duties"] == Level.FINE
    Run.objects.filter(kind=Run.Kind.BACKUP).update(started_at=wall() - timedelta(hours=30))
    Run.objects.filter(kind=Run.Kind.TEST).update(started_at=wall() - timedelta(days=40))
    WorkerBeat.objects.create(name="one")
    settings.BASE_URL = "http://yunchou.example"
    found = levels()
    assert (found["Last backup"], found["Last tested restore"], found["HTTPS"]) == (
        Level.ACT,
        Level.ACT,
        Level.ACT,
    )
    assert found["Worker"] == Level.FINE
    assert "30 hours old" in facts()["Last backup"]
    settings.BASE_URL, settings.SECURE_HSTS_SECONDS, settings.SESSION_COOKIE_SECURE = (
        "https://y.example",
        31_536_000,
        True,
    )
    settings.SESSION_IDLE_SECONDS, settings.DEBUG = 1800, True
    found = levels()
    assert (found["HTTPS"], found["Cookies"], found["Sign-in sessions"]) == (
        Level.FINE,
        Level.FINE,
        Level.FINE,
    )
    assert found["Debug mode"] == Level.ACT
    settings.SESSION_IDLE_SECONDS = 0
    ran(Run.Kind.BACKUP, state=Run.State.FAILED)
    found = levels()
    assert (found["Last backup"], found["Sign-in sessions"]) == (Level.ACT, Level.WATCH)
    actions.confirm_keys(actor=cast.keeper)
    assert levels()["Copy of the keys"] == Level.FINE
    keys.add_key()
    assert facts()["Copy of the keys"] == "confirmed before a key changed"
    KeySeen.objects.create(
        ring="backup", mark=keys.mark_of(keys.ring()[0]), seen_at=clock.now() - timedelta(days=400)
    )
    assert levels()["Key of backups"] == Level.WATCH
    assert levels()["Key of important customers"] == Level.FINE
    apart = {"ring": "apart", "mark": keys.data_marks()["apart"][0]}
    KeySeen.objects.update_or_create(**apart, defaults={"seen_at": clock.now() - timedelta(days=400)})
    assert levels()["Key of important customers"] == Level.WATCH
    restoring.list_path().write_text("forged\n")
    assert levels()["List of erasures"] == Level.ACT
    keys.key_file().write_text("short")
    found = levels()
    assert found["Key of backups"] == Level.ACT
    for one in selectors.protection().open:
        assert one.is_open
        assert str(one.todo), str(one.label)


def test_the_page_asks_as_much_for_two_runs_as_for_twenty(
    client: Client, cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    User.objects.update(language="en")
    client.force_login(cast.keeper)

    def add(count: int) -> None:
        for number in range(count):
            at = wall() - timedelta(days=number + Run.objects.count())
            name = places.name_at(at)
            (places.folder() / name).write_bytes(b"x")
            Run.objects.create(
                kind=Run.Kind.BACKUP, state=Run.State.DONE, name=name, started_at=at, actor=cast.keeper
            )

    keys.ring()
    add(2)
    client.get(PAGE)
    with django_assert_max_num_queries(100) as few:
        client.get(PAGE)
    add(18)
    with django_assert_max_num_queries(len(few.captured_queries)):
        client.get(PAGE)


@pytest.mark.req("CUS-09")
def test_what_is_overdue_is_owed_by_the_keeper_and_told_to_a_monitor(client: Client, cast: Cast) -> None:
    actions.installation()
    actions.watch()
    assert not Duty.objects.exists()
    first = ran(Run.Kind.BACKUP, days=2)
    ran(Run.Kind.TEST, days=50)
    actions.watch()
    actions.watch()
    owed = {duty.kind: duty for duty in Duty.objects.open()}
    assert set(owed) == {"backups.backup", "backups.test"}
    assert {duty.owner for duty in owed.values()} == {cast.keeper}
    assert "at most 26 are allowed" in str(owed["backups.backup"].sentence)
    assert owed["backups.backup"].address in ("", PAGE)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "protection": "backup overdue"})
    ran(Run.Kind.BACKUP, state=Run.State.FAILED)
    assert client.get("/readyz").json()["protection"] == "backup failed"
    assert first.level == "fine"


@pytest.mark.req("CUS-09")
def test_schedules_start_one_backup_a_night_and_one_test_a_month(cast: Cast) -> None:
    with clock.at("2026-11-29 12:00"):
        for name in ("backups.nightly", "backups.monthly"):
            fire_due(schedules[name], clock.now())
    for day in ("2026-11-30 02:11", "2026-12-01 05:00", "2026-12-02 03:00"):
        with clock.at(day):
            for name in ("backups.nightly", "backups.monthly"):
                fire_due(schedules[name], clock.now())
    ticks = [chunk.payload["schedule"] for job in Job.objects.all() for chunk in job.chunks.all()]
    assert (ticks.count("backups.nightly"), ticks.count("backups.monthly")) == (3, 1)
    moment = clock.now()
    for _again in range(2):
        tasks.back_up_nightly(moment)
        tasks.test_monthly(moment)
    assert Job.objects.filter(kind=tasks.BACKUP).count() == Job.objects.filter(kind=tasks.TEST).count() == 1


@pytest.mark.once
def test_the_rules_judge_by_their_parameters() -> None:
    p = Params({"hours": 26, "daily": 7, "weekly": 5, "monthly": 12})
    judge = rules.saved_in_time.check
    assert judge(rules.Since(timedelta(hours=26)), p)[0].passed
    assert not judge(rules.Since(timedelta(hours=26, minutes=1)), p)[0].passed
    assert judge(rules.Since(timedelta(hours=2), never=True), p)[0].passed
    assert not judge(rules.Since(timedelta(hours=27), never=True), p)[0].passed
    p = Params({"days": 35, "key_days": 365})
    assert rules.restored_in_time.check(rules.Since(timedelta(days=35)), p)[0].passed
    assert not rules.restored_in_time.check(rules.Since(timedelta(days=36)), p)[0].passed
    assert not rules.restored_in_time.check(rules.Since(timedelta(days=36), never=True), p)[0].passed


def test_the_law_of_keeping_can_be_changed_as_a_rule(cast: Cast) -> None:
    Parameter.objects.create(rule="K-BAK-01", name="daily", value=2, valid_from=clock.today())
    Parameter.objects.create(rule="K-BAK-01", name="weekly", value=0, valid_from=clock.today())
    Parameter.objects.create(rule="K-BAK-01", name="monthly", value=0, valid_from=clock.today())
    keys.ring()
    for days in range(6):
        (places.folder() / places.name_at(wall() - timedelta(days=days))).write_bytes(b"x")
    assert actions.rotate() == 4
    assert len(places.kept()) == 2


def test_the_page_names_no_key_and_no_path_of_one(client: Client, cast: Cast, places_of_test: Path) -> None:
    client.force_login(cast.keeper)
    page = client.get(PAGE).content.decode()
    assert keys.ring()[0] not in page
    assert str(keys.key_file()) not in page
