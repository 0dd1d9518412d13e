"""Menus: declared once, shown to those who may go there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.test import override_settings

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.ui import nav, quick_create
from yunchou.kernel.ui.context import Shell

URLS = override_settings(ROOT_URLCONF="yunchou.kernel.ui.tests.nav_urls")


def person(*perms: str) -> Any:
    return SimpleNamespace(pk=1, is_authenticated=True, theme="dark", has_perm=lambda perm: perm in perms)


@pytest.fixture(autouse=True)
def _own_registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(nav, "entries", Registry("menu entry"))
    monkeypatch.setattr(nav, "_favourites", [])
    monkeypatch.setattr(quick_create, "entries", Registry("quick-create entry"))
    with URLS:
        yield


def test_an_entry_needs_an_address_and_the_right() -> None:
    nav.entry(key="plans", label="计划", icon="x", url_name="plans", order=20)
    nav.entry(key="home", label="工作台", icon="home", url_name="home", order=10)
    nav.entry(key="secret", label="密", icon="x", url_name="secret", perm="a.b")
    nav.entry(key="nowhere", label="无", icon="x", url_name="no:where")
    assert [item.key for item in nav.items_for(person())] == ["home", "plans"]
    assert [item.key for item in nav.items_for(person("a.b"))] == ["home", "plans", "secret"]


def test_a_key_is_declared_once() -> None:
    nav.entry(key="home", label="工作台", icon="home", url_name="home")
    with pytest.raises(ImproperlyConfigured):
        nav.entry(key="home", label="工作台", icon="home", url_name="home")


@pytest.mark.parametrize(
    ("path", "active"), [("/", "home"), ("/plans/7/", "plans"), ("/plans/old/3/", "old"), ("/x/", None)]
)
def test_the_nearest_entry_is_active(path: str, active: str | None) -> None:
    for key in ("home", "plans", "old"):
        nav.entry(key=key, label=key, icon="x", url_name=key)
    assert [item.key for item in nav.items_for(person(), path) if item.active] == ([active] if active else [])


def test_a_count_is_asked_for_once_and_only_when_shown(make_request: Callable[..., HttpRequest]) -> None:
    asked: list[Any] = []

    def count(user: Any) -> int:
        asked.append(user)
        return 3

    nav.entry(key="home", label="待办", icon="inbox", url_name="home", count=count, phone=1, alert=True)
    shell = Shell(make_request(user=person()))
    assert shell.inbox is shell.phone[0] is shell.main[0]
    assert asked == []
    assert [shell.inbox.count, shell.main[0].count] == [3, 3]  # type: ignore[union-attr]
    assert len(asked) == 1


def test_a_section_is_one_entry_whose_pages_carry_the_same_links(
    make_request: Callable[..., HttpRequest],
) -> None:
    nav.entry(key="money", label="经费", icon="coins", order=5)
    nav.entry(key="old", label="报销", url_name="old", order=2, under="money", count=lambda user: 2)
    nav.entry(key="plans", label="账户", url_name="plans", order=1, under="money", perm="a.b")
    nav.entry(key="home", label="工作台", icon="x", url_name="home", order=10)
    [head, home] = nav.items_for(person("a.b"), "/plans/old/7/")
    assert (head.url, head.count, head.active, home.active) == ("/plans/", 2, True, False)
    assert [(part.label, part.active, part.count) for part in head.parts] == [
        ("账户", False, None),
        ("报销", True, 2),
    ]
    request = make_request(user=person("a.b"))
    request.path = "/plans/old/"
    assert [part.key for part in Shell(request).section] == ["plans", "old"]
    [alone, _home] = nav.items_for(person(), "/plans/old/")
    assert (alone.url, len(alone.parts)) == ("/plans/old/", 1)
    request.user = person()
    assert Shell(request).section == ()
    nav.entry(key="empty", label="空", icon="x")
    assert "empty" not in [item.key for item in nav.items_for(person("a.b"))]


def test_the_bottom_bar_has_four_places_beside_ones_own() -> None:
    for place, key in enumerate(("plans", "old", "home", "secret", "more"), 1):
        nav.entry(key=key, label=key, icon="x", url_name=key, phone=10 - place)
    shell = Shell(SimpleNamespace(user=person(), path="/"))  # type: ignore[arg-type]
    assert [item.key for item in shell.phone] == ["more", "secret", "home", "old"]


def test_quick_create_obeys_the_same_rules() -> None:
    quick_create.entry(key="plan", label="计划", icon="x", url_name="plans", perm="plans.create")
    assert quick_create.items_for(person()) == []
    assert len(quick_create.items_for(person("plans.create"))) == 1


def test_the_shell_of_a_stranger_is_empty(make_request: Callable[..., HttpRequest]) -> None:
    nav.entry(key="home", label="工作台", icon="home", url_name="home")
    shell = Shell(make_request(HTTP_COOKIE="theme=system"))
    assert (shell.items, shell.favourites, shell.quick) == ([], [], [])
    assert shell.frame == "ui/bare.html"
    assert shell.theme == "system"


def test_the_frame_suits_the_request(make_request: Callable[..., HttpRequest]) -> None:
    assert Shell(make_request(user=person())).frame == "ui/base.html"
    assert Shell(make_request(user=person(), htmx=True)).frame == "ui/fragment.html"
    assert Shell(make_request(user=person())).theme == "dark"


def test_favourites_come_from_every_source() -> None:
    nav.favourites_from(lambda user: [("开学季", "/c/1/")])
    nav.favourites_from(lambda user: [("七夕", "/c/2/")])
    assert nav.favourites_of(person()) == [("开学季", "/c/1/"), ("七夕", "/c/2/")]
