"""Yuan as exact decimals, always with two places."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((10**8, "亿"), (10**4, "万"), (1000, "仟"), (100, "佰"), (10, "拾"))


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


def yuan_in_words(value: Decimal | int | str) -> str:
    """The amount in the capital numerals of cheques and approval forms: `壹万贰仟元整`, `叁佰贰拾伍元零肆分`.

    Rounded half up to the fen. 整 follows a whole number of yuan or jiao; a zero between two figures is read once.
    """
    amount = yuan(value)
    whole, cents = divmod(abs(int(amount * 100)), 100)
    jiao, fen = divmod(cents, 10)
    words = "负" if amount < 0 else ""
    if whole or not cents:
        words += f"{_whole_in_words(whole)}元"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    if fen:
        return f"{words}{'零' if whole and not jiao else ''}{_DIGITS[fen]}分"
    return f"{words}整"


def _whole_in_words(amount: int) -> str:
    for size, name in _PLACES:
        if amount >= size:
            head, rest = divmod(amount, size)
            gap = "零" if 0 < rest < size // 10 else ""
            return f"{_whole_in_words(head)}{name}{gap}{_whole_in_words(rest) if rest else ''}"
    return _DIGITS[amount]
