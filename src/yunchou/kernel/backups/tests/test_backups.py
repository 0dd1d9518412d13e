"""Making, testing and restoring, on both databases, with everything that may go wrong."""

from __future__ import annotations

import errno
import io
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test import Client
from pytest_django import Settings

from yunchou.kernel.access.models import Grant
from yunchou.kernel.backups import actions, archive, keys, places, stores
from yunchou.kernel.backups.models import Run
from yunchou.kernel.backups.selectors import protection, trouble
from yunchou.kernel.core import clock, restoring
from yunchou.kernel.core.errors import NotAllowed, OutOfSpace, Refused, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.files import store
from yunchou.kernel.files.actions import store_file
from yunchou.kernel.files.models import StoredFile
from yunchou.kernel.files.selectors import verify_files
from yunchou.kernel.files.tasks import clear_away
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.jobs.models import Job, JobChunk, State, wall
from yunchou.kernel.jobs.runner import claim, due_ids, work_off
from yunchou.kernel.jobs.scheduler import Scheduler
from yunchou.kernel.jobs.tests.test_workers import database_url
from yunchou.kernel.journal.actions import record, seal_all
from yunchou.kernel.journal.chain import breaks
from yunchou.kernel.journal.kinds import Kind, kinds
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.rules.models import Parameter
from yunchou.kernel.ui.signals import Level

from .conftest import CANARY, CANARY_PHONE, Cast

ASIDE = "yunchou_before_restore"
NOTE = kinds.get("backup_tests.noted") or kinds.add(
    "backup_tests.noted", Kind("backup_tests.noted", "noted {n}", "x")
)


def digests() -> dict[str, tuple[int, str]]:
    """What every table says now."""
    image, found = stores.open_image(), {}
    for table in image.tables():
        counted = archive.Counted()
        for _block in counted.over(image.rows(table)):
            pass
        found[table] = counted.result
    image.close()
    return found


