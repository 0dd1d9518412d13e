"""The calendar of marketing occasions: recurring days, what is planned around them, and what clashes (PLN-14)."""

from . import selectors  # noqa: F401 - tells the calendar of the items of plans
