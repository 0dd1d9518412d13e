"""How numbers, figures, dates and deadlines are written in Chinese workbooks. Pure functions over text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

from .values import LIKE_FOR_LIKE, Change, Comparator, Context, DueRule, Figure, valid_date

SCALES = {
    "": 1, "百": 10**2, "千": 10**3, "k": 10**3, "万": 10**4, "w": 10**4, "十万": 10**5,
    "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12,
}  # fmt: skip
_COMPARE: dict[str, Comparator] = {
    **dict.fromkeys(["≥", "≧", "⩾", ">=", "=>", "不低于", "不少于", "不小于", "至少"], ">="),
    **dict.fromkeys(["≤", "≦", "⩽", "<=", "=<", "不超过", "不高于", "不大于", "至多"], "<="),
    **dict.fromkeys([">", "超过", "高于", "大于", "多于"], ">"),
    **dict.fromkeys(["<", "低于", "小于", "少于"], "<"),
    **dict.fromkeys(["=", "等于"], "="),
}
_AFTER: dict[str, Comparator] = {"+": ">=", "以上": ">=", "及以上": ">=", "以下": "<=", "以内": "<="}
_CHANGES: dict[str, Change] = {
    **dict.fromkeys(["增长", "提升", "提高", "增加", "上升", "上涨", "+"], "up"),
    **dict.fromkeys(["下降", "降低", "减少", "下跌"], "down"),
}


def _any_of(words: dict[str, Comparator] | dict[str, Change] | dict[str, int]) -> str:
    return "|".join(sorted(map(re.escape, filter(None, words)), key=len, reverse=True))


# The scale k or w counts only where no further Latin letter makes it a unit (kg, kW).
_SCALE = f"(?P<scale>(?:{_any_of(SCALES)})(?![A-Za-z])|)"
_NUMBER = r"(?P<number>-?(?:[0-9]{1,3}(?:,[0-9]{3}){1,4}|[0-9]{1,15})(?:\.[0-9]{1,8})?)"
_MONEY = re.compile(rf"(?:¥|RMB|CNY|人民币)?{_NUMBER}{_SCALE}(?:元|块|RMB|CNY)?整?", re.IGNORECASE)
_FIGURE = re.compile(
    rf"(?P<label>[^0-9<>≥≤≧≦⩾⩽=+\n]{{0,60}}?):?(?P<change>{_any_of(_CHANGES)}|)(?P<comparator>{_any_of(_COMPARE)}|)"
    rf"{_NUMBER}{_SCALE}(?P<plus>\+?)(?P<unit>[%‰]|[^\W\d_]{{1,6}}?(?:/[^\W\d_]{{1,4}}?)?|)(?P<after>{_any_of(_AFTER)}|)",
    re.IGNORECASE,
)
# `搜索量较2023年Q3(12000)增长30%`: what stands between is the base of a change.
_BASED = re.compile(
    rf"(?P<label>[^0-9<>≥≤≧≦⩾⩽=+()\n]{{0,60}}?)(?:(?:较|相比)(?P<base>[^<>≥≤≧≦⩾⩽=+()\n]{{1,40}}?)|(?P<like>{'|'.join(LIKE_FOR_LIKE)}))"
    rf"(?:\({_NUMBER}{_SCALE}\))?(?P<rest>(?:{_any_of(_CHANGES)}).+)",
    re.IGNORECASE,
)
# Between figures of one line; the comma within 12,000 is none.
_BETWEEN = re.compile(r"[;；、]|(?<![0-9])[,，]|[,，](?![0-9]{3}(?![0-9]))")
_DATES = (
    re.compile(r"(?P<year>[0-9]{4})[-./年](?P<month>[0-9]{1,2})[-./月](?P<day>[0-9]{1,2})[日号]?(?:之?前)?"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<month>[0-9]{1,2})[-./月](?P<day>[0-9]{1,2})[日号]?(?:之?前)?"),
)
_DUE = re.compile(r"(?:活动)?结束之?后的?第?(?P<days>[0-9]{1,3}|[一二两三四五六七八九十])个?工作日(?:之?内)?")
_DIGITS = dict(zip("一二三四五六七八九十", range(1, 11), strict=True)) | {"两": 2}


def fold(text: str) -> str:
    """`text` with full-width forms made plain and without any blanks: `12,000 元` becomes `12,000元`."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _scaled(found: re.Match[str]) -> Decimal:
    return Decimal(found["number"].replace(",", "")) * SCALES[found["scale"].lower()]


def read_money(text: str) -> Decimal | None:
    """Yuan from `12,000`, `¥12,000.00`, `1.2万`, `7.7万元`; None when it is not an amount."""
    found = _MONEY.fullmatch(fold(text))
    return _scaled(found) if found else None


def find_money(text: str) -> Decimal | None:
    """The first amount inside a text that is more than an amount (`约5000元`), to suggest it."""
    found = _MONEY.search(fold(text))
    return _scaled(found) if found else None


def read_figure(text: str) -> Figure | None:
    """`500万+`, `≥15%`, `92分`, `线索量2000+`, `搜索量增长30%`; None when there is not exactly one number.

    A change may name its base, and what that was: `搜索量较2023年Q3(12000)增长30%`, `销售额同比增长20%`.
    """
    folded = fold(text)
    if (based := _BASED.fullmatch(folded)) and (figure := _plain_figure(based["rest"])):
        return replace(
            figure,
            label=based["label"].rstrip(":"),
            base=based["like"] or based["base"],
            base_value=_scaled(based) if based["number"] else None,
        )
    return _plain_figure(folded)


def read_figures(text: str) -> tuple[Figure, ...]:
    """The figures of one line: one, or several with commas between, `曝光量≥500万，互动率≥3%`; none if any cannot be read."""
    if whole := read_figure(text):
        return (whole,)
    pieces = [piece for piece in _BETWEEN.split(text) if piece.strip()]
    found = [figure for piece in pieces if (figure := read_figure(piece))]
    return tuple(found) if len(found) == len(pieces) else ()


def _plain_figure(folded: str) -> Figure | None:
    """A figure without a base."""
    found = _FIGURE.fullmatch(folded)
    if found is None:
        return None
    senses: set[Comparator] = {_COMPARE.get(found["comparator"], "")}
    senses |= {_AFTER.get(found["plus"], ""), _AFTER.get(found["after"], "")}
    senses -= {""}
    if len(senses) > 1:
        return None
    return Figure(
        value=_scaled(found),
        unit=found["unit"],
        comparator=senses.pop() if senses else "",
        label=found["label"].rstrip(":"),
        change=_CHANGES.get(found["change"], ""),
    )


def read_date(text: str, ctx: Context) -> date | None:
    """`7.31`, `2024.8.01`, `2024-07-15`, `7月15日`, `8月15日前`, `20240731`; None when it is no date.

    A date without year lies in the campaign's period or nearest to it.
    """
    folded = fold(text)
    for pattern in _DATES:
        if found := pattern.fullmatch(folded):
            parts = {name: int(part) for name, part in found.groupdict().items()}
            return valid_date(**parts) if "year" in parts else ctx.date_of(**parts)
    return None


def needs_year(text: str) -> bool:
    """Is it a month and a day without a year?"""
    return bool(_DATES[-1].fullmatch(fold(text)))


def read_due(text: str) -> DueRule | None:
    """`活动结束后3个工作日`; None when it is no such deadline."""
    found = _DUE.fullmatch(fold(text))
    if found is None:
        return None
    return DueRule(_DIGITS.get(found["days"]) or int(found["days"]))
