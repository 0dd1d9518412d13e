"""`./run` and the tools: what they say when something is in the way, and what they take out of assets."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import polib
import pytest

import hatch_build
from tests.floors import ROOT
from tools import coverage_page, translations
from yunchou.config import up
from yunchou.config.messages import compile_stale


def test_help_needs_nothing_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "run", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert all(option in done.stdout for option in ("--port", "--host", "--no-demo", "--reset"))


def test_a_taken_port_is_refused_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(up.Trouble, match=rf"--port {port + 1}"):
            up._refuse_taken_port("127.0.0.1", port)


def test_listening_everywhere_answers_to_every_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(up.os, "environ", environment := {})
    up._settle_address("0.0.0.0", 8010)
    assert environment == {"YUNCHOU_BASE_URL": "http://127.0.0.1:8010", "YUNCHOU_HOSTS": "*"}


def test_chinese_letters_are_two_columns_wide() -> None:
    assert up._width("运筹 ok") == 7


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("@font-face{font-family:Inter;src:url(https://fonts.example/a.ttf)}.a{b:c}", ".a{b:c}"),
        ("@import url('https://fonts.example/css');.a{}", ".a{}"),
        ("@font-face{src:url(data:font/woff2;base64,AA)}.a{}", ".a{}"),
        (
            'url("i.woff2?v1") format("woff2"),url("i.woff?") format("woff")',
            'url("i.woff2?v1") format("woff2")',
        ),
        ("let a=1\n//# sourceMappingURL=a.js.map", "let a=1\n"),
        ("a{}\n/*# sourceMappingURL=a.css.map */\n", "a{}\n"),
    ],
)
def test_assets_ask_no_other_host(text: str, clean: str) -> None:
    assert hatch_build._clean(text) == clean


def test_lock_files_name_no_registry() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text()
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_a_translation_is_compiled_once(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8"\n\nmsgid "Plan"\nmsgstr "计划"\n'
    )
    assert [compile_stale(tmp_path), compile_stale(tmp_path)] == [1, 0]


def test_placeholders_must_survive_translation() -> None:
    assert translations._placeholders("%(n)s of {total} is 5%%") == {"%(n)s", "{total}"}


def test_a_text_means_the_same_in_every_room() -> None:
    """A context tells two meanings apart; what is not translated yet is another finding."""
    rooms = [
        ("meetings", _catalogue(("", "minutes", "会议纪要"), ("", "Close", "关闭"), ("", "Owner", ""))),
        ("stock", _catalogue(("", "minutes", "分钟"), ("shop", "Close", "打烊"), ("", "Owner", "负责人"))),
        ("reports", _catalogue(("", "minutes", "分钟"), ("", "Close", "关闭"))),
    ]
    assert list(translations.clashes(rooms)) == [
        "translated differently: 'minutes': 会议纪要 (meetings), 分钟 (stock reports)"
    ]


def _catalogue(*entries: tuple[str, str, str]) -> polib.POFile:
    catalogue = polib.POFile()
    for context, msgid, text in entries:
        catalogue.append(polib.POEntry(msgctxt=context or None, msgid=msgid, msgstr=text))
    return catalogue


def _claims(tmp_path: Path, text: str) -> list[coverage_page.Claim]:
    path = tmp_path / "test_x.py"
    path.write_text(text)
    return list(coverage_page.claims(path))


def test_coverage_reads_markers_wherever_they_stand(tmp_path: Path) -> None:
    found = _claims(
        tmp_path,
        "import pytest\npytestmark = [pytest.mark.req('GEN-07')]\n"
        "@pytest.mark.rule('R-BUD-03', whole=True)\ndef test_a(): pass\n"
        "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.req('BUD-08'))])\ndef test_b(x): pass\n",
    )
    assert [(claim.id, claim.whole, claim.test) for claim in found] == [
        ("GEN-07", False, "test_x"),
        ("R-BUD-03", True, "test_a"),
        ("BUD-08", False, "test_b"),
    ]


def test_coverage_does_not_count_what_does_not_run(tmp_path: Path) -> None:
    assert _claims(tmp_path, "@pytest.mark.skip\n@pytest.mark.req('BUD-08')\ndef test_b(): pass\n") == []


def test_coverage_lists_everything_that_was_asked_for() -> None:
    rows, unknown = coverage_page.gather()
    assert [sum(row.kind == kind for row in rows) for kind in ("requirement", "rule")] == [350, 130]
    assert unknown == []
    assert all(row.tests for row in rows if row.state != "not yet")
