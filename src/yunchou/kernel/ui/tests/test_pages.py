"""The shell's own pages and the error pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client

from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.ui import scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def zhang() -> User:
    return User.objects.create_user("zhang", name="张伟")


@pytest.fixture
def signed_in(client: Client, zhang: User) -> Client:
    client.force_login(zhang)
    return client


@pytest.fixture
def south() -> Unit:
    group = Unit.objects.create(code="g", name="集团", kind=Unit.Kind.GROUP)
    Unit.objects.create(code="e", name="华东区域", kind=Unit.Kind.REGION, parent=group)
    return Unit.objects.create(code="s", name="华南区域", kind=Unit.Kind.REGION, parent=group)


def test_scope_offers_only_what_lies_below_ones_appointments(zhang: User, south: Unit) -> None:
    Unit.objects.create(code="sd", name="营销部", kind=Unit.Kind.DEPARTMENT, parent=south)
    project = Unit.objects.create(code="sp", name="珠江项目", kind=Unit.Kind.PROJECT, parent=south)
    assert list(scope.units_of(zhang)) == []
    position = Position.objects.create(code="lead", name="负责人")
    Appointment.objects.create(user=zhang, unit=south, position=position)
    assert list(scope.units_of(zhang)) == [south, project]


def test_scope_is_kept_in_the_session(make_request: Callable[..., HttpRequest], south: Unit) -> None:
    request = make_request()
    scope.choose(request, south)
    assert (scope.chosen_name(request), scope.chosen_id(request)) == ("华南区域", south.pk)
    assert scope.chosen_path(request) == south.path
    scope.choose(request, None)
    assert scope.chosen_id(request) is None


@pytest.mark.urls("yunchou.kernel.ui.tests.page_urls")
class TestPages:
    def test_gallery_shows_every_component(self, signed_in: Client) -> None:
        response = signed_in.get("/ui/gallery/")
        assert response.status_code == 200
        html = response.content.decode()
        assert 'data-theme="light"' in html
        assert html.count('class="finding') >= 5

    @pytest.mark.parametrize("piece", ["dialog", "row", "row-edit", "gantt"])
    def test_gallery_pieces(self, signed_in: Client, piece: str) -> None:
        assert signed_in.get(f"/ui/gallery/{piece}/").status_code == 200

    def test_gallery_is_for_the_signed_in(self, client: Client) -> None:
        assert client.get("/ui/gallery/").status_code == 302

    def test_a_missing_page_has_the_shell_and_a_fragment_has_none(self, signed_in: Client) -> None:
        page = signed_in.get("/nothing/")
        assert page.status_code == 404
        assert 'class="side"' in page.content.decode()
        piece = signed_in.get("/nothing/", headers={"HX-Request": "true"})
        assert "<html" not in piece.content.decode()
        assert piece["HX-Retarget"] == "#notices"

    def test_preference_is_kept_on_the_person_and_in_a_cookie(self, signed_in: Client, zhang: User) -> None:
        response = signed_in.post("/ui/preference/", {"theme": "dark", "language": "en"})
        zhang.refresh_from_db()
        assert (zhang.theme, zhang.language) == ("dark", "en")
        assert response.cookies["theme"].value == "dark"

    def test_a_nonsense_preference_changes_nothing(self, signed_in: Client, zhang: User) -> None:
        signed_in.post("/ui/preference/", {"theme": "pink", "language": "xx"})
        zhang.refresh_from_db()
        assert (zhang.theme, zhang.language) == ("light", "zh-hans")

    def test_scope_set_refuses_units_of_others_and_foreign_addresses(
        self, signed_in: Client, south: Unit
    ) -> None:
        assert signed_in.post("/ui/scope/set/", {"unit": south.pk}).status_code == 404
        response: Any = signed_in.post("/ui/scope/set/", {"unit": "", "next": "https://elsewhere.example/"})
        assert response["Location"] == "/"


def test_the_500_page_needs_nothing() -> None:
    assert "系统出错了" in render_to_string("500.html")


def test_a_subject_page_has_head_and_tabs(
    show: Callable[..., str], make_request: Callable[..., HttpRequest]
) -> None:
    tabs = [
        {"label": "概览", "url": "/c/1/", "is_active": False},
        {"label": "预算", "url": "/c/1/budget/", "is_active": True, "count": 3},
    ]
    subject = {"title": "开学季·青春焕新计划", "code": "YX-2024-017", "get_absolute_url": "/c/1/"}
    html = show(
        '{% extends "ui/subject_page.html" %}',
        subject=subject,
        subject_tabs=tabs,
        subject_kind={},
        request=make_request(),
    )
    assert "YX-2024-017" in html
    assert 'href="/c/1/budget/" aria-current="page"' in html
    assert '<li aria-current="page">预算</li>' in html
