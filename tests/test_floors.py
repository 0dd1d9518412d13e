"""Where import-linter cannot look: foreign keys, and names in templates, point down too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.template import engines

from tests.floors import SOURCE, may_know, ranks, room_of

# The shell and its components are what every page is drawn in, that of the working calendar too: a page of a room below `ui`
# takes them by name at the time it is shown, and its room works without.
SHELL = "ui"
TEMPLATE = re.compile(r"""{%-?\s*(?:include|extends)\s+["']([\w./#-]+)["']""")
LIBRARIES = re.compile(r"{%-?\s*load\s+([^%]+?)\s*-?%}")
ADDRESS = re.compile(r"""{%-?\s*url\s+["'](\w+):\w+["']""")


def test_every_room_has_its_place() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("yunchou.")}
    assert ours <= set(ranks()), "add the new room to the floors in pyproject.toml"


def test_foreign_keys_point_down() -> None:
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        room = room_of(model.__module__)
        if room is None:
            continue
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.related_model
            if not isinstance(target, type) or (other := room_of(target.__module__)) is None:
                continue
            if not may_know(room, other):
                wrong.append(f"{model.__name__}.{field.name} -> {other}.{target.__name__}")
    assert not wrong, "\n".join(wrong)


def test_templates_refer_down() -> None:
    wrong = [
        f"{path.relative_to(SOURCE)}: {name}"
        for path in SOURCE.rglob("templates/**/*.html")
        if (room := room_of(".".join(("yunchou", *path.relative_to(SOURCE).parts))))
        for other, name in _references(path.read_text("utf-8"))
        if other != SHELL and other in ranks() and not may_know(room, other)
    ]
    assert not wrong, "\n".join(wrong)


def _references(text: str) -> Iterator[tuple[str, str]]:
    """What a template names of other rooms, each with the room: templates, tag libraries, addresses."""
    for name in TEMPLATE.findall(text):
        yield name.split("/")[0], name
    for name in ADDRESS.findall(text):
        yield name, f"url {name}:"
    homes = engines["django"].engine.libraries
    for names in LIBRARIES.findall(text):
        for name in names.split(" from ")[-1].split():
            if room := room_of(homes.get(name, "")):
                yield room, f"load {name}"


def test_a_template_lives_under_the_name_of_its_room() -> None:
    # allauth's own pages are replaced under allauth's names.
    wrong = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("templates/**/*.html")
        if _namespace(path) not in {_room(path), "account", "mfa", "usersessions", "allauth", "socialaccount"}
        and path.name not in {"400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"}
    ]
    assert not wrong, "\n".join(wrong)


def _namespace(path: Path) -> str:
    parts = path.relative_to(SOURCE).parts
    return parts[parts.index("templates") + 1]


def _room(path: Path) -> str:
    parts = path.relative_to(SOURCE).parts
    return parts[parts.index("templates") - 1]
