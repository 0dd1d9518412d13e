"""Rights to query customers are kept to the marketing centre (CUS-07, K-CUS-08): asked wherever rights are given."""

from __future__ import annotations

from typing import Final

from yunchou.directory.organisation.positions import GROUP_CUSTOMER_CLUB, JOBS
from yunchou.kernel.access.registry import Reserve, reserve
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.rules.selectors import evaluate

from ..permissions import Perm
from ..rules import Reserved, kept_to_marketing

#: Whoever releases an export sees no customer by that, so the security administrator may.
QUERIES: Final = frozenset(Perm.values) - {Perm.RELEASE.value}
#: The jobs of the marketing centre and its departments, and the group's customer club, which keeps the members.
CIRCLE: Final = frozenset(spec.code for spec in JOBS) | {GROUP_CUSTOMER_CLUB}


def ask(*, is_explained: bool) -> None:
    """Refuse to give such a right outside the circle, unless the exception is explained (K-CUS-08)."""
    for verdict in evaluate([kept_to_marketing], Reserved(is_marketing=False, is_explained=is_explained)):
        if not verdict.passed:
            raise RuleRefused(verdict.reason, fields={"reason": verdict.reason}, verdicts=[verdict])


reserve(Reserve("customers", QUERIES, CIRCLE, ask))
