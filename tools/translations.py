"""`python -m tools.translations [--write]`: is every text that a person sees translated?

Reads the texts of each app out of its source with gettext, in a copy, and merges them into the app's Chinese catalogue. A text
that is missing, not translated, marked fuzzy, or whose placeholders differ is a finding, and so is one that two apps translate
differently. `--write` puts the merged catalogues into place, so that only the translating is left.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

import django
import polib
from django.conf import settings
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "yunchou"
LANGUAGE = "zh_Hans"
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdfr]|{\w*(?:[.:!][^}]*)?}")


def main(arguments: list[str]) -> int:
    """Check every app; returns 1 when there is a finding."""
    settings.configure(USE_I18N=True, INSTALLED_APPS=[], LOCALE_PATHS=[])
    django.setup()
    findings = []
    rooms: dict[str, list[tuple[str, polib.POFile]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        for app in apps():
            for kept, merged in merge(app, Path(scratch) / app.name):
                findings += [f"{kept.relative_to(ROOT)}: {finding}" for finding in problems(merged, kept)]
                rooms[kept.name].append((app.name, merged))
                if "--write" in arguments:
                    kept.parent.mkdir(parents=True, exist_ok=True)
                    merged.save(str(kept))
    findings += [finding for catalogues in rooms.values() for finding in clashes(catalogues)]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def apps() -> list[Path]:
    """The folder of every app, which is where an `apps.py` is."""
    return sorted(path.parent for path in SOURCE.rglob("apps.py"))


def merge(app: Path, copy: Path) -> Iterator[tuple[Path, polib.POFile]]:
    """The app's catalogues as they would be if every text of its source were in them: (where it is kept, merged)."""
    shutil.copytree(
        app, copy, ignore=shutil.ignore_patterns("vendor", "tests", "__pycache__", "*.mo", "migrations")
    )
    (copy / "locale").mkdir(exist_ok=True)
    here = Path.cwd()
    os.chdir(copy)
    try:
        for domain, endings in (("django", ["html", "txt", "py", "typ"]), ("djangojs", ["js"])):
            # The catalogue of scripts exists only where an app has scripts with texts of their own.
            options = {
                "locale": [LANGUAGE],
                "domain": domain,
                "extensions": endings,
                "no_location": True,
                "no_wrap": True,
            }
            call_command("makemessages", verbosity=0, stdout=StringIO(), **options)
    finally:
        os.chdir(here)
    for path in sorted((copy / "locale" / LANGUAGE / "LC_MESSAGES").glob("*.po")):
        merged = polib.pofile(str(path), wrapwidth=0)
        if any(not entry.obsolete for entry in merged):
            yield app / path.relative_to(copy), merged


def problems(merged: polib.POFile, kept: Path) -> Iterator[str]:
    """What is wrong with a merged catalogue, one line for each entry."""
    kept_entries = polib.pofile(str(kept)) if kept.exists() else []
    known = {(entry.msgctxt, entry.msgid) for entry in kept_entries if not entry.obsolete}
    for entry in merged:
        if entry.obsolete:
            continue
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if (entry.msgctxt, entry.msgid) not in known:
            yield f"missing: {entry.msgid!r}"
        elif entry.fuzzy:
            yield f"fuzzy: {entry.msgid!r}"
        elif not all(texts):
            yield f"not translated: {entry.msgid!r}"
        elif any(_placeholders(text) != _placeholders(entry.msgid, entry.msgid_plural) for text in texts):
            yield f"placeholders differ: {entry.msgid!r}"


def clashes(catalogues: Iterable[tuple[str, polib.POFile]]) -> Iterator[str]:
    """Texts that mean one thing in one app and another elsewhere, one line for each, from (app, catalogue).

    Django reads all catalogues as one: without a context (`pgettext`) the word of the first app stands on the pages of all.
    """
    meanings: dict[tuple[str, str], dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for app, catalogue in catalogues:
        for entry in catalogue.translated_entries():
            texts = tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
            meanings[entry.msgctxt or "", entry.msgid][texts].append(app)
    for (context, msgid), found in meanings.items():
        if len(found) > 1:
            told = ", ".join(f"{' | '.join(texts)} ({' '.join(apps)})" for texts, apps in found.items())
            yield f"translated differently: {msgid!r}{f' in context {context!r}' if context else ''}: {told}"


def _placeholders(*texts: str) -> set[str]:
    return {found for text in texts for found in PLACEHOLDER.findall(text.replace("%%", ""))}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
