"""Whether a package is what was sealed: from the file alone, and against the row that knows its hashes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from yunchou.kernel.core.verification import Problem
from yunchou.kernel.journal.chain import canonical

from .bundle import MANIFEST, digest_of, digest_of_rest, members_of, scratch, write_bundle

FORMAT = "yunchou-archive/1"
JOURNAL = "journal.jsonl"
CONTENT = "content.json"
_CHAINED = ("number", "id", "kind", "actor", "subject", "at", "data", "personal")


def verify_package(source: str | Path | bytes | IO[bytes]) -> list[Problem]:
    """Everything that is wrong with a package; empty when it is whole. A single changed byte is found.

    Each file has the size and hash that the manifest names and none is missing or added; the journal's digests hold;
    the proposal has the digest that was approved; and the zip, written again from its members, is the same bytes.
    """
    found: list[Problem] = []
    with _opened(source) as file:
        try:
            found.extend(_problems(file))
        except Exception as error:  # a damaged zip breaks its reader in more ways than it documents
            found.append(Problem("unreadable", "zip", {"error": f"{type(error).__name__}: {error}"}))
    return found


@contextmanager
def _opened(source: str | Path | bytes | IO[bytes]) -> Iterator[IO[bytes]]:
    if isinstance(source, bytes):
        yield BytesIO(source)
    elif isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            yield file
    else:
        yield source


def manifest_of(source: IO[bytes]) -> tuple[dict[str, Any], str]:
    """The manifest of a package and its hash. Raises what a damaged zip raises."""
    source.seek(0)
    with zipfile.ZipFile(source) as bundle:
        content = bundle.read(MANIFEST)
    return json.loads(content), hashlib.sha256(content).hexdigest()


def _problems(file: IO[bytes]) -> Iterator[Problem]:
    with zipfile.ZipFile(file) as bundle:
        infos = bundle.infolist()
        names = [info.filename for info in infos]
        if any(info.compress_type != zipfile.ZIP_STORED for info in infos):
            yield Problem("altered", "zip", {"reason": "a member is compressed"})
            return
        if len(set(names)) != len(names):
            yield Problem("added", "zip", {"reason": "a path stands twice"})
        if MANIFEST not in names:
            yield Problem("missing", MANIFEST)
            return
        manifest = json.loads(bundle.read(MANIFEST))
        if manifest.get("format") != FORMAT:
            yield Problem("altered", MANIFEST, {"format": str(manifest.get("format"))})
            return
        damaged = list(_files(bundle, manifest, set(names)))
        yield from damaged
        if damaged:
            return  # what the files say further is told by nobody who can be believed
        yield from _journal(bundle, manifest)
        yield from _content(bundle, manifest)
        yield from _layout(file, bundle)


def _files(bundle: zipfile.ZipFile, manifest: dict[str, Any], names: set[str]) -> Iterator[Problem]:
    """What the manifest lists is there, unaltered; nothing else is."""
    listed = {entry["path"]: entry for entry in manifest["files"]}
    for path in sorted(names - listed.keys() - {MANIFEST}):
        yield Problem("added", path)
    for path, entry in listed.items():
        if path not in names:
            yield Problem("missing", path)
            continue
        try:
            with bundle.open(path) as member:
                sha256 = digest_of_rest(member)
        except zipfile.BadZipFile as error:
            yield Problem("altered", path, {"error": str(error)})
            continue
        if sha256 != entry["sha256"] or bundle.getinfo(path).file_size != entry["size"]:
            yield Problem("altered", path, {"expected": entry["sha256"], "found": sha256})


def _journal(bundle: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[Problem]:
    """Each sealed entry gives the digest of its link in the chain."""
    if JOURNAL not in bundle.namelist():
        return
    lines = bundle.read(JOURNAL).decode().splitlines()
    if len(lines) != manifest["journal"]["entries"]:
        yield Problem("altered", JOURNAL, {"entries": len(lines)})
    for line in lines:
        entry = json.loads(line)
        if entry["number"] is None:
            continue
        told = {key: entry[key] for key in _CHAINED}
        if hashlib.sha256(entry["before"].encode() + canonical(told)).hexdigest() != entry["digest"]:
            yield Problem("altered", f"{JOURNAL} link {entry['number']}", {"entry": entry["id"]})


def _content(bundle: zipfile.ZipFile, manifest: dict[str, Any]) -> Iterator[Problem]:
    """The proposal has the digest that people approved."""
    version = manifest["version"]
    if version and CONTENT in bundle.namelist():
        content = json.loads(bundle.read(CONTENT))["content"]
        if hashlib.sha256(canonical(content)).hexdigest() != version["digest"]:
            yield Problem("altered", CONTENT, {"version": version["number"]})


def _layout(file: IO[bytes], bundle: zipfile.ZipFile) -> Iterator[Problem]:
    """Written again from its members, the zip is the same: so headers and gaps hold nothing else."""
    with scratch() as copy:
        write_bundle(copy, members_of(bundle))
        again = digest_of(copy)
    if again != digest_of(file):
        yield Problem("altered", "zip", {"reason": "headers or gaps differ from how a package is written"})
