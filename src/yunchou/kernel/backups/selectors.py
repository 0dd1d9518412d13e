"""How the data is protected right now: one line a measure, each with a level, the fact and what to do."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.models import Min
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.separation import conflicts
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.restoring import damaged_lines
from yunchou.kernel.core.sealing import sealed_models
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import wall
from yunchou.kernel.jobs.selectors import work_health
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.ui.glyphs import LEVELS
from yunchou.kernel.ui.signals import Level

from . import keys, places, rules
from .models import Installation, KeySeen, Run
from .rotation import to_keep

NOBODY: Final = Say("")


@dataclass(frozen=True)
class Measure:
    """One thing that protects data. `todo` is empty where all is well."""

    label: Say
    level: Level
    fact: Say
    todo: Say = NOBODY
    url: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody should do something."""
        return self.level in (Level.ACT, Level.WATCH)

    @property
    def level_word(self) -> Any:
        """The level for who does not see the sign."""
        return LEVELS[self.level]


@dataclass(frozen=True)
class Area:
    """Measures that belong together, with the level of the worst."""

    key: str
    label: Say
    icon: str
    measures: tuple[Measure, ...]

    @property
    def level(self) -> Level:
        return max((one.level for one in self.measures), key=lambda level: level.weight)


@dataclass(frozen=True)
class Protection:
    """All of it, for one page."""

    areas: tuple[Area, ...]
    last_backup: Run | None
    last_test: Run | None

    @property
    def level(self) -> Level:
        return max((area.level for area in self.areas), key=lambda level: level.weight)

    @property
    def open(self) -> list[Measure]:
        """What somebody should do, the worst first."""
        found = [one for area in self.areas for one in area.measures if one.is_open]
        return sorted(found, key=lambda one: -one.level.weight)

    @property
    def count(self) -> int:
        return sum(len(area.measures) for area in self.areas)


@dataclass(frozen=True)
class Held:
    """A backup in the folder, and how long it stays."""

    kept: places.Kept
    size: int
    run: Run | None
    test: Run | None
    stays: bool = field(default=True)


# ---------------------------------------------------------------- facts


def last_done(kind: str) -> Run | None:
    return Run.objects.filter(kind=kind, state=Run.State.DONE).order_by("-pk").first()


def verdicts() -> list[tuple[str, Verdict]]:
    """What the rules say of the last backup and the last test: nothing here is asked of the disk."""
    p = params_on([rules.saved_in_time, rules.restored_in_time])
    since = Installation.objects.aggregate(at=Min("subject__created_at"))["at"]
    age = clock.now() - since if since else timedelta(0)
    found = []
    for kind, rule in ((Run.Kind.BACKUP, rules.saved_in_time), (Run.Kind.TEST, rules.restored_in_time)):
        last = last_done(kind)
        facts = rules.Since(wall() - last.started_at) if last else rules.Since(age, never=True)
        found.append((kind.value, rule.check(facts, p[rule.id])[0]))
    return found


def trouble() -> str:
    """What a probe tells a monitor: nothing, `failed`, or what is overdue. One word, no facts."""
    latest = Run.objects.filter(kind__in=(Run.Kind.BACKUP, Run.Kind.TEST)).exclude(state=Run.State.RUNNING)
    for kind in (Run.Kind.BACKUP, Run.Kind.TEST):
        run = latest.filter(kind=kind).order_by("-pk").first()
        if run and run.state == Run.State.FAILED:
            return f"{kind.value} failed"
        if run and run.missing:
            return f"{kind.value} incomplete"
    return next((f"{kind} overdue" for kind, verdict in verdicts() if not verdict.passed), "")


def current_marks() -> list[tuple[str, str]]:
    """The names of all secrets that count, by ring. Raises `KeyTrouble`."""
    data = keys.data_marks()
    marks = [("backup", keys.mark_of(secret)) for secret in keys.ring()]
    return [
        *marks,
        *(("sealing", mark) for mark in data["sealing"]),
        *(("apart", mark) for mark in data["apart"]),
        *(("secret", mark) for mark in data["secret"]),
    ]


def marks_digest(marks: Iterable[tuple[str, str]]) -> str:
    """Short enough to stand on a run; changes with any key."""
    return hashlib.sha256(repr(sorted(marks)).encode()).hexdigest()[:24]


