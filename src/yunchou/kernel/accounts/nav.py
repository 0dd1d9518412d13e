from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.kernel.ui.nav import entry

entry(key="profile", label=_("Profile"), icon="user", url_name="accounts:profile", order=10, group="person")
entry(
    key="security",
    label=_("Sign-in and security"),
    icon="shield-lock",
    url_name="mfa_index",
    order=20,
    group="person",
)
entry(
    key="tokens", label=_("API tokens"), icon="key", url_name="accounts:token_list", order=30, group="person"
)
