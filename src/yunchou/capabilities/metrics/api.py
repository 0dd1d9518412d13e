"""The interface by which other systems deliver and read figures (DSH-07): bearer tokens, JSON, idempotent deliveries.

POST /api/v1/subjects/YX-2024-017/readings
    {"key": "douyin-2024-08-02T15:00", "source": "抖音", "points": [
        {"channel": "抖音", "indicator": "线索留资量", "day": "2024-08-02", "cumulative": 850, "daily": 120}]}
GET  /api/v1/subjects/YX-2024-017/readings          the newest values
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import NinjaAPI, Router, Schema, Status
from ninja.errors import ValidationError
from pydantic import Field

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds, visible_subjects
from yunchou.kernel.accounts.api import Delivery, TokenAuth
from yunchou.kernel.core.errors import Invalid, Refused
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.middleware import as_data

from .actions import MAX_POINTS, Point, PointError, PointsRefused, record_readings
from .models import Alert, ReadingKind, Series, Source
from .permissions import Perm
from .selectors import open_alerts, series_of

router = Router(tags=["readings"])


class PointIn(Delivery):
    """What an indicator had on a day: the day's own value, all up to then, or both."""

    channel: str = Field(min_length=1, max_length=40)
    indicator: str = Field(min_length=1, max_length=60)
    day: date
    daily: Decimal | None = None
    cumulative: Decimal | None = None
    unit: str = Field("", max_length=12)
    at: datetime | None = None
    note: str = Field("", max_length=200)


class BatchIn(Delivery):
    """A delivery: `key` names it, so that sending it again is harmless; `source` is the system it comes from."""

    key: str = Field(min_length=1, max_length=80)
    source: str = Field("", max_length=60)
    points: list[PointIn] = Field(max_length=MAX_POINTS)


class BatchOut(Schema):
    """What came of it: how many values were recorded, and the alerts they raised."""

    batch: int
    recorded: int
    repeated: bool
    alerts: list[dict[str, Any]]


class SeriesOut(Schema):
    """The newest values of an indicator. Numbers are text, so that none is rounded on the way."""

    channel: str
    indicator: str
    unit: str
    today: str | None
    today_on: date | None
    cumulative: str | None
    target: str | None
    updated_at: datetime | None
    source: str


class LatestOut(Schema):
    code: str
    series: list[SeriesOut]
    alerts: list[dict[str, Any]]


@router.post("/subjects/{code}/readings", response={200: BatchOut, 201: BatchOut})
def deliver(request: HttpRequest, code: str, batch: BatchIn) -> Status[dict[str, Any]]:
    """Take in a delivery, all of it or nothing; 201 the first time, 200 when it had come before."""
    user = _user(request)
    subject = _subject(user, code)
    require(user, Perm.RECORD, subject)
    points, places = _points(batch)
    try:
        found = record_readings(
            subject=subject,
            points=points,
            actor=user,
            source=Source.API,
            key=f"api:{batch.key}",
            origin=batch.source,
        )
    except PointsRefused as refused:
        raise PointsRefused([_placed(error, places) for error in refused.errors]) from None
    told = {
        "batch": found.batch.pk,
        "recorded": found.batch.count,
        "repeated": found.is_repeat,
        "alerts": [_alert(alert) for alert in found.alerts],
    }
    return Status(200 if found.is_repeat else 201, told)


@router.get("/subjects/{code}/readings", response=LatestOut)
def latest(request: HttpRequest, code: str) -> dict[str, Any]:
    """The newest values of every indicator, and the alerts that have not ended."""
    user = _user(request)
    subject = _subject(user, code)
    if not holds(user, Perm.RECORD, subject):
        require(user, Perm.VIEW, subject)
    return {
        "code": subject.code,
        "series": [_series(one) for one in series_of(subject)],
        "alerts": [_alert(alert) for alert in open_alerts(subject)],
    }


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)
    return user


def _subject(user: User, code: str) -> Subject:
    """The subject with that code if the token's person may see it; others do not exist for them."""
    # A token carries few rights; what its person may see decides what is there, the token's what it may do.
    person = User.objects.get(pk=user.pk)
    seen = visible_subjects(person).filter(code=code).exclude(code="")
    # PostgreSQL compares no text with the sign NUL.
    found = None if "\0" in code else seen.select_related("unit").order_by("pk").first()
    if found is None:
        raise _Unknown(say(_("There is nothing with the code “{code}”."), code=code))
    return found


class _Unknown(Refused):
    status = 404
    code = "not_found"


def _points(batch: BatchIn) -> tuple[list[Point], list[int]]:
    """The values of a delivery, and for each the place of the point it came from."""
    points: list[Point] = []
    places: list[int] = []
    for place, one in enumerate(batch.points):
        for kind, value in ((ReadingKind.DAILY, one.daily), (ReadingKind.CUMULATIVE, one.cumulative)):
            if value is None:
                continue
            if one.at is not None and one.at.tzinfo is None:
                raise Invalid(say(_("Times need their offset from UTC.")), code="naive_time")
            points.append(Point(one.channel, one.indicator, one.day, value, kind, one.unit, one.at, one.note))
            places.append(place)
    return points, places


def _placed(error: PointError, places: list[int]) -> PointError:
    return PointError(places[error.index], error.code, error.message)


def _series(one: Series) -> dict[str, Any]:
    figures = {name: one.figure(name) for name in ("today", "cumulative", "target")}
    return {
        "channel": one.channel,
        "indicator": one.indicator,
        "unit": one.unit,
        **{name: figure.number if figure else None for name, figure in figures.items()},
        "today_on": one.today_on,
        "updated_at": one.latest_at,
        "source": one.latest_source,
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "channel": alert.series.channel,
        "indicator": alert.series.indicator,
        "rule": alert.rule,
        "state": alert.state,
        "due_at": alert.due_at.isoformat(),
        "share": None if alert.share is None else str(alert.share),
    }


api = NinjaAPI(
    title="Yunchou", version="1", urls_namespace="api", auth=TokenAuth(), docs_url=None, openapi_url=None
)
api.add_router("", router)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A refusal as the rest of the product tells it, with the place of every point that cannot be used."""
    data = as_data(refused)
    if isinstance(refused, PointsRefused):
        data["points"] = [
            {"index": error.index, "code": error.code, "message": str(error.message)}
            for error in refused.errors
        ]
    return api.create_response(request, {"error": data}, status=refused.status)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    """A body that has not the right form, in the same words as other refusals."""
    fields = {".".join(str(part) for part in each["loc"]): str(each["msg"]) for each in wrong.errors}
    words = str(say(_("The request has not the right form.")))
    return api.create_response(
        request,
        {"error": {"code": "malformed", "message": words, "fields": fields, "reasons": []}},
        status=422,
    )
