"""Signing in: who comes in, and how little a stranger learns."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.auth import get_user
from django.contrib.auth.hashers import get_hasher
from django.core.cache import cache
from django.test import Client

from yunchou.kernel.accounts import backends
from yunchou.kernel.accounts.actions import disable_account, login_digest
from yunchou.kernel.accounts.permissions import Perm
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.models import JournalEntry, PersonalValue

from .factories import PASSWORD, holding, person, sign_in, with_app

pytestmark = pytest.mark.django_db
MISMATCH = "用户名或密码不正确。"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def kinds() -> list[str]:
    return list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    "login", ["zhanglan", "ZhangLan", " zhanglan ", "zhanglan@example.cn", "ZHANGLAN@EXAMPLE.CN"]
)
def test_user_name_and_e_mail_both_open_the_account(client: Client, login: str):
    user = person()
    response = sign_in(client, login)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert get_user(client) == user


def test_signing_in_changes_the_session_id_and_is_journalled(client: Client):
    user = person()
    client.get("/accounts/login/")
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, "zhanglan")
    assert client.session.session_key != before
    entry = JournalEntry.objects.get(kind="accounts.signed_in")
    assert entry.actor == user
    assert "密码" in entry.sentence
    assert "127.0.0.1" not in str(entry.data)
    assert PersonalValue.objects.filter(entry=entry, user=user).exists()


def test_only_argon2_stores_passwords():
    from yunchou.config import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def page_of(client: Client, login: str, password: str) -> tuple[int, str]:
    """What a failed attempt looks like, without what was typed and the token against forged requests."""
    response = sign_in(client, login, password)
    page = re.sub(r'nonce="[^"]*"', "", response.content.decode().replace(login, "…"))
    return response.status_code, "".join(line for line in page.splitlines(True) if "csrf" not in line.lower())


def test_unknown_wrong_and_disabled_look_the_same(client: Client):
    person()
    person("gone", "何去", is_active=False)
    seen = {
        page_of(Client(), "nobody", PASSWORD),
        page_of(Client(), "zhanglan", "wrong"),
        page_of(Client(), "gone", PASSWORD),
        page_of(Client(), "gone", "wrong"),
        page_of(Client(), "nobody@example.cn", PASSWORD),
        page_of(Client(), "zhanglan@example.cn", "wrong"),
    }
    assert len(seen) == 1
    ((status, page),) = seen
    assert status == 200
    assert MISMATCH in page


@pytest.mark.parametrize(
    "login", ["nobody", "nobody@example.cn", "zhanglan", "zhanglan@example.cn", "gone", "nopassword"]
)
def test_every_attempt_costs_one_hash(login: str, monkeypatch):
    person()
    person("gone", "何去", is_active=False)
    User.objects.create_user("nopassword", name="无")
    hasher = type(get_hasher())
    counted = []
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *a, **k: counted.append(1) or encode(self, *a, **k))
    backends.PasswordBackend().authenticate(None, username=login, email=login, password="wrong")
    assert len(counted) == 1


def test_an_address_of_two_people_opens_neither(client: Client):
    person("one", "一", email="both@example.cn")
    person("two", "二", email="both@example.cn")
    assert sign_in(client, "both@example.cn").status_code == 200
    assert sign_in(client, "one").status_code == 302


def test_failures_keep_a_digest_and_not_what_was_typed(client: Client):
    sign_in(client, "my-secret-typed-here", "x")
    entry = JournalEntry.objects.get(kind="accounts.sign_in_failed")
    assert "my-secret" not in str(entry.data)
    assert entry.data["login"] == login_digest("MY-secret-typed-here ")
    assert entry.data["network"] == "127.0.0.0/24"
    assert entry.actor is None


def test_five_failures_lock_whoever_guesses_by_either_name():
    person()
    stranger = Client()
    for login in ("zhanglan", "zhanglan@example.cn", "zhanglan", "ZHANGLAN", "zhanglan"):
        assert MISMATCH in sign_in(stranger, login, "wrong").content.decode()
    response = sign_in(stranger, "zhanglan", PASSWORD)
    assert "10 分钟" in response.content.decode()
    assert not get_user(stranger).is_authenticated
    assert kinds().count("accounts.sign_in_failed") == 5


def test_unknown_names_are_locked_just_like_known_ones():
    for _ in range(5):
        sign_in(Client(), "nobody", "wrong")
    assert "10 分钟" in sign_in(Client(), "nobody", "wrong").content.decode()


def test_a_stranger_cannot_lock_the_owner_out_of_a_known_device(client: Client):
    person()
    sign_in(client, "zhanglan")
    client.post("/accounts/logout/")
    for _ in range(6):
        sign_in(Client(), "zhanglan", "wrong")
    assert sign_in(client, "zhanglan").status_code == 302


def test_a_forged_device_mark_counts_as_none(client: Client):
    person()
    for _ in range(5):
        sign_in(Client(), "zhanglan", "wrong")
    client.cookies["yunchou_device"] = "made:up:mark"
    assert "10 分钟" in sign_in(client, "zhanglan").content.decode()


def test_limit_per_address_stops_spraying():
    for number in range(20):
        sign_in(Client(), f"name{number}", "wrong")
    assert (
        "稍后再试" in sign_in(Client(), "another", "x").content.decode()
        or "10 分钟" in sign_in(Client(), "another", "x").content.decode()
    )


@pytest.mark.parametrize("target", ["/campaigns/", "/campaigns/?q=1#goals"])
def test_next_is_kept_and_followed(client: Client, target: str):
    person()
    page = client.get("/accounts/login/", {"next": target})
    assert f'name="next" value="{target}"' in page.content.decode()
    assert sign_in(client, "zhanglan", next=target)["Location"] == target


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "http:///evil.example",
        "/\\evil.example",
    ],
)
def test_next_never_leaves_the_house(client: Client, target: str):
    person()
    assert sign_in(client, "zhanglan", next=target)["Location"] == "/"


def test_next_never_leaves_for_another_trusted_host(client: Client, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://partner.example"]
    settings.ALLOWED_HOSTS = ["*", "partner.example"]
    person()
    assert sign_in(client, "zhanglan", next="https://partner.example/")["Location"] == "/"


def test_next_survives_a_mistyped_password(client: Client):
    person()
    response = sign_in(client, "zhanglan", "wrong", next="/campaigns/")
    assert 'name="next" value="/campaigns/"' in response.content.decode()


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_second_factor_is_asked_for_and_lets_in(client: Client):
    user = person()
    secret = with_app(user)
    response = sign_in(client, "zhanglan", next="/campaigns/")
    assert response["Location"].startswith("/accounts/security/code/")
    assert not get_user(client).is_authenticated
    page = client.get(response["Location"])
    assert "第二重验证" in page.content.decode()
    before = client.session.session_key
    done = client.post("/accounts/security/code/", {"code": code_for(secret)})
    assert done["Location"] == "/campaigns/"
    assert get_user(client) == user
    assert client.session.session_key != before
    assert "身份验证器" in JournalEntry.objects.get(kind="accounts.signed_in").sentence


def test_wrong_second_factor_is_refused_and_journalled(client: Client):
    with_app(person())
    sign_in(client, "zhanglan")
    response = client.post("/accounts/security/code/", {"code": "000000"})
    assert "动态码不正确" in response.content.decode()
    assert "accounts.sign_in_failed" in kinds()
    assert not get_user(client).is_authenticated


def test_factor_secrets_are_stored_encrypted():
    user = person()
    secret = with_app(user)
    assert secret not in str(list(user.authenticator_set.values_list("data", flat=True)))


def test_disabling_an_account_ends_access_on_the_next_request(client: Client):
    user, boss = person(), person("boss", "周总")
    holding(boss, Perm.MANAGE)
    sign_in(client, "zhanglan")
    assert client.get("/accounts/profile/").status_code == 200
    disable_account(user=user, actor=boss)
    assert client.get("/accounts/profile/").status_code == 302
    assert not get_user(client).is_authenticated
    assert "accounts.disabled" in kinds()


def test_switching_a_person_off_by_other_means_ends_access_too(client: Client):
    user = person()
    sign_in(client, "zhanglan")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/accounts/profile/").status_code == 302


def test_a_lost_appointment_ends_its_rights_on_the_next_request(client: Client):
    user = person()
    appointment = holding(user, Perm.MANAGE)
    sign_in(client, "zhanglan")
    assert get_user(client).has_perm(Perm.MANAGE)
    appointment.delete()
    assert not get_user(client).has_perm(Perm.MANAGE)


def test_signing_out_takes_a_post_and_is_journalled(client: Client):
    person()
    sign_in(client, "zhanglan")
    assert client.get("/accounts/logout/").status_code == 200
    assert get_user(client).is_authenticated
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert kinds()[-1] == "accounts.signed_out"


def test_demo_accounts_are_offered_only_in_the_demo(client: Client, settings, tmp_path):
    from yunchou.kernel.accounts.demo import DemoAccount, write

    settings.VAR = tmp_path
    write([DemoAccount("zhanglan", "demo", "张岚", "市场部经理", "Marketing manager")])
    settings.DEMO = False
    assert "市场部经理" not in client.get("/accounts/login/").content.decode()
    settings.DEMO = True
    assert "市场部经理" in client.get("/accounts/login/").content.decode()
    assert (
        "Marketing manager"
        in client.get("/accounts/login/", headers={"accept-language": "en"}).content.decode()
    )


def test_a_cookie_that_can_be_no_session_is_none(client: Client):
    person()
    # Quoted, a cookie may hold any sign; PostgreSQL is stopped by the one of number zero.
    for mark in ('"' + "a\\000" * 10 + '"', '"' + "\\303\\245" * 10 + '"', "A" * 32, "a" * 5000, "a" * 7):
        page = client.get("/accounts/login/", headers={"Cookie": f"sessionid={mark}"})
        assert page.status_code == 200, mark
    assert sign_in(client, "zhanglan").status_code == 302
    assert client.get("/").status_code == 200
