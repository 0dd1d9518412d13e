"""Who came of those who were invited: the figures, where they are seen, and what they become (R-EVA-04)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from yunchou.capabilities.metrics.actions import Point, record_readings
from yunchou.capabilities.metrics.actions.watched import open_watched
from yunchou.capabilities.metrics.models import ReadingKind, Series, Source
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.core import clock

from ..actions.figures import tell_attendance
from ..attendance import Attendance
from ..models import Guest, Place, PlaceState, Reply
from ..rules import participation_is_told
from ..selectors.attendance import attendance_of
from ..tasks import tell
from .factories import make_event, make_guest, make_session


@pytest.mark.rule("R-EVA-04", whole=True)
def test_the_rate_is_who_came_of_those_invited() -> None:
    for facts, rate, share, words in (
        (Attendance(), None, None, "没有受邀嘉宾"),
        (Attendance(invited=3), Decimal("0.00"), None, "受邀 3 人，到场 0 人，参与率 0.00%"),
        (
            Attendance(8, 6, 5, 4, 9),
            Decimal("62.50"),
            Decimal("66.67"),
            "受邀 8 人，到场 5 人，参与率 62.50%",
        ),
    ):
        assert (facts.rate, facts.of_accepted) == (rate, share)
        [verdict] = participation_is_told.check(facts)
        assert words in str(verdict.reason)
        assert verdict.computed == (str(facts.no_shows) if facts.no_shows else "")


@pytest.mark.req("EVA-03")
@pytest.mark.rule("R-EVA-04")
def test_who_came_is_counted_shown_and_becomes_readings_that_people_may_overrule(
    firm: Firm, client: Client
) -> None:
    subject = make_event(firm).subject
    now = clock.now()
    dinner = make_session(subject, firm, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=2))
    names = ("林晓雯", "郑立", "何嘉欣", "许安", "秦朗")
    guests = [make_guest(subject, firm, name, dinner) for name in names]
    replies = (Reply.ACCEPTED, Reply.ACCEPTED, Reply.INVITED, Reply.DECLINED, Reply.LISTED)
    for guest, answer in zip(guests, replies, strict=True):
        Guest.objects.filter(pk=guest.pk).update(reply=answer)
    people = open_watched(subject=subject, channel=WHOLE, indicator="参与人数", owner=firm.owner)
    rate = open_watched(subject=subject, channel=WHOLE, indicator="到场率", owner=firm.owner)
    assert tell_attendance(subject=subject) == 0, "nobody is there yet"
    Guest.objects.filter(pk__in=[guests[0].pk, guests[2].pk]).update(arrived_at=now)
    Guest.objects.create(
        subject=subject, name="随行", companion_of=guests[0], reply="accepted", arrived_at=now
    )
    Guest.objects.create(subject=subject, name="路过", reply="accepted", is_walk_in=True, arrived_at=now)

    found = attendance_of(subject)
    assert (found.invited, found.came, found.people, found.no_shows) == (4, 2, 4, 1)
    # Whose sessions are all still to come is not missing yet.
    ball = make_session(
        subject, firm, "舞会", starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=2)
    )
    late = make_guest(subject, firm, "白露", ball)
    Guest.objects.filter(pk=late.pk).update(reply=Reply.ACCEPTED)
    Place.objects.filter(guest=late).update(state=PlaceState.HELD)
    assert attendance_of(subject) == found
    tell(now)
    for series, value in ((people, Decimal(4)), (rate, Decimal(50))):
        series.refresh_from_db()
        figure = series.figure("cumulative")
        assert figure is not None
        assert (figure.value, series.latest_source) == (value, Source.COMPUTED)
    assert tell_attendance(subject=subject) == 0, "nothing is told twice"

    # What a person entered stays, whatever the door counts afterwards.
    point = Point(WHOLE, "参与人数", clock.today(), Decimal(6), ReadingKind.CUMULATIVE)
    record_readings(subject=subject, points=[point], actor=firm.owner, source=Source.PAGE, key="by hand")
    Guest.objects.filter(pk=guests[1].pk).update(arrived_at=now)
    assert tell_attendance(subject=subject) == 1
    assert [one.figure("cumulative").value for one in Series.objects.filter(subject=subject)] == [6, 75]  # type: ignore[union-attr]

    client.force_login(firm.owner)
    Guest.objects.filter(pk=guests[1].pk).update(arrived_at=None)
    page = client.get(f"/s/{subject.pk}/guests/").content.decode()
    assert "50%" in page
    assert "郑立" in page
    missing = client.get(f"/s/{subject.pk}/guests/?reply=accepted&came=no").content.decode()
    assert "郑立" in missing
    assert "林晓雯" not in missing
    assert "白露" not in missing
