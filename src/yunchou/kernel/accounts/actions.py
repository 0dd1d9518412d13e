"""Every write to accounts, tokens and sessions."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.separation import refuse_conflicts
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.changes import appointments_changed
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.actions import start_job
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind

from . import journal
from .models import ApiToken
from .permissions import Perm
from .selectors import account_named, is_email_taken, reset_recipients
from .tokens import SHOWN, digest, new_secret, offered

# Authenticators of allauth in the journal's words.
FACTORS = {
    Authenticator.Type.TOTP: _("authenticator app"),
    Authenticator.Type.WEBAUTHN: _("passkey"),
    Authenticator.Type.RECOVERY_CODES: _("recovery codes"),
}
PREFERENCES = {"email": _("e-mail"), "phone": _("phone"), "language": _("language"), "theme": _("theme")}
USED_EVERY = timedelta(minutes=1)


def _own_or_manage(user: User, actor: User) -> None:
    """People look after themselves; for others it takes the right."""
    if actor.pk != user.pk:
        require(actor, Perm.MANAGE)


# Preferences


@transaction.atomic
def change_profile(*, user: User, actor: User, **values: str) -> User:
    """Set any of `email`, `phone`, `language`, `theme`.

    Refuses an e-mail address that somebody else signs in with; records `accounts.profile_changed` when something did.
    """
    _own_or_manage(user, actor)
    changed = {name: value for name, value in values.items() if getattr(user, name) != value}
    if changed.keys() - PREFERENCES.keys():
        raise ValueError(f"not part of a profile: {changed.keys() - PREFERENCES.keys()}")
    if changed.get("email") and is_email_taken(changed["email"], besides=user):
        message = say(_("Somebody else uses this e-mail address."))
        raise Invalid(message, fields={"email": message})
    if changed:
        before = {name: getattr(user, name) for name in changed}
        for name, value in changed.items():
            setattr(user, name, value)
        user.save(update_fields=[*changed])
        record(
            journal.PROFILE_CHANGED,
            actor=actor,
            data={"fields": _listed([say(PREFERENCES[name]) for name in changed])},
            personal={user: {"before": before, "after": changed}},
        )
    return user


def _listed(parts: list[Say]) -> Say:
    """The parts as one translatable enumeration."""
    first, *rest = parts
    for part in rest:
        first = say(_("{first}, {next}"), first=first, next=part)
    return first


# Signing in and out


def network(ip: str) -> str:
    """The /24 or /48 an address belongs to: enough to see where attempts come from, not who it was."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return "?"
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


