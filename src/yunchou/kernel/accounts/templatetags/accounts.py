"""What the sign-in page asks."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yunchou.kernel.identity.models import User

from ..demo import DemoAccount, accounts
from ..selectors import factors_of, is_mail_configured

register = template.Library()


@register.simple_tag
def can_send_mail() -> bool:
    """Whether a forgotten password can be reset by mail."""
    return is_mail_configured()


@register.simple_tag
def has_passkey(user: User) -> bool:
    """Whether a passkey can be the second step."""
    return Authenticator.Type.WEBAUTHN in factors_of(user)


@register.simple_tag
def demo_accounts() -> list[DemoAccount]:
    """The accounts that the demo's sign-in page offers; none elsewhere."""
    return accounts()


@register.simple_tag
def avatar_letter(name: str) -> SafeString:
    """The avatar of somebody who is only known by name."""
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', name[:1])
