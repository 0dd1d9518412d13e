"""Questions whose SQL is made once."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yunchou.kernel.core.compiled import Compiled, insertion
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.models import Subject

BY_NAME: Compiled[User] = Compiled(
    lambda name, least: User.objects.filter(username=name, pk__gte=least, is_active=True).order_by(), values=2
)


def test_a_question_is_compiled_once_and_answers_as_the_query_set_does(db: None) -> None:
    owner, lead = (User.objects.create(username=name, name=name.title()) for name in ("lin", "he"))
    with CaptureQueriesContext(connection) as asked:
        found = [BY_NAME.first(one.username, one.pk) for one in (owner, lead, owner)]
    assert len(asked) == 3
    assert [one and (one.pk, one.name, one.is_active, one.language) for one in found] == [
        (one.pk, one.name, one.is_active, one.language) for one in (owner, lead, owner)
    ]
    assert BY_NAME.first(owner.username, owner.pk + 1_000_000) is None
    assert BY_NAME.first("x' OR '1' = '1", 1) is None


def test_what_is_selected_beside_it_comes_with_it(db: None) -> None:
    club = Unit.objects.create(name="会员部", code="club")
    subject = Subject.objects.create(kind="campaign", title="夜", unit=club)
    one: Compiled[Subject] = Compiled(
        lambda pk: Subject.objects.filter(pk=pk).select_related("unit").only("title", "unit__name"), values=1
    )
    found = one.first(subject.pk)
    assert found
    with CaptureQueriesContext(connection) as asked:
        assert (found.title, found.unit.name) == ("夜", club.name)
    assert not asked.captured_queries


@pytest.mark.parametrize("values", [(), ("a",), ("a", None)])
def test_a_question_is_asked_with_its_values_and_none_of_them_is_none(values: Any) -> None:
    with pytest.raises(TypeError, match="2 values"):
        BY_NAME.first(*values)


def test_a_question_that_leaves_a_value_out_is_refused(db: None) -> None:
    careless: Compiled[User] = Compiled(lambda name, least: User.objects.filter(username=name), values=2)
    with pytest.raises(TypeError, match=r"\[1\]"):
        careless.first("a", 1)


def test_a_question_is_planned_once_on_a_connection(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps its statements by itself")
    for name in ("lin", "he", "lin"):
        BY_NAME.first(name, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%username%'"
        )
        assert cursor.fetchall() == [(3, 0)]


def test_an_insertion_is_part_of_a_statement_and_writes_what_save_would(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no INSERT within another statement")
    owner = User.objects.create(username="lin", name="林")
    entry = JournalEntry(kind="test.kind", actor=owner, data={"a": "乙 % {b}"})
    part, values = insertion(entry, "entry", "one")
    with connection.cursor() as cursor:
        cursor.execute(f"WITH one AS (SELECT 1), kept AS ({part}) SELECT 1", values)
    kept = JournalEntry.objects.get(kind="test.kind")
    assert (kept.actor, kept.data, kept.at) == (owner, {"a": "乙 % {b}"}, entry.at)