def migrations_apart(recorded: list[list[str]]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Migrations that a backup has and this product lacks, and those that it lacks itself."""
    theirs = {(app, name) for app, name in recorded}
    ours = MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {}
    here = {config.label for config in apps.get_app_configs()}  # a room that was given up asks for nothing
    ahead = [one for one in theirs - set(ours) if one[0] in here]
    behind = [one for one, migration in ours.items() if one not in theirs and not migration.replaces]
    return sorted(ahead), sorted(behind)


def is_schema_behind() -> bool:
    """Whether migrations wait to be applied."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def held() -> list[Held]:
    """The backups in the folder, newest first, with their runs and tests; two queries."""
    found = places.kept()
    names = [one.name for one in found]
    p = params_on([rules.saved_in_time])[rules.saved_in_time.id]
    stay = to_keep([one.made_at for one in found], daily=p.daily, weekly=p.weekly, monthly=p.monthly)
    runs: dict[tuple[str, str], Run] = {}
    for run in Run.objects.filter(name__in=names, state=Run.State.DONE).order_by("pk"):
        runs[run.kind, run.name] = run
    return [
        Held(
            one,
            one.size,
            runs.get((Run.Kind.BACKUP, one.name)),
            runs.get((Run.Kind.TEST, one.name)),
            one.made_at in stay,
        )
        for one in found
    ]


# ---------------------------------------------------------------- the page


def protection() -> Protection:
    """What protects the data of this installation, and what is missing."""
    backup, test = last_done(Run.Kind.BACKUP), last_done(Run.Kind.TEST)
    judged = dict(verdicts())
    areas = (
        Area(
            "backups", say(_("Backup and restoring")), "device-floppy", tuple(_backups(judged, backup, test))
        ),
        Area("keys", say(_("Encryption and keys")), "key", tuple(_keys())),
        Area("network", say(_("Network")), "world", tuple(_network())),
        Area("access", say(_("Access control")), "lock", tuple(_access())),
    )
    return Protection(areas, backup, test)


def _backups(judged: dict[str, Verdict], backup: Run | None, test: Run | None) -> Iterable[Measure]:
    yield _timely(
        say(_("Last backup")), judged[Run.Kind.BACKUP], backup, _latest_failure(Run.Kind.BACKUP),
        say(_("It runs every night at 02:10 as long as a worker runs; look at background jobs, then back up now.")),
    )  # fmt: skip
    yield _timely(
        say(_("Last tested restore")), judged[Run.Kind.TEST], test, _latest_failure(Run.Kind.TEST),
        say(_("It runs on the first of every month; test the newest backup now.")),
    )  # fmt: skip
    yield _elsewhere()
    if damaged := damaged_lines():
        told = say(_("{count} lines cannot be believed"), count=len(damaged))
        todo = say(
            _(
                "Somebody changed the list beside the backups, or it belongs to other secrets. Whoever"
                " stands on those lines would be back after restoring."
            )
        )
        yield Measure(say(_("List of erasures")), Level.ACT, told, todo)
    else:
        yield Measure(
            say(_("List of erasures")),
            Level.FINE,
            say(_("kept beside the backups; restoring does them again")),
        )
    health = work_health()
    if health.workers:
        yield Measure(say(_("Worker")), Level.FINE, say(_("{count} running"), count=health.workers))
    else:
        todo = say(_("Start it: python -m yunchou work. Without it nothing is backed up at night."))
        yield Measure(say(_("Worker")), Level.ACT, say(_("none is running")), todo, _url("jobs:job_list"))


def _latest_failure(kind: str) -> Run | None:
    """The last attempt, if it failed."""
    last = Run.objects.filter(kind=kind).exclude(state=Run.State.RUNNING).order_by("-pk").first()
    return last if last and last.state == Run.State.FAILED else None


def _timely(label: Say, verdict: Verdict, last: Run | None, failure: Run | None, todo: Say) -> Measure:
    if failure:
        reason = failure.words or NOBODY
        return Measure(label, Level.ACT, say(_("failed: {reason}"), reason=reason), todo)
    if not verdict.passed:
        return Measure(label, Level.ACT, verdict.reason, todo)
    if last and last.missing:
        todo = say(_("Put their contents back from an older backup; the last whole one is not deleted."))
        return Measure(label, Level.ACT, last.words or NOBODY, todo)
    if last is None:
        return Measure(label, Level.WATCH, verdict.reason, todo)
    return Measure(label, Level.FINE, verdict.reason)


def _elsewhere() -> Measure:
    """Whether a broken disk would take the data and the backups at once."""
    label = say(_("Place of the backups"))
    try:
        same = os.stat(places.folder()).st_dev == os.stat(settings.VAR).st_dev
    except OSError:
        return Measure(
            label,
            Level.ACT,
            say(_("the folder cannot be read")),
            say(_("Let YUNCHOU_BACKUP_DIR name a folder that exists.")),
        )
    if same:
        todo = say(
            _(
                "Let YUNCHOU_BACKUP_DIR name another disk or a mounted share, and copy the files to a second place."
            )
        )
        return Measure(label, Level.WATCH, say(_("on the same disk as the data")), todo)
    return Measure(label, Level.FINE, say(_("on a disk of their own")))


def _keys() -> Iterable[Measure]:
    try:
        marks = current_marks()
    except Refused as refusal:
        text = refusal.message if isinstance(refusal.message, Say) else Say(str(refusal.message))
        yield Measure(say(_("Key of backups")), Level.ACT, text, say(_("Without a key there is no backup.")))
        return
    p = params_on([rules.restored_in_time])[rules.restored_in_time.id]
    seen = {(row.ring, row.mark): row.seen_at for row in KeySeen.objects.all()}
    first: dict[str, str] = {}
    for ring, mark in marks:
        first.setdefault(ring, mark)
    labels = {
        "backup": say(_("Key of backups")),
        "sealing": say(_("Key of personal values")),
        "apart": say(_("Key of important customers")),
    }
    what = {
        "backup": say(_("Make a new one: python -m yunchou backup --new-key.")),
        "sealing": say(
            _("Put a new secret in front of YUNCHOU_SEALING_KEYS, restart, run python -m yunchou reseal.")
        ),
        "apart": say(
            _("Put a new secret in front of YUNCHOU_APART_KEYS, restart, run python -m yunchou reseal.")
        ),
    }
    for ring, label in labels.items():
        since = seen.get((ring, first[ring]))
        days = (clock.now() - since).days if since else 0
        count = sum(1 for each, _mark in marks if each == ring)
        told = say(
            _("AES-256-GCM, key {mark}, in use for {days} days, {count} in the ring"),
            mark=first[ring],
            days=days,
            count=count,
        )
        is_old = days > p.key_days
        yield Measure(label, Level.WATCH if is_old else Level.FINE, told, what[ring] if is_old else NOBODY)
    yield _kept_elsewhere(marks, p.key_days)
    models = len(sealed_models())
    yield Measure(
        say(_("Personal values")),
        Level.FINE,
        say(_("encrypted in {count} tables; the journal's under a key per person"), count=models),
    )


def _kept_elsewhere(marks: list[tuple[str, str]], limit: int) -> Measure:
    label = say(_("Copy of the keys"))
    todo = say(
        _(
            "Write the keys down where neither fire nor thief takes them with the machine, then confirm it here."
        )
    )
    last = last_done(Run.Kind.KEYS)
    if last is None:
        return Measure(label, Level.WATCH, say(_("nobody has confirmed that there is one")), todo)
    days = (wall() - last.started_at).days
    if last.name != marks_digest(marks):
        return Measure(label, Level.WATCH, say(_("confirmed before a key changed")), todo)
    if days > limit:
        return Measure(label, Level.WATCH, say(_("confirmed {days} days ago"), days=days), todo)
    return Measure(label, Level.FINE, say(_("confirmed {days} days ago"), days=days))


def _network() -> Iterable[Measure]:
    is_https = settings.BASE_URL.startswith("https://")
    is_local = settings.BASE_URL.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]"))
    label = say(_("HTTPS"))
    todo = say(
        _(
            "Put a proxy with a certificate in front and set YUNCHOU_BASE_URL=https://…; operations.md says how."
        )
    )
    if is_https:
        days = settings.SECURE_HSTS_SECONDS // 86400
        yield Measure(label, Level.FINE, say(_("plain HTTP is redirected; HSTS for {days} days"), days=days))
    elif is_local:
        yield Measure(label, Level.WATCH, say(_("plain HTTP, on this machine alone")), todo)
    else:
        yield Measure(label, Level.ACT, say(_("plain HTTP: what people type can be read on the way")), todo)
    cookies = settings.SESSION_COOKIE_HTTPONLY and (settings.SESSION_COOKIE_SECURE or not is_https)
    if cookies and settings.SESSION_COOKIE_SECURE:
        yield Measure(
            say(_("Cookies")), Level.FINE, say(_("secure, out of the reach of scripts and of other sites"))
        )
    else:
        told = say(_("out of the reach of scripts and of other sites, but sent over plain HTTP"))
        yield Measure(say(_("Cookies")), Level.WATCH, told, say(_("They become secure with HTTPS.")))
    policy: dict[str, Any] = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    is_strict = "'unsafe-inline'" not in policy["script-src"] and policy["frame-ancestors"]
    told = say(_("only our own scripts run, and no other site may frame a page"))
    yield Measure(say(_("Content policy")), Level.FINE if is_strict else Level.ACT, told)
    yield _database()
    if settings.DEBUG:
        yield Measure(
            say(_("Debug mode")),
            Level.ACT,
            say(_("on: error pages show settings and data")),
            say(_("Take YUNCHOU_DEBUG away.")),
        )


