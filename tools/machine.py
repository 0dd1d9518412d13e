"""What `./test` needs from the machine itself: found, or installed where we may, or named so that a person can."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

APT = {
    "PostgreSQL": ["postgresql", "postgresql-contrib"],
    "Chromium": ["chromium", "fonts-noto-cjk"],
    "gettext": ["gettext"],
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# One package manager at a time.
_installing = threading.Lock()


class NotHere(Exception):
    """A program is missing and may not be installed by us; the message says what to install."""


def chromium() -> str:
    """The path of a Chromium, from `YUNCHOU_CHROMIUM` or the PATH."""
    return _find("Chromium", lambda: os.environ.get("YUNCHOU_CHROMIUM") or _which(*BROWSERS))


def gettext() -> str:
    """The path of `xgettext`, which reads the texts out of the source."""
    return _find("gettext", lambda: _which("xgettext"))


def postgres() -> Path:
    """The folder of the newest PostgreSQL server's programs."""
    return Path(_find("PostgreSQL", _postgres))


@contextmanager
def database_server() -> Iterator[str]:
    """A throw-away PostgreSQL on a socket in a temporary folder; yields its URL. As root it runs as another user."""
    programs = postgres()
    with tempfile.TemporaryDirectory(prefix="yunchou-pg-", dir="/tmp") as folder:
        runs_as: list[str | Path] = [*_other_user(Path(folder))]
        data, log = f"{folder}/data", f"{folder}/log"
        _run(
            [
                *runs_as,
                programs / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ]
        )
        options = f'-k {folder} -h "" -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200'
        control = [*runs_as, programs / "pg_ctl", "-D", data, "-w", "-l", log]
        _run([*control, "-o", options, "start"])
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run([*control, "-m", "immediate", "stop"])


def _find(name: str, look: Callable[[], str | None]) -> str:
    with _installing:
        return look() or _install(name, look)


def _install(name: str, look: Callable[[], str | None]) -> str:
    packages = APT[name]
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {name} ({' '.join(packages)}) ...", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (
            ["apt-get", "-qq", "update"],
            ["apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages],
        ):
            subprocess.run(command, env=quiet, stdout=subprocess.DEVNULL, check=False)
        if found := look():
            return found
    raise NotHere(f"{name} is missing; on Debian or Ubuntu: sudo apt install {' '.join(packages)}")


def _which(*names: str) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def _postgres() -> str | None:
    """Debian keeps the server's programs off the PATH, in a folder per version."""
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if versions:
        return str(max(versions, key=lambda path: int(path.parent.name)))
    return str(Path(found).parent) if (found := shutil.which("initdb")) else None


def _other_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: the prefix that runs a command as somebody else, who gets the folder."""
    if os.geteuid() != 0:
        return []
    import pwd

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    somebody = names.get("postgres") or names["nobody"]
    os.chown(folder, somebody.pw_uid, somebody.pw_gid)
    return ["setpriv", f"--reuid={somebody.pw_uid}", f"--regid={somebody.pw_gid}", "--clear-groups", "--"]


def _run(command: Sequence[str | Path]) -> None:
    # pg_ctl leaves a server behind that would keep a pipe open: its output goes to a file.
    with tempfile.TemporaryFile() as output:
        if subprocess.run(
            command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd="/", check=False
        ).returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(map(str, command))}\n{output.read().decode(errors='replace')}")
