"""Making, testing and restoring backups. Each leaves a run, a journal entry, and a duty where it fails."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused, WrongState
from yunchou.kernel.core.restoring import (
    after_restore,
    complete_list,
    damaged_lines,
    erase_again,
    list_path,
    unfinished_path,
)
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import fulfil, owe
from yunchou.kernel.duties.kinds import DutyKind
from yunchou.kernel.files import store
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.jobs.models import FINAL, Job, JobChunk, wall
from yunchou.kernel.jobs.models import State as JobState
from yunchou.kernel.journal.actions import record, seal_all
from yunchou.kernel.journal.kinds import Kind
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject

from . import duties, journal, keys, places, rules, selectors
from .archive import FILE, TABLE, Counted, Manifest, Opened, write
from .models import Installation, KeySeen, Run
from .permissions import Perm
from .rotation import to_keep
from .stores import Image, Scratch, StoreTrouble, essence, open_image, open_scratch, sweep, token_there
from .vault import Unreadable

log = logging.getLogger(__name__)

#: Time to see to what failed, before the duty is late.
TIME_TO_ACT: Final = timedelta(hours=8)
WORDS: Final = {
    Run.Kind.BACKUP: say(_("The backup")),
    Run.Kind.TEST: say(_("The test of restoring")),
    Run.Kind.RESTORE: say(_("Restoring")),
}
DUTIES: Final[dict[str, DutyKind]] = {Run.Kind.BACKUP: duties.BACKUP, Run.Kind.TEST: duties.TEST}


class Mismatch(Refused):
    """What came out of a backup is not what went in."""

    code = "backup_mismatch"


# ---------------------------------------------------------------- making


def make_backup(*, actor: User | None) -> Run:
    """Write a new backup and delete those that the rotation lets go (K-BAK-01).

    Asks for `backups.keep` of whoever is not the schedule. Refuses without a key, on a full disk (507) and beside another
    one; records `backups.made` or `backups.failed`, and lays down or fulfils the duty. No half of a backup is ever taken for
    one: it has no name until all of it is on the disk.
    """
    if actor:
        require(actor, Perm.KEEP)
    with places.alone():
        places.clear_parts()
        _end_interrupted()
        installation()
        run = Run.objects.create(kind=Run.Kind.BACKUP, actor=actor)
        with _told(run):
            _note_keys()
            complete_list()
            list_path().touch(0o600)  # where it is missing later, it was lost, and not only empty
            secret = keys.ring()[0]
            run.name = places.name_at(run.started_at)
            with _closing(open_image()) as image, places.new_file(run.name) as file:
                manifest, run.size, run.digest = write(file, secret, image, run.started_at)
            _count(run, manifest)
            if manifest.missing:
                run.message = say(
                    _(
                        "{count} files have no content on the disk and could not be saved; run “verify files”."
                    ),
                    count=len(manifest.missing),
                ).to_json()
            run.save()
            removed = rotate()
            with override("en"):
                size = filesizeformat(run.size).replace("\xa0", " ")
            data = {
                "name": run.name,
                "size": size,
                "tables": run.tables,
                "files": run.files,
                "removed": removed,
            }
            _done(run, journal.MADE, {**data, "sha256": run.digest})
    return run


def rotate() -> int:
    """Delete the backups that no day, week or month of the rule asks for any more; returns how many.

    The last one that lacks no file's content stays however old it is: it may be where that content still is.
    """
    found = places.kept()
    p = params_on([rules.saved_in_time])[rules.saved_in_time.id]
    stay = to_keep([one.made_at for one in found], daily=p.daily, weekly=p.weekly, monthly=p.monthly)
    lacking = set(Run.objects.filter(kind=Run.Kind.BACKUP, missing__gt=0).values_list("name", flat=True))
    stay |= set([one.made_at for one in found if one.name not in lacking][:1])
    gone = [one for one in found if one.made_at not in stay]
    for one in gone:
        one.path.unlink(missing_ok=True)
    return len(gone)


# ---------------------------------------------------------------- testing


def try_restore(*, actor: User | None, path: Path | None = None) -> Run:
    """Restore the newest backup (or this one) beside the data, compare every table and file, and throw it away again.

    Refuses as `make_backup`, and where there is nothing to test; records `backups.tested` or `backups.failed`.
    """
    if actor:
        require(actor, Perm.KEEP)
    with places.alone():
        _end_interrupted()
        run = Run.objects.create(kind=Run.Kind.TEST, actor=actor)
        with _told(run):
            path = path or _newest()
            run.name = path.name
            with path.open("rb") as file:
                opened = Opened(file, keys.ring())
                scratch = open_scratch(opened.head["engine"])
                try:
                    _fill(opened, scratch, _read_through)
                    manifest = _compared(opened, scratch)
                    run.message = _about_migrations(opened)
                finally:
                    scratch.drop()
            _count(run, manifest)
            run.digest = manifest.digest
            _done(
                run,
                journal.TESTED,
                {"name": run.name, "rows": run.rows, "files": run.files, "digest": run.digest},
            )
    return run


def _newest() -> Path:
    found = places.kept()
    if not found:
        raise WrongState(say(_("There is no backup in {folder} yet."), folder=str(places.folder())))
    return found[0].path


def _fill(opened: Opened, scratch: Scratch, take: Callable[[str, Iterator[bytes]], int]) -> None:
    """Put all that a backup holds into the scratch; files go to `take`. Raises `Mismatch` where digests differ."""
    schema, columns = opened.head["schema"], opened.head["columns"]
    scratch.create(schema["tables"])
    came: dict[str, tuple[int, str]] = {}
    sizes: dict[str, int] = {}
    for kind, name, blocks in opened.parts():
        if kind == TABLE:
            counted = Counted()
            scratch.load(name, columns[name], counted.over(blocks))
            came[name] = counted.result
        elif kind == FILE:
            sizes[name] = take(name, blocks)
    told = opened.manifest
    assert told is not None
    if came != told.tables or sizes != told.files:
        raise Mismatch(say(_("What the backup holds is not what its manifest says.")))
    if broken := scratch.finish(schema["after"], told.counters):
        raise Mismatch(say(_("References lead nowhere in: {tables}"), tables=", ".join(broken)))


def _compared(opened: Opened, scratch: Scratch) -> Manifest:
    """The manifest, once every table of the scratch, read again, says the same."""
    told = opened.manifest
    assert told is not None
    with _closing(scratch.image()) as image:
        differing = _other_statements(opened.head["schema"], image.schema())
        for table, expected in told.tables.items():
            counted = Counted()
            for _block in counted.over(image.rows(table)):
                pass
            if counted.result != expected:
                differing.append(table)
        if image.migrations() != told.migrations:
            differing.append("django_migrations")
    if differing:
        raise Mismatch(
            say(_("After restoring, these differ from the manifest: {tables}"), tables=", ".join(differing))
        )
    return told


def _other_statements(told: dict[str, list[str]], found: dict[str, list[str]]) -> list[str]:
    """The first words of what the schema says otherwise after restoring."""
    before, after = ({essence(text) for part in each.values() for text in part} for each in (told, found))
    return [text[:80] for text in sorted(before ^ after)[:4]]


def _read_through(sha256: str, blocks: Iterator[bytes]) -> int:
    """The size of a file's content, which must still have the hash it is called by."""
    digest, size = hashlib.sha256(), 0
    for block in blocks:
        digest.update(block)
        size += len(block)
    if digest.hexdigest() != sha256:
        raise Mismatch(say(_("The content of file {sha256} has changed."), sha256=sha256[:12]))
    return size


