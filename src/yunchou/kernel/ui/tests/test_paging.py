"""Keyset pages: every row once, in order, forwards and backwards, ties included."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from yunchou.kernel.identity.models import Unit
from yunchou.kernel.ui.paging import Page, paginate

pytestmark = pytest.mark.django_db


@pytest.fixture
def units() -> list[Unit]:
    return [Unit.objects.create(code=f"u{n}", name=f"单位 {n // 3}", kind=Unit.Kind.GROUP) for n in range(11)]


def walk(by: str) -> list[Page[Unit]]:
    pages = [paginate(Unit.objects.all(), {}, by=by, size=4)]
    while pages[-1].next:
        pages.append(paginate(Unit.objects.all(), {"after": pages[-1].next}, by=by, size=4))
    return pages


@pytest.mark.parametrize("by", ["pk", "-pk", "name", "-name"])
def test_forwards_and_backwards_show_the_same(units: list[Unit], by: str) -> None:
    pages = walk(by)
    assert [len(page) for page in pages] == [4, 4, 3]
    assert [(page.first, page.last) for page in pages] == [(1, 4), (5, 8), (9, 11)]
    assert len({unit.pk for page in pages for unit in page}) == 11
    back = paginate(Unit.objects.all(), {"before": pages[2].previous}, by=by, size=4)
    assert list(back) == list(pages[1])
    assert (back.first, bool(back.previous), bool(back.next)) == (5, True, True)
    start = paginate(Unit.objects.all(), {"before": back.previous}, by=by, size=4)
    assert list(start) == list(pages[0])
    assert (start.first, start.previous) == (1, "")


@pytest.mark.parametrize("by", ["name", "-name"])
def test_rows_in_parts_are_turned_like_rows_in_one(units: list[Unit], by: str) -> None:
    parts = [
        Unit.objects.filter(name__lt="单位 2"),
        Unit.objects.filter(name="单位 9"),
        Unit.objects.filter(name__gte="单位 2"),
    ]
    found = paginate(parts, {}, by=by, size=4)
    for page in walk(by):
        assert (list(found), found.first, bool(found.next)) == (list(page), page.first, bool(page.next))
        if page.previous:
            before = paginate(parts, {"before": found.previous}, by=by, size=4)
            assert list(before) == list(
                paginate(Unit.objects.all(), {"before": page.previous}, by=by, size=4)
            )
        found = paginate(parts, {"after": found.next}, by=by, size=4)


def test_an_unreadable_cursor_shows_the_first_page(units: list[Unit]) -> None:
    assert paginate(Unit.objects.all(), QueryDict("after=%00nonsense"), by="pk", size=4).first == 1


def test_an_empty_list(db: None) -> None:
    page = paginate(Unit.objects.none(), {}, by="pk")
    assert (list(page), page.next, page.previous) == ([], "", "")


def test_one_query_a_page(units: list[Unit], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        paginate(Unit.objects.all(), {}, by="-pk", size=4)
