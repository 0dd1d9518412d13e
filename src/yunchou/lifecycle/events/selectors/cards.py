"""The card of an invitation as a picture, for chats and for paper."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Final

import segno
import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from ..models import Guest
from .invitations import link_of, values_of

TEMPLATE: Final = Path(__file__).parent.parent / "typst" / "card.typ"
FAMILY, SYSTEM_FAMILY = "Noto Sans SC", "Noto Sans CJK SC"
PPI: Final = 192.0
WORDS: Final = 120
"""Signs of the invitation's words that a card has room for."""


def card_png(guest: Guest) -> bytes:
    """The guest's card: event, day, place and a code that opens their page. What people wrote is data and never markup."""
    with translation.override(guest.language):
        data = _told(guest)
    folder = Path(settings.FONT_DIR)
    has_fonts = any(folder.glob("NotoSansSC*")) if folder.is_dir() else False
    data["font"] = FAMILY if has_fonts else SYSTEM_FAMILY
    made: bytes = typst.compile(
        str(TEMPLATE),
        format="png",
        ppi=PPI,
        root=str(TEMPLATE.parent),
        font_paths=[str(folder)] if has_fonts else [],
        ignore_system_fonts=has_fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return made


def _told(guest: Guest) -> dict[str, object]:
    values = values_of(guest.subject, [guest.pk])[guest.pk]
    page = getattr(guest.subject, "guest_page", None)
    words = (page.text_en if guest.language == "en" and page.text_en else page.text) if page else ""
    facts = [(_("Time"), f"{values['day']} {values['time']}".strip()), (_("Place"), values["place"])]
    if values["reply_until"]:
        facts.append((_("Reply by"), values["reply_until"]))
    return {
        "title": values["event"],
        "host": values["inviter"],
        "greeting": _("Dear %(name)s") % {"name": f"{guest.name} {guest.title}".strip()},
        "words": words if len(words) <= WORDS else f"{words[:WORDS]}…",
        "facts": [fact for fact in facts if fact[1]],
        "hint": _("Scan to see the invitation and to reply"),
        "code": _code(link_of(guest)),
    }


def _code(link: str) -> str:
    found = io.BytesIO()
    segno.make(link, error="m").save(found, kind="svg", scale=4, border=1, xmldecl=False)
    return found.getvalue().decode()
