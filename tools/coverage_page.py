"""`python -m tools.coverage_page [--check]`: docs/coverage.md, from the markers in the tests, so that it cannot flatter.

A row is "not yet" until a test is marked with its id, "partly" from then on, and "done" only when a test claims it whole:
`@pytest.mark.req("BUD-07", whole=True)`. Skipped tests prove nothing. A marker with an id that nobody asked for is an error.
The ids and titles come from docs/requirements.tsv.
"""

from __future__ import annotations

import ast
import csv
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "yunchou"
ASKED = ROOT / "docs" / "requirements.tsv"
PAGE = ROOT / "docs" / "coverage.md"
MARKERS = {"req": "requirement", "rule": "rule"}
STATES = ("done", "partly", "not yet")


@dataclass(frozen=True)
class Claim:
    """One marker: the test says that it proves the row, or all of it."""

    id: str
    kind: str
    whole: bool
    test: str
    room: str


@dataclass
class Row:
    """One line of the page."""

    id: str
    kind: str
    title: str
    rooms: set[str] = field(default_factory=set)
    tests: list[str] = field(default_factory=list)
    whole: bool = False

    @property
    def state(self) -> str:
        """Never better than what a test that runs has claimed."""
        return "done" if self.whole else "partly" if self.tests else "not yet"


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` say whether it is what would be written."""
    rows, unknown = gather()
    for claim in unknown:
        print(f"{claim.test}: nobody asked for {claim.kind} {claim.id}")
    page = render(rows)
    if "--check" not in arguments:
        PAGE.write_text(page, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != page:
        print("docs/coverage.md is out of date: python -m tools.coverage_page")
        return 1
    return 1 if unknown else 0


def gather() -> tuple[list[Row], list[Claim]]:
    """Every row that was asked for with what proves it, and the claims about rows that were not."""
    with ASKED.open(encoding="utf-8", newline="") as file:
        rows = {
            line["id"]: Row(line["id"], line["kind"], line["title"])
            for line in csv.DictReader(file, delimiter="\t")
        }
    unknown = []
    for claim in (claim for path in _test_files() for claim in claims(path)):
        row = rows.get(claim.id)
        if row is None or row.kind != claim.kind:
            unknown.append(claim)
            continue
        row.tests.append(claim.test)
        row.whole = row.whole or claim.whole
        if claim.room:
            row.rooms.add(claim.room)
    for path in sorted(SOURCE.rglob("*.py")):
        for rule in _declared(path):
            if rule in rows:
                rows[rule].rooms = {_room(path)}
    return list(rows.values()), unknown


def render(rows: list[Row]) -> str:
    """The page as Markdown."""
    lines = [
        "# Coverage",
        "",
        "Made by `python -m tools.coverage_page` from the markers in the tests; not written by hand. *Done*: a test",
        "claims the whole row. *Partly*: at least one test proves a part of it. *Not yet*: no test does, whatever",
        "the code may do.",
        "",
        "| | " + " | ".join(STATES) + " | all |",
        "| --- | " + "--- | " * 4,
    ]
    for kind in MARKERS.values():
        count = Counter(row.state for row in rows if row.kind == kind)
        lines.append(
            f"| {kind}s | " + " | ".join(str(count[state]) for state in STATES) + f" | {count.total()} |"
        )
    for kind in MARKERS.values():
        lines += [
            "",
            f"## {kind.capitalize()}s",
            "",
            "| id | what | room | test | state |",
            "| --- | --- | --- | --- | --- |",
        ]
        lines += [_line(row) for row in rows if row.kind == kind]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def claims(path: Path) -> Iterator[Claim]:
    """The markers of one file, each with the test, class or module it stands on."""
    yield from _claims_of(ast.parse(path.read_text("utf-8")), path, path.stem)


def _claims_of(scope: ast.AST, path: Path, name: str) -> Iterator[Claim]:
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not _is_skipped(node):
                yield from _claims_of(node, path, node.name)
        elif isinstance(node, ast.Call) and (claim := _claim(node, path, name)):
            yield claim
        else:
            yield from _claims_of(node, path, name)


def _claim(call: ast.Call, path: Path, name: str) -> Claim | None:
    target = ast.unparse(call.func).removeprefix("pytest.")
    if not target.startswith("mark.") or target.removeprefix("mark.") not in MARKERS or not call.args:
        return None
    whole = any(keyword.arg == "whole" and ast.unparse(keyword.value) == "True" for keyword in call.keywords)
    kind = MARKERS[target.removeprefix("mark.")]
    return Claim(str(ast.literal_eval(call.args[0])), kind, whole, name, _room(path))


def _is_skipped(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    names = (ast.unparse(decorator).split("(")[0] for decorator in node.decorator_list)
    return any(name in {"pytest.mark.skip", "pytest.mark.xfail"} for name in names)


def _declared(path: Path) -> Iterator[str]:
    """The ids of the rules that a module declares with `@rule("R-...")`."""
    text = path.read_text("utf-8")
    if "rule(" not in text or "tests" in path.parts:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "rule" and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _test_files() -> list[Path]:
    return sorted([*SOURCE.rglob("tests/**/test_*.py"), *(ROOT / "tests").rglob("test_*.py")])


def _room(path: Path) -> str:
    """The app a file belongs to, as `kernel.rules`; nothing for the project's own tests."""
    if not path.is_relative_to(SOURCE):
        return ""
    return ".".join(path.relative_to(SOURCE).parts[:2])


def _line(row: Row) -> str:
    tests = list(dict.fromkeys(row.tests))
    shown = ", ".join(f"`{name}`" for name in tests[:3]) + (
        f" and {len(tests) - 3} more" if len(tests) > 3 else ""
    )
    what = row.title.replace("|", "\\|")
    return f"| {row.id} | {what} | {', '.join(sorted(row.rooms))} | {shown} | {row.state} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
