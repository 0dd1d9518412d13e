"""The register of audience categories: four for targeted campaigns, more are added; campaigns name them everywhere."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from yunchou.directory.customers.models import Identity, Stage
from yunchou.directory.organisation.positions import MARKETING_DIRECTOR
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.ui.seen import Stale
from yunchou.lifecycle.archive.packing.summary import _facts
from yunchou.lifecycle.campaigns import actions, imports
from yunchou.lifecycle.campaigns.actions.audiences import Meant, audience_stamp
from yunchou.lifecycle.campaigns.audience_models import AudienceCategory
from yunchou.lifecycle.campaigns.categories import categories
from yunchou.lifecycle.campaigns.models import Audience, Campaign, Kind, Status
from yunchou.lifecycle.campaigns.occasions import audience_of
from yunchou.lifecycle.campaigns.selectors import dossier_of
from yunchou.lifecycle.campaigns.tables import OVERVIEW, OverviewRow
from yunchou.lifecycle.events.actions.guests import add_guests
from yunchou.lifecycle.events.tests.factories import make_customer

from .factories import again, make_campaign

REGISTER = "/campaigns/purposes/"


def words_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def value_of(firm: Firm, **more: object) -> dict[str, object]:
    """What is typed for a new campaign."""
    return {
        "name": "潜在业主开放日", "unit": firm.department().pk, "owner": firm.owner.pk, "start_on": "2024-09-01",
        "end_on": "2024-09-02", "plan_item": "2024 年度计划 3.2", **more,
    }  # fmt: skip


@pytest.mark.req("TYP-02", whole=True)
def test_there_are_four_audience_categories_and_more_can_be_added(firm: Firm, client: Client) -> None:
    """The four decide who is invited to a targeted campaign; so does one that an administrator adds, wherever it is shown."""
    standard = [(one.key, one.word) for one in categories().values() if one.clause.startswith("000")]
    assert standard == [
        ("customer", "客户定向"), ("deal", "成交定向"), ("employee", "员工定向"), ("media", "媒体定向"),
    ]  # fmt: skip
    keeper = firm.people[MARKETING_DIRECTOR]
    add, meant = (
        reverse("campaigns:audience_add"),
        {"name": "洽谈中的 潜在业主", "name_en": "Owners in talks"},
    )
    client.force_login(firm.owner)
    assert add not in words_of(client, REGISTER)
    assert client.get(add).status_code == 403
    client.force_login(keeper)
    page = words_of(client, REGISTER)
    assert all(str(audience.label) in page for audience in Audience)
    assert client.post(add, meant).status_code == 422  # everybody would belong to it
    for taken in ("客户定向", "Media partners", "employee"):
        with override("en"), pytest.raises(Invalid):
            actions.add_audience(meant=Meant(taken, identities=["owner"]), actor=keeper)
    who = {"identities": [Identity.PROSPECTIVE_OWNER], "stages": [Stage.NEGOTIATING]}
    assert client.post(add, meant | who).status_code == 302
    own = AudienceCategory.objects.get()
    assert (own.name, own.identities, own.stages) == ("洽谈中的 潜在业主", ["to_own"], ["negotiating"])
    assert JournalEntry.objects.get(kind="campaigns.audience_kept").data["key"] == own.key

    # Somebody plans a targeted campaign for it; without a category it is addressed to nobody.
    client.force_login(firm.owner)
    new = reverse("campaigns:campaign_create")
    assert own.name in words_of(client, new)
    assert client.post(new, value_of(firm, kind=Kind.TARGETED)).status_code == 422
    assert client.post(new, value_of(firm, kind=Kind.TARGETED, audience="own-unknown")).status_code == 422
    assert client.post(new, value_of(firm, kind=Kind.TARGETED, audience=own.key)).status_code == 302
    campaign = Campaign.objects.get()
    assert own.name in words_of(client, f"/campaigns/{campaign.pk}/proposal/")
    assert own.name in audience_of(campaign)
    assert ["受众类别", own.name] in [list(map(str, each)) for each in _facts(campaign)]
    people = [
        make_customer(firm, f"客户{n}", identities=(identity,), stage=stage)
        for n, (identity, stage) in enumerate([("to_own", "negotiating"), ("to_own", "signed"), ("owner", "negotiating")])
    ]  # fmt: skip
    added = add_guests(subject=campaign.subject, customers=people, sessions=[], actor=firm.owner)
    assert [guest.name for guest in added.guests] == ["客户0"]
    assert {one.verdict.rule_id for one in added.refused} == {"K-TYP-02"}

    # The list is narrowed by it, and the register leads there.
    make_campaign(firm, "别的活动")
    asked = f"/campaigns/?view=all&audience={own.key}"
    found = words_of(client, asked)
    assert campaign.name in found
    assert "别的活动" not in found
    assert f"audience={own.key}" in words_of(client, REGISTER)
    assert campaign.name not in words_of(client, "/campaigns/?view=all&audience=media")

    # A workbook names it in either language, and gives it back.
    data = imports.workbook_of(campaign)
    run = imports.hand_in_workbook(
        upload=ContentFile(data, "活动.xlsx"), unit=firm.department(), actor=firm.owner
    )
    second = imports.create_from_workbook(run=run, actor=firm.owner)
    assert second.audience == own.key
    [column] = [one for one in OVERVIEW.columns if one.key == "audience_category"]
    assert column.parse("owners in TALKS").value == own.key
    assert column.parse("成交定向").value == Audience.DEAL
    assert column.parse("没有的").findings
    [row] = dossier_of(second).rows(OverviewRow)
    assert row.audience_category == own.key

    # Worded otherwise it stays the same one; a standard one goes out of use, and campaigns that have it keep it.
    client.force_login(keeper)
    change = reverse("campaigns:audience_change", args=[own.key])
    before = audience_stamp(categories()[own.key])
    renamed = {"name": "洽谈中的准业主", "name_en": "Owners in talks", "is_used": "on", "seen": before, **who}
    assert client.post(change, renamed).status_code == 302
    with override("en"):
        assert "Owners in talks" in audience_of(again(campaign))
    with pytest.raises(Stale):
        actions.keep_audience(key=own.key, meant=Meant("旧", identities=["owner"]), actor=keeper, seen=before)
    with pytest.raises(NotAllowed):
        actions.keep_audience(key=own.key, meant=Meant("旧", identities=["owner"]), actor=firm.owner)
    deal = reverse("campaigns:audience_change", args=["deal"])
    assert 'name="identities"' not in words_of(client, deal)
    assert client.post(deal, {}).status_code == 302
    assert client.get(reverse("campaigns:audience_change", args=["nobody"])).status_code == 404
    client.force_login(firm.owner)
    offered = words_of(client, new)
    assert 'value="deal"' not in offered
    assert "洽谈中的准业主" in offered
    assert "洽谈中的准业主" in words_of(client, f"/campaigns/{campaign.pk}/proposal/")


@pytest.mark.parametrize("spoken", ["en", "zh-hans"])
def test_no_name_of_the_register_is_given_twice_in_either_language(firm: Firm, spoken: str) -> None:
    """Whatever language the keeper reads in; two who give it at once do not both get it either."""
    keeper = firm.people[MARKETING_DIRECTOR]
    actions.add_audience(
        meant=Meant("共建业主", name_en="Partner owners", identities=["owner"]), actor=keeper
    )
    with override(spoken):
        for taken in ("媒体定向", "media partners", "partner OWNERS", "共建业主"):
            for meant in (Meant(taken, identities=["owner"]), Meant("新的", taken, identities=["owner"])):
                with pytest.raises(Invalid):
                    actions.add_audience(meant=meant, actor=keeper)


def test_of_two_who_give_a_name_at_once_the_second_is_told(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first has written is not seen yet when the second looks; the database has the last word."""
    keeper = firm.people[MARKETING_DIRECTOR]
    meant = Meant("共建业主", identities=["owner"])
    before = categories()
    actions.add_audience(meant=meant, actor=keeper)
    monkeypatch.setattr("yunchou.lifecycle.campaigns.actions.audiences.categories", lambda: before)
    with pytest.raises(Invalid) as refused:
        actions.add_audience(meant=meant, actor=keeper)
    assert set(refused.value.fields) == {"name"}
    assert AudienceCategory.objects.count() == 1


