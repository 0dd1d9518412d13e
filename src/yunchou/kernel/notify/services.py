"""The group chats that a robot can post to: how people copy its address, and how the message goes out.

Only the secret part of an address is kept, and messages go to the service's own host: a pasted address cannot lead anywhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,128}")


@dataclass(frozen=True)
class Service:
    """A chat service. `host` and `path` are those of the addresses that it gives for robots; `token` names the query
    parameter that carries the secret (empty: the last part of the path does). `scheme` is what the sending library
    calls it."""

    key: str
    label: str | Promise
    host: str
    path: str
    token: str
    scheme: str

    def secret_in(self, address: str) -> str:
        """The secret part of an address of this service; empty where it is none."""
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            return ""
        if parts.scheme != "https" or parts.hostname != self.host or not parts.path.startswith(self.path):
            return ""
        found = (
            parse_qs(parts.query).get(self.token, [""])[0] if self.token else parts.path.rsplit("/", 1)[-1]
        )
        return found if _TOKEN.fullmatch(found) else ""

    def target(self, secret: str) -> str:
        """Where the sending library is to send: the secret, with a signing key before it where there is one."""
        token, _colon, sign = secret.partition(":")
        return f"{self.scheme}://{quote(sign, safe='')}@{token}" if sign else f"{self.scheme}://{token}"


SERVICES = (
    Service(
        "wecom", _("WeCom group robot"), "qyapi.weixin.qq.com", "/cgi-bin/webhook/send", "key", "wecombot"
    ),
    Service(
        "dingtalk", _("DingTalk group robot"), "oapi.dingtalk.com", "/robot/send", "access_token", "dingtalk"
    ),
    Service("feishu", _("Feishu group robot"), "open.feishu.cn", "/open-apis/bot/v2/hook/", "", "feishu"),
)
SIGNED = frozenset({"dingtalk"})
"""Services whose robots may ask for a signature."""


def read_address(address: str, sign: str = "") -> tuple[Service, str]:
    """The service and the secret of an address as the chat shows it. Refuses every other address at its field."""
    for service in SERVICES:
        if secret := service.secret_in(address):
            if sign and service.key not in SIGNED:
                words = say(gettext_noop("Only robots of DingTalk have a signing key."))
                raise Invalid(words, fields={"sign": words})
            if sign and not _TOKEN.fullmatch(sign):
                words = say(gettext_noop("This is not a signing key: it begins with SEC."))
                raise Invalid(words, fields={"sign": words})
            return service, f"{secret}:{sign}" if sign else secret
    words = say(
        gettext_noop(
            "This is no address of a group robot. Copy the webhook address that WeCom, DingTalk or Feishu shows."
        )
    )
    raise Invalid(words, fields={"address": words})
