"""The draw: everything follows from the seed and the list of entries, so that anybody can draw again.

Before anybody enters, `commitment(seed)` is told. After the end the entries are fixed by their digest. Entries stand in the
order of HMAC-SHA-256(seed, digest + ":" + code); the first prizes go to the first of them. Nobody who does not know the
seed can choose an entry that wins, and nobody who knows it can exchange it; a list that is changed is another order.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence


def new_seed() -> str:
    """A secret that nobody can guess."""
    return secrets.token_hex(32)


def commitment(seed: str) -> str:
    """What is told of the seed beforehand."""
    return hashlib.sha256(f"yunchou-lottery:{seed}".encode()).hexdigest()


def digest_of(entries: Iterable[tuple[str, str, str]]) -> str:
    """What binds the list: code, name and contact of every entry, by code."""
    lines = ["\x1f".join(entry) for entry in sorted(entries)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def order(seed: str, digest: str, codes: Iterable[str]) -> list[str]:
    """The codes as they were drawn."""
    key = seed.encode()

    def rank(code: str) -> str:
        return hmac.new(key, f"{digest}:{code}".encode(), hashlib.sha256).hexdigest()

    return sorted(codes, key=lambda code: (rank(code), code))


def winners(seed: str, digest: str, codes: Iterable[str], stocks: Sequence[int]) -> list[tuple[str, int]]:
    """Who wins which prize (by its place in `stocks`), in the order of the draw."""
    drawn = iter(order(seed, digest, codes))
    return [
        (code, prize)
        for prize, stock in enumerate(stocks)
        for _n, code in zip(range(stock), drawn, strict=False)
    ]
