from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.kernel.calendar.models import CalendarSettings, DayOverride
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import allow, make_unit, make_user

pytestmark = pytest.mark.django_db
DAY = {"day": "2024-08-16", "is_working": "", "name": "司庆日", "note": "总办通知"}


@pytest.fixture
def editor(client: Client) -> User:
    user = make_user("张伟")
    allow(user, make_unit(), "calendar.edit")
    client.force_login(user)
    return user


def page(client: Client, year: object = 2024) -> str:
    return client.get(reverse("calendar:calendar_detail"), {"year": year}).content.decode()


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get(reverse("calendar:calendar_detail")).status_code == 302
    assert client.post(reverse("calendar:day_set"), DAY).status_code == 302
    assert not DayOverride.objects.exists()


@pytest.mark.req("GEN-07")
def test_the_year_shows_holidays_with_their_makeup_days(client: Client, editor: User) -> None:
    text = page(client)
    assert "9月15日 — 17日" in text
    assert "9月14日 周六" in text
    assert "251 个工作日" in text
    assert "尚未公布" not in text
    assert "尚未公布" in page(client, 2027)


@pytest.mark.parametrize("year", ["", "abc", "99999", "1800", "２０２４", "0000"])
def test_any_year_may_be_asked_for(client: Client, editor: User, year: str) -> None:
    assert "<h1>工作日历</h1>" in page(client, year)


def test_everybody_reads_and_editors_write(client: Client) -> None:
    client.force_login(make_user())
    assert reverse("calendar:day_set") not in page(client)
    assert client.post(reverse("calendar:day_set"), DAY).status_code == 403
    assert (
        client.post(
            reverse("calendar:settings_change"), {"opens_at": "09:00", "closes_at": "18:00"}
        ).status_code
        == 403
    )


def test_a_day_is_laid_down_and_released(client: Client, editor: User) -> None:
    assert client.post(reverse("calendar:day_set"), DAY)["Location"].endswith("?year=2024")
    override = DayOverride.objects.get()
    assert (override.is_working, override.name) == (False, "司庆日")
    assert "总办通知" in page(client)
    assert client.post(reverse("calendar:day_release", args=[override.pk])).status_code == 302
    assert "总办通知" not in page(client)
    assert client.post(reverse("calendar:day_release", args=[override.pk])).status_code == 404


def test_what_cannot_be_read_comes_back_with_422(client: Client, editor: User) -> None:
    assert client.post(reverse("calendar:day_set"), DAY | {"day": "soon"}).status_code == 422
    assert client.post(reverse("calendar:settings_change"), {"opens_at": "x"}).status_code == 422
    late = {"opens_at": "19:00", "closes_at": "18:00"}
    assert client.post(reverse("calendar:settings_change"), late).status_code == 422


def test_settings_are_kept(client: Client, editor: User) -> None:
    form = {"opens_at": "08:30", "closes_at": "17:30", "announced_until": "2027"}
    assert client.post(reverse("calendar:settings_change"), form).status_code == 302
    assert CalendarSettings.objects.get().announced_until == 2027
    assert "08:30 — 17:30" in page(client)
