"""`python -m yunchou up`, which `./run` ends in: bring the data up to date, then keep web and worker running.

Only the standard library is imported before Django starts, so that `./run --help` works on a bare machine.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

ANY_INTERFACE = {"0.0.0.0", "::", ""}
PATIENCE = 30.0  # seconds that the web process may take to answer
GRACE = 10.0  # seconds that a stopped process may take to end


class Stopped(Exception):
    """Somebody pressed Ctrl-C or ended the process."""


class Trouble(Exception):
    """Something is in the way; the message tells a person what to do."""


def parser() -> argparse.ArgumentParser:
    """The arguments of `./run`."""
    host, _, port = os.environ.get("YUNCHOU_ADDRESS", "127.0.0.1:8000").rpartition(":")
    told = argparse.ArgumentParser(
        prog="./run",
        description="Start Yunchou: makes the environment, builds the assets, brings the database up to date, loads a "
        "demo company into an empty one, and starts web and worker. Ctrl-C stops everything.",
        epilog="Configuration comes from the environment; docs/operations.md lists it. Data is kept under var/.",
    )
    told.add_argument("--host", default=host.strip("[]"), help="address to listen on (default: %(default)s)")
    told.add_argument("--port", type=int, default=int(port), help="port to listen on (default: %(default)s)")
    told.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    told.add_argument(
        "--reset",
        action="store_true",
        help="begin anew: deletes the embedded database and the files kept with it",
    )
    return told


def up(arguments: Sequence[str]) -> int:
    """Do all of it; returns an exit code."""
    options = parser().parse_args(arguments)
    try:
        with _ended_politely():
            _refuse_taken_port(options.host, options.port)
            _settle_address(options.host, options.port)
            accounts = _prepare(demo=not options.no_demo, reset=options.reset)
            if accounts:
                # Web and worker offer the accounts on the sign-in page; a company of one's own has none.
                os.environ.setdefault("YUNCHOU_DEMO", "1")
            _serve(options.host, options.port, accounts)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except Stopped:
        print("\nStopped.")
    return 0


@contextmanager
def _ended_politely() -> Iterator[None]:
    """Turn the signals that end a program into `Stopped`, so that the children are always stopped too."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in numbers:  # the children are given their time, however often Ctrl-C is pressed
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    numbers = [number for name in ("SIGINT", "SIGTERM", "SIGHUP") if (number := getattr(signal, name, None))]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # a port whose last connections are still closing is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Trouble(
                f"Cannot listen on {host}:{port}: {error.strerror or error}.\n"
                f"Something else may be using the port; choose another one, for instance ./run --port {port + 1}"
            ) from error


def _settle_address(host: str, port: int) -> None:
    """Links and the host check follow the address listened on, unless the environment says otherwise."""
    shown = "127.0.0.1" if host in ANY_INTERFACE else f"[{host}]" if ":" in host else host
    os.environ.setdefault("YUNCHOU_BASE_URL", f"http://{shown}:{port}")
    if host in ANY_INTERFACE:
        os.environ.setdefault("YUNCHOU_HOSTS", "*")


def _prepare(*, demo: bool, reset: bool) -> list[dict[str, str]]:
    """Imported late, as settings are read from the environment that `_settle_address` completes."""
    from yunchou.config.prepare import Unusable, prepare

    try:
        return prepare(demo=demo, reset=reset)
    except Unusable as error:
        raise Trouble(str(error)) from error


def _serve(host: str, port: int, accounts: list[dict[str, str]]) -> None:
    """Start web and worker, say where they are, and keep them running until somebody stops us."""
    workers = os.environ.get("YUNCHOU_WEB_WORKERS", "2")
    web = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--log-level", "warning"),
        *("--host", host or "0.0.0.0", "--port", str(port)),
        *("--workers", workers, "--blocking-threads", "4", "--respawn-failed-workers"),
        "yunchou.config.wsgi:application",
    ]
    commands = {"web": web, "worker": [sys.executable, "-m", "yunchou", "work"]}
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            children[name] = _spawn(command)
        _await_answer(children["web"], host, port)
        _greet(accounts)
        while True:
            time.sleep(1)
            for name, child in children.items():
                if child.poll() is None:
                    continue
                if name == "web":
                    raise Trouble(
                        f"The web process ended by itself (exit code {child.returncode}); see the lines above."
                    )
                print(
                    f"The {name} ended by itself (exit code {child.returncode}); starting it again.",
                    file=sys.stderr,
                )
                time.sleep(2)
                children[name] = _spawn(commands[name])
    finally:
        _stop(children.values())


def _spawn(command: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal reaches us alone, and each child gets exactly one SIGTERM.
    return subprocess.Popen(command, start_new_session=True)


def _stop(children: Iterable[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end and wait; whoever takes too long is killed."""
    running = [child for child in children if child.poll() is None]
    for child in running:
        child.terminate()
    deadline = time.monotonic() + GRACE
    for child in running:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()


def _await_answer(web: subprocess.Popen[bytes], host: str, port: int) -> None:
    """Wait until the web process answers; `Trouble` when it ends or takes too long."""
    shown = "127.0.0.1" if host in ANY_INTERFACE else f"[{host}]" if ":" in host else host
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if web.poll() is not None:
            break
        try:
            opener.open(f"http://{shown}:{port}/healthz", timeout=2)
        except urllib.error.HTTPError:
            return  # it answers, if only to refuse this name or plain HTTP
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise Trouble("The web process did not start; see the lines above and var/log/yunchou.log.")


def _greet(accounts: list[dict[str, str]]) -> None:
    print(f"\nYunchou 运筹  {os.environ['YUNCHOU_BASE_URL']}    (Ctrl-C stops it)")
    if accounts:
        print("\nDemo accounts:")
        columns = ("role", "name", "username", "password")
        widths = [max(_width(account[column]) for account in accounts) for column in columns]
        for account in accounts:
            cells = (
                account[column] + " " * (width - _width(account[column]))
                for column, width in zip(columns, widths, strict=True)
            )
            print("  " + "   ".join(cells).rstrip())
    print(flush=True)


def _width(text: str) -> int:
    """Columns that a terminal needs for `text`; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
