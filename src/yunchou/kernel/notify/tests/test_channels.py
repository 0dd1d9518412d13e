"""Digests through a real SMTP server, and group robots against a local server that speaks their published formats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from pytest_django import Settings

from yunchou.kernel.access.registry import Scope
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.identity.tests.factories import allow, make_unit, make_user
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.jobs.runner import work_off
from yunchou.kernel.journal.models import JournalEntry
from yunchou.kernel.notify.actions import (
    add_group_robot,
    add_own_robot,
    change_group_robot,
    choose_channels,
    keep_rhythm,
    notify,
    remove_robot,
    try_robot,
)
from yunchou.kernel.notify.forms import GroupRobotForm
from yunchou.kernel.notify.models import Delivery, Notification, Robot
from yunchou.kernel.notify.permissions import Perm
from yunchou.kernel.notify.registry import EMAIL, IN_APP, notice, notices
from yunchou.kernel.notify.rhythm import Hours, Pace
from yunchou.kernel.notify.services import read_address
from yunchou.kernel.notify.tasks import send_due
from yunchou.kernel.notify.tests.test_notify import _a_kind
from yunchou.kernel.subjects.actions import open_subject

pytestmark = pytest.mark.django_db
State = Delivery.State
if "tests.edit" not in notices:
    notice("tests.edit", "Edit", channels=[IN_APP, EMAIL, "wecom", "dingtalk", "feishu"])
    notice("tests.fire", "Fire", channels=[IN_APP, EMAIL], is_urgent=True)
    notice("tests.secret", "Secret", is_personal=True)
SECRET = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
ADDRESSES = {
    "wecom": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET}",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=abcdefabcdef0123456789abcdef0123456789abcdef0123456789abcdef0123",
    "feishu": f"https://open.feishu.cn/open-apis/bot/v2/hook/{SECRET}",
}
MORNING = "2024-08-02T10:20"


@pytest.fixture
def reader(db: None) -> User:
    return make_user("李明朗", email="li@example.com")


def keeper_of(unit: Unit) -> User:
    """Somebody who keeps the robots of a unit and those below."""
    keeper = make_user()
    allow(keeper, unit, Perm.ROBOTS, scope=Scope.BELOW)
    return keeper


# ---------------------------------------------------------------- mail


@dataclass
class Box:
    """What the server was given."""

    mails: list[Any] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        return "250 Message accepted"


@pytest.fixture
def box(settings: Settings) -> Iterator[Box]:
    """A real SMTP server on a free port, and the product set to use it."""
    found = Box()
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(found, hostname="127.0.0.1", port=port)
    server.start()
    try:
        settings.EMAIL_URL = "smtp://local"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield found
    finally:
        server.stop()


def sent_at(moment: str) -> None:
    """The minute's round at a moment, and the jobs it starts."""
    with clock.at(moment):
        send_due(clock.now())
        work_off()


@pytest.mark.req("GEN-03", whole=True)
def test_edits_of_an_hour_come_in_one_mail_and_an_alarm_at_once(reader: User, box: Box) -> None:
    """Issue 5, Done when 5: a digest through a real server; quiet hours hold it back, but nothing that cannot wait."""
    subject = open_subject(kind=_a_kind(), unit=make_unit(), title="开学季", address="/c/1/", actor=reader)
    with clock.at(MORNING):
        for number in range(5):
            words = say("Saved. {name}", name=f"任务{number}")
            notify(users=[reader], kind="tests.edit", say=words, subject=subject if number % 2 else None)
        notify(users=[reader], kind="tests.fire", say=say("Notifications"))
        work_off()
    assert [mail["Subject"] for mail in box.mails] == ["【运筹】通知"], "only what cannot wait"
    sent_at("2024-08-02T10:59")
    assert len(box.mails) == 1
    sent_at("2024-08-02T11:00")
    digest = box.mails[1]
    assert (digest["Subject"], digest["To"]) == ("【运筹】5 条消息", "li@example.com")
    text = digest.get_content()
    assert [text.count(f"任务{number}") for number in range(5)] == [1] * 5
    assert text.count("开学季") == 1
    assert "/c/1/" in text
    sent_at("2024-08-02T11:01")
    assert len(box.mails) == 2
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}

    with clock.at("2024-08-02T22:30"):
        notify(users=[reader], kind="tests.edit", say=say("Notifications"))
        notify(users=[reader], kind="tests.fire", say=say("Notifications"))
        work_off()
    assert len(box.mails) == 3, "the alarm at night"
    sent_at("2024-08-03T07:29")
    assert len(box.mails) == 3
    sent_at("2024-08-03T07:30")
    assert len(box.mails) == 4


