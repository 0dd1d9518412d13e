"""Polls and draws of an evening."""

from __future__ import annotations

from decimal import Decimal

from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.actions.door import check_in
from yunchou.lifecycle.events.models import Device, Guest
from yunchou.lifecycle.events.tests.door_factories import device_at, scan
from yunchou.lifecycle.wall.actions.draws import Terms, Won, close_entries, freeze_draw, keep_draw
from yunchou.lifecycle.wall.actions.polls import keep_poll, open_poll
from yunchou.lifecycle.wall.models import Draw, Poll, PollKind, Who

PRIZES = (Won("平板电脑", Decimal("4999"), 1), Won("茶礼", Decimal("298"), 2))


def arrive(subject: Subject, firm: Firm, *guests: Guest) -> Device:
    """Let guests come in at door A."""
    device = Device.objects.filter(subject=subject).select_related("door", "made_by", "subject").first()
    device = device or device_at(subject, firm)[0]
    session = subject.sessions.get()
    for guest in guests:
        told = check_in(scan=scan(guest, session), device=device)
        assert told.verdict == "let_in", told
    return device


def make_poll(
    subject: Subject,
    firm: Firm,
    *options: str,
    kind: str = PollKind.ONE,
    is_open: bool = True,
    in_hall: bool = False,
) -> Poll:
    poll = keep_poll(
        subject=subject,
        question="今晚最想听什么？",
        kind=kind,
        options=options or ("大提琴", "民乐", "合唱"),
        actor=firm.owner,
        in_hall=in_hall,
    )
    return open_poll(poll=poll, actor=firm.owner) if is_open else poll


def make_draw(
    subject: Subject,
    firm: Firm,
    *,
    title: str = "感恩抽奖",
    who: str = Who.ARRIVED,
    prizes: tuple[Won, ...] = PRIZES,
    poll: Poll | None = None,
    picked: tuple[Guest, ...] = (),
    until: str = "closed",
) -> Draw:
    """A draw, taken to this step."""
    terms = Terms(title, "到场嘉宾每人一票，现场领奖。", who, "当日上证指数收盘点位", poll, picked)
    draw = keep_draw(subject=subject, terms=terms, prizes=prizes, actor=firm.owner)
    if until in ("frozen", "closed"):
        draw = freeze_draw(draw=draw, actor=firm.owner)
    return close_entries(draw=draw, actor=firm.owner) if until == "closed" else draw
