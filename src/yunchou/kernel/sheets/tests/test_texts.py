"""Tables that come as text, and sheets that a page carries as text: bounded, whatever the file says."""

from __future__ import annotations

import pytest

from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.sheets.raw import RawSheet
from yunchou.kernel.sheets.texts import MOST_CELLS, as_text, text_sheet


def test_a_sheet_as_text_is_as_large_as_its_cells_and_not_as_its_corners() -> None:
    far = RawSheet("流程", {1: {1: "环节"}, 2: {1: "签到", 3: "30"}, 1_048_576: {256: "x"}})
    text = as_text(far)
    assert len(text) < 400
    assert list(text_sheet(text, "流程").lines.values()) == list(far.lines.values())
    wide = RawSheet("流程", {n: {256: "x"} for n in range(1, MOST_CELLS // 256 + 2)})
    with pytest.raises(Invalid):
        as_text(wide)


@pytest.mark.parametrize(
    "text", ["a\n" * 50_001, "a" + "\t" * 300 + "b", "\n".join("a" for _n in range(60_000))]
)
def test_a_table_in_text_is_no_larger_than_a_sheet(text: str) -> None:
    with pytest.raises(Invalid):
        text_sheet(text, "流程")