def test_the_list_offers_every_category_as_a_filter(firm: Firm, client: Client) -> None:
    own = actions.add_audience(
        meant=Meant("共建业主", identities=["owner"], is_used=False), actor=firm.people[MARKETING_DIRECTOR]
    )
    client.force_login(firm.owner)
    page = words_of(client, "/campaigns/")
    assert f'value="{own.key}"' in page
    assert 'value="media"' in page


def test_something_is_left_to_choose_from(firm: Firm) -> None:
    keeper = firm.people[MARKETING_DIRECTOR]
    *others, last = Audience.values
    for key in others:
        actions.keep_audience(key=key, meant=Meant(is_used=False), actor=keeper)
    with pytest.raises(Invalid):
        actions.keep_audience(key=last, meant=Meant(is_used=False), actor=keeper)
    assert [key for key, one in categories().items() if one.is_used] == [last]


def test_a_change_of_the_category_is_told_and_locked_with_the_proposal(firm: Firm) -> None:
    campaign = make_campaign(firm, kind=Kind.TARGETED, audience=Audience.CUSTOMER)
    changed = actions.change_overview(
        campaign=campaign, actor=firm.owner, changes={"audience_category": Audience.EMPLOYEE.value}
    )
    assert changed.audience == Audience.EMPLOYEE
    entry = JournalEntry.objects.filter(kind="campaigns.changed").latest("pk")
    assert entry.data["changes"] == {"audience_category": ["customer", "employee"]}
    Campaign.objects.filter(pk=campaign.pk).update(status=Status.RUNNING)
    with pytest.raises(WrongState):
        actions.change_overview(
            campaign=again(campaign), actor=firm.owner, changes={"audience_category": "media"}
        )