def test_people_choose_their_pace_and_what_is_half_sent_is_not_sent_again(reader: User, box: Box) -> None:
    hasty = make_user("Ann", email="ann@example.com", language="en")
    keep_rhythm(user=hasty, hours=Hours(Pace.AT_ONCE))
    keep_rhythm(user=reader, hours=Hours(Pace.DAILY))
    with clock.at(MORNING):
        for _number in range(2):
            notify(users=[reader, hasty], kind="tests.edit", say=say("Notifications"))
        work_off()
    assert [(mail["To"], mail["Subject"]) for mail in box.mails] == [
        ("ann@example.com", "[Yunchou] Notifications")
    ] * 2
    held = Delivery.objects.filter(notification__user=reader).first()
    assert held is not None
    Delivery.objects.filter(pk=held.pk).update(state=State.SENDING)
    sent_at("2024-08-03T08:30")
    assert [mail["To"] for mail in box.mails[2:]] == ["li@example.com"]
    assert "通知" in box.mails[2]["Subject"], "one was left: no digest of one"


def test_a_minute_that_is_missed_or_comes_twice_sends_once(reader: User, box: Box) -> None:
    with clock.at(MORNING):
        notify(users=[reader], kind="tests.edit", say=say("Notifications"))
    with clock.at("2024-08-05T09:00"):
        send_due(clock.now())
        send_due(clock.now())
        assert Job.objects.filter(kind="notify.email").count() == 1
        work_off()
    assert len(box.mails) == 1


# ---------------------------------------------------------------- robots


@dataclass
class Chat:
    """The local stand-in for the three services: what was posted, and what it answers."""

    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok", "code": 0})
    status: int = 200

    @property
    def texts(self) -> list[str]:
        return [json.dumps(body, ensure_ascii=False) for _path, body in self.posts]


@pytest.fixture
def chat(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chat]:
    """Messages to the services' hosts go to a server of our own; everything else of the library is as it is."""
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.feishu import NotifyFeishu
    from apprise.plugins.wecombot import NotifyWeComBot

    found = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.posts.append((self.path, body))
            answer = json.dumps(found.answer).encode()
            self.send_response(found.status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    for plugin in (NotifyDingTalk, NotifyFeishu, NotifyWeComBot):
        parts = urlsplit(plugin.notify_url)
        rest = plugin.notify_url.removeprefix(f"https://{parts.netloc}")
        monkeypatch.setattr(plugin, "notify_url", f"http://127.0.0.1:{server.server_port}{rest}")
        monkeypatch.setattr(plugin, "request_rate_per_sec", 0)
    settings.GROUP_ROBOTS = True
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.req("GEN-03")
@pytest.mark.parametrize("service", ["wecom", "dingtalk", "feishu"])
def test_each_service_is_spoken_to_in_its_own_format(reader: User, chat: Chat, service: str) -> None:
    robot = add_own_robot(user=reader, name="我的群", address=ADDRESSES[service])
    assert robot.service == service
    assert ADDRESSES[service][-12:].encode() not in bytes(robot.sealed)
    assert try_robot(actor=reader, robot=robot)
    path, body = chat.posts[0]
    assert robot.secret in path
    assert body.get("msgtype", body.get("msg_type")) in ("text", "markdown")
    assert "运筹" in chat.texts[0]
    choose_channels(user=reader, chosen=[f"tests.edit:{service}"])
    with clock.at(MORNING):
        notify(users=[reader], kind="tests.edit", say=say("Notifications"), address="/c/1/")
        notify(users=[reader], kind="tests.edit", say=say("Notifications"), address="/c/2/")
    sent_at("2024-08-02T11:00")
    assert len(chat.posts) == 2, "two edits in one message"
    assert "/c/2/" in chat.texts[1]
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}