def _put_back(sha256: str, blocks: Iterator[bytes]) -> int:
    """Store a file's content under its hash, where it is not there already."""
    with store.receive(blocks) as incoming:
        if incoming.sha256 != sha256:
            raise Mismatch(say(_("The content of file {sha256} has changed."), sha256=sha256[:12]))
        store.keep(incoming)
        return incoming.size


def _about_migrations(opened: Opened) -> dict[str, Any] | None:
    """Whether this version of the product can use the backup; says so where it still has to be brought up to date."""
    ahead, behind = selectors.migrations_apart(opened.head["migrations"])
    if ahead:
        raise Mismatch(
            say(
                _(
                    "The backup is of a newer version ({version}): this one lacks {count} of its migrations."
                    " Install that version."
                ),
                version=opened.head["version"],
                count=len(ahead),
            )
        )
    if behind:
        return say(
            _("{count} migrations will bring it up to date when it is restored."), count=len(behind)
        ).to_json()
    return None


# ---------------------------------------------------------------- restoring


def open_backup(path: Path) -> Opened:
    """The head of a backup, read for questions before it is restored. Leaves the file open for the process's life."""
    return Opened(path.open("rb"), keys.ring())


def lacking_keys(opened: Opened) -> list[str]:
    """The marks of secrets that values of the backup are encrypted under and this installation does not have."""
    own = keys.data_marks()
    needed = opened.head["needs"]
    return [
        mark
        for name in ("sealing", "apart", "secret")
        # Backups from before there was a ring for important customers need none of it.
        for mark in needed.get(name, ())
        if mark not in own[name]  # each ring opens its own values and no others
    ]


