"""Compiles the translations: `.po` files are kept in git, `.mo` files are made from them."""

from __future__ import annotations

import os
from pathlib import Path

import polib


def compile_stale(package: Path) -> int:
    """Compile every `.po` under `package` that is newer than its `.mo`; returns how many were compiled.

    An installed package that cannot be written to brings its `.mo` files along and has none that is stale.
    """
    compiled = 0
    for source in package.rglob("LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        half = target.with_suffix(f".{os.getpid()}.new")
        polib.pofile(str(source)).save_as_mofile(str(half))
        half.replace(target)
        compiled += 1
    return compiled
