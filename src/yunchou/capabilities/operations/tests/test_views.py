"""The pages of the two tabs, by who looks at them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.operations import actions
from yunchou.capabilities.operations.models import DailyReport, DataReport, Issue, Risk
from yunchou.capabilities.work.models import GanttTask
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = pytest.mark.django_db

DAY = date(2024, 8, 2)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def client_of(user: User) -> Client:
    user.language = "en"
    user.save(update_fields=["language"])
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def url(name: str, *args: Any) -> str:
    return reverse(f"operations:{name}", args=args)


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.mark.parametrize("view", ["risks", "issues", "plan"])
def test_empty_pages_say_what_helps(firm: Firm, subject: Subject, view: str) -> None:
    client = client_of(firm.owner)
    assert page(client, f"{url('risk_list', subject.pk)}?view={view}")
    assert page(client, url("report_list", subject.pk))


def test_outsiders_get_a_404_and_readers_no_buttons(firm: Firm, subject: Subject) -> None:
    risk = toy.make_risk(subject)
    issue = actions.report_issue(subject=subject, problem="礼品不足", actor=firm.owner)
    outsider, reader = client_of(firm.outsider), client_of(firm.colleague)
    for address in (
        url("report_list", subject.pk),
        url("report_new", subject.pk),
        url("risk_list", subject.pk),
        url("risk_trigger", subject.pk, risk.pk),
        url("issue_detail", issue.pk),
    ):
        page(outsider, address, 404)
    assert url("risk_trigger", subject.pk, risk.pk) not in page(reader, url("risk_list", subject.pk))
    page(reader, url("report_new", subject.pk), 403)
    assert (
        reader.post(url("issue_decide", issue.pk), {"decision": "x", "adjustments": "y"}).status_code == 403
    )
    assert Client().get(url("issue_detail", issue.pk)).status_code == 302


@pytest.mark.req("RPT-01")
def test_report_is_written_with_ticked_tasks(firm: Firm, subject: Subject) -> None:
    GanttTask.objects.create(
        subject=subject, position=1, name="素材", owner=firm.owner, state="in_progress", progress=80
    )
    client, address = client_of(firm.owner), url("report_new", subject.pk)
    html = page(client, address)
    assert "T1 素材 80%" in html
    assert f'data-draft="report-{subject.pk}-2024-08-02"' in html
    assert client.post(address, {"day": "2024-08-02"}).status_code == 422
    told = {"day": "2024-08-02", "tasks": ["T1 素材 80%"], "done": "线索量达800+", "tomorrow": "优化直播话术"}
    told |= {"problems": "互动率偏低", "problem_is_issue": "on", "resources": "增加1名主播助理"}
    assert client.post(address, told).status_code == 302
    report = DailyReport.objects.get()
    assert client.get(address)["Location"].endswith(f"#report-{report.pk}")
    assert report.done == ["T1 素材 80%", "线索量达800+"]
    assert Issue.objects.get().report == report
    html = page(client, url("report_list", subject.pk))
    assert "线索量达800+" in html
    assert Issue.objects.get().get_absolute_url() in html


def test_report_list_marks_missing_late_and_corrected(firm: Firm, subject: Subject) -> None:
    member = toy.join(subject, firm.colleague)
    with clock.at("2024-08-01T00:05"):
        actions.owe_report_duties(
            subject=subject, day=date(2024, 8, 1), progress=[firm.owner, member], data=[member]
        )
    with clock.at("2024-08-01T17:10"):
        late = actions.hand_in_report(
            subject=subject,
            day=date(2024, 8, 1),
            owner=firm.owner,
            done="甲",
            tomorrow="乙",
            actor=firm.owner,
        )
    client = client_of(firm.owner)
    html = page(client, url("report_list", subject.pk))
    assert "1 missing" in html
    assert "1 late" in html
    assert client.get(url("report_correct", subject.pk, late.pk), **HTMX).status_code == 200
    told = {"done": "丙", "tomorrow": "丁"}
    assert client.post(url("report_correct", subject.pk, late.pk), told, **HTMX).status_code == 200
    html = page(client, url("report_list", subject.pk))
    assert "Corrected" in html
    assert "甲" in html
    assert "丙" in html
    assert "From the imported" not in html
    assert page(client, f"{url('report_list', subject.pk)}?until=2024-07-01")


@pytest.mark.req("RPT-02")
def test_data_report_offers_the_channels(firm: Firm, subject: Subject) -> None:
    Series.objects.create(subject=subject, position=1, channel="抖音", indicator="线索量")
    client, address = client_of(firm.owner), url("data_report_new", subject.pk)
    html = page(client, address)
    assert 'value="抖音"' in html
    assert 'value="2024-08-01"' in html
    told = {"day": "2024-08-01", "channel_0": "抖音", "leads_0": "120", "exposure_0": "800000"}
    assert client.post(address, {"day": "2024-08-01"}).status_code == 422
    assert client.post(address, told).status_code == 302
    report = DataReport.objects.get()
    assert (report.figures, report.is_late) == ({"抖音": {"leads": "120", "exposure": "800000"}}, True)
    again = url("data_report_correct", subject.pk, report.pk)
    assert client.get(address)["Location"] == again
    assert 'value="120"' in page(client, again)
    assert client.post(again, {**told, "leads_0": "121"}).status_code == 302
    assert DataReport.objects.get(corrects=report).figures["抖音"]["leads"] == "121"
    assert "121" in page(client, url("report_list", subject.pk))


@pytest.mark.req("RSK-01")
def test_risks_are_set_off_and_closed_on_the_page(firm: Firm, subject: Subject) -> None:
    risk = toy.make_risk(subject, owner=firm.owner)
    toy.make_risk(subject, "线下遇雨", impact=3)
    client = client_of(firm.owner)
    assert "5,000" in page(client, url("risk_list", subject.pk))
    proposed = client.get(url("risk_settings", subject.pk, risk.pk), **HTMX).content.decode()
    assert "预热期首日曝光量" in proposed
    settings = {"indicator": "曝光量", "comparator": "<", "value": "500000", "limit_minutes": "30"}
    assert client.post(url("risk_settings", subject.pk, risk.pk), settings, **HTMX).status_code == 200
    assert client.post(url("risk_trigger", subject.pk, risk.pk), {"text": ""}, **HTMX).status_code == 422
    assert (
        client.post(url("risk_trigger", subject.pk, risk.pk), {"text": "首日5万"}, **HTMX).status_code == 200
    )
    html = page(client, url("risk_list", subject.pk))
    assert "1 of 2 set off" in html
    assert "首日5万" in html
    log = {"action": "追加投放", "agreed_by": firm.owner.pk}
    assert client.post(url("risk_log", subject.pk, risk.pk), log, **HTMX).status_code == 200
    assert client.post(url("risk_close", subject.pk, risk.pk), {"text": "回升"}, **HTMX).status_code == 200
    risk.refresh_from_db()
    assert risk.state == Risk.State.CLOSED
    assert "回升" in page(client, url("risk_list", subject.pk))


@pytest.mark.req("ISS-01")
def test_issue_goes_round_its_loop_on_the_page(firm: Firm, subject: Subject) -> None:
    client = client_of(firm.owner)
    assert client.get(url("issue_new", subject.pk), **HTMX).status_code == 200
    told = {"problem": "观看人数不足", "target": "5000人", "actual": "2000人", "extra_cost": "1000"}
    assert client.post(url("issue_new", subject.pk), told, **HTMX).status_code == 200
    issue = Issue.objects.get()
    assert issue.is_large
    html = page(client, url("issue_detail", issue.pk))
    assert "5000人" in html
    assert "2 hours left" in html
    assert "Reclassify" in html
    assert client.post(url("issue_decide", issue.pk), {"decision": ""}).status_code == 422
    decided = {"decision": "加场", "adjustments": "增加晚8点场次", "causes": "时段冲突", "extra_cost": "1000"}
    assert client.post(url("issue_decide", issue.pk), decided).status_code == 302
    assert client.post(url("issue_adjust", issue.pk)).status_code == 302
    assert client.post(url("issue_close", issue.pk)).status_code == 422
    assert client.post(url("issue_verify", issue.pk), {"text": "观看4200"}).status_code == 302
    assert client.post(url("issue_close", issue.pk)).status_code == 302
    issue.refresh_from_db()
    assert issue.state == Issue.State.CLOSED
    assert page(client, url("issue_detail", issue.pk))
    assert "观看人数不足" in page(client, f"{url('risk_list', subject.pk)}?view=issues")


def test_issue_is_reclassified_in_a_dialog(firm: Firm, subject: Subject) -> None:
    issue = actions.report_issue(subject=subject, problem="礼品不足", actor=firm.owner)
    client, address = client_of(firm.owner), url("issue_size", issue.pk)
    assert client.get(address, **HTMX).status_code == 200
    assert client.post(address, {"size": "large", "reason": "影响目标"}, **HTMX).status_code == 200
    issue.refresh_from_db()
    assert issue.is_large


def test_figures_that_are_none_are_told_beside_the_field(firm: Firm, subject: Subject) -> None:
    answer = client_of(firm.owner).post(
        url("issue_new", subject.pk), {"problem": "x", "target": "很多"}, **HTMX
    )
    assert answer.status_code == 422
    assert not Issue.objects.exists()


def test_locked_tables_offer_nothing(firm: Firm, subject: Subject) -> None:
    toy.make_risk(subject)
    toy.LOCKED.update({"reports": say("archived"), "issues": say("archived")})
    client = client_of(firm.owner)
    assert url("report_new", subject.pk) not in page(client, url("report_list", subject.pk))
    html = page(client, url("risk_list", subject.pk))
    assert "archived" in html
    assert url("issue_new", subject.pk) not in html
