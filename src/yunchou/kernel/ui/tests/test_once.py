"""A form that is sent twice does its work once."""

from __future__ import annotations

import re

import pytest
from django.template import engines
from django.test import RequestFactory

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.identity.models import User
from yunchou.kernel.ui.models import Answered
from yunchou.kernel.ui.once import new_token, once

pytestmark = pytest.mark.django_db


def sent(user: User, token: str) -> object:
    request = RequestFactory().post("/", {"once": token})
    request.user = user
    return request


def test_the_same_form_is_answered_alike_and_saved_once() -> None:
    user, other = (User.objects.create(username=name, name=name) for name in ("a", "b"))
    made: list[int] = []

    def save() -> str:
        made.append(1)
        return f"/made/{len(made)}/"

    token = new_token()
    assert {once(sent(user, token), save) for _ in range(3)} == {"/made/1/"}  # type: ignore[arg-type]
    assert once(sent(other, token), save) == "/made/2/"  # type: ignore[arg-type]
    assert once(sent(user, new_token()), save) == "/made/3/"  # type: ignore[arg-type]
    # A form without a token, or with one that is none, is saved every time.
    for wrong in ("", "x", "a b" * 8):
        assert once(sent(user, wrong), save) == f"/made/{len(made)}/"  # type: ignore[arg-type]
    assert Answered.objects.count() == 3


def test_a_form_that_was_refused_may_be_sent_again() -> None:
    user = User.objects.create(username="a", name="a")
    token, tries = new_token(), [1, 2]

    def save() -> str:
        if tries.pop() == 2:
            raise Invalid("no")
        return "/done/"

    with pytest.raises(Invalid):
        once(sent(user, token), save)  # type: ignore[arg-type]
    assert once(sent(user, token), save) == "/done/"  # type: ignore[arg-type]


def test_every_form_has_a_token_of_its_own() -> None:
    template = engines["django"].from_string("{% once %}{% once %}")
    tokens = re.findall(r'name="once" value="([\w-]{16,40})"', template.render())
    assert len(set(tokens)) == 2
