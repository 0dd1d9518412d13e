"""What one person gets: the text with everything that the law asks for, ready for a gateway. Pure but for translation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from yunchou.kernel.core.signs import clean, one_line

from .bounces import PROOF
from .models import Channel, Mailing, Sender
from .words import filled

LONGEST_SUBJECT: Final = 200


@dataclass(frozen=True)
class Letter:
    """One message for one address. Printing it shows neither the address nor the text."""

    key: str
    to: str = field(repr=False)
    title: str = field(repr=False)
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Writer:
    """Writes the letters of one mailing: what is the same for all is made once."""

    def __init__(self, mailing: Mailing, sender: Sender) -> None:
        self._mailing, self._sender = mailing, sender
        with translation.override(mailing.language):
            is_marketing = mailing.declared.is_marketing
            # 邮件办法: an advertisement is told by the first word of its subject line.
            self._mark = _("[AD] ") if is_marketing and mailing.channel == Channel.EMAIL else ""
            self._end = _("No more of these: %(link)s")
            self._end_sms = _(" Unsubscribe: %(link)s")
            self._questions = _("Questions: %(phone)s") % {"phone": clean(sender.phone)}
            self._stop = _("Unsubscribe with two clicks")
            self._from = _("Sent by %(name)s, %(address)s") % {
                "name": clean(sender.name),
                "address": clean(sender.address),
            }

    @property
    def sender_name(self) -> str:
        return one_line(self._sender.name)

    def letter(self, key: str, to: str, values: Mapping[str, str], token: str) -> Letter:
        """The letter to one address; `token` is that of its opt-out link."""
        mailing = self._mailing
        body = filled(mailing.body, values).strip()
        link = f"{settings.BASE_URL}/u/{token}/"
        if mailing.channel == Channel.SMS:
            text = f"【{one_line(self._sender.sign)}】{one_line(body)}{self._end_sms % {'link': link}}"
            return Letter(key, to, "", text)
        title = one_line(self._mark + filled(mailing.title, values))[:LONGEST_SUBJECT]
        foot = f"{self._from}\n{self._questions}\n{self._end % {'link': link}}"
        headers = {
            "List-Unsubscribe": f"<{link}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            # Mail servers send headers back with what they report: see `bounces`.
            PROOF: token,
        }
        return Letter(
            key,
            to,
            title,
            f"{body}\n\n-- \n{foot}\n",
            self._page(title, body, values.get("link", ""), link),
            headers,
        )

    def _page(self, title: str, body: str, page: str, link: str) -> str:
        """The same as a page, with what leads on as a button. Everything in it is escaped."""
        parts = []
        for paragraph in body.split("\n\n"):
            words = escape(paragraph.strip()).replace("\n", "<br>")
            if page:
                there = escape(page)
                words = words.replace(there, f'<a href="{there}" style="color:#1b5fc4">{there}</a>')
            parts.append(f'<p style="margin:0 0 16px">{words}</p>')
        return (
            f'<!doctype html><html lang="{self._mailing.language}"><head><meta charset="utf-8">'
            f"<title>{escape(title)}</title></head>"
            '<body style="margin:0;background:#f4f5f7;font:16px/1.7 sans-serif;color:#1c2430">'
            '<div style="max-width:600px;margin:0 auto;padding:32px 24px;background:#ffffff">'
            f"{''.join(parts)}"
            '<div style="border-top:1px solid #dfe3e8;padding-top:16px;font-size:13px;color:#5b6675">'
            f"{escape(self._from)}<br>{escape(self._questions)}<br>"
            f'<a href="{escape(link)}" style="color:#5b6675">{escape(self._stop)}</a></div></div></body></html>'
        )
