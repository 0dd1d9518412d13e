"""Yuan as exact decimals, always with two places."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def yuan(value: Decimal | int | str) -> Decimal:
    """`value` in yuan, rounded half up to the fen."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)


def format_yuan(value: Decimal | int) -> str:
    """`12,000.00`, or `12,000` where there are no fen."""
    amount = yuan(value)
    return f"{amount:,.2f}".removesuffix(".00")


def format_exact(value: Decimal | int) -> str:
    """`12,000.00`: always with fen, for limits people copy into a cell."""
    return f"{yuan(value):,.2f}"


def ratio(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """`part / whole` in percent with two places, half up; None when there is no whole."""
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(CENT, ROUND_HALF_UP)


def format_percent(value: Decimal, places: int = 2) -> str:
    """`7.35 %` written `7.35%`; trailing zeros stay, since a limit is compared to them."""
    return f"{value:.{places}f}%"
