"""Chosen projects are evaluated afterwards by somebody from outside; all of it is kept with the project (BUD-26)."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from yunchou.directory.organisation.positions import AUDITOR, GENERAL_MANAGER, MANAGEMENT, REGIONAL_LEADERSHIP
from yunchou.directory.organisation.tests import factories
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.directory.suppliers.references import undeclared
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.subjects.actions import add_member
from yunchou.lifecycle.archive.packing.contents import pack
from yunchou.lifecycle.campaigns.actions import create_campaign
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.supervision import actions
from yunchou.lifecycle.supervision.actions.findings import Found
from yunchou.lifecycle.supervision.actions.outside import Commission, Outcome
from yunchou.lifecycle.supervision.models import OutsideEvaluation
from yunchou.lifecycle.supervision.selectors.outside import evaluations_of

pytestmark = pytest.mark.django_db

DUE = date(2099, 3, 1)
ASKED = Commission(
    institution="上海信衡咨询有限公司", scope="效果与费用的真实性", due_on=DUE, fee=Decimal("18000")
)


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Settings) -> None:
    place = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": place}


@pytest.fixture
def firm() -> Firm:
    return factories.company()


@pytest.fixture
def campaign(firm: Firm) -> Campaign:
    return create_campaign(
        name="邻里节", kind="marketing", unit=firm.east, owner=firm.owner, actor=firm.owner
    )


def report(name: str = "评估报告.txt") -> ContentFile[bytes]:
    return ContentFile("评估报告全文".encode(), name)


def over(campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.CLOSED)


@pytest.mark.req("BUD-26", whole=True)
def test_commission_report_and_conclusion_are_stored_with_the_project(
    firm: Firm, campaign: Campaign, client: Client
) -> None:
    """From the commission to the measures, by the pages; then the campaign's tab, its files, its journal, its archive."""
    boss, about = firm.people[MANAGEMENT], campaign.subject
    tab = reverse("supervision:outside_detail", args=[about.pk])
    client.force_login(boss)
    beside = reverse("reviews:review_detail", args=[about.pk])
    assert tab in client.get(beside).content.decode()
    assert client.get(tab).status_code == 200
    asked = {"institution": ASKED.institution, "scope": ASKED.scope, "due_on": "2099-03-01", "fee": "18,000"}
    commission = reverse("supervision:outside_commission", args=[about.pk])
    assert client.post(commission, asked).status_code == 302
    evaluation = OutsideEvaluation.objects.get()
    assert (evaluation.fee, evaluation.subject.unit) == (Decimal(18000), firm.east)
    duty = Duty.objects.open().get(kind="supervision.outside")
    assert (duty.owner, duty.clause, clock.local(duty.due_at).date()) == (boss, "002 9.3(3)", DUE)
    filing = reverse("supervision:outside_report", args=[about.pk, evaluation.pk])
    good = {"reported_on": clock.today().isoformat(), "rating": "good", "conclusion": "数据属实，归因偏高"}
    answer = client.post(filing, good | {"report": report()}, headers={"accept": "application/json"})
    assert answer.status_code in (409, 422), "it is evaluated afterwards"
    over(campaign)
    for wrong in ({}, {"report": report(), "conclusion": ""}, {"report": report(), "rating": ""},
                  {"report": report(), "reported_on": "2099-01-01"}):  # fmt: skip
        answer = client.post(filing, good | wrong)
        assert answer.status_code == 422
        assert answer.context["form"].errors
    assert client.post(filing, good | {"report": report()}).status_code == 302
    duty.refresh_from_db()
    assert duty.state == Duty.State.DONE
    measures = reverse("supervision:measure_add", args=[about.pk, evaluation.pk])
    typed = {
        "kind": "effect", "severity": "minor", "text": "归因口径偏宽", "measure": "按订单回溯", "owner": firm.owner.pk,
        "due_on": "2099-04-01", "amount": "",
    }  # fmt: skip
    assert client.post(measures, typed).status_code == 302
    shown = client.get(tab).content.decode()
    for words in (ASKED.institution, ASKED.scope, "数据属实，归因偏高", "评估报告.txt", "归因口径偏宽"):
        assert words in shown
    [one] = evaluations_of(about, boss)
    [measure] = one.measures
    assert Duty.objects.open().get(kind="supervision.correction").owner == firm.owner
    correction = actions.correct_finding(
        finding=measure,
        text="已改口径",
        evidence=report("口径.txt"),
        actor=User.objects.get(pk=firm.owner.pk),
    )
    with pytest.raises(NotAllowed):
        actions.verify_correction(correction=correction, is_accepted=True, actor=firm.owner)
    actions.verify_correction(correction=correction, is_accepted=True, actor=boss)
    # With the project: its files, its journal, and so what is sealed.
    attachment = about.attachments.get()
    assert (attachment.name, attachment.stage) == ("评估报告.txt", "evaluation")
    kinds = JournalEntry.objects.filter(subject=about).values_list("kind", flat=True)
    assert {"supervision.evaluation_commissioned", "supervision.outside_evaluated"} <= set(kinds)
    out = BytesIO()
    pack(Campaign.objects.get(pk=campaign.pk), out, actor=boss)
    with zipfile.ZipFile(out) as package:
        names = package.namelist()
        assert any(name.startswith("files/evaluation/") and name.endswith("评估报告.txt") for name in names)
        assert "数据属实，归因偏高" in package.read("journal.jsonl").decode()
    # The region reads it there, and everybody else who sees the project.
    for who, status in ((firm.owner, 200), (firm.colleague, 200), (firm.outsider, 404)):
        client.force_login(who)
        assert client.get(tab).status_code == status


