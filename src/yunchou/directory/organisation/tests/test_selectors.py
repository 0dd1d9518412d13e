from __future__ import annotations

import pytest

from yunchou.directory.organisation import selectors
from yunchou.directory.organisation.models import DepartmentKind, WorkType
from yunchou.directory.organisation.positions import RECEPTION, SALES_REPRESENTATIVE
from yunchou.kernel.identity.models import Unit

from .factories import Firm, appoint, make_department, make_unit, make_user, staff

pytestmark = pytest.mark.django_db


@pytest.mark.req("ORG-01")
def test_tree_shows_levels_with_people_in_each(firm: Firm) -> None:
    (group,) = selectors.tree()
    east = next(node for node in group.below if node.unit == firm.east)
    marketing = next(node for node in east.below if node.unit == firm.department("east"))

    assert [node.unit.kind for node in group.below] == ["department"] * 8 + ["region"] * 3
    assert (group.depth, east.depth, marketing.depth) == (0, 1, 2)
    assert marketing.people == 3
    assert east.holds(firm.department("east"))
    assert len(selectors.flat([group])) == Unit.objects.count()


def test_tree_leaves_inactive_units_out_unless_asked(firm: Firm) -> None:
    closed = make_unit("旧部门", parent=firm.east)
    Unit.objects.filter(pk=closed.pk).update(is_active=False)

    assert closed not in [n.unit for n in selectors.flat(selectors.tree())]
    assert closed in [n.unit for n in selectors.flat(selectors.tree(with_inactive=True))]


@pytest.mark.parametrize("words", ["李明", "liming", "LiMing", "lml", "lm", "colle", " li ming "])
def test_people_are_found_by_name_pinyin_initials_and_user_name(firm: Firm, words: str) -> None:
    assert firm.colleague in selectors.people_found(words)


def test_people_found_leaves_closed_accounts_out(firm: Firm) -> None:
    make_user("李明远", is_active=False)
    assert [p.name for p in selectors.people_found("李明")] == ["李明朗"]


def test_rows_put_the_post_in_the_chosen_unit_first(firm: Firm) -> None:
    appoint(firm.owner, firm.east, RECEPTION)
    people = selectors.people_of(firm.department("east"))
    row = next(
        r
        for r in selectors.rows(people, reader=firm.admin, unit=firm.department("east"))
        if r.person == firm.owner
    )
    assert [post.unit for post in row.posts] == [firm.department("east"), firm.east]


def test_people_of_a_region_with_what_is_below(firm: Firm) -> None:
    direct = set(selectors.people_of(firm.east))
    whole = set(selectors.people_of(firm.east, below=True))
    assert firm.owner not in direct
    assert {firm.owner, firm.approver} <= whole
    assert firm.outsider not in whole


def test_phones_are_for_colleagues_of_the_region(firm: Firm) -> None:
    staff("有电话", firm.department("east"), SALES_REPRESENTATIVE, phone="13800000000")

    def phones(reader: object) -> set[str]:
        return {
            r.phone for r in selectors.rows(selectors.people_of(firm.department("east")), reader=reader)
        } - {""}

    assert phones(firm.owner) == {"13800000000"}
    assert phones(firm.admin) == {"13800000000"}
    assert phones(firm.outsider) == set()


@pytest.mark.req("ORG-05")
@pytest.mark.parametrize(
    ("work", "kind"),
    [
        (WorkType.COMPLAINT, DepartmentKind.CUSTOMER_SERVICE),
        (WorkType.ANOMALY, DepartmentKind.DATA),
        (WorkType.ARTWORK, DepartmentKind.DESIGN),
        (WorkType.UPKEEP, DepartmentKind.IT),
        (WorkType.SUPPLIES, DepartmentKind.ADMINISTRATION),
    ],
)
def test_work_goes_to_the_department_that_the_regulations_name(firm: Firm, work: str, kind: str) -> None:
    assert selectors.department_for(work, firm.group) == firm.department("group", kind)


@pytest.mark.req("ORG-05")
def test_work_goes_to_the_nearest_department_and_never_to_another_region(firm: Firm) -> None:
    project = make_unit("外滩项目", parent=firm.east, kind="project")

    assert selectors.department_for(WorkType.COMPLAINT, project) == firm.department(
        "east", "customer_service"
    )
    assert selectors.department_for(WorkType.ARTWORK, project) == firm.department("group", "design")
    make_department(firm.south, DepartmentKind.DESIGN, "设计部")
    assert selectors.department_for(WorkType.ARTWORK, project) == firm.department("group", "design")
    own = make_department(project, DepartmentKind.DESIGN, "设计组")
    assert selectors.department_for(WorkType.ARTWORK, project) == own


def test_options_of_a_picker_tell_namesakes_apart(firm: Firm) -> None:
    staff("张晨", firm.department("south"), SALES_REPRESENTATIVE)
    found = [(o.name, o.unit, o.post) for o in selectors.person_options("zhangchen")]
    assert found == [
        ("张晨", "华东区域 · 市场部", "市场经理"),
        ("张晨", "华南区域 · 市场部", "销售代表"),
    ]
