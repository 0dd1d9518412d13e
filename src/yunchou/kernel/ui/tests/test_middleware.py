"""Refusals and messages in every form a request can take."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from yunchou.kernel.core.errors import NotAllowed, OutOfSpace, Refused, RuleRefused, WrongState
from yunchou.kernel.ui import toasts
from yunchou.kernel.ui.middleware import RefusalMiddleware, answer

Make = Callable[..., HttpRequest]
VERDICT = SimpleNamespace(
    severity="block",
    reason="备用金占 7.35%",
    rule_id="R-BUD-03",
    clause="004 二(三)",
    fix_text="备用金 +2,000",
    comment="",
)
REFUSED = RuleRefused("预算不能提交", verdicts=[VERDICT], fields={"reserve": "至少 7,000 元"})


def run(request: HttpRequest, response: HttpResponse) -> Any:
    return RefusalMiddleware(lambda _: response)(request)


@pytest.mark.parametrize(
    ("refused", "status"),
    [(NotAllowed("x"), 403), (WrongState("x"), 409), (RuleRefused("x"), 422), (OutOfSpace("x"), 507)],
)
def test_htmx_gets_a_fragment_above_the_content(make_request: Make, refused: Refused, status: int) -> None:
    response = answer(make_request(method="post", htmx=True), refused)
    assert response.status_code == status
    assert response["HX-Retarget"] == "#notices"
    assert b"<html" not in response.content


def test_a_fragment_names_rule_field_and_smallest_change(make_request: Make) -> None:
    html = answer(make_request(method="post", htmx=True), REFUSED).content.decode()
    for part in ("预算不能提交", "R-BUD-03", "004 二(三)", "<b>+2,000</b>", "至少 <b>7,000</b> 元"):
        assert part in html


def test_a_machine_gets_json(make_request: Make) -> None:
    response = answer(make_request(method="post", HTTP_ACCEPT="application/json"), REFUSED)
    error = json.loads(response.content)["error"]
    assert response.status_code == 422
    assert error["code"] == "rule"
    assert error["fields"] == {"reserve": "至少 7,000 元"}
    assert error["reasons"][0]["rule_id"] == "R-BUD-03"


def test_a_posted_page_goes_back_with_messages(make_request: Make) -> None:
    request = make_request(method="post", HTTP_REFERER="http://testserver/plans/3/")
    response = answer(request, REFUSED)
    assert response.status_code == 302
    assert response["Location"] == "http://testserver/plans/3/"
    said = toasts.pending(request)
    assert [one["text"] for one in said] == ["预算不能提交", "至少 7,000 元", "备用金占 7.35%"]
    assert said[2]["rule_id"] == "R-BUD-03"
    assert all(one["is_error"] for one in said)


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/"])
def test_a_stranger_gets_a_page_and_no_redirect(make_request: Make, referer: str) -> None:
    response = answer(make_request(method="post", HTTP_REFERER=referer), NotAllowed("不是您的任务"))
    assert response.status_code == 403
    assert "不是您的任务" in response.content.decode()
    assert "<html" in response.content.decode()


def test_only_refusals_are_answered(make_request: Make) -> None:
    middleware = RefusalMiddleware(lambda _: HttpResponse())
    assert middleware.process_exception(make_request(), ValueError()) is None
    refused = middleware.process_exception(make_request(), WrongState("x"))
    assert refused is not None
    assert refused.status_code == 409


def test_messages_travel_with_an_htmx_answer_as_toasts(make_request: Make) -> None:
    request = make_request(htmx=True)
    toasts.toast(request, "已退回 2 个任务", undo="/undo/1/")
    response = run(request, HttpResponse(headers={"HX-Trigger": "campaign:changed"}))
    events = json.loads(response["HX-Trigger"])
    assert set(events) == {"campaign:changed", "toast"}
    assert events["toast"][0] == {
        "text": "已退回 2 个任务",
        "is_error": False,
        "undo": "/undo/1/",
        "rule_id": "",
    }


def test_messages_wait_for_the_page_after_a_redirect(make_request: Make) -> None:
    request = make_request(htmx=True)
    messages.success(request, "x")
    response = run(request, HttpResponse(status=204, headers={"HX-Redirect": "/"}))
    assert "HX-Trigger" not in response
    assert len(toasts.pending(request)) == 1


def test_an_expired_session_leads_to_sign_in_and_back(make_request: Make) -> None:
    from django.conf import settings
    from django.shortcuts import resolve_url

    login = resolve_url(settings.LOGIN_URL)
    response = run(make_request(htmx=True), HttpResponseRedirect(f"{login}?next=/fragment/"))
    assert response.status_code == 204
    assert response["HX-Redirect"] == f"{login}?next=%2Fplans%2F"


def test_error_pages_do_not_land_inside_a_page(make_request: Make) -> None:
    assert run(make_request(htmx=True), HttpResponse(status=404))["HX-Retarget"] == "#notices"
    assert "HX-Retarget" not in run(make_request(htmx=True), HttpResponse(status=422))
    assert "HX-Retarget" not in run(make_request(), HttpResponse(status=404))