def restore(*, path: Path, is_without_keys: bool = False, is_without_erasures: bool = False) -> Run | None:
    """Put the database and the files of a backup in the place of what is here. For the person at the machine: nobody signs in.

    All of it is restored and compared beside the data first; only then, at one stroke, it takes its place, and what stood
    there is put aside. Then the schema is brought up to date, erasures that followed the backup are done again, and work
    that was waiting then is parked, so that nothing is sent twice. Refuses while somebody uses the database, without the
    secrets that its values need (unless `is_without_keys`), without the list of erasures (unless `is_without_erasures`), and
    as `try_restore`. Records `backups.restored`.
    """
    with places.alone(), path.open("rb") as file:
        opened = Opened(file, keys.ring())
        if (lacking := lacking_keys(opened)) and not is_without_keys:
            raise keys.KeyTrouble(
                say(
                    _(
                        "Values in this backup are encrypted under secrets that this installation does"
                        " not have ({marks}). Set YUNCHOU_SECRET, YUNCHOU_SEALING_KEYS and"
                        " YUNCHOU_APART_KEYS as they were; or restore without them, and phone numbers,"
                        " addresses and diets stay unreadable for good."
                    ),
                    marks=", ".join(lacking),
                )
            )
        if not list_path().exists() and not is_without_erasures:
            raise WrongState(
                say(
                    _(
                        "{path} is missing: the list of who was erased since. Put it back from where the backups"
                        " are kept; or restore without it, and whoever was erased after the backup is back."
                    ),
                    path=str(list_path()),
                )
            )
        _about_migrations(opened)
        scratch = open_scratch(opened.head["engine"])
        try:
            _fill(opened, scratch, _put_back)
            _compared(opened, scratch)
            with suppress(DatabaseError):  # an empty or broken database has nothing to tell
                complete_list()
            token = secrets.randbelow(2**31 - 1) + 1
            _mark_unfinished(path.name, opened.made_at, token)
            try:
                scratch.take_place(token)
            except BaseException:
                with suppress(
                    Exception
                ):  # who cannot ask the database leaves the question to `finish_restore`
                    _forget_vain_mark()
                raise
        finally:
            scratch.drop()
    return finish_restore()


def _mark_unfinished(name: str, made_at: datetime, token: int) -> None:
    """From here on the product does not serve anybody until `finish_restore` is through, however often it is killed.

    The restored database carries the same token, so that whether it took its place can be asked of it.
    """
    whole, part = unfinished_path(), unfinished_path().with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"name": name, "made_at": made_at.isoformat(), "token": token}, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, whole)


