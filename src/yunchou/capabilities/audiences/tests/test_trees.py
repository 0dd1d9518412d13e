"""Trees: read, written, said in words, put together on a page, and meant the same by the database as by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yunchou.capabilities.audiences import trees
from yunchou.capabilities.audiences.builder import Builder
from yunchou.capabilities.audiences.compiling import condition
from yunchou.capabilities.audiences.fields import FIELDS, Kind, Op
from yunchou.capabilities.audiences.trees import Did, Group, Trait
from yunchou.directory.customers.models import Customer, CustomerIdentity, Touch
from yunchou.directory.customers.models.history import CONTACTS
from yunchou.directory.customers.tests.factories import make_customers
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid

TODAY = date(2024, 8, 2)
CITIES, DEEDS = ("杭州", "上海", "苏州"), ("attended", "invited", "contact")


def trait(key: str, ops: list[Op], values: list[str]) -> Any:
    several = st.sets(st.sampled_from(values), min_size=1).map(tuple)
    one = st.sampled_from([(value,) for value in values])
    return st.builds(
        Trait, st.just(FIELDS[key]), st.sampled_from(ops), one if Op.AT_LEAST in ops else several
    )


tests = st.one_of(
    trait("city", [Op.IN, Op.NOT_IN, Op.HAS], list(CITIES)),
    trait("grade", [Op.IN, Op.NOT_IN], ["none", "high_end", "key"]),
    trait("identity", [Op.IN, Op.NOT_IN], ["member", "owner"]),
    trait("age", [Op.AT_LEAST, Op.AT_MOST], ["24", "40"]),
    trait("birthday", [Op.IN, Op.NOT_IN], ["2", "8"]),
)
deeds = st.one_of(
    st.builds(Did, st.sampled_from(DEEDS), st.integers(1, 3), st.none(), st.sampled_from([0, 1, 30])),
    st.builds(Did, st.sampled_from(DEEDS), st.just(0), st.integers(0, 2), st.sampled_from([0, 1, 30])),
)


def groups(inner: Any) -> Any:
    return st.builds(
        Group,
        st.sampled_from(["all", "any"]),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
        st.booleans(),
    )


flat = groups(st.one_of(tests, deeds))
nested = groups(st.one_of(tests, deeds, flat))


@given(nested)
def test_what_is_written_reads_the_same(tree: Group) -> None:
    assert trees.read(trees.write(tree)) == tree
    with override("zh-hans"):
        assert trees.words(tree)


@given(flat)
def test_a_page_of_conditions_posts_what_it_shows(tree: Group) -> None:
    builder, data = Builder.of(tree), QueryDict(mutable=True)
    data["how"] = builder.how
    for b, block in enumerate(builder.blocks):
        data[f"b{b}-how"] = block.how
        if block.is_negated:
            data[f"b{b}-not"] = "1"
        for r, row in enumerate(block.rows):
            data[f"b{b}r{r}-what"], data[f"b{b}r{r}-op"] = row.what, row.op
            data.setlist(f"b{b}r{r}-value", row.values if row.options else [row.typed])
            for part in ("least", "most", "days"):
                data[f"b{b}r{r}-{part}"] = getattr(row, part)
    assert trees.words(Builder.typed(data).tree()) == trees.words(tree)


@pytest.mark.parametrize(
    "bad",
    [
        {"field": "password", "op": "in", "value": ["x"]},
        {"field": "city", "op": "regex", "value": ["x"]},
        {"field": "city", "op": "in", "value": []},
        {"field": "grade", "op": "in", "value": ["drop table"]},
        {"field": "age", "op": "least", "value": ["eighteen"]},
        {"field": "city", "op": "in", "value": ["x"], "extra": 1},
        {"did": "murdered"},
        {"did": "attended", "least": -1},
        {"did": "attended", "least": True},
        {"did": "attended", "least": 3, "most": 1},
        {"did": "attended", "least": 0},
        {"did": "attended", "days": 99999},
        {"all": [], "any": []},
        {"xor": []},
        {"all": [{"all": [{"all": [{"all": [{"all": []}]}]}]}]},
        {"all": [{"did": "attended"}] * 61},
        [],
        "all",
    ],
)
def test_what_is_no_tree_is_refused(bad: Any) -> None:
    with pytest.raises(Invalid):
        trees.read(bad if bad else [1])


def test_errors_stand_at_their_rows() -> None:
    data = QueryDict(
        "b0-how=all&b0r0-what=field:city&b0r0-op=in&b0r0-value=&b0r1-what=did:attended&b0r1-least=x&b0r2-what=field:age&b0r2-op=least&b0r2-value=30"
    )
    builder = Builder.typed(data)
    with pytest.raises(Invalid):
        builder.tree()
    assert [bool(row.error) for row in builder.blocks[0].rows] == [True, True, False]


def test_buttons_add_and_take_away_rows_and_blocks() -> None:
    builder = Builder.of(trees.EVERYBODY)
    for what in ("add:0", "add:0", "block", "drop:0:1", "drop-block:9", "drop:0:7", "nonsense", "add:x"):
        builder.act(what)
    assert [len(block.rows) for block in builder.blocks] == [1, 1]
    builder.act("drop-block:1")
    assert len(builder.blocks) == 1


# ---------------------------------------------------------------- the database against a walk by hand


@pytest.fixture
def people(firm: Firm) -> list[Customer]:
    """Forty customers with every mixture of the attributes above, and touches around the edges of the windows."""
    with clock.at(TODAY):
        made = make_customers(firm.east, 40)
    births = [None, date(2000, 2, 29), date(1984, 8, 2), date(1984, 8, 3), date(1999, 8, 3)]
    for n, one in enumerate(made):
        one.city = ("", *CITIES, "杭州湾")[n % 5]
        one.grade = ("", "high_end", "key")[n % 3]
        one.grade_until = (None, TODAY, TODAY - timedelta(days=1))[n % 7 % 3]
        one.born_on = births[n % 11 % 5]
    Customer.objects.bulk_update(made, ["city", "grade", "grade_until", "born_on"])
    CustomerIdentity.objects.bulk_create(
        [
            CustomerIdentity(customer=one, identity=what)
            for n, one in enumerate(made)
            for what in (("member",), ("owner",), ("member", "owner"), ())[n % 4]
        ]
    )
    starts = [
        clock.moment(TODAY, 8),
        clock.moment(TODAY - timedelta(days=29)),
        clock.moment(TODAY - timedelta(days=30), 23, 59),
    ]
    kinds = ("attended", "invited", "call", "ordered")
    Touch.objects.bulk_create(
        [
            Touch(customer=one, kind=kinds[(n + k) % 4], at=starts[(n * k) % 3])
            for n, one in enumerate(made)
            for k in range(n % 6)
        ]
    )
    return list(Customer.objects.prefetch_related("identities", "touches").order_by("pk"))


def by_hand(node: trees.Node, one: Customer) -> bool:
    """Whether a tree means a customer, by walking over it."""
    match node:
        case Group(how, parts, is_negated):
            return (all if how == "all" else any)(by_hand(part, one) for part in parts) != is_negated
        case Did(deed, least, most, days):
            kinds = CONTACTS if deed == "contact" else (deed,)
            since = clock.moment(TODAY - timedelta(days=days - 1)) if days else None
            times = sum(
                1
                for touch in one.touches.all()
                if touch.kind in kinds and (since is None or touch.at >= since)
            )
            return times >= least and (most is None or times <= most)
        case Trait(field, op, values):
            return BY_HAND[field.key](one, op, values)
    raise TypeError(node)


def _city(one: Customer, op: Op, values: tuple[str, ...]) -> bool:
    if op is Op.HAS:
        return any(value in one.city for value in values)
    return (one.city in values) != (op is Op.NOT_IN)


def _grade(one: Customer, op: Op, values: tuple[str, ...]) -> bool:
    holds = one.grade if one.grade_until is None or one.grade_until >= TODAY else ""
    return ((holds or "none") in values) != (op is Op.NOT_IN)


def _age(one: Customer, op: Op, values: tuple[str, ...]) -> bool:
    if one.born_on is None:
        return False
    age = TODAY.year - one.born_on.year - ((TODAY.month, TODAY.day) < (one.born_on.month, one.born_on.day))
    return age >= int(values[0]) if op is Op.AT_LEAST else age <= int(values[0])


BY_HAND: dict[str, Callable[[Customer, Op, tuple[str, ...]], bool]] = {
    "city": _city,
    "grade": _grade,
    "identity": lambda one, op, values: (
        any(i.identity in values for i in one.identities.all()) != (op is Op.NOT_IN)
    ),
    "age": _age,
    "birthday": lambda one, op, values: (
        one.born_on is not None and (str(one.born_on.month) in values) != (op is Op.NOT_IN)
    ),
}


@pytest.mark.req("SEG-01")
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=nested, is_narrow=st.booleans())
def test_the_database_means_whom_the_tree_means(people: list[Customer], tree: Group, is_narrow: bool) -> None:
    """Both forms of counting, and any nesting, against a walk over every customer."""
    with clock.at(TODAY):
        found = Customer.objects.filter(condition(tree, today=TODAY, is_narrow=is_narrow))
        assert sorted(found.values_list("pk", flat=True)) == [one.pk for one in people if by_hand(tree, one)]


def test_every_attribute_can_be_asked(firm: Firm) -> None:
    make_customers(firm.east, 2)
    for field in FIELDS.values():
        for op in field.ops:
            choices = list(field.choices()) if field.choices else []
            values = (str(choices[0][0]),) if choices else ("3",)
            if field.kind is Kind.CHOICE and not choices:
                continue
            Customer.objects.filter(field.condition(op, values, TODAY)).count()
