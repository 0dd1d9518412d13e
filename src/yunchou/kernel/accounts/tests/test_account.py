"""A person's own account: preferences, password, sessions, tokens."""

from __future__ import annotations

import time

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.accounts import tokens
from yunchou.kernel.accounts.actions import (
    change_profile,
    create_token,
    disable_account,
    enable_account,
    end_sessions,
    network,
    revoke_token,
)
from yunchou.kernel.accounts.api import TokenAuth
from yunchou.kernel.accounts.models import ApiToken
from yunchou.kernel.accounts.permissions import Perm
from yunchou.kernel.accounts.selectors import browser_name, sessions_of
from yunchou.kernel.accounts.tasks import reset_link, send_reset_mail
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.jobs.models import JobChunk
from yunchou.kernel.journal.models import JournalEntry

from .factories import PASSWORD, confirm, holding, person, sign_in

pytestmark = pytest.mark.django_db
RIGHT = "calendar.edit"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def offered(monkeypatch):
    """Tokens may carry one right."""
    monkeypatch.setattr(tokens.offered, "_items", {RIGHT: RIGHT})


@pytest.fixture
def me(client: Client):
    user = person()
    sign_in(client, "zhanglan")
    return user


def last() -> JournalEntry:
    return JournalEntry.objects.latest("pk")


# Preferences


def test_the_persons_language_wins_over_the_browsers(client: Client, me):
    me.language = "en"
    me.save()
    response = client.get("/accounts/profile/", headers={"accept-language": "zh-CN"})
    assert response["Content-Language"] == "en"
    assert "How to reach you" in response.content.decode()


def test_strangers_get_cookie_then_browser_then_chinese(client: Client):
    assert client.get("/accounts/login/")["Content-Language"] == "zh-hans"
    assert client.get("/accounts/login/", headers={"accept-language": "en"})["Content-Language"] == "en"
    client.cookies["django_language"] = "zh-hans"
    assert client.get("/accounts/login/", headers={"accept-language": "en"})["Content-Language"] == "zh-hans"


def test_profile_is_saved_and_journalled_without_its_values(client: Client, me):
    data = {"email": me.email, "phone": "13800001234", "language": "en", "theme": "dark"}
    assert client.post("/accounts/profile/", data).status_code == 302
    me.refresh_from_db()
    assert (me.phone, me.language, me.theme) == ("13800001234", "en", "dark")
    assert last().kind == "accounts.profile_changed"
    assert "13800001234" not in str(last().data)
    with translation.override("zh-hans"):
        assert last().sentence == "修改了个人资料：电话、语言、外观"


def test_a_new_address_needs_confirmation_and_is_saved_after_it(client: Client, me):
    data = {"email": "new@example.cn", "phone": "", "language": "zh-hans", "theme": "light"}
    response = client.post("/accounts/profile/", data)
    assert response["Location"].startswith("/accounts/confirm/")
    me.refresh_from_db()
    assert me.email == "zhanglan@example.cn"
    client.post(response["Location"], {"password": PASSWORD, "next": "/accounts/profile/"})
    me.refresh_from_db()
    assert me.email == "new@example.cn"


def test_profile_refuses_the_address_of_somebody_else(client: Client, me):
    other = person("lixing", "李行")
    data = {"email": other.email.upper(), "phone": "", "language": "zh-hans", "theme": "light"}
    response = client.post("/accounts/profile/", data)
    assert response.status_code == 422
    assert "已被其他人使用" in response.content.decode()
    with pytest.raises(Invalid):
        change_profile(user=me, actor=me, email=other.email)


def test_nobody_changes_somebody_elses_profile_without_the_right():
    user, other = person(), person("lixing", "李行")
    with pytest.raises(NotAllowed):
        change_profile(user=user, actor=other, phone="1")


def test_the_name_is_not_the_persons_to_change(client: Client, me):
    client.post(
        "/accounts/profile/", {"name": "总经理", "email": me.email, "language": "en", "theme": "dark"}
    )
    me.refresh_from_db()
    assert me.name == "张岚"


# Password


def test_changing_the_password_ends_other_sessions(client: Client, me):
    other = Client()
    sign_in(other, "zhanglan")
    new = {"oldpassword": PASSWORD, "password1": "another-long-secret", "password2": "another-long-secret"}
    assert client.post("/accounts/password/change/", new)["Location"] == "/accounts/security/"
    assert get_user(client) == me
    assert other.get("/accounts/profile/").status_code == 302
    assert JournalEntry.objects.filter(kind="accounts.password_changed", actor=me).count() == 1


