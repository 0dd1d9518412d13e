"""The wall of a customer event: who has come, what runs, what is wrong. The hall's variant names nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yunchou.directory.customers.models import Grade
from yunchou.kernel.core import clock
from yunchou.kernel.journal.selectors import timeline
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.qr import drawn_code
from yunchou.kernel.ui.signals import Level
from yunchou.lifecycle.events.models import CheckIn, Door, Session, Verdict
from yunchou.lifecycle.programme.selectors import alarms
from yunchou.lifecycle.programme.selectors.running import Line, lines_of, running_in

from ..models import Draw, Poll
from ..parts import AlarmCard, Cue, Curve, Happened, Hero, Row, Stage, Tile, Wall, curve
from .arrivals import Arrivals, arrivals_of
from .draws import prizes_with_winners
from .polls import hall_url, results_of

MOST_ROWS: Final = 4
MOST_LINES: Final = 8
QUIET: Final = [
    f"wall.{kind}"
    for kind in (
        "staged",
        "unstaged",
        "screen_made",
        "screen_revoked",
        "draw_kept",
        "poll_kept",
        "draw_frozen",
    )
]
"""What the wall need not tell of itself."""
MOST_STEPS: Final = 60
"""So many points has a curve at most."""
SHORTEST: Final = timedelta(minutes=5)
EARLY: Final = timedelta(minutes=45)
"""The curve begins so long before the first session, or with the first guest."""


def event_wall(subject: Subject, *, in_hall: bool) -> Wall:
    """All of it; the number of statements does not depend on the number of guests."""
    now = clock.now()
    come = arrivals_of(subject.pk)
    sessions = list(Session.objects.filter(subject=subject, removed_at=None))
    return Wall(
        title=subject.title,
        line=_line(sessions, now),
        hero=_hero(come, in_hall=in_hall),
        curve=_curve(come, sessions, now),
        alarm=None if in_hall else _alarm(subject),
        cues=_cues(subject, now, in_hall=in_hall),
        feed=[] if in_hall else _feed(subject),
        tiles=_tiles(subject, come, sessions, in_hall=in_hall),
        stage=stage_of(subject) if in_hall else None,
    )


def _line(sessions: list[Session], now: datetime) -> str:
    """Which part of the event runs, or comes next."""
    current = next((one for one in sessions if one.starts_at <= now < one.ends_at), None)
    coming = next((one for one in sessions if one.starts_at > now), None)
    told = current or coming
    if told is None:
        return ""
    starts, ends = clock.local(told.starts_at), clock.local(told.ends_at)
    time = f"{starts:%H:%M}—{ends:%H:%M}"
    if starts.date() != clock.today():
        time = f"{starts:%m-%d} {time}"
    return f"{told.name} · {time}"


def _hero(come: Arrivals, *, in_hall: bool) -> Hero:
    missing = max(come.expected - come.arrived, 0)
    share = f"{come.arrived / come.expected * 100:.0f}%" if come.expected else "—"
    small = [
        ("share", pgettext("wall", "Share"), share),
        ("missing", pgettext("wall", "Still to come"), f"{missing:,}"),
    ]
    if come.vips and not in_hall:
        small.append(("vips", pgettext("wall", "VIPs"), f"{come.vips_arrived} / {come.vips}"))
    return Hero(
        label=pgettext("wall", "Arrived"),
        count=come.arrived,
        lines=[(pgettext("wall", "Expected"), f"{come.expected:,}")],
        small=small,
    )


def _curve(come: Arrivals, sessions: list[Session], now: datetime) -> Curve | None:
    """Arrivals added up, from shortly before the first session of the day until now, against who is expected."""
    minutes = come.by_minute
    if not minutes:
        return None
    last = max(minutes)
    begins = [one.starts_at for one in sessions if one.starts_at - EARLY <= last <= one.ends_at]
    first = min([min(minutes), *(one - EARLY for one in begins)])
    if last - first > timedelta(hours=18):  # an event of several days: the day of the last arrival
        first = max(
            first, min((minute for minute in minutes if minute > last - timedelta(hours=14)), default=last)
        )
    end = max(
        last, min(now, last + timedelta(hours=2)), *(one + SHORTEST * 6 for one in begins), first + EARLY
    )
    step = max(SHORTEST, (end - first) / MOST_STEPS)
    edges = [first + step * n for n in range(int((end - first) / step) + 2)]
    until = max(now, last)
    values = [
        sum(number for minute, number in minutes.items() if minute <= edge) if edge <= until + step else None
        for edge in edges
    ]
    labels = [f"{clock.local(edge):%H:%M}" for edge in edges]
    due = [come.expected] * len(edges) if come.expected else []
    return curve(values, labels, expected=due, words=pgettext("wall", "Expected"), last=f"{come.arrived:,}")


def _alarm(subject: Subject) -> AlarmCard | None:
    """The emergency that runs: the first card, and the only red one."""
    found = [one for one in alarms(subject) if one.is_open]
    if not found:
        return None
    first = min(found, key=lambda one: one.is_drill)
    parts = [
        first.place,
        _("{done} of {total} steps done").format(done=first.done, total=first.total) if first.total else "",
        _("and {count} more").format(count=len(found) - 1) if len(found) > 1 else "",
    ]
    title = _("Drill: {what}").format(what=first.label) if first.is_drill else first.label
    return AlarmCard(title, " · ".join(part for part in parts if part), first.started_at, first.is_drill)


def _cues(subject: Subject, now: datetime, *, in_hall: bool) -> list[Cue]:
    """What runs now and what comes next, with how late it is."""
    lines = lines_of(subject, now)
    told = running_in(lines)
    late = told.late_minutes
    found = []
    if told.current:
        item = told.current
        ends = clock.local(item.ends_at + (told.late if late > 0 else timedelta(0)))
        words = _("until about {time}").format(time=f"{ends:%H:%M}")
        is_late = late > 0 and not in_hall
        if item.due_at is not None and item.due_at <= now:  # it is over its time, and nobody knows until when
            planned = _("planned until {time}").format(time=f"{clock.local(item.ends_at):%H:%M}")
            words = "" if in_hall else planned
        if is_late:
            lateness = _("{minutes} min late").format(minutes=late)
            words = f"{words} · {lateness}"
        found.append(Cue(pgettext("wall", "Now"), item.title, words, is_late=is_late))
    if told.next:
        found.append(_next(next(line for line in lines if line.item.is_coming), now, in_hall=in_hall))
    if told.is_over:
        found.append(Cue(pgettext("wall", "Run of show"), _("Everything is over. Thank you.")))
    return found


def _next(line: Line, now: datetime, *, in_hall: bool) -> Cue:
    """What comes next. Where it could have begun by now it is late; the hall reads that it begins soon."""
    item, soon = line.item, pgettext("wall", "Begins shortly")
    who = "" if in_hall else item.shown_speaker
    if line.span is not None and not line.waits(now):
        shown = f"{clock.local(line.span.starts):%H:%M}"
        return Cue(_("Next, {time}").format(time=shown), item.title, who, until=line.span.starts, then=soon)
    if in_hall or line.late_minutes < 1:
        return Cue(pgettext("wall", "Next"), item.title, " · ".join(part for part in (soon, who) if part))
    planned = _("Next, planned {time}").format(time=f"{clock.local(item.starts_at):%H:%M}")
    lateness = _("{minutes} min late").format(minutes=line.late_minutes)
    return Cue(planned, item.title, " · ".join(part for part in (lateness, who) if part), is_late=True)


def _feed(subject: Subject) -> list[Happened]:
    """The last that happened: who came, and what colleagues did."""
    scans = (
        CheckIn.objects.filter(subject=subject, verdict=Verdict.LET_IN, guest__isnull=False)
        .select_related("guest", "door")
        .order_by("-recorded_at", "-pk")[:MOST_LINES]
    )
    lines = []
    for scan in scans:
        guest = scan.guest
        who = f"{guest.name if guest else ''}{' · VIP' if guest and guest.is_vip else ''}"
        where = scan.door.name if scan.door else ""
        lines.append(
            Happened(scan.at, _("{guest} arrived").format(guest=who) + (f" · {where}" if where else ""))
        )
    entries = timeline(subject).exclude(kind__startswith="duties.").exclude(kind__in=QUIET)
    lines += [
        Happened(one.at, f"{one.actor.name if one.actor else _('System')} {one.sentence}")
        for one in entries[:MOST_LINES]
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:MOST_LINES]


def _tiles(subject: Subject, come: Arrivals, sessions: list[Session], *, in_hall: bool) -> list[Tile]:
    rows = [Row(f"session-{one.pk}", one.name, come.sessions[one.pk], one.taken) for one in sessions]
    found = [Tile("sessions", pgettext("wall", "By session"), "", rows=_shown(rows))] if rows else []
    doors = [
        Row(f"door-{pk}", name, come.doors[pk])
        for pk, name in Door.objects.filter(subject=subject).values_list("pk", "name")
    ]
    if doors:
        found.append(Tile("doors", pgettext("wall", "By door, entries"), "", rows=_shown(doors)))
    if in_hall:
        return found
    by_grade = come.by_grade
    grades = [
        Row(f"grade-{grade or 'none'}", str(Grade(grade).label), by_grade[grade], come.grades[grade])
        for grade in (Grade.HIGH_END, Grade.KEY, Grade.REGULAR, Grade.NONE)
        if come.grades[grade]
    ]
    if grades:
        found.append(Tile("grades", pgettext("wall", "By grade"), "", rows=grades))
    if come.vips:
        found.append(_vips(come))
    return found


def _shown(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: -row.count)[:MOST_ROWS] if len(rows) > MOST_ROWS else rows


def _vips(come: Arrivals) -> Tile:
    """Important guests: who has come, and by name who is awaited."""
    waiting = come.vips_waiting
    names = pgettext("list", ", ").join(waiting[:3])
    if len(waiting) > 3:
        names = _("{names} and {count} more").format(names=names, count=len(waiting) - 3)
    return Tile(
        "vips",
        pgettext("wall", "VIPs arrived"),
        f"{come.vips_arrived}",
        f"/ {come.vips}",
        count=come.vips_arrived,
        fraction=come.vips_arrived / come.vips,
        level=Level.WATCH if waiting else Level.FINE,
        words=_("Awaited: {names}").format(names=names) if waiting else _("All are here"),
    )


def stage_of(subject: Subject) -> Stage | None:
    """What everybody looks at now, if anything; at most four statements."""
    poll = Poll.objects.filter(subject=subject, is_shown=True, opened_at__isnull=False).first()
    if poll is not None:
        told = results_of([poll])[0]
        words = _("{count} answers").format(count=f"{told.people:,}")
        if told.mean:
            words += " · " + _("on average {mean}").format(mean=told.mean)
        state = pgettext("poll", "Closed")
        link = hall_url(poll)
        if poll.is_open:
            state = pgettext("poll", "Open: answer on your invitation page")
        if link:
            state = pgettext("poll", "Open: scan the code, or answer on your invitation page")
        shown = link.split("://", 1)[-1].rstrip("/")
        code = drawn_code(link) if link else ""
        return Stage("poll", poll.question, f"{words} · {state}", bars=told.bars, code=code, url=shown)
    draw = Draw.objects.filter(subject=subject, is_shown=True, frozen_at__isnull=False).first()
    return _stage_of_draw(draw) if draw is not None else None


def _stage_of_draw(draw: Draw) -> Stage:
    facts = [(_("Commitment"), draw.commitment[:16])]
    words = draw.rule
    if draw.closed_at:
        facts.append((pgettext("draw", "Entries"), f"{draw.lots.count():,} · {draw.entries_digest[:16]}"))
        words = _("Drawn with: {source}").format(source=draw.source)
    if draw.drawn_at:
        facts.append((_("Public number"), draw.public_value))
        words = _("Congratulations! Show your ticket at the desk.")
    url = settings.BASE_URL + reverse("wall:draw_public", args=[draw.code])
    return Stage(
        "draw",
        draw.title,
        words,
        prizes=prizes_with_winners(draw),
        facts=facts,
        code=drawn_code(url),
        url=url,
    )