def is_left() -> bool:
    """Whether a copy made for restoring lies beside the data."""
    if connection.vendor == "sqlite":
        return bool(list(Path(str(connection.settings_dict["NAME"])).parent.glob("*.restoring*")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_namespace WHERE nspname = 'yunchou_restoring'")
        return bool(cursor.fetchall())


def newest() -> Path:
    return places.kept()[0].path


@pytest.fixture
def aside() -> Iterator[None]:
    """What an earlier restore put aside."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]) + ".before-restore")
        path.write_bytes(b"earlier")
        yield
        path.unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {ASIDE}")
            cursor.execute(f"CREATE TABLE {ASIDE}.earlier (id int)")
        yield
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {ASIDE}.earlier")


def is_earlier() -> bool:
    """Whether what is aside is still what `aside` put there."""
    if connection.vendor == "sqlite":
        return Path(str(connection.settings_dict["NAME"]) + ".before-restore").read_bytes() == b"earlier"
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_tables WHERE schemaname = %s AND tablename = 'earlier'", [ASIDE])
        return bool(cursor.fetchall())


@pytest.mark.req("CUS-09")
def test_a_backup_brings_back_every_row_and_every_file(live: Cast, aside: None) -> None:
    record(NOTE, actor=live.keeper, data={"n": 1})
    seal_all()
    run = actions.make_backup(actor=live.keeper)
    assert (run.state, run.files) == (Run.State.DONE, 3)
    with newest().open("rb") as file:
        opened = archive.Opened(file, keys.ring())
        for _kind, _name, blocks in opened.parts():
            for _block in blocks:
                pass
    told = opened.manifest
    assert told
    assert run.rows == told.rows

    last = User.objects.create(username="late", name="Late")
    User.objects.filter(username="outsider").update(name="Changed")
    gone = StoredFile.objects.first()
    store.discard(gone.sha256)
    gone.delete()

    restored = actions.restore(path=newest())
    assert restored
    assert restored.state == Run.State.DONE
    assert stores.is_aside()
    assert not is_earlier()
    assert not User.objects.filter(username="late").exists()
    assert User.objects.get(username="outsider").name == "Outsider"
    assert User.objects.get(username="canary").phone == CANARY_PHONE
    assert [run.state for run in Run.objects.filter(kind=Run.Kind.BACKUP)] == [Run.State.DONE]
    report = verify_files()
    assert report.checked == 3
    assert report.is_well
    # All but what restoring itself writes is to the byte as the manifest says.
    own = {"backups_run", "journal_journalentry", "journal_seal", "journal_chainhead"}
    now = digests()
    assert {name: now[name] for name in told.tables if name not in own} == {
        name: told.tables[name] for name in told.tables if name not in own
    }
    assert list(breaks()) == []
    # Numbers go on where they were: nothing that follows collides with what came back.
    assert User.objects.create(username="next", name="Next").pk <= last.pk
    assert JournalEntry.objects.filter(kind="backups.restored").count() == 1


@pytest.mark.req("CUS-09", whole=True)
def test_the_test_of_restoring_compares_everything_and_leaves_nothing(
    live: Cast, places_of_test: Path
) -> None:
    actions.make_backup(actor=None)
    before = digests()
    run = actions.try_restore(actor=live.keeper)
    assert run.state == Run.State.DONE
    assert run.rows > 10
    assert len(run.digest) == 64
    after = digests()
    own = {"backups_run", "journal_journalentry"}
    assert {k: v for k, v in before.items() if k not in own} == {
        k: v for k, v in after.items() if k not in own
    }
    assert not is_left()
    assert JournalEntry.objects.filter(kind="backups.tested").count() == 1


@pytest.mark.req("CUS-09")
def test_what_is_written_during_a_backup_is_in_it_wholly_or_not_at_all(
    live: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pairs are written in one transaction into two tables, before the tables are read and while they are."""
    stop = threading.Event()
    written = []

    def go_on() -> None:
        while not stop.is_set():
            number = len(written)
            with transaction.atomic():
                Unit.objects.create(
                    kind=Unit.Kind.REGION, code=f"pair-{number}", name="Pair", parent=live.group
                )
                User.objects.create(username=f"pair-{number}", name="Pair")
            written.append(number)
        connections.close_all()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        while len(written) < 5:
            time.sleep(0.01)
        actual = archive.head_of

        def slowly(image: stores.Image, made_at: object) -> dict[str, object]:
            head, count = actual(image, made_at), len(written)
            while len(written) < count + 10:  # the snapshot stands, and others go on writing
                time.sleep(0.01)
            return head

        monkeypatch.setattr(archive, "head_of", slowly)
        actions.make_backup(actor=None)
    finally:
        stop.set()
        thread.join()
    total = len(written)
    actions.restore(path=newest())
    units = {unit.code for unit in Unit.objects.filter(code__startswith="pair-")}
    users = {user.username for user in User.objects.filter(username__startswith="pair-")}
    assert units == users
    assert 5 <= len(units) < total


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_no_name_stands_in_the_clear_in_archive_list_or_log(
    live: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        actions.make_backup(actor=None)
        actions.try_restore(actor=None)
    whole = newest().read_bytes()
    for canary in (CANARY, CANARY_PHONE, "identity_user", "keeper", "CREATE TABLE"):
        assert canary.encode() not in whole
    assert CANARY not in caplog.text
    assert CANARY_PHONE not in caplog.text
    assert oct(newest().stat().st_mode & 0o777) == "0o600"
    assert oct(keys.key_file().stat().st_mode & 0o777) == "0o600"
    told = json.dumps([entry.data for entry in JournalEntry.objects.all()], default=str)
    assert CANARY not in told


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_altered_cut_and_foreign_backups_are_refused_in_words_and_change_nothing(
    live: Cast, settings: Settings
) -> None:
    actions.make_backup(actor=None)
    whole = newest().read_bytes()
    before = User.objects.count()

    def refused(data: bytes, words: str) -> None:
        newest().write_bytes(data)
        for act in (lambda: actions.restore(path=newest()), lambda: actions.try_restore(actor=None)):
            with pytest.raises(Refused, match=words):
                act()
        assert User.objects.count() == before
        assert not restoring.unfinished_path().exists()

    middle = len(whole) // 2
    refused(
        whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], "was changed after it was made"
    )
    refused(whole[:-1], "cut off")
    refused(whole[:40], "cut off")
    refused(b"PK\x03\x04" + whole, "no backup of Yunchou")
    settings.BACKUP_KEYS = ["another key, which is long enough for this"]
    refused(whole, "not among yours")
    assert Run.objects.filter(kind=Run.Kind.TEST, state=Run.State.FAILED).count() == 5
    assert Duty.objects.open().filter(kind="backups.test", owner=live.keeper).count() == 1


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_secrets_that_values_need_are_asked_for_before_anything_changes(
    live: Cast, settings: Settings
) -> None:
    actions.make_backup(actor=None)
    sealing, apart = settings.SEALING_KEYS, settings.APART_KEYS
    settings.SEALING_KEYS = ["a secret that closed nothing of this"]
    with pytest.raises(keys.KeyTrouble, match="YUNCHOU_SEALING_KEYS"):
        actions.restore(path=newest())
    assert actions.restore(path=newest(), is_without_keys=True)
    # What important customers stand under opens in its own ring alone.
    settings.APART_KEYS, settings.SEALING_KEYS = ["another for those apart"], [*sealing, *apart]
    with pytest.raises(keys.KeyTrouble, match="YUNCHOU_APART_KEYS") as refused:
        actions.restore(path=newest())
    assert keys.mark_of(apart[0]) in str(refused.value)
    assert User.objects.filter(username="canary").exists()
    settings.APART_KEYS = ["another for those apart", *apart]
    with newest().open("rb") as file:
        assert actions.lacking_keys(archive.Opened(file, keys.ring())) == []


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_a_lost_list_of_erasures_is_told_before_anybody_erased_is_back(live: Cast) -> None:
    actions.make_backup(actor=None)
    assert restoring.list_path().read_text() == ""  # nobody was erased, and that is known
    restoring.list_path().unlink()
    User.objects.create(username="late", name="Late")
    with pytest.raises(WrongState, match=r"erasures\.jsonl is missing"):
        actions.restore(path=newest())
    assert User.objects.filter(username="late").exists()
    assert actions.restore(path=newest(), is_without_erasures=True)
    assert not User.objects.filter(username="late").exists()


@pytest.mark.once
def test_a_backup_of_a_newer_version_is_refused(live: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    image = stores.open_image()
    actual, kind = image.migrations(), type(image)
    image.close()
    monkeypatch.setattr(kind, "migrations", lambda self: [*actual, ["identity", "9999_of_tomorrow"]])
    actions.make_backup(actor=None)
    with pytest.raises(actions.Mismatch, match="newer version"):
        actions.restore(path=newest())


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_a_full_disk_is_told_and_leaves_earlier_backups_alone(
    live: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = actions.make_backup(actor=None)
    actual = archive.Writer._put

    def full(self: archive.Writer, data: bytes) -> None:
        if self.size:
            raise OSError(errno.ENOSPC, "No space left on device")
        actual(self, data)

    monkeypatch.setattr(archive.Writer, "_put", full)
    with pytest.raises(OutOfSpace, match="disk of the backups is full"):
        actions.make_backup(actor=live.keeper)
    assert [one.name for one in places.kept()] == [first.name]
    assert not list(places.folder().glob("*.part"))
    failed = Run.objects.get(state=Run.State.FAILED)
    assert "disk of the backups is full" in str(failed.words)
    duty = Duty.objects.open().get(kind="backups.backup")
    assert duty.owner == live.keeper
    monkeypatch.setattr(archive.Writer, "_put", actual)
    time.sleep(1)  # a name for every second
    actions.make_backup(actor=None)
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_keys_that_are_missing_short_or_beside_the_backups_are_refused(
    live: Cast, settings: Settings
) -> None:
    actions.make_backup(actor=None)
    kept = keys.key_file().read_text()
    keys.key_file().unlink()
    with pytest.raises(keys.KeyTrouble, match="is missing at"):
        actions.make_backup(actor=None)
    assert len(places.kept()) == 1
    keys.key_file().write_text("short\n")
    with pytest.raises(keys.KeyTrouble, match="shorter than 32"):
        actions.make_backup(actor=None)
    keys.key_file().write_text("# nothing\n")
    with pytest.raises(keys.KeyTrouble, match="holds no key"):
        actions.make_backup(actor=None)
    settings.BACKUP_KEY_FILE = places.folder() / "key"
    settings.BACKUP_KEY_FILE.write_text(kept)
    with pytest.raises(keys.KeyTrouble, match="lies in the folder of the backups"):
        actions.make_backup(actor=None)
    settings.BACKUP_KEY_FILE = settings.VAR / "backup-key"
    keys.key_file().write_text(kept)
    keys.add_key()
    assert len(keys.ring()) == 2
    assert actions.try_restore(actor=None).state == Run.State.DONE  # the old key still opens


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_only_who_keeps_the_installation_makes_and_tests(live: Cast) -> None:
    for person in (live.auditor, live.outsider):
        for act in (actions.make_backup, actions.try_restore, actions.confirm_keys):
            with pytest.raises(NotAllowed):
                act(actor=person)
    assert not Run.objects.exists()
    assert Grant.objects.filter(right="backups.keep").count() == 1


@pytest.mark.once
def test_two_at_once_are_refused(live: Cast) -> None:
    with places.alone(), pytest.raises(WrongState, match="right now"):
        actions.make_backup(actor=None)


@pytest.mark.once
def test_rotation_deletes_what_the_rule_lets_go_and_nothing_else(live: Cast) -> None:
    folder = places.folder()
    keys.ring()
    now = wall()
    for days in range(1, 60):
        (folder / places.name_at(now - timedelta(days=days))).write_bytes(b"old")
    (folder / "notes.txt").write_text("stays")
    actions.make_backup(actor=None)
    kept = places.kept()
    now = max(now, kept[0].made_at)  # making it takes a while
    assert [(now - one.made_at).days for one in kept[:7]] == list(range(7))
    assert len(kept) < 20
    assert (folder / "notes.txt").exists()
    made = JournalEntry.objects.get(kind="backups.made")
    assert made.data["removed"] == 60 - len(kept)


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_what_was_destroyed_after_the_backup_is_destroyed_again(
    live: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F14: the list outside of the database brings it back; forged lines do not."""

    def again(numbers: list[int]) -> int:
        return User.objects.filter(pk__in=numbers).exclude(name="").update(name="", phone="")

    kind = restoring.Erasable(
        "backup_tests.user", lambda: User.objects.filter(name="").values_list("pk", flat=True), again
    )
    monkeypatch.setitem(restoring.erasables._items, kind.key, kind)
    early = User.objects.create(username="early", name="Early")
    before = User.objects.create(username="before", name="Before")
    User.objects.filter(pk=before.pk).update(name="")
    restoring.remember_erasure(kind.key, before.pk)
    actions.make_backup(actor=None)
    person = User.objects.get(username="canary")
    with transaction.atomic():
        User.objects.filter(pk=person.pk).update(name="", phone="")
        restoring.remember_erasure(kind.key, person.pk)
    silent = User.objects.get(username="outsider")
    User.objects.filter(pk=silent.pk).update(name="")  # the process died before it could write its line
    with transaction.atomic():
        restoring.remember_erasure(kind.key, live.keeper.pk)
        transaction.set_rollback(True)  # what is rolled back was not destroyed
    text = restoring.list_path().read_text()
    assert CANARY not in text
    with restoring.list_path().open("a") as file:
        forged = json.loads(text.splitlines()[-1]) | {"number": early.pk}
        file.write(json.dumps(forged) + "\n" + '{"kind": "half a li')
    run = actions.restore(path=newest())
    assert run
    assert run.rows == 2
    named = dict(User.objects.values_list("username", "name"))
    assert (named["canary"], named["outsider"], named["before"]) == ("", "", "")
    assert (named["early"], named["keeper"]) == ("Early", "Keeper")
    assert "cannot be believed" in str(run.words)


@pytest.mark.once
def test_work_that_waited_is_parked_so_that_nothing_is_sent_twice(live: Cast) -> None:
    job = Job.objects.create(kind="files.verify", total=1)
    JobChunk.objects.create(job=job, seq=0, queue=3)
    actions.make_backup(actor=None)
    Job.objects.update(state=State.DONE)
    actions.restore(path=newest())
    job.refresh_from_db()
    assert job.state == State.PARKED
    assert "It was waiting when the backup was made" in str(job.message)
    assert job.chunks.get().state == State.PARKED


def test_a_restore_that_was_killed_half_way_is_finished_before_anybody_is_served(
    live: Cast, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    actions.make_backup(actor=None)
    User.objects.create(username="late", name="Late")

    scratch = type(stores.open_scratch(connection.vendor))
    actual = scratch.take_place

    def die(self: Any, token: int) -> None:
        actual(self, token)
        raise SystemExit(137)  # the restored data stands there, and nobody has been erased again

    monkeypatch.setattr(scratch, "take_place", die)
    with pytest.raises(SystemExit):
        actions.restore(path=newest())
    monkeypatch.undo()
    assert client.get("/readyz").json() == {"status": "restore unfinished"}
    assert actions.finish_restore()
    assert actions.finish_restore() is None
    assert client.get("/readyz").status_code == 200
    assert not User.objects.filter(username="late").exists()


@pytest.mark.once
def test_while_a_restore_is_unfinished_nobody_is_served_and_no_work_is_taken(
    cast: Cast, client: Client
) -> None:
    job = Job.objects.create(kind="files.verify", total=1)
    chunk = JobChunk.objects.create(job=job, seq=0, queue=3)
    assert due_ids() == [chunk.pk]
    actions._mark_unfinished("x.backup", wall(), 7)
    client.force_login(cast.keeper)
    for path in ("/", "/protection/", "/accounts/login/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "正在恢复数据" in answer.content.decode()
    assert client.post("/protection/backup/").status_code == 503
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"status": "restore unfinished"}
    assert (due_ids(), claim(chunk.pk), work_off()) == ([], None, 0)
    with patch("yunchou.kernel.jobs.scheduler.fire_due", side_effect=AssertionError):
        assert Scheduler().tick() == 0
    restoring.unfinished_path().unlink()
    assert client.get("/protection/").status_code == 200
    assert claim(chunk.pk)


def test_a_restore_killed_before_the_data_took_its_place_changes_nothing(cast: Cast) -> None:
    """The mark stands, the token is in no database: what is there is no restored one, and its jobs go on."""
    job = Job.objects.create(kind="files.verify", total=1)
    actions._mark_unfinished("x.backup", wall(), stores.token_there() + 1)
    assert actions.finish_restore() is None
    assert not restoring.is_being_restored()
    job.refresh_from_db()
    assert job.state == State.WAITING
    assert not Run.objects.exists()


def test_a_restore_is_refused_while_others_are_connected_however_idle(
    live: Cast, aside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.make_backup(actor=None)
    User.objects.create(username="late", name="Late")
    monkeypatch.setattr("yunchou.kernel.backups.stores.postgres.PATIENCE", 0.3)
    is_there, may_go = threading.Event(), threading.Event()

    def idle() -> None:
        User.objects.count()
        is_there.set()
        may_go.wait()
        connections.close_all()

    thread = threading.Thread(target=idle)
    thread.start()
    assert is_there.wait(20)
    try:
        with pytest.raises(stores.StoreTrouble, match="in use"):
            actions.restore(path=newest())
    finally:
        may_go.set()
        thread.join()
    assert not restoring.is_being_restored()
    assert User.objects.filter(username="late").exists()
    assert is_earlier()  # and what an earlier one put aside is still there


def test_the_copy_that_a_killed_test_left_is_thrown_away(live: Cast) -> None:
    left = stores.open_scratch(connection.vendor)
    left.create(["CREATE TABLE identity_user (phone text)"])
    left._con.close()  # type: ignore[attr-defined]
    assert is_left()
    actions.make_backup(actor=None)
    assert not is_left()


@pytest.mark.once
def test_uploads_stay_as_long_as_somebody_may_go_back_to_what_is_aside(cast: Cast, aside: None) -> None:
    """The database aside speaks of content that the restored one does not know."""
    with store.receive([b"uploaded after the backup"]) as incoming:
        store.keep(incoming)
    content = Path(store.default_storage.path(store.name_of(incoming.sha256)))
    os.utime(content, (time.time() - 200_000,) * 2)
    clear_away(wall())
    assert content.exists()
    Path(str(connection.settings_dict["NAME"]) + ".before-restore").unlink()
    clear_away(wall())
    assert not content.exists()


@pytest.mark.once
@pytest.mark.req("CUS-09")
def test_a_backup_that_lacks_contents_is_owed_told_and_never_outlives_the_last_whole_one(live: Cast) -> None:
    for name, value in (("daily", 1), ("weekly", 0), ("monthly", 0)):
        Parameter.objects.create(rule="K-BAK-01", name=name, value=value, valid_from=clock.today())
    whole = actions.make_backup(actor=None)
    old = places.name_at(wall() - timedelta(days=300))
    newest().rename(places.folder() / old)
    Run.objects.filter(pk=whole.pk).update(name=old)
    file = StoredFile.objects.first()
    assert file
    store.discard(file.sha256)
    run = actions.make_backup(actor=None)
    assert (run.state, run.missing) == (Run.State.DONE, 1)
    assert [one.name for one in places.kept()] == [run.name, old]
    assert trouble() == "backup incomplete"
    duty = Duty.objects.open().get(kind="backups.backup")
    assert "have no content on the disk" in str(duty.sentence)
    labels = {str(one.label): one for area in protection().areas for one in area.measures}
    assert labels["Last backup"].level == Level.ACT
    store_file(upload=ContentFile(f"{CANARY} 0\n".encode() * 50, name="again.txt"))
    time.sleep(1)  # a name for every second
    actions.make_backup(actor=None)
    assert trouble() == ""
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE
    assert old not in [one.name for one in places.kept()]


KILLED = """
import sys, time, django
django.setup()
from django.conf import settings
from pathlib import Path
folder = Path(sys.argv[1])
settings.BACKUP_DIR, settings.BACKUP_KEY_FILE = folder / "backup", folder / "var" / "backup-key"
settings.VAR = folder / "var"
from yunchou.kernel.backups import actions, archive
put = archive._put
def slowly(out, kind, payload):
    put(out, kind, payload)
    out._file.flush()
    print(kind, flush=True)
    time.sleep(0.003)
archive._put = slowly
actions.make_backup(actor=None)
"""


@pytest.mark.req("CUS-09")
@pytest.mark.parametrize("records", [1, pytest.param(150, marks=pytest.mark.once)])
def test_a_killed_backup_is_never_taken_for_one(live: Cast, places_of_test: Path, records: int) -> None:
    """A real process, SIGKILL; the next one sweeps its half away and finds its run interrupted."""
    env = {
        **os.environ,
        "YUNCHOU_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "yunchou.config.testing",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(places_of_test)],
        env=env, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    for _number in range(records):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(list(places.folder().glob(".*.part"))) == 1
    assert places.kept() == []
    with pytest.raises(WrongState, match="no backup in"):
        actions.try_restore(actor=None)
    run = actions.make_backup(actor=None)
    assert run.state == Run.State.DONE
    assert not list(places.folder().glob(".*.part"))
    interrupted = Run.objects.filter(kind=Run.Kind.BACKUP, state=Run.State.FAILED).get()
    assert str(interrupted.words) == "It was interrupted."
    assert actions.try_restore(actor=None).state == Run.State.DONE


@pytest.mark.once
def test_memory_stays_flat_whatever_a_file_weighs(live: Cast) -> None:
    import tracemalloc

    block = os.urandom(1 << 20)
    with store.receive(block for _number in range(60)) as incoming:
        store.keep(incoming)
        StoredFile.objects.create(sha256=incoming.sha256, size=incoming.size, content_type="application/zip")
    tracemalloc.start()
    actions.make_backup(actor=None)
    actions.try_restore(actor=None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert newest().stat().st_size > 60 << 20
    assert peak < 30 << 20


@pytest.mark.once
def test_the_commands_say_what_they_did(live: Cast) -> None:
    out = io.StringIO()
    call_command("backup", stdout=out)
    assert "3 files" in out.getvalue()
    call_command("backup", "--list", stdout=out)
    call_command("backup", "--keys", stdout=out)
    assert keys.mark_of(keys.ring()[0]) in out.getvalue()
    assert keys.ring()[0] not in out.getvalue()
    call_command("restore", "--check", stdout=out)
    assert "agree with its manifest" in out.getvalue()
    call_command("restore", "--yes", newest().name, stdout=out)
    assert "is back" in out.getvalue()
    call_command("backup", "--new-key", stdout=out)
    assert len(keys.ring()) == 2
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", "elsewhere.backup", "--yes")


def test_a_backup_of_the_other_database_is_refused(live: Cast) -> None:
    other = "postgresql" if connection.vendor == "sqlite" else "sqlite"
    with pytest.raises(stores.StoreTrouble, match="Restore it where YUNCHOU_DATABASE_URL"):
        stores.open_scratch(other)
