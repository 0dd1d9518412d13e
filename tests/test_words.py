"""Texts that people see are English in the source and translated; Chinese in the source is data, and listed here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import polib

from tests.floors import SOURCE

CHINESE = re.compile(r"[\u3400-\u9fff]")
CLAUSE = re.compile(r"00[0-4] [\w§¶()., ;、*-]*")
CLAUSE_LETTERS = set("一二三四五六七八九十")
COMMENT = re.compile(r"{%\s*comment.*?{%\s*endcomment\s*%}|{#.*?#}", re.DOTALL)
# A translated sentence may quote a word of the workbook, and a clause is cited by its number.
QUOTED = re.compile(r"{%\s*translate \"[^\"]*\"|\"00[0-4] [^\"]*\"")

# What `makemessages` looks for.
COLLECTED = {"_", "gettext", "ngettext", "pgettext", "npgettext"}

# Chinese that is data: what people type, what the source workbook says, what the demo company is called.
DATA = {
    "config/settings.py": "the name of the language",
    "config/up.py": "the name of the product",
    "directory/organisation/defaults.py": "departments and duties as the regulations name them",
    "directory/organisation/positions.py": "positions as the regulations name them",
    "kernel/core/search.py": "the range of Chinese characters",
    "kernel/core/money.py": "the capital numerals of cheques",
    "kernel/calendar/days.py": "names of holidays",
    "kernel/calendar/lunar.py": "lunar months, days and solar terms",
    "kernel/sheets/*": "how workbooks write dates, amounts, columns",
    "kernel/ui/formats.py": "units of Chinese dates and amounts",
    "kernel/ui/gallery.py": "the worked example, in the gallery of components",
    "kernel/ui/templates/ui/gallery*.html": "the worked example, in the gallery of components",
    "kernel/ui/static/ui/*.js": "the few words that scripts draw stand there in both languages",
    "capabilities/*/tables.py": "sheets, columns and words of the workbook",
    "*/sheets.py": "names of the sheets of the workbook",
    "capabilities/operations/standard.py": "risks as the regulations name them",
    "capabilities/creative/standard.py": "channels and forms as the regulations name them; companies change their own",
    "capabilities/work/states.py": "the states that the workbook writes",
    "capabilities/work/standards.py": "teams as the regulations name them; companies change their own copies",
    "lifecycle/*/tables.py": "sheets, columns and words of the workbook",
    "lifecycle/archive/packing/summary.py": "the unit of large amounts",
    "lifecycle/campaigns/following.py": "a module as the workbook names it",
    "lifecycle/campaigns/imports.py": "a module as the workbook names it",
    "lifecycle/reviews/fourfold.py": "indicators as the evaluation calls them",
    "capabilities/surveys/selectors/opinions.py": "words that are looked for in what people wrote",
    "lifecycle/reviews/evaluation.py": "words that are looked for in what people wrote",
    "lifecycle/reviews/rules.py": "words that are looked for in what people wrote",
    "lifecycle/reviews/selectors.py": "words that are looked for in what people wrote",
    "capabilities/metrics/intake.py": "columns of the sheet of figures",
    "capabilities/sales/intake.py": "headings and words of lists as people write them",
    "capabilities/sales/selectors/figures.py": "words that are looked for in what people wrote",
    "capabilities/sales/templates/sales/public/form.html": "the name of the language",
    "capabilities/promotions/intake.py": "headings of lists as people write them",
    "capabilities/promotions/tells.py": "words that are looked for in what people wrote",
    "capabilities/promotions/templates/promotions/public/*.html": "the name of the language",
    "capabilities/surveys/library.py": "questionnaires as they are put to guests; companies change their own copies",
    "capabilities/surveys/templates/surveys/public/answer.html": "the name of the language",
    "lifecycle/programme/intake.py": "headings and words of tables as people write them",
    "lifecycle/hospitality/wishes.py": "words that are looked for in what guests wrote",
    "lifecycle/programme/templates_of_events.py": "run sheets and checks as companies word them; they change their own copies",
    "lifecycle/events/templates/events/public/head.html": "the name of the language",
    "lifecycle/programme/templates/programme/public/album.html": "the name of the language",
    "lifecycle/events/templates/events/guest_detail.html": "the name of the language",
    "capabilities/metrics/catalogue.py": "indicators, units and sources as workbooks name them",
    "capabilities/metrics/goals.py": "words that are looked for in what people wrote",
    "lifecycle/campaigns/aim_models.py": "purposes and points of the life cycle as workbooks name them",
    "lifecycle/campaigns/categories.py": "audience categories as workbooks name them",
    "lifecycle/campaigns/presets.py": "goals as workbooks word them",
    "lifecycle/campaigns/goal_forms.py": "how people write targets",
    "capabilities/work/rules/order.py": "how the workbook writes days",
    "capabilities/work/matching.py": "how the days of a link are written",
    "lifecycle/campaigns/rules/consistency.py": "words that are looked for in what people wrote",
    "directory/organisation/exchange/layout.py": "how workbooks write dates, yes and no",
    "lifecycle/campaigns/rules/elements.py": "words that are looked for in what people wrote",
    "lifecycle/campaigns/rules/splitting.py": "words that are looked for in what people wrote",
    "lifecycle/campaigns/rules/likeness.py": "words that are looked for in what people wrote",
    "directory/customers/names.py": "surnames that are read otherwise than the same characters",
    "directory/customers/exchange.py": "headings and words of lists as people write them",
    "directory/customers/actions/register.py": "the lawful source of what colleagues write down, as it is registered",
    "directory/suppliers/tables.py": "sheets, columns and words of the workbook",
    "directory/suppliers/similar.py": "legal forms and places as companies are named",
    "lifecycle/planning/occasions/actions.py": "kinds of promotion as the workbook names them",
    "lifecycle/planning/occasions/standard.py": "the name of a solar term",
    "lifecycle/campaigns/occasions.py": "words that are looked for in what people wrote",
    "capabilities/budgets/chart.py": "cost items and the words they are known by in what people wrote",
    "capabilities/expenses/forms.py": "signs of currencies as people type them",
    "capabilities/purchasing/rules.py": "categories of cost as the workbook names them",
    "lifecycle/planning/documents.py": "parts of plans as the workbook names them",
    "lifecycle/campaigns/planning.py": "types of activities as plans name them",
    "lifecycle/insights/demo/*": "the demo company",
    "lifecycle/insights/management/commands/seed.py": "the demo company",
}


def test_python_texts_are_english() -> None:
    found = [
        f"{name}:{line}: {text[:40]}"
        for path in SOURCE.rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts) and not _is_data(name := _name(path))
        for line, text in _chinese_strings(path)
    ]
    assert not found, "\n".join(found)


def test_templates_are_english() -> None:
    found = [
        f"{_name(path)}: {hit.group()}"
        for path in SOURCE.rglob("templates/**/*.*")
        if (hit := CHINESE.search(QUOTED.sub("", COMMENT.sub("", path.read_text("utf-8")))))
        and not _is_data(_name(path))
    ]
    assert not found, "\n".join(found)


def test_scripts_are_english() -> None:
    found = [
        _name(path)
        for path in SOURCE.rglob("static/**/*.js")
        if "vendor" not in path.parts
        and CHINESE.search(path.read_text("utf-8"))
        and not _is_data(_name(path))
    ]
    assert not found, "\n".join(found)


def test_marks_of_translation_go_by_names_that_are_looked_for() -> None:
    """What is marked under another name is never collected, and stays English."""
    found = [
        f"{_name(path)}: {name.name} as {name.asname}"
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname and name.asname not in COLLECTED
    ]
    assert not found, "\n".join(found)


def test_chinese_is_quoted_in_one_way() -> None:
    odd = [
        f"{_name(path)}: {entry.msgstr}"
        for path in sorted(SOURCE.rglob("django.po"))
        for entry in polib.pofile(str(path))
        if set(entry.msgstr) & set("「」『』")
    ]
    assert odd == [], "Chinese quotes with “ ”"


def test_marked_texts_of_python_are_in_a_catalogue() -> None:
    """`makemessages` does not look into an f-string: what is marked inside one stays English."""
    known = {
        entry.msgid
        for path in SOURCE.rglob("locale/zh_Hans/LC_MESSAGES/*.po")
        for entry in polib.pofile(str(path))
        if not entry.obsolete
    }
    found = [
        f"{_name(path)}:{call.lineno}: {text}"
        for path in SOURCE.rglob("*.py")
        if not {"tests", "migrations"} & set(path.parts)
        for whole in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(whole, ast.JoinedStr)
        for call in ast.walk(whole)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in COLLECTED
        for text in _texts(call)
        if text not in known
    ]
    assert not found, "\n".join(found)


def _texts(call: ast.Call) -> list[str]:
    """What a call marks for translation; a context stands before it."""
    assert isinstance(call.func, ast.Name)
    at = 1 if call.func.id in {"pgettext", "npgettext"} else 0
    return [
        one.value
        for one in call.args[at : at + 1]
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]


def _name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _is_data(name: str) -> bool:
    return any(fnmatch(name, glob) for glob in DATA)


def _is_translated(node: ast.AST) -> bool:
    """Whether the node marks a sentence for translation; such a sentence may quote a word of the workbook."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"_", "gettext_lazy", "pgettext"}
    )


def _chinese_strings(path: Path) -> Iterator[tuple[int, str]]:
    """Strings with Chinese letters, docstrings and the numbers of clauses (004 二(三)) left out."""
    tree = ast.parse(path.read_text("utf-8"))
    explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    explained |= {id(arg) for node in ast.walk(tree) if _is_translated(node) for arg in node.args}  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in explained:
            continue
        letters = set(CHINESE.findall(node.value))
        if letters and not (letters <= CLAUSE_LETTERS and CLAUSE.fullmatch(node.value)):
            yield node.lineno, node.value
