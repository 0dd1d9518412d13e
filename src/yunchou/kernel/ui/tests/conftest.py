from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation


@pytest.fixture(autouse=True)
def _chinese() -> Any:
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def make_request(rf: RequestFactory) -> Callable[..., HttpRequest]:
    """A request with session, messages and, if asked for, htmx and a person."""

    def make(
        path: str = "/", *, method: str = "get", htmx: bool = False, user: Any = None, **extra: Any
    ) -> HttpRequest:
        request: Any = getattr(rf, method)(path, **extra)
        request.session = SessionStore()
        request._messages = CookieStorage(request)
        request.htmx = SimpleNamespace(current_url_abs_path="/plans/") if htmx else False
        request.user = user or SimpleNamespace(pk=None, is_authenticated=False, has_perm=lambda perm: False)
        return request  # type: ignore[no-any-return]

    return make


@pytest.fixture
def show() -> Callable[..., str]:
    """Render a piece of template source, with spaces between tags and around the text taken away."""

    def render(source: str, **context: Any) -> str:
        return " ".join(Template(source).render(Context(context)).split())

    return render
