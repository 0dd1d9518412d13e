import pytest

from yunchou.kernel.calendar import selectors


@pytest.fixture(autouse=True)
def _hold_nothing() -> None:
    """Every test loads the calendar itself."""
    selectors.forget()
