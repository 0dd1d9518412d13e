from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yunchou.kernel.approvals.actions import approve, open_case, return_case
from yunchou.kernel.approvals.models import Case, Task
from yunchou.kernel.duties.tests.factories import Company, papers
from yunchou.kernel.identity.models import User


@pytest.fixture
def case(firm: Company) -> Case:
    return open_case(subject=firm.paper(), definition="paper", actor=firm.owner, note="Please look")


def as_user(user: User, client: Client | None = None) -> Client:
    client = client or Client()
    user.language = "en"
    user.save()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def url(name: str, case: Case) -> str:
    return reverse(f"approvals:{name}", args=[case.pk])


def decide(client: Client, case: Case, verb: str, opinion: str = "", **more: str):  # type: ignore[no-untyped-def]
    task = Task.objects.get(step__case=case, assignee__name="Approver")
    return client.post(url("case_decide", case), {"task": task.pk, "verb": verb, "opinion": opinion}, **more)


PAGES = ("case_detail", "case_print")
POSTS = ("case_decide", "case_acknowledge", "case_remark", "case_withdraw")


def test_signed_out_is_sent_to_sign_in(case: Case, client: Client) -> None:
    assert client.get(reverse("approvals:case_list")).status_code == 302
    for name in PAGES:
        assert client.get(url(name, case)).status_code == 302
    for name in POSTS:
        assert client.post(url(name, case)).status_code == 302


def test_an_outsider_sees_nothing(firm: Company, case: Case) -> None:
    client = as_user(firm.outsider)
    for name in PAGES:
        assert client.get(url(name, case)).status_code == 404
    for name in POSTS:
        assert client.post(url(name, case)).status_code == 404
    assert b"Gift plan" not in client.get(reverse("approvals:case_list") + "?tab=mine").content


def test_who_may_see_the_subject_may_see_the_case_but_not_decide(firm: Company, case: Case) -> None:
    client = as_user(firm.vp)
    assert client.get(url("case_detail", case)).status_code == 200
    assert decide(client, case, "approve").status_code == 403
    assert client.post(url("case_withdraw", case)).status_code == 403
    assert client.post(url("case_remark", case), {"text": "x"}).status_code == 403
    assert client.post(url("case_acknowledge", case)).status_code == 409


def test_the_decision_page_says_why_and_who(firm: Company, case: Case) -> None:
    page = as_user(firm.approver).get(url("case_detail", case)).content.decode()
    for words in (
        "Why it came to you",
        "R-APR-03",
        "001 §5 ¶4",
        "Please look",
        "Amount",
        "50,000",
        "12,000 left",
        "Owner",
    ):
        assert words in page
    assert "decision-bar" in page
    assert "first time" in page
    mine = as_user(firm.owner).get(url("case_detail", case)).content.decode()
    assert "decision-bar" not in mine
    assert "Withdraw" in mine


@pytest.mark.req("APR-12")
def test_the_difference_to_the_returned_version_is_shown(firm: Company, case: Case) -> None:
    return_case(task=Task.objects.get(step__case=case, state="waiting"), actor=firm.approver, opinion="less")
    papers[case.subject_id]["amount"] = "48000"
    again = open_case(subject=case.subject, definition="paper", actor=firm.owner)
    page = as_user(firm.approver).get(url("case_detail", again)).content.decode()
    assert "<s>50,000</s>" in page
    assert "48,000" in page
    assert "−2,000" in page


def test_return_without_an_opinion_is_422_and_keeps_the_page(firm: Company, case: Case) -> None:
    client = as_user(firm.approver)
    for verb in ("return", "reject"):
        response = decide(client, case, verb, "  ")
        assert response.status_code == 422
        assert b"opinion-error" in response.content
        assert b"what has to be different" in response.content
    assert client.post(url("case_decide", case), {"verb": "nod"}).status_code == 422
    assert Case.objects.get().state == "running"


def test_a_decision_redirects_and_the_second_click_is_409(firm: Company, case: Case) -> None:
    client = as_user(firm.approver)
    response = decide(client, case, "approve", "fine")
    assert (response.status_code, response["Location"]) == (302, url("case_detail", case))
    assert Case.objects.get().state == "approved"
    assert decide(client, case, "approve", "fine").status_code == 409
    assert decide(client, case, "approve", "fine", HTTP_HX_REQUEST="true").status_code == 409
    assert b"Approved" in client.get(url("case_detail", case)).content


def test_content_changed_meanwhile_is_409(firm: Company, case: Case) -> None:
    papers[case.subject_id]["amount"] = "1"
    response = decide(as_user(firm.approver), case, "approve")
    assert response.status_code == 409
    assert b"content was changed" in response.content


def test_filing_withdrawing_and_remarking(firm: Company, case: Case) -> None:
    client = as_user(firm.owner)
    assert client.post(url("case_remark", case), {"text": ""}).status_code == 422
    assert client.post(url("case_remark", case), {"text": "One more thing"}).status_code == 302
    decide(as_user(firm.approver), case, "approve")
    club = as_user(firm.club)
    assert b"Take on record" in club.get(url("case_detail", case)).content
    assert club.post(url("case_acknowledge", case), {"opinion": "seen"}).status_code == 302
    assert client.post(url("case_withdraw", case)).status_code == 409


@pytest.mark.req("APR-17")
def test_the_four_lists(firm: Company, case: Case) -> None:
    def titles(user: User, tab: str) -> bool:
        return b"Gift plan" in as_user(user).get(reverse("approvals:case_list") + f"?tab={tab}").content

    assert titles(firm.approver, "waiting")
    assert titles(firm.owner, "mine")
    assert not titles(firm.club, "copies")
    assert not titles(firm.approver, "decided")
    approve(task=Task.objects.get(step__case=case, state="waiting"), actor=firm.approver)
    assert titles(firm.approver, "decided")
    assert titles(firm.club, "copies")
    assert not titles(firm.approver, "waiting")
    assert not titles(firm.vp, "mine")


def test_the_list_asks_as_many_queries_for_20_rows_as_for_2(firm: Company) -> None:
    counts = []
    client = as_user(firm.approver)
    for size in (2, 18):
        for number in range(size):
            open_case(subject=firm.paper(f"Plan {number}"), definition="paper", actor=firm.owner)
        client.get(reverse("approvals:case_list"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("approvals:case_list")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
