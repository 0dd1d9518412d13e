"""The interface for other systems."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from yunchou.capabilities.metrics.models import Reading, Series, Source
from yunchou.capabilities.metrics.permissions import Perm
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.accounts.actions import create_token
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from . import toy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("series")]
ADDRESS = "/api/v1/subjects/YX-2024-017/readings"
POINT = {"channel": "线下快闪店", "indicator": "现场留资量", "day": "2024-08-02", "daily": 70}


def token(user: User, *rights: str) -> str:
    return create_token(actor=user, name="t", rights=rights or (Perm.RECORD,))[1]


def send(secret: str, body: Any, address: str = ADDRESS) -> Any:
    return Client().post(
        address,
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )


def body(**more: Any) -> dict[str, Any]:
    return {"key": "form-1", "source": "表单系统", "points": [POINT], **more}


def get(secret: str, address: str = ADDRESS) -> HttpResponse:
    return Client().get(address, headers={"Authorization": f"Bearer {secret}"})  # type: ignore[return-value]


@pytest.mark.req("DSH-07")
def test_a_delivery_is_taken_in_once(firm: Firm, series: dict[str, Series]) -> None:
    secret = token(firm.owner)
    first = send(secret, body())
    assert first.status_code == 201
    assert first.json()["recorded"] == 1
    assert first.json()["alerts"][0]["rule"] == "R-DSH-02"
    again = send(secret, body())
    assert again.status_code == 200
    assert again.json()["repeated"] is True
    assert again.json()["batch"] == first.json()["batch"]
    reading = Reading.objects.get(series=series["现场留资量"], batch__source=Source.API)
    assert (reading.batch.origin, reading.batch.taken_by) == ("表单系统", firm.owner)
    assert send(secret, body(points=[{**POINT, "daily": 71}])).status_code == 409


def test_without_a_usable_token_is_401(firm: Firm) -> None:
    assert send("yc_wrong", body()).status_code == 401
    assert Client().post(ADDRESS, "{}", content_type="application/json").status_code == 401
    assert Client().get(ADDRESS).status_code == 401


def test_what_one_may_not_see_does_not_exist(firm: Firm, subject: Subject) -> None:
    for address in (ADDRESS, "/api/v1/subjects/NO-SUCH/readings", "/api/v1/subjects/%00/readings"):
        answer = send(token(firm.outsider), body(), address)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "not_found"
        assert get(token(firm.outsider), address).status_code == 404


def test_seeing_is_not_recording(firm: Firm) -> None:
    answer = send(token(firm.owner, Perm.VIEW), body())
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "not_allowed"
    assert send(token(firm.approver, Perm.VIEW), body()).status_code == 403


def test_points_that_cannot_be_used_are_named(firm: Firm) -> None:
    points = [POINT, {**POINT, "channel": "微博"}, {**POINT, "day": "2024-08-03", "cumulative": 5}]
    answer = send(token(firm.owner), body(points=points))
    assert answer.status_code == 422
    told = answer.json()["error"]["points"]
    assert [(one["index"], one["code"]) for one in told] == [(1, "unknown"), (2, "future"), (2, "future")]
    assert not Reading.objects.filter(batch__source=Source.API).exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": []},
        {"points": [POINT] * 1001},
        {"points": [{**POINT, "day": "soon"}]},
        {"key": ""},
        {"points": [{**POINT, "at": "2024-08-02T10:00:00"}]},
        {"points": [{**POINT, "daily": "many"}]},
    ],
)
def test_malformed_deliveries_are_422(firm: Firm, wrong: dict[str, Any]) -> None:
    answer = send(token(firm.owner), body(**wrong))
    assert answer.status_code == 422
    assert answer.json()["error"]["code"]
    assert not Reading.objects.filter(batch__source=Source.API).exists()


@pytest.mark.req("DSH-07")
def test_the_newest_values_are_read_back(firm: Firm) -> None:
    with clock.at("2024-08-02T16:00"):
        send(token(firm.owner), body())
    answer = json.loads(get(token(firm.owner, Perm.VIEW)).content)
    shop = answer["series"][3]
    assert (shop["today"], shop["cumulative"], shop["target"], shop["source"]) == (
        "70",
        "285",
        "500",
        "表单系统",
    )
    assert len(answer["alerts"]) == 1


def test_long_keys_stay_apart(firm: Firm) -> None:
    secret = token(firm.owner)
    for n in range(2):
        assert send(secret, body(key="k" * 79 + str(n))).status_code == 201


def test_a_code_is_only_that_of_a_visible_subject(firm: Firm) -> None:
    hidden = toy.make_subject(firm.department("south"), code="YX-SOUTH")
    toy.load_example(hidden)
    address = "/api/v1/subjects/YX-SOUTH/readings"
    assert get(token(firm.owner), address).status_code == 404
    assert get(token(firm.outsider), address).status_code == 200
