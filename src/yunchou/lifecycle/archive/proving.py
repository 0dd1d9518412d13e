"""Proof of stored packages against the rows that know their hashes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from yunchou.kernel.core.verification import Problem
from yunchou.kernel.files import store

from .models import Package
from .packing.bundle import digest_of
from .packing.proof import manifest_of, verify_package


def problems_of(package: Package) -> list[Problem]:
    """What is wrong with a stored package: its bytes are gone, have another hash, or do not prove themselves."""
    try:
        content = store.open_content(package.file.sha256)
    except FileNotFoundError:
        return [Problem("missing", package.name, {"sha256": package.file.sha256})]
    with content as file:
        return [*_against(package, file), *verify_package(file)]


def problems_in(file: IO[bytes]) -> tuple[list[Problem], Package | None]:
    """What is wrong with a package somebody holds, and the row that knows it, if this installation sealed it."""
    problems = verify_package(file)
    package = _known(file)
    if package is not None:
        problems = [*_against(package, file), *problems]
    return problems, package


def _known(file: IO[bytes]) -> Package | None:
    """The row of a package by its manifest, or by the campaign that a damaged manifest still names."""
    try:
        manifest, sha256 = manifest_of(file)
    except Exception:  # a damaged zip breaks its reader in more ways than it documents
        return None
    known = Package.objects.select_related("file", "subject")
    found = known.filter(manifest_sha256=sha256).first()
    return found or known.filter(subject__code=str(manifest.get("campaign", {}).get("code", ""))).first()


def _against(package: Package, file: IO[bytes]) -> Iterator[Problem]:
    found = digest_of(file)
    if found != package.file.sha256:
        yield Problem("altered", package.name, {"expected": package.file.sha256, "found": found})
