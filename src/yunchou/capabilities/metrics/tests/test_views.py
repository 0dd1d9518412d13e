"""The tab 数据: what is shown, who may do what, how many queries it takes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.models import Alert, AlertState, Reading, Series, Source
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import say
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
D = Decimal


def at(name: str, *args: Any) -> str:
    return reverse(f"metrics:{name}", args=args)


@pytest.fixture
def owner(client: Client, firm: Firm) -> Client:
    client.force_login(firm.owner)
    return client


@pytest.fixture
def alert(subject: Subject, firm: Firm, series: dict[str, Series]) -> Alert:
    point = Point("线下快闪店", "现场留资量", clock.today(), D(280), "cumulative")
    record_readings(subject=subject, points=[point], actor=firm.owner, source=Source.API, key="shop")
    return Alert.objects.get()


def text_of(response: Any) -> str:
    found: str = response.content.decode()
    return found


@pytest.mark.req("DSH-01")
@pytest.mark.req("DSH-05")
def test_the_page_shows_rows_alerts_and_the_state_of_the_source(
    owner: Client, subject: Subject, alert: Alert
) -> None:
    html = text_of(owner.get(at("dashboard", subject.pk)))
    for words in ("74.7%", "375", "350 万", "R-DSH-02", "R-DSH-03", "140%"):
        assert words in html
    assert html.count('class="differs"') == 3
    assert f'id="alert-{alert.pk}"' in html
    assert html.count("data-chart=") == 3


@pytest.mark.parametrize("view", ["indicators", "channels", "log", "table", "nonsense"])
def test_every_view_answers(owner: Client, subject: Subject, alert: Alert, view: str) -> None:
    assert owner.get(at("dashboard", subject.pk), {"view": view}).status_code == 200


def test_an_empty_dashboard_says_what_to_do(owner: Client, subject: Subject) -> None:
    html = text_of(owner.get(at("dashboard", subject.pk)))
    assert "?view=table" in html


def test_outsiders_see_nothing(client: Client, subject: Subject, firm: Firm, alert: Alert) -> None:
    pages = [
        at("dashboard", subject.pk),
        at("board", subject.pk),
        at("charts", subject.pk),
        at("readings_record", subject.pk),
        at("readings_upload", subject.pk),
        at("readings_template", subject.pk),
        at("series_detail", subject.pk, alert.series_id),
        at("series_terms", subject.pk, alert.series_id),
        at("alert_answer", subject.pk, alert.pk),
        at("alert_sign", subject.pk, alert.pk),
    ]
    for page in pages:
        assert client.get(page).status_code == 302
    client.force_login(firm.outsider)
    for page in pages:
        assert client.get(page).status_code == 404, page
    client.force_login(firm.approver)
    assert [client.get(page).status_code for page in pages] == [
        200,
        200,
        200,
        403,
        403,
        403,
        200,
        403,
        200,
        403,
    ]


def test_things_of_another_subject_are_not_found(
    owner: Client, subject: Subject, firm: Firm, alert: Alert
) -> None:
    other = toy.make_subject(firm.department(), lead=firm.owner, code="OTHER")
    for page in (
        at("series_detail", other.pk, alert.series_id),
        at("alert_answer", other.pk, alert.pk),
        at("alert_sign", other.pk, alert.pk),
        at("series_terms", other.pk, alert.series_id),
    ):
        assert owner.get(page).status_code == 404


@pytest.mark.req("DSH-07")
def test_a_day_is_recorded_by_form_and_once(
    owner: Client, subject: Subject, series: dict[str, Series]
) -> None:
    shop, rate = series["现场留资量"], series["线索转化率"]
    data = {"key": "abc", "day": "2024-08-02", "note": "扫码", f"daily_{shop.pk}": "1,070"}
    data |= {f"cumulative_{rate.pk}": "12.1%"}
    response = owner.post(at("readings_record", subject.pk), data, headers=HTMX)
    assert response["HX-Redirect"]
    owner.post(at("readings_record", subject.pk), data, headers=HTMX)
    found = Reading.objects.filter(batch__source=Source.PAGE)
    assert sorted(reading.value for reading in found) == [D("12.1"), D(1070)]
    assert {reading.batch.origin for reading in found} == {"扫码"}


def test_what_cannot_be_used_is_told_at_its_field(
    owner: Client, subject: Subject, series: dict[str, Series]
) -> None:
    shop = series["现场留资量"]
    for cells in ({f"daily_{shop.pk}": "many"}, {f"daily_{shop.pk}": "5%", "day": "2024-08-09"}, {}):
        data = {"key": "abc", "day": "2024-08-02", **cells}
        assert owner.post(at("readings_record", subject.pk), data, headers=HTMX).status_code == 422
    assert not Reading.objects.filter(batch__source=Source.PAGE).exists()


def test_an_owner_records_only_the_own_indicator(
    client: Client, subject: Subject, firm: Firm, series: dict[str, Series]
) -> None:
    Series.objects.filter(pk=series["转发量"].pk).update(owner=firm.approver)
    client.force_login(firm.approver)
    html = text_of(client.get(at("readings_record", subject.pk)))
    assert f"daily_{series['转发量'].pk}" in html
    assert f"daily_{series['曝光量'].pk}" not in html


@pytest.mark.req("DSH-07")
def test_a_table_is_uploaded(owner: Client, subject: Subject, series: dict[str, Series]) -> None:
    file = SimpleUploadedFile("日报.csv", "渠道,核心指标,今日数据\n抖音,线索留资量,130\n".encode())
    response = owner.post(at("readings_upload", subject.pk), {"file": file}, headers=HTMX)
    assert response["HX-Redirect"]
    assert Reading.objects.get(batch__source=Source.SHEET).batch.origin == "日报.csv"
    wrong = {"pasted": "渠道,核心指标,今日数据\n微博,线索留资量,130\n抖音,曝光量,许多"}
    for how in ({}, {"headers": HTMX}):  # with and without scripts
        response = owner.post(at("readings_upload", subject.pk), wrong, **how)
        assert response.status_code == 422
        assert "微博" in text_of(response)
        assert "许多" in text_of(response)
    assert owner.post(at("readings_upload", subject.pk), {}, headers=HTMX).status_code == 422
    template = owner.get(at("readings_template", subject.pk))
    assert "现场留资量" in text_of(template)


def test_alerts_are_answered_and_signed_on_the_page(owner: Client, subject: Subject, alert: Alert) -> None:
    page = at("alert_answer", subject.pk, alert.pk)
    assert owner.post(page, {"cause": "雨天"}, headers=HTMX).status_code == 422
    assert owner.post(page, {"cause": "雨天", "adjustment": "加场"}, headers=HTMX)["HX-Redirect"]
    assert "加场" in text_of(owner.get(at("board", subject.pk)))
    page = at("alert_sign", subject.pk, alert.pk)
    assert owner.post(page, {"reason": " "}, headers=HTMX).status_code == 422
    assert owner.post(page, {"reason": "目标下调"}, headers=HTMX)["HX-Redirect"]
    alert.refresh_from_db()
    assert alert.state == AlertState.OVERRULED
    assert owner.post(page, {"reason": "再签"}, headers=HTMX).status_code == 409


def test_terms_are_set_on_the_page(owner: Client, subject: Subject, series: dict[str, Series]) -> None:
    shop = series["现场留资量"]
    page = at("series_terms", subject.pk, shop.pk)
    wrong = {"start_on": "2024-08-05", "end_on": "2024-08-01"}
    assert owner.post(page, wrong, headers=HTMX).status_code == 422
    right = {"start_on": "2024-07-25", "end_on": "2024-08-10", "threshold": "30"}
    assert owner.post(page, right, headers=HTMX)["HX-Redirect"]
    shop.refresh_from_db()
    assert shop.threshold == 30
    assert "30" in text_of(owner.get(page))


@pytest.mark.req("DSH-09")
def test_the_page_refreshes_by_itself(owner: Client, subject: Subject, alert: Alert, firm: Firm) -> None:
    html = text_of(owner.get(at("dashboard", subject.pk)))
    assert html.count('hx-trigger="every 30s"') == 2
    assert html.count("X-Unattended") == 2
    stamp = owner.get(at("dashboard", subject.pk)).context["stamp"]
    assert owner.get(at("charts", subject.pk), {"seen": stamp}).status_code == 204
    with clock.at(clock.now() + timedelta(minutes=1)):
        point = Point("线下快闪店", "现场留资量", clock.today(), D(281), "cumulative")
        record_readings(subject=subject, points=[point], actor=firm.owner, source=Source.API, key="later")
        assert owner.get(at("charts", subject.pk), {"seen": stamp}).status_code == 200


def test_a_locked_subject_offers_no_recording(
    owner: Client, subject: Subject, series: dict[str, Series]
) -> None:
    assert "data/record/" in text_of(owner.get(at("dashboard", subject.pk)))
    toy.locks["readings"] = say("Archived.")
    assert "data/record/" not in text_of(owner.get(at("dashboard", subject.pk)))


def test_as_many_queries_for_few_indicators_as_for_many(
    owner: Client, subject: Subject, alert: Alert, django_assert_max_num_queries: Any
) -> None:
    page = at("dashboard", subject.pk)
    owner.get(page)
    with django_assert_max_num_queries(40) as first:
        owner.get(page)
    for n in range(20):
        Series.objects.create(
            subject=subject, channel=f"渠道{n}", indicator="线索", target={"value": "100"}, position=9 + n
        )
    with django_assert_max_num_queries(len(first)):
        owner.get(page)
