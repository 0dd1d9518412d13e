"""The chart of cost items is kept with the budgets, whose lines are recognised by it; this room books by it."""

from yunchou.capabilities.budgets.chart import (
    BY_CODE,
    CHOICES,
    CLAUSES,
    CODES,
    ITEMS,
    Category,
    CostItem,
    Group,
    Heading,
    Kind,
    View,
    items_in,
    suggested,
)

__all__ = [
    "BY_CODE", "CHOICES", "CLAUSES", "CODES", "ITEMS", "Category", "CostItem", "Group", "Heading", "Kind", "View", "items_in",
    "suggested",
]  # fmt: skip