def _forget_vain_mark() -> bool:
    """Take the mark away where the database is provably not the one it speaks of; whether that was so."""
    told = json.loads(unfinished_path().read_text())
    is_vain = "token" in told and told["token"] != token_there()
    if is_vain:
        unfinished_path().unlink()
    return is_vain


def finish_restore() -> Run | None:
    """What follows a restored database. May be killed and begun again; None where nothing is unfinished, or where the process
    was killed before the restored database took its place: then the one that stands there is nobody's but its own."""
    path = unfinished_path()
    if not path.exists() or _forget_vain_mark():
        return None
    told = json.loads(path.read_text())
    name, made_at = told["name"], datetime.fromisoformat(told["made_at"])
    connections.close_all()
    if selectors.is_schema_behind():
        call_command("migrate", interactive=False, verbosity=0)
    (Path(settings.VAR) / "prepared.json").unlink(missing_ok=True)  # the next start looks at everything anew
    with transaction.atomic():
        # The backup looked at itself while it was being made; what came after it shows that it went well.
        own = Run.objects.filter(kind=Run.Kind.BACKUP, state=Run.State.RUNNING, started_at=made_at)
        own.update(state=Run.State.DONE, name=name, finished_at=made_at)
        _end_interrupted()
        parked = park_jobs()
        erased = erase_again(made_at)
        for step in after_restore:
            step(made_at)
        run = Run(kind=Run.Kind.RESTORE, state=Run.State.DONE, name=name, finished_at=wall())
        run.rows = sum(erased.values())
        if damaged := damaged_lines():
            run.message = say(
                _(
                    "Lines {lines} of the list of erasures cannot be believed and were left out: look at {path}."
                ),
                lines=", ".join(map(str, damaged)),
                path=places.folder().name,
            ).to_json()
        run.save()
        record(
            journal.RESTORED,
            actor=None,
            subject=installation(),
            data={
                "name": name,
                "moment": clock.local(made_at).strftime("%Y-%m-%d %H:%M"),
                "erased": run.rows,
                "parked": parked,
            },
        )
    seal_all()
    path.unlink(missing_ok=True)
    return run


def park_jobs() -> int:
    """Stop work that was waiting or under way when the backup was made: whether it was done since, only a person can tell."""
    why = say(
        _(
            "It was waiting when the backup was made that is now restored. Look whether it was done since; then try again."
        )
    ).to_json()
    jobs = Job.objects.exclude(state__in=FINAL)
    parked = JobChunk.objects.filter(job__in=jobs).exclude(state__in=FINAL)
    parked.update(state=JobState.PARKED, error=why, token="", lease_until=None)
    return jobs.update(state=JobState.PARKED, error=why, finished_at=clock.now())


# ---------------------------------------------------------------- keys


@transaction.atomic
def confirm_keys(*, actor: User) -> Run:
    """Say that the keys are kept away from the machine, where a fire or a thief would not take both.

    Refuses without `backups.keep`; records `backups.keys_kept` with the marks of the keys, never the keys.
    """
    require(actor, Perm.KEEP)
    marks = selectors.current_marks()
    run = Run.objects.create(
        kind=Run.Kind.KEYS,
        state=Run.State.DONE,
        actor=actor,
        finished_at=wall(),
        name=selectors.marks_digest(marks),
    )
    told = ", ".join(f"{ring} {mark}" for ring, mark in marks)
    record(journal.KEYS_KEPT, actor=actor, subject=installation(), data={"marks": told})
    return run


def _note_keys() -> None:
    """Write down since when keys are in use."""
    for ring, mark in selectors.current_marks():
        KeySeen.objects.get_or_create(ring=ring, mark=mark)


# ---------------------------------------------------------------- runs and duties


