"""Rows written by one statement are those that `save()` would have written."""

from __future__ import annotations

import pytest
from django.forms.models import model_to_dict

from yunchou.kernel.core import bulk
from yunchou.kernel.identity.models import Unit
from yunchou.kernel.subjects.models import Subject

pytestmark = pytest.mark.django_db


def units(prefix: str, count: int) -> list[Unit]:
    return [
        Unit(kind="department", code=f"{prefix}{n}", name=f"部门{n}", path=f"/{prefix}{n}/")
        for n in range(count)
    ]


def test_many_rows_are_written_as_one_by_one_and_in_batches(django_assert_num_queries) -> None:
    Unit.objects.bulk_create(units("a", 3))
    count = bulk.BATCH + 3
    with django_assert_num_queries(2):
        bulk.insert(units("b", count))
    bulk.insert([])
    one, other = (
        model_to_dict(Unit.objects.get(code=code), exclude=["id", "code", "path"]) for code in ("a1", "b1")
    )
    assert one == other
    assert Unit.objects.filter(code__startswith="b").count() == count


def test_fields_that_are_named_are_changed_and_no_others() -> None:
    Unit.objects.bulk_create(units("a", 2))
    rows = list(Unit.objects.filter(code__in=["a0", "a1"]).order_by("code"))
    rows[0].name, rows[1].name, rows[1].kind = "甲", "乙", "region"
    bulk.update(rows, ["name"])
    bulk.update([], ["name"])
    assert list(Unit.objects.filter(code__in=["a0", "a1"]).order_by("code").values_list("name", "kind")) == [
        ("甲", "department"),
        ("乙", "department"),
    ]


def test_rows_that_were_never_instances_take_the_defaults() -> None:
    bulk.insert(units("a", 1))
    unit = Unit.objects.get(code="a0")
    bulk.insert_values(
        Subject, ("kind", "unit", "title"), [("bench", unit.pk, "一"), ("bench", unit.pk, "二")]
    )
    bulk.insert_values(Subject, ("kind",), [])
    like = Subject(kind="bench", unit=unit, title="一")
    like.save()
    kept = list(Subject.objects.filter(kind="bench").order_by("pk"))
    assert [one.title for one in kept] == ["一", "二", "一"]
    left_out = ["id", "title", "search_text"]
    assert model_to_dict(kept[0], exclude=left_out).keys() == model_to_dict(like, exclude=left_out).keys()


def test_twins_share_nothing_that_is_made() -> None:
    """Lists and dictionaries are made for each; what hangs on the first one comes along without a query."""
    unit = Unit(kind="department", code="a", name="部门", path="/a/")
    twin = bulk.twins(Subject(kind="bench", unit=unit, title="一"))
    one, other = twin(), twin()
    one.title = "二"
    assert (one.title, other.title, other.unit is unit, other._state.adding) == ("二", "一", True, True)
    assert one._state is not other._state
