"""Templates are texts and never code (P13, T15); letters say who writes and how to end it."""

from __future__ import annotations

import pytest

from yunchou.capabilities.messaging.bounces import bounces_in
from yunchou.capabilities.messaging.letters import Letter, Writer
from yunchou.capabilities.messaging.models import Channel, Mailing, Sender
from yunchou.capabilities.messaging.words import faults_in, filled, names_in
from yunchou.kernel.core.signs import one_line

from .kinds import INVITE, THANKS

ALLOWED = ("name", "event", "link")
CODE = (
    "{0.__class__}", "{name.__class__}", "{name!r}", "{name:>99999999}", "{name[0]}", "{{ settings.SECRET_KEY }}",
    "{{name}}", "{% include '/etc/passwd' %}", "{%if%}", "{# x #}", "${name}", "${{7*7}}", "#{7*7}", "<%= 7 %>", "%s",
    "%(name)s", "{}", "{ name }", "{NAME}", "{password}", "{name", "name}", "{na\nme}",
)  # fmt: skip


@pytest.mark.parametrize("code", CODE)
def test_what_looks_like_code_is_refused_with_its_place(code: str) -> None:
    found = list(faults_in(f"您好 {{name}}：\n请 {code} 点开", ALLOWED))
    assert found
    assert (found[0].line, found[0].column) == (2, 3 + (code == "name}") * 4)
    assert str(found[0].say).startswith("第 2 行第 ")


def test_plain_texts_pass_and_are_filled_once() -> None:
    text = "{name}，全场 50% 优惠，满 100%s送；{event} {link}"
    assert not list(faults_in(text.replace("%s送", "% 送"), ALLOWED))
    assert names_in(text) == {"name", "event", "link"}
    # What a value holds is a value: a guest who calls himself {link} gets no link.
    values = {"name": "{link}{{7*7}}{event}", "event": "七夕%s", "link": "https://x/"}
    assert filled("{name}|{event}|{link}", values) == "{link}{{7*7}}{event}|七夕%s|https://x/"
    assert filled("{name}{other}", {"name": "王\x00\u202e小\u2028明"}) == "王小明"
    assert one_line("a\r\nBcc: all@example.com\u2028b\x0bc\x85d") == "a Bcc: all@example.com b c d"


def _writer(
    use: str, channel: str, title: str = "{name}，请来", body: str = "您好 {name}：\n\n{link}"
) -> Writer:
    mailing = Mailing(use=use, channel=channel, title=title, body=body, language="zh-hans")
    sender = Sender(
        name="云舟文旅集团有限公司", address="上海市滨湖路 66 号", phone="400-820-0000", sign="云舟文旅"
    )
    return Writer(mailing, sender)


VALUES = {
    "name": "王<b>小明</b>\r\nBcc: all@example.com",
    "event": "七夕",
    "link": "https://x.example/g/1/?a=1&b=2",
}


@pytest.mark.vector("law-mail")
def test_every_marketing_message_carries_mark_sender_and_opt_out() -> None:
    """广告法, 邮件办法, 短信规定: 100 % of marketing carries the mark, the sender and the way to end it."""
    mail = _writer(INVITE, Channel.EMAIL).letter("k", "a@b.example", VALUES, "TOKEN")
    assert mail.title.startswith("【广告】")
    assert not set("\r\n") & set(mail.title)
    for words in (mail.text, mail.html):
        assert "云舟文旅集团有限公司" in words
        assert "上海市滨湖路 66 号" in words
        assert "400-820-0000" in words
        assert "/u/TOKEN/" in words
    assert mail.headers["List-Unsubscribe"].endswith("/u/TOKEN/>")
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<b>" not in mail.html
    assert 'href="https://x.example/g/1/?a=1&amp;b=2"' in mail.html
    text = _writer(INVITE, Channel.SMS).letter("k", "+8613812345678", VALUES, "TOKEN").text
    assert text.startswith("【云舟文旅】")
    assert "/u/TOKEN/" in text
    assert "\n" not in text
    thanks = _writer(THANKS, Channel.EMAIL).letter("k", "a@b.example", VALUES, "TOKEN")
    assert thanks.title.startswith("王")
    assert "a@b.example" not in repr(Letter("k", "a@b.example", "t", "x")), (
        "a log that prints it shows nothing"
    )


REPORT = b"""From: MAILER-DAEMON@mx.example.com
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

It failed.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; Reader1@Example.com
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such user

Final-Recipient: rfc822; later@example.com
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; spam@example.com
Action: failed
Status: 5.7.1 (policy)

Final-Recipient: x400; /C=CN/
Action: failed
Status: 5.1.1
--B
Content-Type: message/rfc822

Subject: hello
X-Yunchou-Message: came-back

--B--
"""


def test_a_report_of_a_mail_server_is_read_and_a_letter_is_not() -> None:
    found = list(bounces_in(REPORT))
    assert [(one.address, one.is_dead) for one in found] == [
        ("reader1@example.com", True), ("later@example.com", False), ("spam@example.com", False),
    ]  # fmt: skip
    assert "reader1" not in repr(found[0])
    assert {one.token for one in found} == {"came-back"}
    headers_alone = REPORT.replace(b"message/rfc822\n", b"text/rfc822-headers\n")
    assert {one.token for one in bounces_in(headers_alone)} == {"came-back"}
    for odd in (b"came-back", b"X-Yunchou-Message: came-back"), (b"came-back", b"\xff\x00"):
        assert {one.token for one in bounces_in(REPORT.replace(*odd))} <= {"", "X-Yunchou-Message: came-back"}
    for other in (
        b"",
        b"\xff\xfe\x00",
        b"Subject: hi\n\nplain",
        REPORT.replace(b"multipart/report", b"multipart/mixed"),
    ):
        assert not list(bounces_in(other))