@pytest.mark.parametrize("weak", ["short", "password123", "zhanglan2024"])
def test_weak_passwords_are_refused(client: Client, me, weak: str):
    response = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": weak, "password2": weak}
    )
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()


def test_reset_answers_the_same_for_every_address(client: Client, settings):
    settings.EMAIL_URL = "smtp://mail.example.cn"
    user = person()
    answers = set()
    for address in (user.email, "nobody@example.cn"):
        response = client.post("/accounts/password/reset/", {"email": address})
        answers.add((response.status_code, response["Location"]))
    assert len(answers) == 1
    assert mail.outbox == []  # the worker sends it, so the answer takes as long for both
    chunk = JobChunk.objects.get(job__kind="accounts.reset_mail")
    assert chunk.payload == {"user": user.pk}
    send_reset_mail(chunk.job, chunk)
    (sent,) = mail.outbox
    assert sent.to == [user.email]
    assert "/accounts/password/reset/" in sent.body


def test_nothing_is_sent_to_disabled_people_or_without_mail(client: Client, settings):
    settings.EMAIL_URL = "smtp://mail.example.cn"
    person("gone", "何去", is_active=False)
    client.post("/accounts/password/reset/", {"email": "gone@example.cn"})
    settings.EMAIL_URL = ""
    person()
    client.post("/accounts/password/reset/", {"email": "zhanglan@example.cn"})
    assert not JobChunk.objects.exists()


def test_the_link_sets_a_password_once(client: Client, settings):
    settings.BASE_URL = "http://testserver"
    user = person()
    link = reset_link(user).removeprefix("http://testserver")
    form = client.get(link)["Location"]
    new = {"password1": "another-long-secret", "password2": "another-long-secret"}
    assert "新密码" in client.get(form).content.decode()
    assert client.post(form, new)["Location"] == "/accounts/password/reset/done/"
    assert last().kind == "accounts.password_reset"
    assert "链接已失效" in client.get(link).content.decode()
    assert sign_in(client, "zhanglan", "another-long-secret").status_code == 302


# Sessions


def test_sessions_are_listed_and_ended_one_by_one(client: Client, me):
    office, phone = Client(headers={"user-agent": CHROME}), Client()
    sign_in(office, "zhanglan")
    sign_in(phone, "zhanglan")
    rows = sessions_of(me, client.session.session_key)
    assert [row.is_current for row in rows] == [True, False, False]
    assert "Chrome 126 · Windows" in client.get("/accounts/sessions/").content.decode()
    target = next(row for row in rows if row.browser)
    client.post("/accounts/sessions/end/", {"session": target.id})
    assert office.get("/accounts/profile/").status_code == 302
    assert phone.get("/accounts/profile/").status_code == 200
    assert last().kind == "accounts.session_ended"


def test_all_other_sessions_end_at_once(client: Client, me):
    other = Client()
    sign_in(other, "zhanglan")
    client.post("/accounts/sessions/end/")
    assert other.get("/accounts/profile/").status_code == 302
    assert client.get("/accounts/profile/").status_code == 200


def test_nobody_ends_sessions_of_others_without_the_right(client: Client, me):
    other = person("lixing", "李行")
    foreign = UserSession.objects.get(user=me)
    with pytest.raises(NotAllowed):
        end_sessions(user=me, actor=other)
    holder = Client()
    sign_in(holder, "lixing")
    holder.post("/accounts/sessions/end/", {"session": foreign.pk})
    assert client.get("/accounts/profile/").status_code == 200
    holding(other, Perm.MANAGE)
    other = type(other).objects.get(pk=other.pk)
    assert end_sessions(user=me, actor=other) == 1
    assert client.get("/accounts/profile/").status_code == 302


@pytest.mark.parametrize(
    ("after", "idle", "ends"), [(1700, 1800, False), (1900, 1800, True), (1900, 0, False), (44_000, 0, True)]
)
def test_sessions_end_when_nobody_is_there_and_after_twelve_hours(
    client: Client, me, settings, monkeypatch, after: int, idle: int, ends: bool
):
    settings.SESSION_IDLE_SECONDS = idle
    client.get("/accounts/profile/")
    real = time.time()
    monkeypatch.setattr("yunchou.kernel.accounts.middleware.time.time", lambda: real + after)
    response = client.get("/accounts/profile/")
    assert (response.status_code == 302) is ends
    assert (last().kind == "accounts.session_ended") is ends