def test_who_left_meanwhile_hears_nothing_more(reader: User, chat: Chat, settings: Settings) -> None:
    """What waited for its hour does not go out to somebody whose account was closed since."""
    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    add_own_robot(user=reader, name="我的群", address=ADDRESSES["wecom"])
    with clock.at(MORNING):
        notify(users=[reader], kind="tests.edit", say=say("Notifications"))
    User.objects.filter(pk=reader.pk).update(is_active=False)
    sent_at("2024-08-02T11:00")
    assert chat.posts == []
    assert set(Delivery.objects.values_list("channel", "state")) == {
        ("email", State.FAILED),
        ("wecom", State.FAILED),
    }


def test_a_robot_that_is_not_let_in_is_told_and_nothing_is_posted_twice(reader: User, chat: Chat) -> None:
    robot = add_own_robot(user=reader, name="我的群", address=ADDRESSES["wecom"])
    keep_rhythm(user=reader, hours=Hours(Pace.AT_ONCE))
    chat.status = 500
    with clock.at(MORNING):
        notify(users=[reader], kind="tests.edit", say=say("Notifications"))
        work_off()
        work_off()
    assert Delivery.objects.get().state == State.FAILED
    tried = len(chat.posts)
    robot.refresh_from_db()
    assert robot.failing_since
    chat.status = 200
    assert try_robot(actor=reader, robot=robot)
    assert len(chat.posts) == tried + 1
    robot.refresh_from_db()
    assert robot.failing_since is None


def test_no_group_hears_what_is_for_one_person(chat: Chat) -> None:
    """A report of misconduct or a breach is told to whom it concerns, never to a chat."""
    region = make_unit()
    keeper = keeper_of(region)
    fields = {"unit": region, "name": "群", "address": ADDRESSES["feishu"], "sign": "", "language": "zh-hans"}
    with pytest.raises(Invalid) as refused:
        add_group_robot(actor=keeper, kinds=["tests.secret"], **fields)
    assert "kinds" in refused.value.fields
    offered = str(GroupRobotForm(user=keeper)["kinds"])
    assert ("tests.secret" in offered, "tests.edit" in offered) == (False, True)
    robot = add_group_robot(actor=keeper, kinds=["tests.secret", "tests.edit"], **fields)
    assert robot.kinds == ["tests.edit"]
    # One that was let in before the kind became personal hears it no longer.
    Robot.objects.filter(pk=robot.pk).update(kinds=["tests.secret"])
    ours = open_subject(kind=_a_kind(), unit=region, title="事", address="/c/1/", actor=keeper)
    notify(users=[keeper], kind="tests.secret", say=say("Notifications"), subject=ours)
    send_due(clock.now())
    work_off()
    assert Notification.objects.filter(user=keeper, kind="tests.secret").exists()
    assert chat.posts == []


def test_a_group_hears_each_thing_of_its_unit_once(chat: Chat) -> None:
    region, other = make_unit(), make_unit()
    team = make_unit(parent=region)
    keeper = keeper_of(region)
    stranger = make_user()
    fields = {"name": "华东群", "address": ADDRESSES["feishu"], "sign": "", "language": "zh-hans"}
    early = open_subject(kind=_a_kind(), unit=team, title="早", address="/c/0/", actor=keeper)
    notify(users=[keeper], kind="tests.edit", say=say("Notifications"), subject=early)
    with pytest.raises(NotAllowed):
        add_group_robot(actor=keeper, unit=other, kinds=["tests.edit"], **fields)
    with pytest.raises(Invalid) as refused:
        add_group_robot(actor=keeper, unit=region, kinds=["tests.unheard_of"], **fields)
    assert "kinds" in refused.value.fields
    robot = add_group_robot(actor=keeper, unit=region, kinds=["tests.edit"], **fields)
    ours = open_subject(kind=_a_kind(), unit=team, title="开学季", address="/c/1/", actor=keeper)
    theirs = open_subject(kind=_a_kind(), unit=other, title="别处", address="/c/2/", actor=keeper)
    for key, subject, kind in (
        ("a", ours, "tests.edit"),
        ("b", theirs, "tests.edit"),
        ("c", ours, "tests.fire"),
    ):
        notify(users=[keeper, stranger], kind=kind, say=say("Notifications"), subject=subject, key=key)
    send_due(clock.now())
    work_off()
    notify(users=[make_user()], kind="tests.edit", say=say("Notifications"), subject=ours, key="a")
    send_due(clock.now())
    work_off()
    assert len(chat.posts) == 1
    assert "/c/1/" in chat.texts[0]
    assert "/c/2/" not in chat.texts[0]
    assert Delivery.objects.get(channel=robot.channel).state == State.SENT

    change_group_robot(actor=keeper, robot=robot, name="华东群", kinds=["tests.fire"], language="en")
    notify(users=[keeper], kind="tests.fire", say=say("Notifications"), subject=ours, key="d")
    send_due(clock.now())
    work_off()
    assert "Notifications" in chat.texts[-1]
    remove_robot(actor=keeper, robot=robot)
    told = JournalEntry.objects.filter(kind__startswith="notify.").order_by("pk")
    assert [entry.kind.removeprefix("notify.") for entry in told] == [
        "robot_added",
        "robot_changed",
        "robot_removed",
    ]
    assert SECRET not in json.dumps([entry.data for entry in told])


