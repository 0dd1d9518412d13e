"""What the journal tells of signing in. Names typed by strangers are never kept, only a keyed digest of them,
and accounts go by number, so that the chain holds no names."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.journal.kinds import kind

SIGNED_IN = kind("accounts.signed_in", _("signed in with {method}"), icon="login")
SIGN_IN_FAILED = kind(
    "accounts.sign_in_failed", _("failed to sign in ({reason}) from {network}"), icon="login"
)
SIGNED_OUT = kind("accounts.signed_out", _("signed out"), icon="logout")
SESSION_ENDED = kind(
    "accounts.session_ended", _("ended {count} sessions of account no. {account} ({reason})"), icon="logout"
)
PASSWORD_CHANGED = kind("accounts.password_changed", _("changed the password"), icon="key")
PASSWORD_RESET = kind("accounts.password_reset", _("reset the password by e-mail"), icon="key")
RESET_SENT = kind(
    "accounts.reset_sent", _("sent account no. {account} a link to reset the password"), icon="mail"
)
FACTOR_ADDED = kind("accounts.factor_added", _("added a sign-in factor: {factor}"), icon="shield-check")
FACTOR_REMOVED = kind("accounts.factor_removed", _("removed a sign-in factor: {factor}"), icon="shield-off")
FACTOR_RENEWED = kind("accounts.factor_renewed", _("renewed a sign-in factor: {factor}"), icon="shield-check")
PROFILE_CHANGED = kind("accounts.profile_changed", _("changed the own profile: {fields}"), icon="user")
TOKEN_CREATED = kind("accounts.token_created", _("created the API token {name}"), icon="key")
TOKEN_REVOKED = kind("accounts.token_revoked", _("revoked the API token {name}"), icon="key")
DISABLED = kind("accounts.disabled", _("disabled account no. {account}"), icon="user-off")
ENABLED = kind("accounts.enabled", _("enabled account no. {account}"), icon="user-check")