def test_what_a_page_asks_by_itself_keeps_no_session_alive(client: Client, me, settings, monkeypatch):
    settings.SESSION_IDLE_SECONDS = 1800
    client.get("/accounts/profile/")
    real = time.time()
    for after in (1000, 1900):
        monkeypatch.setattr("yunchou.kernel.accounts.middleware.time.time", lambda after=after: real + after)
        response = client.get("/accounts/profile/", headers={"X-Unattended": "1"})
    assert response.status_code == 302


def test_being_there_is_written_once_a_minute(client: Client, me):
    client.get("/accounts/tokens/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/accounts/tokens/")
    assert all(query["sql"].startswith("SELECT") for query in asked)


# Accounts


def test_disabled_accounts_can_be_enabled_again():
    user, boss = person(), person("boss", "周总")
    with pytest.raises(NotAllowed):
        disable_account(user=user, actor=boss)
    holding(boss, Perm.MANAGE)
    boss = type(boss).objects.get(pk=boss.pk)
    disable_account(user=user, actor=boss)
    with pytest.raises(WrongState):
        disable_account(user=user, actor=boss)
    with pytest.raises(NotAllowed):
        disable_account(user=boss, actor=boss)
    assert enable_account(user=user, actor=boss).is_active
    with pytest.raises(WrongState):
        enable_account(user=user, actor=boss)


# Tokens


def bearer(secret: str):
    request = RequestFactory().get("/api/", headers={"authorization": f"Bearer {secret}"})
    return TokenAuth()(request), request


@pytest.fixture
def token(offered):
    user = person()
    holding(user, RIGHT)
    holding(user, Perm.MANAGE)
    return create_token(actor=user, name="销售系统", rights=[RIGHT], valid_days=30)


def test_token_acts_for_its_person_with_its_rights_only(token):
    made, secret = token
    found, request = bearer(secret)
    assert found == made.user == request.user
    assert holds(request.user, RIGHT)
    assert not holds(request.user, Perm.MANAGE)
    made.refresh_from_db()
    assert made.last_used_at is not None


def test_only_the_digest_of_a_token_is_kept(token):
    made, secret = token
    assert secret not in str(ApiToken.objects.values().get())
    assert made.prefix == secret[:9]
    assert secret not in str(list(JournalEntry.objects.values_list("data", flat=True)))


def test_unusable_tokens_open_nothing(token):
    made, secret = token
    assert bearer("yc_wrong")[0] is None
    assert bearer(secret[:-1])[0] is None
    with clock.at(made.expires_at):
        assert bearer(secret)[0] is None
    made.user.is_active = False
    made.user.save()
    assert bearer(secret)[0] is None
    made.user.is_active = True
    made.user.save()
    revoke_token(token=made, actor=made.user)
    assert bearer(secret)[0] is None
    with pytest.raises(WrongState):
        revoke_token(token=made, actor=made.user)


def test_tokens_carry_only_offered_rights_that_are_held(offered):
    user = person()
    with pytest.raises(NotAllowed):
        create_token(actor=user, name="a", rights=[RIGHT])
    with pytest.raises(Invalid):
        create_token(actor=user, name="a", rights=[Perm.MANAGE])
    with pytest.raises(Invalid):
        create_token(actor=user, name="a", rights=[])


def test_a_token_is_made_shown_once_and_revoked_on_pages(client: Client, me, offered):
    holding(me, RIGHT)
    confirm(client)
    assert client.post("/accounts/tokens/new/", {"name": ""}).status_code == 422
    page = client.post("/accounts/tokens/new/", {"name": "夜间同步", "valid_days": 90, "rights": [RIGHT]})
    assert "yc_" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    made = ApiToken.objects.get()
    listed = client.get("/accounts/tokens/").content.decode()
    assert made.prefix in listed
    assert "夜间同步" in listed
    assert client.post(f"/accounts/tokens/{made.pk}/revoke/").status_code == 302
    assert "夜间同步" not in client.get("/accounts/tokens/").content.decode()


def test_tokens_of_others_are_not_found(client: Client, me, offered):
    other = person("lixing", "李行")
    holding(other, RIGHT)
    made, _secret = create_token(actor=other, name="a", rights=[RIGHT])
    assert client.post(f"/accounts/tokens/{made.pk}/revoke/").status_code == 404


# Pure


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome 126 · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0.40", "WeChat 8 · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/17.5 Safari/605", "Safari 17 · macOS"),
        ("curl/8", ""),
    ],
)
def test_browsers_are_named(agent: str, name: str):
    assert browser_name(agent) == name


@pytest.mark.parametrize(
    ("ip", "net"), [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("?", "?")]
)
def test_only_the_network_of_a_stranger_is_kept(ip: str, net: str):
    assert network(ip) == net
