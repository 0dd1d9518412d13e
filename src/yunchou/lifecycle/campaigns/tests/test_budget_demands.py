"""What a budget must hold before a proposal is sent, and the worked example's money where a person sees it."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.budgets.actions import say_no_cost, take_back_no_cost
from yunchou.capabilities.budgets.chart import HEADINGS, Heading
from yunchou.capabilities.budgets.models import NoCost
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.directory.organisation.positions import FINANCE
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, RuleRefused, WrongState
from yunchou.kernel.sheets.values import Person
from yunchou.kernel.subjects.kinds import findings_of
from yunchou.lifecycle.campaigns.models import Campaign, Kind, Status
from yunchou.lifecycle.campaigns.rules import elements

from . import example_workbook as example
from .factories import again, approve_all, make_proposal, save_rows, submit

HTMX = {"HTTP_HX_REQUEST": "true"}


def tab(campaign: Campaign, view: str = "") -> str:
    return reverse("budgets:budget_detail", args=[campaign.pk]) + view


def write(campaign: Campaign, firm: Firm, *lines: tuple[str, str, int]) -> None:
    person = Person(firm.colleague.name, firm.colleague.pk)
    rows = [LineRow(category=c, item=i, amount=Decimal(a), owner=person) for c, i, a in lines]
    save_rows(campaign, "budget", rows, actor=firm.owner)


@pytest.mark.req("BUD-08", whole=True)
@pytest.mark.rule("R-BUD-03", whole=True)
@pytest.mark.req("TYP-03")
def test_too_small_a_contingency_stops_sending_or_takes_one_more_approver(
    firm: Firm, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elements, "MANDATORY", {})
    campaign = make_proposal(firm, kind=Kind.CUSTOMER)
    write(campaign, firm, ("物料成本", "定制礼品", 63_000), ("其他成本", "应急备用金", 5_000))
    Campaign.objects.filter(pk=campaign.pk).update(kind=Kind.MARKETING)
    campaign = again(campaign)
    client.force_login(firm.owner)
    page = client.get(tab(campaign)).content.decode()
    for words in ("7.35%", "7,000.00 – 11,117.65", "基数（含备用金）", "¥68,000", "申请例外"):
        assert words in page
    with pytest.raises(RuleRefused) as refused:
        submit(campaign, firm)
    assert "R-BUD-03" in {verdict.rule_id for verdict in refused.value.verdicts}
    found = next(one.verdict for one in findings_of(campaign.subject) if one.verdict.rule_id == "R-BUD-03")
    excepted = reverse("sheets:finding_rule", args=[campaign.pk, found.fingerprint])
    assert client.post(excepted, {"reason": " "}, **HTMX).status_code == 422
    assert client.post(excepted, {"reason": "合作方另备 5,000 元应急物资"}, **HTMX).status_code == 204
    others = [one.verdict for one in findings_of(campaign.subject) if one.stops and one.verdict.blocks]
    for one in others:
        assert one.rule_id != "R-BUD-03"
    assert "合作方另备" in client.get(tab(campaign)).content.decode()
    write_modules(campaign, firm)
    campaign = submit(again(campaign), firm)
    decided = approve_all(campaign)
    assert FINANCE in decided  # the one approver more
    assert again(campaign).status == Status.APPROVED


def write_modules(campaign: Campaign, firm: Firm) -> None:
    """The creative plan that a marketing campaign must have."""
    from yunchou.lifecycle.campaigns.tables import MODULES, ModuleRow

    rows = [ModuleRow(module=name, content="内容", alternative="备选") for name in MODULES]
    save_rows(campaign, "creative", rows, actor=firm.owner)


@pytest.mark.req("BUD-05", whole=True)
def test_a_high_end_event_considers_seven_headings(firm: Firm, client: Client) -> None:
    """Each has a line, or somebody's word that nothing is spent; another kind of campaign is not asked."""
    campaign = make_proposal(firm, kind=Kind.HIGH_END)
    write(campaign, firm, ("其他成本", "宴会厅场地租赁", 30_000), ("物料成本", "伴手礼", 8_000))

    def open_headings() -> set[str]:
        found = (one.verdict for one in findings_of(campaign.subject))
        return {str(v.values["heading"]) for v in found if v.rule_id == "K-BUD-05" and not v.passed}

    rest = {one.value for one in HEADINGS} - {"venue", "supplies"}
    assert open_headings() == rest
    with pytest.raises(RuleRefused) as refused:
        submit(campaign, firm)
    assert "K-BUD-05" in {verdict.rule_id for verdict in refused.value.verdicts}
    client.force_login(firm.owner)
    page = client.get(tab(campaign)).content.decode()
    for one in HEADINGS:
        assert str(one.label) in page
    assert "¥30,000" in page
    say = reverse("budgets:no_cost_say", args=[campaign.pk, "catering"])
    assert client.post(say, {"reason": " "}, **HTMX).status_code == 422
    assert client.post(say, {"reason": "午宴由酒店承担"}, **HTMX).status_code == 204
    word = NoCost.objects.get(subject=campaign.subject)
    assert (word.heading, word.said_by) == (Heading.CATERING, firm.owner)
    page = client.get(tab(campaign)).content.decode()
    assert "午宴由酒店承担" in page
    who = {"subject": campaign.subject, "actor": firm.owner}
    with pytest.raises(Invalid):
        say_no_cost(heading="weather", reason="无", **who)
    with pytest.raises(NotAllowed):
        say_no_cost(heading="staff", reason="无", **who | {"actor": firm.outsider})
    for heading in open_headings():
        say_no_cost(heading=heading, reason="由合作方承担", **who)
    assert open_headings() == set()
    take_back_no_cost(heading="staff", **who)
    assert open_headings() == {"staff"}
    write(
        campaign,
        firm,
        ("其他成本", "宴会厅场地租赁", 30_000),
        ("物料成本", "伴手礼", 8_000),
        ("人力成本", "礼仪人员", 2_000),
    )
    assert open_headings() == set()
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.IN_APPROVAL)
    with pytest.raises(WrongState):
        take_back_no_cost(heading="catering", **who)
    other = make_proposal(firm, "音乐会")
    assert "budget-headings" not in client.get(tab(other)).content.decode()


@pytest.mark.once
@pytest.mark.vector("Budget total")
@pytest.mark.vector("Contingency allowed, total-based")
def test_the_worked_example_shows_its_money_where_a_person_looks(firm: Firm, client: Client) -> None:
    """Done-when 3: 68,000, not 77,000; 7,000.00 to 11,117.65; the additions of 6,000 are 1,000 more than the contingency."""
    call_command(
        "import_campaign",
        str(example.PATH),
        "--unit",
        firm.department().code,
        "--user",
        "owner",
        stdout=StringIO(),
    )
    campaign = Campaign.objects.get()
    client.force_login(firm.owner)
    page = client.get(tab(campaign)).content.decode()
    for words in ("¥68,000", "77,000", "9,000", "7.35%", "7,000.00 – 11,117.65"):
        assert words in page
    assert "6,000" in page  # K-A5, beside the table of lines
    assert "1,000" in page
    found = [one.verdict for one in findings_of(campaign.subject) if one.verdict.comment == "A5"]
    assert [(v.stored, v.computed) for v in found] == [("5,000.00", "6,000.00")]
    assert str(found[0].reason) in page.replace("<b>", "").replace("</b>", "")
