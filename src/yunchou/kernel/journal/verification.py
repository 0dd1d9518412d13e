"""The journal proves itself: the chain holds, and the part of it that nothing protects yet is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yunchou.kernel.core.verification import Problem, check, note

from .chain import breaks
from .models import ChainHead
from .selectors import unsealed_tail


@check("journal")
def chain_holds() -> Iterator[Problem]:
    """Every sealed entry is there, unaltered and in its place (P10)."""
    for broken in breaks():
        yield Problem(broken.problem, f"link {broken.number}", {"link": broken.number, "entry": broken.entry})


@note("journal")
def head_and_tail() -> dict[str, Any]:
    """Where the chain ends and which entries it does not cover yet; keep the head elsewhere to prove the end too."""
    head = ChainHead.objects.filter(pk=1).first()
    tail = unsealed_tail()
    return {
        "links": head.number if head else 0,
        "head": head.digest if head else "",
        "unsealed": {"count": tail.count, "first": tail.first, "last": tail.last},
    }
