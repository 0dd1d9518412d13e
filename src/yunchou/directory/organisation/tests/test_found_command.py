"""An empty installation becomes a company by one command."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from yunchou.kernel.identity.models import Unit, User

pytestmark = pytest.mark.django_db


def found() -> str:
    out = StringIO()
    call_command("found_company", "新集团", username="root", person="管理员", stdout=out)
    return out.getvalue()


@pytest.mark.req("ORG-04")
def test_the_administrator_can_sign_in_with_the_password_that_is_told() -> None:
    password = found().split("signs in with: ")[1].split()[0]
    request = RequestFactory().post("/")
    assert authenticate(request, username="root", password=password) == User.objects.get(username="root")
    assert Unit.objects.filter(name="新集团").exists()


def test_a_second_company_is_refused() -> None:
    found()
    with pytest.raises(CommandError):
        found()
