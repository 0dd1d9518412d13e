"""What of the stock is set aside: every room that promises things to people says here how many (EXE-16, K-GIF-01).

@promises("hospitality", gettext_lazy("Gifts"))
def gifts(items: Collection[int]) -> Mapping[int, int]: ...  # how many of each item wait for somebody

Whoever promises more asks `lock_free` first, which counts the promises of all rooms under the lock of the item: together they
never promise more than lies in the store.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.subjects.models import Subject

from .models import StockItem

Count: TypeAlias = Callable[[Collection[int]], Mapping[int, int]]


@dataclass(frozen=True)
class Source:
    """A room's promises: what they are called, and how many of each item there are."""

    label: Any
    of: Count


sources: Registry[Source] = Registry("promises of the stock")


def promises(key: str, label: Any) -> Callable[[Count], Count]:
    """Declare who promises things out of the stock; called once at import."""

    def declare(of: Count) -> Count:
        sources.add(key, Source(label, of))
        return of

    return declare


def set_aside(items: Collection[int]) -> dict[int, int]:
    """How many of each item are promised to somebody, over all rooms; one query a room."""
    found = dict.fromkeys(items, 0)
    if found:
        for source in sources:
            for pk, count in source.of(items).items():
                found[pk] += count
    return found


def set_aside_by_source(item: StockItem) -> list[tuple[Any, int]]:
    """What each room has promised of an item, in words; those that promised none are left out."""
    counted = [(source.label, source.of([item.pk]).get(item.pk, 0)) for source in sources]
    return [(label, count) for label, count in counted if count]


@dataclass(frozen=True)
class Free:
    """An item under its lock, how many are promised, and how many are not."""

    item: StockItem
    promised: int

    @property
    def left(self) -> int:
        return max(int(self.item.quantity) - self.promised, 0)

    @property
    def there(self) -> str:
        """What lies in the store, as words have it."""
        return f"{Decimal(self.item.quantity).normalize():f}"


def lock_free(items: Iterable[int]) -> dict[int, Free]:
    """Lock these items in the order of their keys until the transaction ends, and say what is free of each."""
    wanted = sorted(set(items))
    list(Subject.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    promised = set_aside(wanted)
    return {one.pk: Free(one, promised[one.pk]) for one in StockItem.objects.filter(pk__in=wanted)}
