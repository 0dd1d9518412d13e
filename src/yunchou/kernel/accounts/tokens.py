"""What an API token looks like, and which rights one may carry."""

from __future__ import annotations

import hashlib
import secrets

from yunchou.kernel.access.registry import Right, rights
from yunchou.kernel.core.registry import Registry

MARK = "yc_"
SHOWN = len(MARK) + 6

offered: Registry[str] = Registry("API right")


def offer(right: str) -> str:
    """Let tokens carry `right`; called in the `permissions.py` of a room whose API asks for it, after `declare`."""
    return offered.add(right, right)


def offered_rights() -> list[Right]:
    """The rights that a token may carry, in the order in which they were offered."""
    return [rights[key] for key in offered]


def new_secret() -> str:
    """A fresh secret: 256 random bits behind a mark that scanners for leaked secrets can look for."""
    return MARK + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret. It is random, so a plain hash suffices where a password would need a slow one."""
    return hashlib.sha256(secret.encode()).hexdigest()
