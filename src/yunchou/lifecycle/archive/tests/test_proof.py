"""The package proves itself: a single changed byte is found."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.verification import checks
from yunchou.kernel.files import store
from yunchou.kernel.journal.models import ChainHead
from yunchou.kernel.sheets.xlsx import read_workbook
from yunchou.lifecycle.archive.models import Package
from yunchou.lifecycle.archive.packing.bundle import Member, as_json, members_of, scratch, write_bundle
from yunchou.lifecycle.archive.packing.contents import pack
from yunchou.lifecycle.archive.packing.proof import verify_package
from yunchou.lifecycle.archive.proving import problems_of
from yunchou.lifecycle.campaigns.models import Campaign


def content_of(package: Package) -> bytes:
    with store.open_content(package.file.sha256) as file:
        return file.read()


def small(**files: bytes) -> bytes:
    """A package of its own, with the given files."""
    import hashlib

    members = [Member.of(path, content) for path, content in sorted(files.items())]
    listed = [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in sorted(files.items())
    ]
    manifest = {"format": "yunchou-archive/1", "files": listed, "version": None, "journal": {"entries": 0}}
    out = io.BytesIO()
    write_bundle(out, [*members, Member.of("manifest.json", as_json(manifest))])
    return out.getvalue()


WHOLE = small(
    **{
        "files/协议.txt": "场地使用协议".encode(),
        "journal.jsonl": b"",
        "summary.pdf": b"%PDF-" + bytes(range(256)),
    }
)


def test_whole_package_has_no_problems() -> None:
    assert verify_package(WHOLE) == []


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
@settings(max_examples=300)
def test_any_changed_byte_is_found(place: int, change: int) -> None:
    broken = bytearray(WHOLE)
    broken[place] ^= change
    assert verify_package(bytes(broken))


def test_every_single_byte_matters() -> None:
    for place in range(len(WHOLE)):
        broken = bytearray(WHOLE)
        broken[place] ^= 1
        assert verify_package(bytes(broken)), place


@pytest.mark.parametrize(
    "changed", [WHOLE + b"x", b"x" + WHOLE, WHOLE[:-1], b"", b"PK", WHOLE[: len(WHOLE) // 2]]
)
def test_added_and_cut_bytes_are_found(changed: bytes) -> None:
    assert verify_package(changed)


def test_added_removed_and_exchanged_files_are_named() -> None:
    with zipfile.ZipFile(io.BytesIO(WHOLE)) as bundle:
        members = {member.path: bundle.read(member.path) for member in members_of(bundle)}

    def again(files: dict[str, bytes]) -> list[tuple[str, str]]:
        out = io.BytesIO()
        write_bundle(out, [Member.of(path, content) for path, content in files.items()])
        return [(problem.code, problem.where) for problem in verify_package(out.getvalue())]

    assert again(members) == []
    assert ("added", "more.txt") in again({"more.txt": b"x", **members})
    assert ("missing", "summary.pdf") in again({k: v for k, v in members.items() if k != "summary.pdf"})
    assert ("altered", "summary.pdf") in again({**members, "summary.pdf": b"%PDF-other"})
    assert ("missing", "manifest.json") in again({"a.txt": b"x"})


@pytest.mark.req("ARC-08")
def test_sealed_package_holds_what_it_should(package: Package) -> None:
    content = content_of(package)
    assert verify_package(content) == []
    with zipfile.ZipFile(io.BytesIO(content)) as bundle:
        names = bundle.namelist()
        assert names[-1] == "manifest.json"
        assert {"workbook.xlsx", "summary.pdf", "journal.jsonl", "content.json", "items.json"} < set(names)
        assert any(name.startswith("files/preparation/") and name.endswith("-协议.txt") for name in names)
        manifest = json.loads(bundle.read("manifest.json"))
        assert manifest["campaign"]["name"] == "开学季·青春焕新计划"
        assert manifest["journal"]["head"] == package.chain_head
        entries = [json.loads(line) for line in bundle.read("journal.jsonl").decode().splitlines()]
        assert all(entry["number"] for entry in entries)
        assert entries[0]["kind"] == "campaigns.created"
        sheets = [sheet.name for sheet in read_workbook(bundle.read("workbook.xlsx")).sheets]
        assert "效果评估表" in sheets


def test_altered_entry_of_the_journal_is_found_behind_a_new_manifest(package: Package) -> None:
    """Somebody who rewrites manifest and zip still meets the digests of the chain."""
    import hashlib

    with zipfile.ZipFile(io.BytesIO(content_of(package))) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    files["journal.jsonl"] = files["journal.jsonl"].replace(b"campaigns.created", b"campaigns.deleted", 1)
    manifest = json.loads(files["manifest.json"])
    for entry in manifest["files"]:
        entry["sha256"] = hashlib.sha256(files[entry["path"]]).hexdigest()
        entry["size"] = len(files[entry["path"]])
    files["manifest.json"] = as_json(manifest)
    out = io.BytesIO()
    write_bundle(out, [Member.of(path, content) for path, content in files.items()])
    [problem] = verify_package(out.getvalue())
    assert (problem.code, problem.where.split()[0]) == ("altered", "journal.jsonl")


def test_same_content_gives_the_same_bytes(ready: Campaign, firm: Firm) -> None:
    with scratch() as one, scratch() as two:
        first, second = (pack(ready, out, actor=firm.owner) for out in (one, two))
        one.seek(0), two.seek(0)
        assert one.read() == two.read()
    assert first == second


def test_chain_of_the_package_ends_at_the_head_of_the_installation(ready: Campaign, firm: Firm) -> None:
    from yunchou.lifecycle.archive.actions import archive_campaign

    package = archive_campaign(campaign=ready, actor=firm.owner)
    assert package.chain_head == ChainHead.objects.get(pk=1).digest


def test_check_finds_stored_packages_that_changed_or_are_gone(package: Package) -> None:
    from django.core.files.storage import default_storage
    from django.utils.module_loading import autodiscover_modules

    autodiscover_modules("verification")
    assert list(checks["archives"]()) == []
    path = Path(default_storage.path(store.name_of(package.file.sha256)))
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert {problem.code for problem in problems_of(package)} >= {"altered"}
    path.unlink()
    assert [problem.code for problem in checks["archives"]()] == ["missing"]


def test_command_tells_whole_from_broken(
    package: Package, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, path = content_of(package), tmp_path / "archive.zip"
    path.write_bytes(content)
    call_command("verify_archive", str(path), "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["is_known"]) == (True, True)
    for place in (0, len(content) // 3, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with pytest.raises(SystemExit) as left:
            call_command("verify_archive", str(path), "--json")
        assert left.value.code == 1
        assert json.loads(capsys.readouterr().out)["problems"]
