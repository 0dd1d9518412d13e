"""Only the marketing centre queries customers; everybody else is refused, and each attempt is written down (CUS-07)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.directory.customers.actions.reserving import CIRCLE, QUERIES
from yunchou.directory.customers.permissions import Perm
from yunchou.directory.organisation import actions
from yunchou.directory.organisation.models import DepartmentKind
from yunchou.directory.organisation.positions import FINANCE, SALES_MANAGER, SECURITY_ADMIN, SYSTEM_ADMIN
from yunchou.directory.organisation.tests.factories import Firm, appoint, make_user
from yunchou.kernel.access.actions import change_grant
from yunchou.kernel.access.models import Grant
from yunchou.kernel.access.registry import rights
from yunchou.kernel.access.selectors import held_outside
from yunchou.kernel.access.verification import exceptions_are_explained
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.identity.models import Position, User
from yunchou.kernel.journal.models import JournalEntry

from .factories import make_customer

pytestmark = [pytest.mark.django_db]

PHONE = "+8613812346677"


def page(name: str, *args: object) -> str:
    return reverse(f"customers:{name}", args=args)


@pytest.mark.req("CUS-07", whole=True)
@pytest.mark.rule("R-CUS-02")
def test_only_the_marketing_centre_queries_customers_and_everybody_else_is_refused_and_written_down(
    client: Client, firm: Firm
) -> None:
    """Rights to query come with the marketing centre alone; others get them as an exception with a reason that stands in the
    journal. Without a right nobody queries, unmasks, takes out or copies anything, and each attempt is written down."""
    customer = make_customer(firm.east, firm.owner, name="某某某", phone=PHONE)
    # What the product ships with keeps to the circle, and nothing is held outside.
    given_ = {code for right in rights if right.key in QUERIES for code in right.positions}
    assert given_ <= CIRCLE
    assert held_outside() == []
    clerk = make_user("钱出纳")
    appoint(clerk, firm.group, FINANCE)
    security = firm.people[SECURITY_ADMIN]
    address = reverse("organisation:grant_set", args=[FINANCE, Perm.VIEW.value])

    def tries() -> list[int]:
        client.force_login(User.objects.get(pk=clerk.pk))
        asked = [
            client.get(page("customer_list")),
            client.post(page("customer_search"), {"q": "某某某"}),
            client.get(page("customer_detail", customer.pk)),
            client.post(page("customer_reveal", customer.pk, "phone"), {"reason": "回访"}),
            client.post(page("export_ask"), {"reason": "回访"}),
            client.get(page("list_start")),
            client.get(page("merge_start", customer.pk)),
        ]
        assert not any(
            "某某某" in one.content.decode() or PHONE[-4:] in one.content.decode()
            for one in asked
            if one.status_code != 200
        )
        return [one.status_code for one in asked]

    assert tries() == [403] * 7
    refusals = JournalEntry.objects.filter(kind="customers.refused", actor=clerk)
    assert {one.data["what"] for one in refusals} == {
        "customer_list", "customer_search", "customer_detail", "customer_reveal", "export_ask", "list_start", "merge_start",
    }  # fmt: skip

    # The security administrator cannot give the right outside the marketing centre, unless as an explained exception.
    client.force_login(security)
    wanted = {"scope": "all", "confirmed": "1"}
    refused = client.post(address, wanted)
    assert refused.status_code == 422
    assert "Only positions of the marketing centre" in refused.content.decode()
    with pytest.raises(RuleRefused):
        change_grant(
            position=Position.objects.get(code=FINANCE),
            right=Perm.VIEW,
            scope="all",
            actor=security,
            reason=" ",
        )
    assert tries() == [403] * 7
    client.force_login(security)
    assert client.post(address, {**wanted, "reason": "年度审计抽查退款客户"}).status_code == 302
    excepted = JournalEntry.objects.get(kind="access.grant_excepted")
    assert (excepted.actor, excepted.data["reason"]) == (security, "年度审计抽查退款客户")
    assert [(one.position.code, one.reason) for one in held_outside()] == [(FINANCE, "年度审计抽查退款客户")]
    assert "年度审计抽查退款客户" in client.get(reverse("organisation:rights_position_list")).content.decode()
    assert list(exceptions_are_explained()) == []
    # The exception reaches as far as it says: to see, masked. To unmask and take out stays refused.
    assert tries() == [200, 200, 200, 403, 403, 403, 403]
    assert PHONE[3:] not in client.get(page("customer_detail", customer.pk)).content.decode()
    Grant.objects.filter(position__code=FINANCE, right=Perm.VIEW).update(reason="")
    assert [one.code for one in exceptions_are_explained()] == ["unexplained_exception"]
    client.force_login(security)
    assert client.post(address, {"scope": "none", "confirmed": "1"}).status_code == 302
    assert (held_outside(), tries()) == ([], [403] * 7)
    # Nor does a job of the marketing centre bring them into a department outside it.
    finance, system = firm.departments["group", DepartmentKind.FINANCE], firm.people[SYSTEM_ADMIN]
    with pytest.raises(Invalid) as elsewhere:
        actions.appoint(person=clerk, unit=finance, position=SALES_MANAGER, actor=system)
    assert "unit" in elsewhere.value.fields
