"""Every page renders, in both languages, to whom it should."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from .factories import confirm, person, with_app

pytestmark = pytest.mark.django_db
LANGUAGES = ["zh-hans", "en"]

PUBLIC = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]
OWN = [
    "accounts:profile",
    "accounts:session_list",
    "accounts:token_list",
    "accounts:token_create",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]
PROTECTED = [
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_reauthenticate",
]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def words(response) -> str:
    """The text of a page without names of languages and people, which are the same in both."""
    text = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.S)
    return re.sub(r"<[^>]+>", " ", text).replace("简体中文", "").replace("张岚", "").replace("张", "")


@pytest.fixture
def me(client: Client):
    user = person()
    client.force_login(user)
    return user


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PUBLIC)
def test_page_for_strangers_renders(client: Client, name: str, language: str, settings):
    settings.EMAIL_URL = "smtp://mail.example.cn"
    response = client.get(reverse(name), headers={"accept-language": language})
    assert response.status_code == 200
    assert bool(CHINESE.search(words(response))) == (language == "zh-hans")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", OWN)
def test_own_page_renders(client: Client, me, name: str, language: str):
    me.language = language
    me.save()
    confirm(client)
    response = client.get(reverse(name))
    assert response.status_code == 200
    assert bool(CHINESE.search(words(response))) == (language == "zh-hans")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PROTECTED)
def test_page_of_a_protected_account_renders(client: Client, me, name: str, language: str):
    me.language = language
    me.save()
    with_app(me)
    confirm(client)
    response = client.get(reverse(name))
    assert response.status_code == 200
    if "download" not in name:
        assert bool(CHINESE.search(words(response))) == (language == "zh-hans")


@pytest.mark.parametrize("name", [*OWN, *PROTECTED, "accounts:session_end"])
def test_strangers_are_sent_to_sign_in(client: Client, name: str):
    response = client.post(reverse(name)) if name.endswith("_end") else client.get(reverse(name))
    if name == "account_logout":
        assert response.status_code == 302
        return
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_a_fragment_sends_the_whole_page_to_sign_in(client: Client):
    response = client.get(
        reverse("accounts:profile"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/campaigns/?q=1"},
    )
    assert response["HX-Redirect"] == "/accounts/login/?next=%2Fcampaigns%2F%3Fq%3D1"


@pytest.mark.parametrize("name", ["accounts:token_create", "mfa_activate_totp", "mfa_add_webauthn"])
def test_sensitive_pages_ask_who_is_there(client: Client, me, name: str):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_reauthenticate"))


def test_reset_page_without_mail_says_whom_to_ask(client: Client, settings):
    settings.EMAIL_URL = ""
    response = client.get(reverse("account_reset_password"), headers={"accept-language": "en"})
    assert "administrator" in words(response)
    assert (
        "<input" not in response.content.decode().split("</form>")[0]
        or 'type="email"' not in response.content.decode()
    )
    assert client.post(reverse("account_reset_password"), {"email": "a@b.cn"}).status_code == 200


def test_register_page_does_not_exist(client: Client):
    assert client.get("/accounts/signup/").status_code == 404


def test_passkey_pages_render(client: Client, me):
    from .factories import with_passkey

    key = with_passkey(me)
    confirm(client)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[key.pk])).status_code == 200
    listed = client.get(reverse("mfa_list_webauthn"))
    assert "办公笔记本" in listed.content.decode()
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_passkey_of_somebody_else_is_not_found(client: Client, me):
    from .factories import with_passkey

    key = with_passkey(person("other", "林立"))
    confirm(client)
    assert client.get(reverse("mfa_edit_webauthn", args=[key.pk])).status_code == 404