@pytest.mark.parametrize(
    ("address", "sign", "place"),
    [
        ("http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + SECRET, "", "address"),
        ("https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=" + SECRET, "", "address"),
        ("https://[qyapi.weixin.qq.com/cgi-bin/webhook/send?key=" + SECRET, "", "address"),
        ("https://user@127.0.0.1/cgi-bin/webhook/send?key=" + SECRET, "", "address"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/../../x", "", "address"),
        ("https://oapi.dingtalk.com/robot/send?access_token=a/b", "", "address"),
        (ADDRESSES["wecom"], "SECabcdefgh", "sign"),
        (ADDRESSES["dingtalk"], "not a key", "sign"),
    ],
)
def test_other_addresses_are_refused_at_the_field(address: str, sign: str, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_address(address, sign)
    assert list(refused.value.fields) == [place]


def test_nothing_leaves_the_company_unless_allowed(reader: User, settings: Settings) -> None:
    settings.GROUP_ROBOTS = False
    add_own_robot(user=reader, name="我的群", address=ADDRESSES["wecom"])
    notify(users=[reader], kind="tests.edit", say=say("Notifications"))
    assert Notification.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.once
def test_pages_of_hours_and_robots(client: Client, reader: User, chat: Chat) -> None:
    region = make_unit()
    client.force_login(reader)
    assert client.get("/notify/robots/").status_code == 403
    assert b'id="rhythm"' in client.get("/notify/preferences/").content
    hours = {"pace": "daily", "daily_at": "09:00", "quiet_from": "21:00", "quiet_until": "08:00"}
    assert client.post("/notify/preferences/rhythm/", hours).status_code == 302
    bad = client.post("/notify/preferences/rhythm/", {**hours, "daily_at": "25:00"})
    assert bad.status_code == 422
    assert b'value="25:00"' in bad.content
    own = client.post(
        "/notify/preferences/robots/new/", {"name": "我的群", "address": "https://example.com/"}
    )
    assert own.status_code == 422
    assert "https://example.com/" in own.content.decode()
    client.post("/notify/preferences/robots/new/", {"name": "我的群", "address": ADDRESSES["wecom"]})
    mine = Robot.objects.get()
    page = client.get("/notify/preferences/").content.decode()
    assert f"…{SECRET[-4:]}" in page
    assert SECRET not in page
    assert client.post(f"/notify/robots/{mine.pk}/try/").status_code == 302
    assert len(chat.posts) == 1
    stranger = make_user()
    client.force_login(stranger)
    assert client.post(f"/notify/robots/{mine.pk}/try/").status_code == 404
    keeper = keeper_of(region)
    client.force_login(keeper)
    assert client.get("/notify/robots/").status_code == 200
    wanted = {"unit": region.pk, "name": "群", "address": ADDRESSES["feishu"], "language": "en"}
    refused = client.post("/notify/robots/new/", wanted)
    assert refused.status_code == 422
    client.post("/notify/robots/new/", {**wanted, "kinds": ["tests.edit"]})
    group = Robot.objects.get(unit=region)
    assert client.get(f"/notify/robots/{group.pk}/").status_code == 200
    changed = {"name": "群二", "language": "en", "kinds": ["tests.fire"]}
    assert client.post(f"/notify/robots/{group.pk}/", changed).status_code == 302
    group.refresh_from_db()
    assert (group.name, group.kinds) == ("群二", ["tests.fire"])
    assert client.post(f"/notify/robots/{group.pk}/remove/").status_code == 302
    assert not Robot.objects.filter(unit=region).exists()
