"""Column types: each reads a cell, writes a cell, and keeps its value as JSON."""

from .base import Column, Parsed
from .dates import DateText, DueText
from .numbers import Days, Measure, Measures, Money, Number
from .people import People, Person, TaskRefs
from .text import Choice, Choices, Lines, Text

__all__ = [
    "Choice", "Choices", "Column", "DateText", "Days", "DueText", "Lines", "Measure", "Measures", "Money", "Number",
    "Parsed", "People", "Person", "TaskRefs", "Text",
]  # fmt: skip
