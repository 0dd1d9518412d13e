"""Ways out of the house. A gateway is registered under a key; settings say which one serves a channel.

    gateways.add("acme", Acme())        # in an own app; then YUNCHOU_SMS_GATEWAY=acme

A gateway opens once for a chunk of messages and gives a courier, which sends them one by one or says why not.
"""

from .base import (
    Away,
    Courier,
    Gateway,
    Later,
    Lost,
    Rejected,
    gateway_of,
    gateways,
)
from .file import FileGateway
from .mail import MailGateway

gateways.add("smtp", MailGateway())
gateways.add("file", FileGateway())

__all__ = ["Away", "Courier", "Gateway", "Later", "Lost", "Rejected", "gateway_of", "gateways"]