def test_who_commissions_and_what_is_refused(firm: Firm, campaign: Campaign, client: Client) -> None:
    about, boss = campaign.subject, firm.people[GENERAL_MANAGER]
    for actor in (firm.owner, firm.people[REGIONAL_LEADERSHIP]):
        with pytest.raises(NotAllowed):
            actions.commission_evaluation(about=about, commission=ASKED, actor=actor)
    add_member(subject=about, user=firm.people[AUDITOR])
    with pytest.raises(NotAllowed, match=r"judge|评估"):
        actions.commission_evaluation(
            about=about, commission=ASKED, actor=User.objects.get(pk=firm.people[AUDITOR].pk)
        )
    for wrong, field in (
        (replace(ASKED, institution=" "), "institution"), (replace(ASKED, scope=""), "scope"),
        (replace(ASKED, due_on=date(2020, 1, 1)), "due_on"), (replace(ASKED, fee=Decimal("-1")), "fee"),
        (replace(ASKED, fee=Decimal("1.001")), "fee"),
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            actions.commission_evaluation(about=about, commission=wrong, actor=boss)
        assert set(refused.value.fields) == {field}
    made = actions.commission_evaluation(about=about, commission=ASKED, actor=boss)
    with pytest.raises(Invalid):
        actions.commission_evaluation(about=about, commission=ASKED, actor=boss)
    found = Found("effect", "minor", "x", "y", firm.owner, DUE)
    with pytest.raises(WrongState):
        actions.record_finding(source=made.subject, found=found, actor=boss)
    with pytest.raises(Invalid):
        actions.cancel_commission(evaluation=made, reason=" ", actor=boss)
    actions.cancel_commission(evaluation=made, reason="改由集团统一委托", actor=boss)
    assert not Duty.objects.open().filter(subject=made.pk).exists()
    over(campaign)
    outcome = Outcome(clock.today(), "good", "x")
    with pytest.raises(WrongState):
        actions.file_report(evaluation=made, outcome=outcome, report=report(), actor=boss)
    client.force_login(firm.owner)
    tab = client.get(reverse("supervision:outside_detail", args=[about.pk])).content.decode()
    assert "改由集团统一委托" in tab
    assert reverse("supervision:outside_commission", args=[about.pk]) not in tab
    assert not undeclared()
