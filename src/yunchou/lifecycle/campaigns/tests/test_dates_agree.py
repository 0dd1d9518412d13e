"""Dates that disagree are listed when a plan is sent, and each is mended or confirmed with a reason (R-SCH-06)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.preparation.actions import hold_venue
from yunchou.capabilities.preparation.models import Layout
from yunchou.capabilities.preparation.tests.factories import at, make_venue
from yunchou.capabilities.preparation.tests.test_venues import signed_contract
from yunchou.capabilities.purchasing.models import Contract, Purchase
from yunchou.capabilities.work.tables import AssignmentRow, TaskRow
from yunchou.directory.organisation.tests.factories import Firm, company
from yunchou.directory.suppliers.models import Supply
from yunchou.kernel.approvals.actions import install_definition
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.rules.models import Ruling
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.sheets.values import Person
from yunchou.lifecycle.campaigns.actions import submit_campaign
from yunchou.lifecycle.campaigns.models import Status
from yunchou.lifecycle.campaigns.selectors import conflicts_of
from yunchou.lifecycle.campaigns.tables import CONTENT_PLAN, ModuleRow
from yunchou.lifecycle.events.models import Session

from .factories import again, make_proposal, save_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(db: None) -> Firm:
    return company()


def found(subject: object) -> list[Verdict]:
    return [one.verdict for one in conflicts_of(subject)]  # type: ignore[arg-type]


@pytest.mark.req("SCH-09", whole=True)
@pytest.mark.rule("R-SCH-06", whole=True)
def test_conflicts_are_listed_when_a_plan_is_sent_and_confirmed_one_by_one(firm: Firm) -> None:
    with clock.at("2024-07-10T10:00"):
        install_definition(key="campaign")
        campaign = make_proposal(firm)
        subject, owner = campaign.subject, Person(firm.colleague.name, firm.colleague.pk)
        show = TaskRow(name="线下快闪执行", owner=owner, start_on=date(2024, 8, 6), end_on=date(2024, 8, 10))
        warm = TaskRow(name="活动预热启动", owner=owner, start_on=date(2024, 7, 31), end_on=date(2024, 8, 5))
        row = AssignmentRow(
            module="线下执行", task="高校快闪店落地", standard="到位", owner=owner,
            start_on=date(2024, 7, 25), end_on=date(2024, 8, 5),
        )  # fmt: skip
        content = ModuleRow(module=CONTENT_PLAN, content="预热期(7.20-7.25)：海报", design_point="分阶段")
        save_rows(campaign, "schedule", [warm, show], actor=firm.owner)
        save_rows(campaign, "division", [row], actor=firm.owner)
        save_rows(campaign, "creative", [content], actor=firm.owner)
        contract = signed_contract(firm, subject)
        Purchase.objects.filter(pk=contract.purchase_id).update(kind=Supply.VENUE)
        Contract.objects.filter(pk=contract.pk).update(starts_on=date(2024, 8, 5), ends_on=date(2024, 8, 7))
        venue = make_venue(firm, "体育馆")
        for day in (7, 8):
            hold_venue(
                venue=venue, subject=subject, layout=Layout.BANQUET, starts_at=at(day, 9), ends_at=at(day, 18),
                purpose="快闪", actor=firm.owner,
            )  # fmt: skip
        Session.objects.create(
            subject=subject, name="快闪邀请函", starts_at=at(9, 18), ends_at=at(9, 21), capacity=40
        )

        # Phases, division, contract, venue and invitations: each stands beside the Gantt, which leads.
        verdicts = found(subject)
        told = {(v.stored, v.computed) for v in verdicts}
        gantt = "08-06 — 08-10"
        assert told == {
            ("07-20 — 07-25", "07-31 — 08-05"), ("07-25 — 08-05", gantt), ("08-05 — 08-07", gantt),
            ("08-07 — 08-08", gantt), ("08-09 — 08-09", gantt),
        }  # fmt: skip
        assert all(v.fix is not None and v.computed in str(v.fix.text) for v in verdicts)

        # Sending lists them; a reason for one leaves the others, and what was typed stays.
        client = Client()
        client.force_login(firm.owner)
        url = reverse("campaigns:campaign_submit", args=[campaign.pk])
        page = client.get(url).text
        assert page.count('name="confirm-') == 5
        with pytest.raises(RuleRefused) as refused:
            submit_campaign(campaign=again(campaign), actor=firm.owner)
        assert (refused.value.code, len(refused.value.verdicts)) == ("unconfirmed", 5)
        reasons = {f"confirm-{v.fingerprint}": f"理由{n}" for n, v in enumerate(verdicts)}
        one = dict(list(reasons.items())[:1])
        answer = client.post(url, {"note": "请审批", **one})
        assert answer.status_code == 422
        assert "理由0" in answer.text
        assert "请审批" in answer.text
        assert not Ruling.objects.exists()  # nothing is half done

        # What is mended is a conflict no longer; each of the others has its own reason.
        save_rows(
            campaign,
            "division",
            [replace(row, start_on=date(2024, 8, 6), end_on=date(2024, 8, 10))],
            actor=firm.owner,
        )
        assert len(found(subject)) == 4
        assert client.post(url, {"note": "请审批", **reasons}).status_code == 302
        assert again(campaign).status == Status.IN_APPROVAL
        rulings = Ruling.objects.filter(subject=subject, rule="R-SCH-06")
        assert {(one.kind, one.made_by) for one in rulings} == {(Ruling.Kind.CONFIRMED, firm.owner)}
        assert len({one.reason for one in rulings}) == 4
        assert found(subject) == []
