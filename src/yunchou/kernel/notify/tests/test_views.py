from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.tests.factories import make_user
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.notify.models import Notification, Preference
from yunchou.kernel.notify.selectors import unread_count

from . import test_notify

pytestmark = pytest.mark.django_db
assert test_notify.WORDS


@pytest.fixture
def reader(client: Client) -> User:
    user = make_user("李明朗")
    client.force_login(user)
    return user


def tell(user: User, count: int = 1, address: str = "/c/1/") -> list[Notification]:
    return [
        notify(users=[user], kind="tests.waiting", say=say("Case {n}", n=n), address=address)[0]
        for n in range(count)
    ]


@pytest.mark.parametrize("name", ["notification_list", "bell", "preference_list"])
def test_strangers_are_sent_to_sign_in(name: str) -> None:
    assert Client().get(reverse(f"notify:{name}")).status_code == 302


def test_list_shows_unread_and_all(client: Client, reader: User) -> None:
    one, two = tell(reader, 2)
    client.post(reverse("notify:notification_read", args=[one.pk]))
    page = client.get(reverse("notify:notification_list")).content.decode()
    assert "Case 1" in page
    assert "Case 0" not in page
    assert "Case 0" in client.get(reverse("notify:notification_list"), {"show": "all"}).content.decode()
    assert two.get_absolute_url() in page


def test_empty_list_says_so(client: Client, reader: User) -> None:
    assert "全部已读" in client.get(reverse("notify:notification_list")).content.decode()


def test_opening_marks_as_read_and_goes_on(client: Client, reader: User) -> None:
    (one,) = tell(reader)
    response = client.get(one.get_absolute_url())
    assert (response.status_code, response["Location"]) == (302, "/c/1/")
    assert unread_count(reader) == 0


def test_opening_never_leaves_our_pages(client: Client, reader: User) -> None:
    (one,) = tell(reader, address="//evil.example/")
    assert client.get(one.get_absolute_url())["Location"] == reverse("notify:notification_list")


def test_another_persons_notification_is_a_404(client: Client, reader: User) -> None:
    (foreign,) = tell(make_user())
    assert client.get(foreign.get_absolute_url()).status_code == 404
    assert client.post(reverse("notify:notification_read", args=[foreign.pk])).status_code == 404
    assert foreign.text not in [n.text for n in Notification.objects.of(reader)]


def test_bell_counts_and_read_all_empties(client: Client, reader: User) -> None:
    tell(reader, 3)
    assert '<span class="dot">3</span>' in client.get(reverse("notify:bell")).content.decode()
    client.post(reverse("notify:notification_read_all"))
    assert "dot" not in client.get(reverse("notify:bell")).content.decode()


def test_the_bell_that_asks_by_itself_keeps_nobody_signed_in(client: Client, reader: User) -> None:
    assert """hx-headers='{"X-Unattended": "1"}'""" in client.get(reverse("notify:bell")).content.decode()


def test_marking_one_by_htmx_tells_the_bell(client: Client, reader: User) -> None:
    (one,) = tell(reader)
    response = client.post(reverse("notify:notification_read", args=[one.pk]), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Trigger"]) == (200, "notify:changed")


def test_preferences_are_kept(client: Client, reader: User) -> None:
    address = reverse("notify:preference_list")
    assert 'value="tests.waiting:in_app" checked' in client.get(address).content.decode()
    assert client.post(address, {"on": []}).status_code == 302
    assert Preference.objects.get(kind="tests.waiting").is_on is False
    assert 'value="tests.waiting:in_app">' in client.get(address).content.decode()


def test_a_long_list_takes_no_more_queries(
    client: Client, reader: User, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    address = reverse("notify:notification_list")
    tell(reader, 2)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    tell(reader, 18)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many)
