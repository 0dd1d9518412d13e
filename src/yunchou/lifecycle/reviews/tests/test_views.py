"""The tab 评估复盘 for those who may and those who may not."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.lifecycle.campaigns.models import Campaign, Status
from yunchou.lifecycle.reviews import actions
from yunchou.lifecycle.reviews.models import ActionState, RetroItem, Roi

from .factories import action_of, complete_retro, measure_all


def url(name: str, campaign: Campaign, *more: int) -> str:
    return reverse(f"reviews:{name}", args=[campaign.pk, *more])


@pytest.fixture
def owner(client: Client, firm: Firm) -> Client:
    client.force_login(firm.owner)
    return client


def test_page_shows_computed_beside_stated_and_the_alternatives(owner: Client, closed: Campaign) -> None:
    page = owner.get(url("review_detail", closed)).content.decode()
    for words in ("549.35%", "635.29%", "624.64%", "127.5%", "暂定", "品牌搜索指数", "成功经验"):
        assert words in page


def test_an_empty_retrospective_blames_nobody_before_it_is_submitted(owner: Client, closed: Campaign) -> None:
    RetroItem.objects.filter(subject=closed.subject).delete()
    page = owner.get(url("review_detail", closed)).content.decode()
    assert page.count("尚未填写") >= 2
    assert "不能为空" not in page
    refused = owner.post(url("retrospective_submit", closed), headers={"hx-request": "true"})
    assert refused.status_code in (409, 422)
    assert "R-RET-02" in refused.content.decode()


def test_strangers_sign_in_outsiders_find_nothing(client: Client, closed: Campaign, firm: Firm) -> None:
    assert client.get(url("review_detail", closed)).status_code == 302
    client.force_login(firm.outsider)
    for name in ("review_detail", "gain_edit", "meeting_edit"):
        assert client.get(url(name, closed)).status_code == 404
    for name in ("evaluation_open", "retrospective_submit"):
        assert client.post(url(name, closed)).status_code == 404


def test_who_may_only_read_is_refused(client: Client, closed: Campaign, firm: Firm) -> None:
    client.force_login(firm.colleague)
    assert client.get(url("review_detail", closed)).status_code == 200
    assert client.get(url("gain_edit", closed)).status_code == 403
    assert client.post(url("evaluation_open", closed)).status_code == 403


def test_evaluation_is_opened_from_the_goals_and_completed_in_the_head(
    owner: Client, closed: Campaign, firm: Firm
) -> None:
    complete = reverse("campaigns:campaign_move", args=[closed.pk, "evaluate"])
    assert owner.post(complete, headers={"hx-request": "true"}).status_code == 409
    assert owner.post(url("evaluation_open", closed)).status_code == 302
    measure_all(closed, firm)
    owner.post(complete)
    closed.refresh_from_db()
    assert closed.status == Status.EVALUATED


def test_gain_dialog_keeps_what_was_typed_and_says_what_is_missing(owner: Client, closed: Campaign) -> None:
    answer = owner.post(url("gain_edit", closed), {"gross_sales": "500000", "baseline": "300000"})
    assert answer.status_code == 422
    assert "500000" in answer.content.decode()
    good = {"gross_sales": "500000", "baseline": "300000", "assumptions": "去年同期"}
    assert owner.post(url("gain_edit", closed), good, headers={"hx-request": "true"})["HX-Redirect"]
    assert Roi.objects.get(subject=closed.subject).incremental_gain == 200000


def test_meeting_is_recorded(owner: Client, closed: Campaign, firm: Firm) -> None:
    assert "张晨" in owner.get(url("meeting_edit", closed)).content.decode()
    people = {"invited": [firm.owner.pk], "present": [firm.owner.pk]}
    assert owner.post(url("meeting_edit", closed), {"held_on": "2024-08-14", **people}).status_code == 302
    assert "8月14日" in owner.get(url("review_detail", closed)).content.decode()


@pytest.mark.rule("R-RET-02")
def test_incomplete_retrospective_is_refused_with_reasons(owner: Client, closed: Campaign) -> None:
    answer = owner.post(url("retrospective_submit", closed), headers={"hx-request": "true"})
    assert answer.status_code == 422
    assert "R-RET-02" in answer.content.decode()


def test_action_goes_from_done_to_verified(client: Client, closed: Campaign, firm: Firm) -> None:
    complete_retro(closed, firm)
    actions.submit_retrospective(subject=closed.subject, actor=firm.owner)
    item = action_of(closed)
    client.force_login(firm.colleague)
    assert client.get(url("action_finish", closed, item.pk)).status_code == 200
    assert client.post(url("action_finish", closed, item.pk), {"result": ""}).status_code == 422
    assert client.post(url("action_finish", closed, item.pk), {"result": "已更新"}).status_code == 302
    client.force_login(firm.owner)
    done = {"verification": "抽查", "is_effective": "1"}
    assert client.post(url("action_verify", closed, item.pk), done).status_code == 302
    assert RetroItem.objects.get(pk=item.pk).state == ActionState.VERIFIED
    other = client.post(url("action_finish", closed, 999999), {"result": "x"})
    assert other.status_code == 404
