"""Who wants to hear that the data of a customer were changed or found right, told in the transaction that says so.

# sales/customer_references.py, found at start
@hears_data("sales")
def judge_again(customer: Customer) -> None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from yunchou.kernel.core.registry import Registry

if TYPE_CHECKING:
    from .models import Customer

Hear: TypeAlias = "Callable[[Customer], None]"
hearers: Registry[Hear] = Registry("hearer of customer data")


def hears_data(key: str) -> Callable[[Hear], Hear]:
    """Declare somebody who is called once data of a customer were changed or verified."""

    def declare(hear: Hear) -> Hear:
        return hearers.add(key, hear)

    return declare


def tell(customer: Customer) -> None:
    """Call everybody who wants to hear of it."""
    for hear in hearers:
        hear(customer)
