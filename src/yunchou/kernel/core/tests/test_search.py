"""Names are found by any mixture of full pinyin and initials, and initials narrow what is looked through without losing any."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from ..search import DECIDING, initials_meant, mixed_pattern, syllable_key

NOT_SPOKEN = "兙兡嗧噷桛欸誒烪瓧瓰瓱瓼甅"
"""Signs of units and sounds that the dictionary reads as no syllable."""
USUAL = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, exclude_characters=NOT_SPOKEN),
    min_size=1,
    max_size=4,
)


@given(USUAL, st.data())
def test_whatever_is_typed_of_each_syllable_means_the_name(name: str, data: st.DataObject) -> None:
    said = lazy_pinyin(name)
    typed = "".join(part[: data.draw(st.integers(1, len(part)))] for part in said)
    assert re.search(mixed_pattern(typed), syllable_key(name))
    heads = "".join(part[0] for part in said)
    assert any(heads.startswith(one) for one in initials_meant(typed))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("l", ["l"]),
        ("limlang", ["lml"]),
        ("xian", ["x"]),  # also xi-an, whose initials begin with the same letter
        ("liuu", ["l"]),
        ("ouyangx", ["oyagx", "oyangx", "oyanx", "oyax", "oygx", "oyngx", "oynx", "oyx"]),
    ],
)
def test_the_initials_that_may_be_meant(typed: str, meant: list[str]) -> None:
    assert initials_meant(typed) == meant


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=1, max_size=60))
def test_however_much_is_typed_there_are_few_ways(typed: str) -> None:
    assert 1 <= len(initials_meant(typed)) <= 2 ** (DECIDING - 2)