def _database() -> Measure:
    label = say(_("Connection to the database"))
    if connection.vendor == "sqlite":
        return Measure(label, Level.FINE, say(_("a file on this machine, no network")))
    host = str(connection.settings_dict["HOST"])
    options = connection.settings_dict.get("OPTIONS", {})
    if not host or host.startswith("/") or host in {"localhost", "127.0.0.1", "::1"}:
        return Measure(label, Level.FINE, say(_("on this machine")))
    if options.get("sslmode") in {"require", "verify-ca", "verify-full"}:
        return Measure(label, Level.FINE, say(_("encrypted")))
    return Measure(
        label,
        Level.ACT,
        say(_("over the network without a demand for encryption")),
        say(_("Add ?sslmode=require to YUNCHOU_DATABASE_URL.")),
    )


def _access() -> Iterable[Measure]:
    people = User.objects.active()
    total = people.count()
    with_factor = (
        Authenticator.objects.filter(user__in=people, type__in=("totp", "webauthn"))
        .values("user")
        .distinct()
        .count()
    )
    share = 100 * with_factor // total if total else 0
    told = say(
        _("{share}% of the accounts ({count} of {total})"), share=share, count=with_factor, total=total
    )
    todo = say(_("Ask everybody to set one up under “Sign-in and security”, administrators first."))
    level = Level.FINE if total and with_factor == total else Level.WATCH
    yield Measure(say(_("Second factor")), level, told, NOBODY if level == Level.FINE else todo)
    found = conflicts()
    if found:
        todo = say(_("Take one of the posts away, on the page of the person."))
        yield Measure(say(_("Separation of duties")), Level.ACT, found[0].sentence, todo)
    else:
        yield Measure(
            say(_("Separation of duties")),
            Level.FINE,
            say(_("nobody holds two of system administration, security administration and audit")),
        )
    minutes = settings.SESSION_IDLE_SECONDS // 60
    hours = settings.SESSION_COOKIE_AGE // 3600
    if minutes:
        yield Measure(
            say(_("Sign-in sessions")),
            Level.FINE,
            say(
                _("end after {minutes} minutes unattended and {hours} hours at most"),
                minutes=minutes,
                hours=hours,
            ),
        )
    else:
        todo = say(_("Let YUNCHOU_IDLE_MINUTES say after how many minutes."))
        yield Measure(
            say(_("Sign-in sessions")),
            Level.WATCH,
            say(_("end after {hours} hours, never for being unattended"), hours=hours),
            todo,
        )
    yield Measure(
        say(_("Journal")),
        Level.FINE,
        say(_("every change with who and when, in a chain that shows alterations")),
    )


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def folder_name() -> str:
    return str(Path(places.folder()))


def recent(count: int = 20) -> list[Run]:
    """The latest runs with who asked for them."""
    return list(Run.objects.select_related("actor").exclude(kind=Run.Kind.KEYS).order_by("-pk")[:count])


def facts_for_page() -> dict[str, Any]:
    """What the page shows besides the measures."""
    law = params_on([rules.saved_in_time])[rules.saved_in_time.id]
    try:
        kept = _kept_elsewhere(current_marks(), params_on([rules.restored_in_time])["K-BAK-02"].key_days)
        is_kept = not kept.is_open
    except Refused:
        is_kept = True  # there is nothing yet to be kept
    return {"held": held(), "runs": recent(), "folder": folder_name(), "law": law, "keys_are_kept": is_kept}
