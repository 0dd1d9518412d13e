"""Wrong links of public pages: counted by address in the cache that all workers share, slowed down when there are many."""

from __future__ import annotations

import re
from contextlib import suppress
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from django.http import HttpRequest

from yunchou.kernel.core import clock

MOST: Final = 20
MINUTE: Final = 60


def is_secret(text: str, longest: int) -> bool:
    """Whether this can be the secret of an address of ours; for anything else no database is asked, some signs stop it."""
    return len(text) <= longest and re.fullmatch(r"[\w-]+", text, re.ASCII) is not None


def address_of(request: HttpRequest) -> str:
    """The address that is counted: of IPv6 the network, since whoever has one has 2 to the power of 64 addresses in it."""
    told = str(get_client_ip(request))
    try:
        address = ip_address(told)
    except ValueError:
        return told
    if not isinstance(address, IPv6Address):
        return told
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


def device_of(request: HttpRequest) -> str:
    """What tells devices apart that send no account: the address and how the browser calls itself. Never to be kept as it is."""
    return f"{address_of(request)}|{request.headers.get('User-Agent', '')[:200]}"


def is_slowed(request: HttpRequest, what: str = "", most: int = MOST) -> bool:
    """Whether this address missed too often within the minute; `what` is counted apart from everything else."""
    return int(cache.get(_key(request, what), 0)) >= most


def note_miss(request: HttpRequest, what: str = "") -> None:
    """Count one more."""
    key = _key(request, what)
    if not cache.add(key, 1, MINUTE):
        with suppress(ValueError):  # it ran out between the two
            cache.incr(key)


def _key(request: HttpRequest, what: str) -> str:
    """One minute of one address; the address itself is not kept."""
    who = sha256(address_of(request).encode()).hexdigest()[:24]
    return f"misses{what and ':'}{what}:{who}:{int(clock.now().timestamp()) // MINUTE}"


def may_send(request: HttpRequest, what: str, *, most: int, span: int) -> bool:
    """Count one more thing sent from a public page; whether it may be taken. Neither device nor address is kept.

    At most `most` within `span` seconds from one device, and ten times as many from one address, however its browsers call
    themselves: behind one address there may be a hall full of people, and a changed name does not evade the limit.
    """
    by_device, by_address = device_of(request), address_of(request)
    counted = [_counted(f"{what}:d", by_device, span), _counted(f"{what}:a", by_address, span)]
    return counted[0] <= most and counted[1] <= most * 10


def may_still_send(request: HttpRequest, what: str, *, by_device: int, by_address: int) -> bool:
    """Whether fewer than that were noted by `note_sent` of this device and of its address: asked before, counted only after."""
    sent = [int(cache.get(key, 0)) for key in _sent_keys(request, what)]
    return sent[0] < by_device and sent[1] < by_address


def note_sent(request: HttpRequest, what: str, *, span: int) -> None:
    """Count one thing that was taken, of this device and of its address, for `span` seconds from the first."""
    for key in _sent_keys(request, what):
        _count(key, span)


def _sent_keys(request: HttpRequest, what: str) -> tuple[str, str]:
    return _sent_key(f"{what}:d", device_of(request)), _sent_key(f"{what}:a", address_of(request))


def _sent_key(what: str, who: str) -> str:
    return f"{what}:{sha256(who.encode()).hexdigest()[:24]}"


def _counted(what: str, who: str, span: int) -> int:
    return _count(_sent_key(what, who), span)


def _count(key: str, span: int) -> int:
    if cache.add(key, 1, span):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        return 1