@transaction.atomic
def installation() -> Subject | None:
    """What duties and entries hang on; None before there is a company."""
    found = Installation.objects.select_related("subject").filter(pk=Installation.ONLY).first()
    if found:
        return found.subject
    top = Unit.objects.filter(parent=None, is_active=True).order_by("pk").first()
    if top is None:
        return None
    with override("en"):
        title = "Data protection"
    address = reverse("backups:protection_detail")
    subject = open_subject(kind="installation", unit=top, title=title, address=address, actor=None)
    Installation.objects.create(pk=Installation.ONLY, subject=subject)
    return subject


@contextmanager
def _told(run: Run) -> Iterator[None]:
    """Whatever goes wrong inside is written on the run, told the journal and owed by whoever keeps the installation."""
    try:
        yield
    except Exception as error:
        words = _words_of(error)
        log.error("%s failed: %s", run.kind, type(error).__name__)
        with transaction.atomic():
            run.state, run.finished_at, run.message = Run.State.FAILED, wall(), words.to_json()
            run.save()
            record(
                journal.FAILED, actor=run.actor, subject=installation(),
                data={"what": WORDS[Run.Kind(run.kind)], "reason": words, "name": run.name},
            )  # fmt: skip
            _owe(run.kind, words)
        raise


def _words_of(error: Exception) -> Say:
    """A refusal in its words; of other errors only the kind, since those of databases quote people's values."""
    if isinstance(error, Refused):
        return error.message if isinstance(error.message, Say) else Say(str(error.message))
    return say(_("It stopped with an error ({error})."), error=type(error).__name__)


def _done(run: Run, kind: Kind, data: dict[str, Any]) -> None:
    with transaction.atomic():
        run.state, run.finished_at = Run.State.DONE, wall()
        run.save()
        subject = installation()
        record(kind, actor=run.actor, subject=subject, data=data)
        if run.missing:
            assert run.words
            _owe(run.kind, run.words)
        elif subject:
            fulfil(actor=run.actor, kind=DUTIES[run.kind].key, subject=subject)


def _count(run: Run, manifest: Manifest) -> None:
    run.tables, run.rows, run.files = len(manifest.tables), manifest.rows, len(manifest.files)
    if run.kind == Run.Kind.BACKUP:
        run.missing = len(manifest.missing)


def _end_interrupted() -> None:
    """Runs whose process was killed, and the copies of the data they left; for who holds `alone`, so nothing is under way."""
    sweep()
    words = say(_("It was interrupted.")).to_json()
    Run.objects.filter(state=Run.State.RUNNING).update(
        state=Run.State.FAILED, finished_at=wall(), message=words
    )


def watch() -> list[Verdict]:
    """Lay down duties for what is late, and drop nothing that is not; returns the verdicts."""
    found = []
    for kind, verdict in selectors.verdicts():
        found.append(verdict)
        if not verdict.passed:
            _owe(kind, verdict.reason)
    return found


def _owe(kind: str, reason: Say) -> None:
    subject = installation()
    declared = DUTIES.get(kind)
    if subject is None or declared is None:
        return
    keeper = holders_of(Perm.KEEP, subject.unit).order_by("pk").first()
    if keeper is None:
        return
    last = (
        Run.objects.filter(kind=kind, state=Run.State.DONE, missing=0)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
    )
    owe(
        kind=declared.key,
        subject=subject,
        owner=keeper,
        due_at=clock.now() + TIME_TO_ACT,
        key=f"{declared.key}:{last or 0}",
        params={"reason": reason},
    )


@contextmanager
def _closing(image: Image) -> Iterator[Image]:
    try:
        yield image
    finally:
        image.close()


__all__ = [
    "Mismatch", "StoreTrouble", "Unreadable", "confirm_keys", "finish_restore", "installation", "lacking_keys", "make_backup",
    "open_backup", "park_jobs", "restore", "rotate", "try_restore", "watch",
]  # fmt: skip
