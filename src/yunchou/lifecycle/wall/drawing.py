"""The draw as a pure function: everything follows from numbers that are told in public.

    rules     SHA-256 of the rules as text, told when they are frozen, with SHA-256("yunchou-lottery:" + our secret)
    entries   SHA-256("<code of the draw>:<ticket of the guest>") for each guest, in order of their numbers; their list is
              fixed by SHA-256 of the lines before anybody knows the public number
    seed      SHA-256("<our secret>|<public number>"): we cannot choose the public number, nobody else knows our secret
    winners   entries in the order of HMAC-SHA-256(seed, "<digest of the list>:<entry>"), the first prizes to the first

Order and winners are those of the lotteries of campaigns (`capabilities.creative.drawing`). `static/wall/verify_draw.py.txt`
draws again from the published file with nothing but Python.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from yunchou.capabilities.creative.drawing import winners


def entry(draw_code: str, ticket: str) -> str:
    """What stands for a guest in the public list: it says nothing of them, and their ticket proves it."""
    return sha256(f"{draw_code}:{ticket}".encode()).hexdigest()


def digest_of_rules(rules: dict[str, Any]) -> str:
    """What binds title, rule, prizes and the commitment."""
    text = json.dumps(rules, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def digest_of_entries(entries: Sequence[str]) -> str:
    """What binds the numbered list."""
    return sha256("\n".join(entries).encode()).hexdigest()


def seed_of(secret: str, public_value: str) -> str:
    """Both together decide; neither alone."""
    return sha256(f"{secret}|{public_value}".encode()).hexdigest()


def drawn(
    secret: str, public_value: str, entries: Sequence[str], numbers: Sequence[int]
) -> list[tuple[str, int]]:
    """Who wins which prize (its place in `numbers`), in the order of the draw: nobody twice, never more than there are."""
    return winners(seed_of(secret, public_value), digest_of_entries(entries), entries, numbers)
