"""Mail by the configured server, over one connection of Django's mail backend."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.utils import formataddr, parseaddr
from secrets import token_hex
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import BadHeaderError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..letters import Letter
from .base import Away, Later, Lost, Rejected

HARD: Final = frozenset({550, 551, 553, 556})
"""Answers that speak of the mailbox: it does not exist or is closed (RFC 5321, RFC 7504)."""
SOFT: Final = range(400, 500)


class Mail(EmailMultiAlternatives):
    """A mail whose parts are kept apart by a line nobody can guess; else a text is searched for one, by a pattern of its own."""

    def message(self, **given: Any) -> Any:
        found = super().message(**given)
        if found.is_multipart():
            found.set_boundary(token_hex(16))
        return found


class MailCourier:
    """Mails over one open connection."""

    def __init__(self, connection: BaseEmailBackend, sender: str) -> None:
        self._connection, self._sender = connection, sender

    def send(self, letter: Letter) -> None:
        mail = Mail(
            letter.title,
            letter.text,
            self._sender,
            [letter.to],
            headers=dict(letter.headers),
            connection=self._connection,
        )
        if letter.html:
            mail.attach_alternative(letter.html, "text/html")
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()), (550, b""))
            self._refused(code, words, is_address=True)
        except smtplib.SMTPResponseException as error:
            self._answered(error)
        except (BadHeaderError, UnicodeError, ValueError) as error:
            raise Rejected(type(error).__name__) from None
        except (smtplib.SMTPException, OSError) as error:
            # The connection broke: whether the server took the mail before, nobody knows.
            raise Lost(type(error).__name__) from None

    def _answered(self, error: smtplib.SMTPResponseException) -> None:
        is_outage = isinstance(
            error,
            # A sender that is not let in is a matter of the settings, not of whoever was to get it.
            (
                smtplib.SMTPConnectError,
                smtplib.SMTPAuthenticationError,
                smtplib.SMTPHeloError,
                smtplib.SMTPSenderRefused,
            ),
        )
        if is_outage or error.smtp_code == 421:
            raise Away(str(error.smtp_code)) from None
        self._refused(error.smtp_code, error.smtp_error, is_address=False)

    def _refused(self, code: int, words: bytes | str, *, is_address: bool) -> None:
        """Raise what an answer means; its words are not kept, since servers quote the address in them."""
        if code == 421:
            raise Away(str(code)) from None
        if code in SOFT:
            raise Later(str(code)) from None
        told = words if isinstance(words, bytes) else words.encode(errors="replace")
        speaks_of_policy = b"5.7." in told
        raise Rejected(str(code), stops=is_address and code in HARD and not speaks_of_policy) from None


class MailGateway:
    """The server of `YUNCHOU_SMTP_URL`."""

    label: str | Promise = _("By the mail server")
    is_outside = True

    def is_ready(self) -> bool:
        return bool(settings.EMAIL_URL)

    @contextmanager
    def open(self, sender_name: str) -> Iterator[MailCourier]:
        address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        connection = get_connection()
        try:
            connection.open()
        except (smtplib.SMTPException, OSError) as error:
            raise Away(type(error).__name__) from None
        try:
            yield MailCourier(connection, formataddr((sender_name, address)))
        finally:
            with suppress(smtplib.SMTPException, OSError):
                connection.close()
