"""The cast of this room's tests."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from yunchou.kernel.access.models import Grant
from yunchou.kernel.access.registry import Scope
from yunchou.kernel.identity.models import Appointment, Position, Unit, User

PASSWORD = "correct-horse-battery"


def person(username: str = "zhanglan", name: str = "张岚", **fields: object) -> User:
    """Somebody with a password."""
    fields = {"email": f"{username}@example.cn", **fields}
    return User.objects.create_user(username=username, name=name, password=PASSWORD, **fields)


def holding(user: User, right: str) -> Appointment:
    """Give a person a right by a position of its own."""
    unit = Unit.objects.filter(code="hq").first() or Unit.objects.create(
        code="hq", name="集团", kind=Unit.Kind.GROUP
    )
    code = right.replace(".", "-")
    position, _made = Position.objects.get_or_create(code=code, defaults={"name": right})
    Grant.objects.get_or_create(position=position, right=right, defaults={"scope": Scope.ALL})
    return Appointment.objects.create(user=user, unit=unit, position=position)


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str):
    """Post the sign-in form."""
    return client.post("/accounts/login/", {"login": login, "password": password, **extra})


def confirm(client: Client) -> None:
    """Say again that one is there."""
    assert client.post("/accounts/confirm/", {"password": PASSWORD}).status_code == 302


def with_app(user: User) -> str:
    """Protect an account by an authenticator app; returns the app's secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def with_passkey(user: User) -> Authenticator:
    """An account with a passkey that nobody holds: enough for pages that show it."""
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "办公笔记本", "credential": {}}
    )
