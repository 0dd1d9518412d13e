"""Wrong links: counted by address in the cache that all workers share, slowed down when there are many."""

from __future__ import annotations

from hashlib import sha256
from time import time
from typing import Final

from allauth.core.internal.httpkit import get_client_ip
from django.core.cache import cache
from django.http import HttpRequest

MOST: Final = 20
MINUTE: Final = 60


def _key(request: HttpRequest) -> str:
    """One minute of one address; the address itself is not kept."""
    who = sha256(str(get_client_ip(request)).encode()).hexdigest()[:24]
    return f"messages-misses:{who}:{int(time()) // MINUTE}"


def is_slowed(request: HttpRequest) -> bool:
    """Whether this address missed too often within the minute."""
    return int(cache.get(_key(request), 0)) >= MOST


def note_miss(request: HttpRequest) -> None:
    """Count one more."""
    key = _key(request)
    if not cache.add(key, 1, MINUTE):
        cache.incr(key)
