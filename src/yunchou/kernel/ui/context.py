"""What every page finds under `shell`. Nothing is computed until the shell is drawn, so fragments pay nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from . import nav, quick_create, scope, toasts

THEMES = ("light", "dark", "system")
PHONE_PLACES = 4


class Shell:
    """The frame of a page for one request: menus, counts, scope, theme, language, messages."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def user(self) -> Any:
        return getattr(self.request, "user", None)

    @property
    def is_signed_in(self) -> bool:
        return bool(getattr(self.user, "is_authenticated", False))

    @cached_property
    def frame(self) -> str:
        """The template that surrounds a page shown to anybody: a bare fragment, the shell, or the sign-in page."""
        if getattr(self.request, "htmx", False):
            return "ui/fragment.html"
        return "ui/base.html" if self.is_signed_in else "ui/bare.html"

    @cached_property
    def theme(self) -> str:
        choice = (
            getattr(self.user, "theme", "") if self.is_signed_in else self.request.COOKIES.get("theme", "")
        )
        return choice if choice in THEMES else "light"

    @property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def languages(self) -> list[tuple[str, str]]:
        return list(settings.LANGUAGES)

    @cached_property
    def items(self) -> list[nav.Item]:
        return nav.items_for(self.user, self.request.path) if self.is_signed_in else []

    @property
    def main(self) -> list[nav.Item]:
        return [item for item in self.items if item.entry.group == "main"]

    @property
    def lower(self) -> list[nav.Item]:
        return [item for item in self.items if item.entry.group == "lower"]

    @property
    def person(self) -> list[nav.Item]:
        return [item for item in self.items if item.entry.group == "person"]

    @cached_property
    def section(self) -> Sequence[nav.Item]:
        """The pages of the section that this page belongs to, where there is more than one."""
        parts = next((item.parts for item in self.items if item.active and item.parts), ())
        return parts if len(parts) > 1 else ()

    @cached_property
    def phone(self) -> list[nav.Item]:
        """The bottom bar without its last place, which is always the person's own."""
        placed = [item for item in self.items if item.entry.phone is not None]
        return sorted(placed, key=lambda item: item.entry.phone or 0)[:PHONE_PLACES]

    @cached_property
    def inbox(self) -> nav.Item | None:
        """The entry whose count stands on the inbox button."""
        return next((item for item in self.items if item.entry.alert), None)

    @cached_property
    def quick(self) -> list[nav.Item]:
        return quick_create.items_for(self.user) if self.is_signed_in else []

    @cached_property
    def favourites(self) -> list[tuple[str, str]]:
        return nav.favourites_of(self.user) if self.is_signed_in else []

    @property
    def scope_name(self) -> str:
        return scope.chosen_name(self.request)

    @cached_property
    def search_url(self) -> str:
        return nav.address_of("search")

    @cached_property
    def said(self) -> list[dict[str, Any]]:
        """Messages waiting for this person, taken once."""
        return toasts.pending(self.request)

    @property
    def sign_out_url(self) -> str:
        return nav.address_of("account_logout")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell`, and the nonce under the name that htmx's tags look for."""
    return {"shell": Shell(request), "csp_nonce": getattr(request, "csp_nonce", None)}
