"""The environment in `.venv`: made when missing, renewed when its inputs changed. Standard library only.

A stamp in `.venv` remembers the digests of what was installed, so a second start looks at a few small files and no more.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "yunchou-stamp.json"
VENDOR = ROOT / "src" / "yunchou" / "kernel" / "ui" / "static" / "vendor"
PRODUCT, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
BUILD = ("package.json", "package-lock.json", "assets.toml", "hatch_build.py")


def start(arguments: list[str]) -> NoReturn:
    """`./run`: the environment, then `python -m yunchou up`, which takes over this process."""
    if {"-h", "--help"} & set(arguments):
        # The help needs nothing installed; `up` has no third-party import before it starts Django.
        sys.path.insert(0, str(ROOT / "src"))
        from yunchou.config.up import parser

        parser().parse_args(["--help"])
    python = ensure()
    os.chdir(ROOT)
    command = [str(python), "-m", "yunchou", "up", *arguments]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def ensure(*, development: bool = False) -> Path:
    """The interpreter of an environment that has what the lock files say; ends the program with words if it cannot."""
    lock = DEVELOPMENT if development else PRODUCT
    has = json.loads(STAMP.read_text()) if STAMP.exists() and PYTHON.exists() else {}
    wanted = {PRODUCT: _digest(ROOT / PRODUCT), DEVELOPMENT: _digest(ROOT / DEVELOPMENT)}
    build = _build_digest()
    is_installed = has.get(lock) == wanted[lock]
    is_built = has.get("build") == build and (VENDOR / ".stamp").exists()
    if is_installed and is_built:
        return PYTHON
    if not _works():
        _make()
    if not is_installed:
        _say("Installing the Python packages (about a minute the first time) ...")
        _install("--require-hashes", "-r", str(ROOT / lock))
        # The development lock holds every pin of the product's, so it serves `./run` too; not the other way round.
        has = {**has, **wanted} if development else {"build": has.get("build"), PRODUCT: wanted[PRODUCT]}
    if not is_built:
        _say("Building the front-end assets ...")
        _install("--no-deps", *_reinstall(), "-e", str(ROOT))
        has["build"] = build
    half = STAMP.with_suffix(".new")
    half.write_text(json.dumps(has))
    half.replace(STAMP)
    return PYTHON


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _build_digest() -> str:
    """What an editable build depends on: not the settings of linters, which share `pyproject.toml`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    facts = json.dumps([project["build-system"], project["project"], project["tool"]["hatch"], str(ROOT)])
    return hashlib.sha256((facts + _digest(*(ROOT / name for name in BUILD))).encode()).hexdigest()


def _works() -> bool:
    """Whether `.venv` holds an interpreter that starts: it may have been copied, or its Python removed."""
    try:
        subprocess.run(
            [PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _make() -> None:
    _say("Making the environment in .venv ...")
    if uv := shutil.which("uv"):
        _call(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)],
            "uv could not make .venv",
        )
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(
            "This Python has no `venv` module, which makes the environment.\n"
            "On Debian or Ubuntu:  sudo apt install python3-venv\n"
            "Then start ./run again. (With `uv` on the PATH, venv is not needed.)"
        )
    _call([sys.executable, "-m", "venv", "--clear", str(VENV)], "Python could not make .venv")


def _install(*arguments: str) -> None:
    if uv := shutil.which("uv"):
        command = [uv, "pip", "install", "--quiet", "--python", str(PYTHON), *arguments]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--use-pep517", *arguments]
    _call(
        command,
        "The packages could not be installed. The lines above say why; without a connection, set PIP_INDEX_URL to a\n"
        "mirror that you can reach and start again.",
    )


def _reinstall() -> list[str]:
    """uv takes a cached editable build for good even when the built assets are gone."""
    return ["--reinstall-package", "yunchou"] if shutil.which("uv") else []


def _call(command: list[str], trouble: str) -> None:
    if subprocess.call(command, cwd=ROOT):
        sys.exit(trouble)


def _say(words: str) -> None:
    print(words, flush=True)
