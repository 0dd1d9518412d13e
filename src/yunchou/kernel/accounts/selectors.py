"""Accounts by what was typed, sessions, tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import QuerySet

from yunchou.kernel.identity.models import User

from .models import ApiToken
from .tokens import digest

_BROWSERS = (
    ("WeCom", r"wxwork/([\d.]+)"),
    ("WeChat", r"MicroMessenger/([\d.]+)"),
    ("DingTalk", r"DingTalk/([\d.]+)"),
    ("Feishu", r"(?:Lark|Feishu)/([\d.]+)"),
    ("Edge", r"Edg(?:A|iOS)?/([\d.]+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/([\d.]+)"),
    ("Chrome", r"(?:Chrome|CriOS)/([\d.]+)"),
    ("Safari", r"Version/([\d.]+).*Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)
_PHONES = {"HarmonyOS", "Android", "iPhone"}


@dataclass(frozen=True)
class SignedInSession:
    """A browser in which a person is signed in."""

    id: int
    browser: str
    is_phone: bool
    ip: str
    started_at: datetime
    seen_at: datetime
    is_current: bool


def account_named(login: str) -> User | None:
    """The account with this user name or, failing that, this e-mail address; an address two people share is nobody's."""
    typed = login.strip()
    for condition in ({"username": typed}, {"username__iexact": typed}, {"email__iexact": typed}):
        found = list(User.objects.filter(**condition)[:2]) if typed else []
        if len(found) == 1:
            return found[0]
    return None


def browser_name(agent: str) -> str:
    """`Chrome 126 · Windows` of a User-Agent header, or an empty string for what is no browser we know."""
    browser = next(
        ((name, m[1].split(".")[0]) for name, rule in _BROWSERS if (m := re.search(rule, agent))), None
    )
    system = system_name(agent)
    return " · ".join(part for part in (" ".join(browser) if browser else "", system) if part)


def system_name(agent: str) -> str:
    return next((name for name, rule in _SYSTEMS if re.search(rule, agent)), "")


def sessions_of(user: User, current_key: str | None) -> list[SignedInSession]:
    """Where the person is signed in, this browser first, then by last use."""
    rows = [_session(row, current_key) for row in UserSession.objects.purge_and_list(user)]
    return sorted(rows, key=lambda s: (not s.is_current, -s.seen_at.timestamp()))


def _session(row: UserSession, current_key: str | None) -> SignedInSession:
    return SignedInSession(
        id=row.pk,
        browser=browser_name(row.user_agent),
        is_phone=system_name(row.user_agent) in _PHONES,
        ip=row.ip,
        started_at=row.created_at,
        seen_at=row.last_seen_at,
        is_current=row.session_key == current_key,
    )


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """The person's tokens that were not revoked, newest first."""
    return ApiToken.objects.filter(user=user, revoked_at__isnull=True)


def token_with(secret: str) -> ApiToken | None:
    """The usable token with this secret, with its person."""
    return ApiToken.objects.usable().filter(digest=digest(secret)).select_related("user").first()


def is_email_taken(email: str, *, besides: User) -> bool:
    """Whether somebody else signs in with this address."""
    return User.objects.filter(email__iexact=email).exclude(pk=besides.pk).exists()


def factors_of(user: User) -> set[str]:
    """The kinds of second factor a person has: `totp`, `webauthn`, `recovery_codes`."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def is_mail_configured() -> bool:
    """Whether the installation can send mail."""
    return bool(settings.EMAIL_URL)


def reset_recipients(email: str) -> Iterable[User]:
    """Active people who sign in with this address by a password."""
    return [u for u in User.objects.active().filter(email__iexact=email.strip()) if u.has_usable_password()]
