"""The sealed stream: nobody without the key reads it, and no change to it goes unnoticed."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunchou.kernel.backups.vault import BLOCK, HEAD, Reader, Unreadable, Writer

KEY, OTHER = "k" * 40, "o" * 40


def sealed(data: bytes, key: str = KEY) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, key)
    writer.write(data)
    writer.close()
    return file.getvalue()


def opened(data: bytes, *keys: str) -> bytes:
    reader, found = Reader(io.BytesIO(data), keys or (KEY,)), b""
    while block := reader.read(100_000):
        found += block
    return found


@pytest.mark.once
@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 7])
def test_what_goes_in_comes_out(size: int) -> None:
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    assert opened(sealed(data)) == data


@pytest.mark.once
def test_an_older_key_of_the_ring_opens_and_a_foreign_one_is_named() -> None:
    assert opened(sealed(b"secret", OTHER), KEY, OTHER) == b"secret"
    with pytest.raises(Unreadable, match="which is not among yours"):
        opened(sealed(b"secret", OTHER))


@pytest.mark.once
def test_the_same_data_is_never_sealed_the_same_way_twice() -> None:
    assert sealed(b"same")[HEAD:] != sealed(b"same")[HEAD:]


@pytest.mark.once
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_is_noticed(place: int, flip: int) -> None:
    whole = bytearray(sealed(b"abc" * 1000))
    whole[place % len(whole)] ^= flip
    with pytest.raises(Unreadable):
        opened(bytes(whole))


@pytest.mark.once
@given(st.integers(min_value=0))
def test_any_cut_is_noticed(place: int) -> None:
    whole = sealed(b"abc" * 1000)
    with pytest.raises(Unreadable):
        opened(whole[: place % len(whole)])


@pytest.mark.once
def test_blocks_do_not_change_places_and_nothing_follows_the_last() -> None:
    whole = sealed(bytes(3 * BLOCK))
    step = 4 + BLOCK + 16
    first, second = whole[HEAD : HEAD + step], whole[HEAD + step : HEAD + 2 * step]
    swapped = whole[:HEAD] + second + first + whole[HEAD + 2 * step :]
    missing = whole[:HEAD] + whole[HEAD + step :]
    for wrong in (swapped, missing, whole + b"x"):
        with pytest.raises(Unreadable):
            opened(wrong)