def login_digest(login: str) -> str:
    """What is kept of a typed name: equal names give equal digests, which only this installation can compute."""
    key = hashlib.sha256(f"yunchou.accounts.login:{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, login.strip().lower().encode(), hashlib.sha256).hexdigest()[:24]


def note_signed_in(*, user: User, method: Say, ip: str, browser: str) -> None:
    """Records `accounts.signed_in`; address and browser are personal values."""
    record(
        journal.SIGNED_IN,
        actor=user,
        data={"method": method},
        personal={user: {"ip": ip, "browser": browser}},
    )


def note_failed_sign_in(*, login: str, ip: str, reason: Say | None = None) -> None:
    """Records `accounts.sign_in_failed`, the same whether the account exists or not."""
    found = account_named(login)
    record(
        journal.SIGN_IN_FAILED,
        actor=None,
        data={
            "reason": reason or say(_("name or password")),
            "network": network(ip),
            "login": login_digest(login),
            "account": found.pk if found else None,
        },
    )


def note(kind: Kind, *, user: User, **data: str | int | Say) -> None:
    """Records something that the person did to the own account through allauth."""
    record(kind, actor=user, data=data)


def note_sessions_ended(
    *, user: User, count: int, actor: User | AnonymousUser, reason: Say | None = None
) -> None:
    """Records `accounts.session_ended`."""
    record(
        journal.SESSION_ENDED,
        actor=actor if isinstance(actor, User) else None,
        data={"count": count, "account": user.pk, "reason": reason or say(_("by hand"))},
    )


@transaction.atomic
def end_sessions(
    *, user: User, actor: User, only: Iterable[int] | None = None, spare: str | None = None
) -> int:
    """Sign the person out everywhere, or in the sessions with the ids `only`; never in the one with the key `spare`.

    Returns how many ended; records `accounts.session_ended` if any did.
    """
    _own_or_manage(user, actor)
    rows = UserSession.objects.filter(user=user)
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    if spare:
        rows = rows.exclude(session_key=spare)
    ended = [row for row in rows if row.end() is None]
    if ended:
        note_sessions_ended(user=user, count=len(ended), actor=actor)
    return len(ended)


@transaction.atomic
def send_reset_links(*, email: str) -> int:
    """Mail a link to every active person who signs in with this address; returns how many, which nobody is told.

    Records `accounts.reset_sent`.
    """
    people = list(reset_recipients(email))
    for user in people:
        start_job(kind="accounts.reset_mail", actor=None, payloads=[{"user": user.pk}])
        record(journal.RESET_SENT, actor=None, data={"account": user.pk})
    return len(people)


# Accounts


@transaction.atomic
def disable_account(*, user: User, actor: User) -> User:
    """Take away all access from the next request on: sessions end, tokens stop working.

    Refuses without `accounts.manage` and for the own account; records `accounts.disabled`.
    """
    require(actor, Perm.MANAGE)
    if user.pk == actor.pk:
        raise NotAllowed(say(_("You cannot disable your own account.")))
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not locked.is_active:
        raise WrongState(say(_("This account is disabled already.")))
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    for row in UserSession.objects.filter(user=locked):
        row.end()
    record(journal.DISABLED, actor=actor, data={"account": locked.pk})
    appointments_changed([locked.pk])
    return locked


@transaction.atomic
def enable_account(*, user: User, actor: User) -> User:
    """Let a disabled person sign in again.

    Refuses without `accounts.manage` and where the posts the person kept join separated duties; records
    `accounts.enabled`.
    """
    require(actor, Perm.MANAGE)
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if locked.is_active:
        raise WrongState(say(_("This account is active already.")))
    locked.is_active = True
    locked.save(update_fields=["is_active"])
    refuse_conflicts({locked.pk})
    record(journal.ENABLED, actor=actor, data={"account": locked.pk})
    appointments_changed([locked.pk])
    return locked


# API tokens


@transaction.atomic
def create_token(
    *, actor: User, name: str, rights: Iterable[str], valid_days: int | None = None
) -> tuple[ApiToken, str]:
    """Make a token for the actor and return it with its secret, which is shown this once and not kept.

    Refuses rights that tokens may not carry or that the actor does not hold; records `accounts.token_created`.
    """
    carried = list(dict.fromkeys(rights))
    if not carried:
        raise Invalid(
            say(_("Choose what the token may do.")), fields={"rights": say(_("Choose at least one right."))}
        )
    for right in carried:
        if right not in offered:
            raise Invalid(say(_("Tokens cannot carry this right.")), fields={"rights": right})
        require(actor, right)
    secret = new_secret()
    token = ApiToken.objects.create(
        user=actor,
        name=name.strip(),
        prefix=secret[:SHOWN],
        digest=digest(secret),
        rights=carried,
        expires_at=clock.now() + timedelta(days=valid_days) if valid_days else None,
    )
    record(
        journal.TOKEN_CREATED, actor=actor, data={"name": token.name, "token": token.pk, "rights": carried}
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, actor: User) -> ApiToken:
    """Stop a token for good. Refuses a second time; records `accounts.token_revoked`."""
    _own_or_manage(token.user, actor)
    locked = ApiToken.objects.select_for_update().get(pk=token.pk)
    if locked.revoked_at:
        raise WrongState(say(_("This token is revoked already.")))
    locked.revoked_at = clock.now()
    locked.save(update_fields=["revoked_at"])
    record(journal.TOKEN_REVOKED, actor=actor, data={"name": locked.name, "token": locked.pk})
    return locked


def touch_token(*, token: ApiToken) -> None:
    """Remember that a token was used, at most once a minute: this is a courtesy, not a record."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= USED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
