"""Where the parts of the four indicators come from, what is still missing and what to do about it (EVA-03)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.catalogue import BY_KEY
from yunchou.capabilities.metrics.goals import plain_name
from yunchou.capabilities.metrics.models import Series
from yunchou.capabilities.preparation.models import Publicity, PublicityChannel
from yunchou.capabilities.surveys.rules import score_says_how_many_answered
from yunchou.capabilities.surveys.selectors.opinions import Opinions, opinions_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.reading import read_once
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.selectors import evaluate, params_on
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.campaigns.models import Campaign
from yunchou.lifecycle.events.attendance import Attendance
from yunchou.lifecycle.events.rules import participation_is_told
from yunchou.lifecycle.events.selectors.attendance import attendance_of

from .fourfold import PARTS, Part
from .rules import high_end_event_is_scored
from .tables import WHOLE_CHANNELS

EXPOSURE: Final = tuple(BY_KEY[key].name for key in ("exposure", "report_reach", "media_reach"))
ATTENTION: Final = tuple(BY_KEY[key].name for key in ("topic_reads", "shares"))
"""Indicators of the dashboard that tell of reports' exposure and of social attention, the first that is measured counts."""

REPORTING: Final = (PublicityChannel.WEBSITE, PublicityChannel.OTHER)
"""Where reports are published; what goes out by mail or message invites."""


@dataclass(frozen=True)
class Found:
    """What a source says of a part: the figure with what it rests on; without one what is missing, and where to do it."""

    figure: Figure | None = None
    words: Say | None = None
    missing: Say | None = None
    address: str = ""
    target: Decimal | None = None


@read_once
def found_of(subject: Subject) -> dict[str, Found]:
    """Every part of the four indicators by its key, as the sources tell it now."""
    campaign = Campaign.objects.only("pk", "subject", "expected_people").get(pk=subject.pk)
    series = list(Series.objects.filter(subject=subject).order_by("position", "pk"))
    opinions = opinions_of(subject)
    attendance = attendance_of(subject)
    scored = params_on([high_end_event_is_scored, score_says_how_many_answered])
    p, marks = scored[high_end_event_is_scored.id], scored[score_says_how_many_answered.id]
    found = {
        key: _marked(subject, opinions, key, marks.target) for key in ("content", "organisation", "service")
    }
    found["people"] = _people(subject, attendance, series, campaign.expected_people)
    found["rate"] = _rate(subject, attendance, series, Decimal(p.rate))
    found["possibility"] = _possibility(subject, opinions, Decimal(p.possibility))
    found["direction"] = _direction(subject, opinions, Decimal(p.direction))
    published = list(Publicity.objects.filter(subject=subject).order_by("position", "pk"))
    social = [row for row in published if row.channel == PublicityChannel.SOCIAL]
    reports = [row for row in published if row.channel in REPORTING]
    found["exposure"] = _spread(subject, series, EXPOSURE, reports)
    found["attention"] = _spread(subject, series, ATTENTION, social)
    assert found.keys() == {part.key for part in PARTS}
    return found


def part_figure(part: Part, value: Decimal | int) -> Figure:
    """A value in the unit of a part."""
    return Figure(Decimal(value), part.unit)


def _figure(key: str, value: Decimal | int) -> Figure:
    return part_figure(next(part for part in PARTS if part.key == key), value)


def _marked(subject: Subject, opinions: Opinions, section: str, target: Decimal) -> Found:
    score = opinions.sections.get(section)
    if score is None:
        return _unmarked(subject, opinions, target)
    return Found(_figure(section, score.value), _rests_on(opinions, score.sample), target=target)


def _possibility(subject: Subject, opinions: Opinions, target: Decimal) -> Found:
    if opinions.possibility is None:
        return _unmarked(subject, opinions, target)
    score = opinions.possibility
    return Found(_figure("possibility", score.value), _rests_on(opinions, score.sample), target=target)


def _direction(subject: Subject, opinions: Opinions, target: Decimal) -> Found:
    if opinions.share_named is None:
        return _unmarked(subject, opinions, target)
    told = "、".join(f"{words} {count}" for words, count in opinions.directions) or "—"
    words = say(
        _("{named} of {asked} named a direction: {told}"),
        named=opinions.named,
        asked=opinions.asked,
        told=told,
    )
    return Found(_figure("direction", opinions.share_named), words, target=target)


def _rests_on(opinions: Opinions, sample: int) -> Say:
    if opinions.is_open:
        return say(_("Questionnaire, {sample} answers so far"), sample=sample)
    return say(_("Questionnaire, {sample} answers"), sample=sample)


def _unmarked(subject: Subject, opinions: Opinions, target: Decimal) -> Found:
    """Why guests have said nothing of a part, and what to do."""
    address = reverse("surveys:board", args=[subject.pk])
    if not opinions.surveys:
        words = say(_("No questionnaire yet: make one from the template for high-end events and send it."))
    elif opinions.is_sealed:
        until = opinions.open_until
        day = clock.local(until).date().isoformat() if until else "—"
        words = say(
            _("Anonymous answers are told together at the end: the questionnaire is open until {day}."),
            day=day,
        )
    elif opinions.is_hidden:
        words = say(_("Fewer than five anonymous answers: wait for more, or enter what interviews say."))
    elif opinions.is_open and not opinions.answered:
        until = opinions.open_until
        day = clock.local(until).date().isoformat() if until else "—"
        words = say(_("No answer yet; the questionnaire is open until {day}: remind those asked."), day=day)
    elif opinions.is_open:
        words = say(_("Nobody has answered this yet: wait for more answers, or enter what interviews say."))
    elif opinions.drafts:
        words = say(_("The questionnaire is a draft: open it and ask those who came."))
    else:
        words = say(_("The questionnaires brought no answer to this: enter what interviews say."))
    return Found(missing=words, address=address, target=target)


def _people(
    subject: Subject, attendance: Attendance, series: Iterable[Series], expected: int | None
) -> Found:
    target = Decimal(expected) if expected else None
    if (read := _whole_reading(series, BY_KEY["participants"].name)) is not None:
        return Found(_figure("people", read), say(_("Reading of the dashboard")), target=target)
    if not attendance.people:
        return Found(
            missing=say(_("Nobody was checked in: check guests in afterwards, or enter how many came.")),
            address=reverse("events:guest_list", args=[subject.pk]),
            target=target,
        )
    words = say(_("Check-in, companions and walk-ins included"))
    return Found(_figure("people", attendance.people), words, target=target)


def _rate(subject: Subject, attendance: Attendance, series: Iterable[Series], target: Decimal) -> Found:
    if (read := _whole_reading(series, BY_KEY["attendance"].name)) is not None:
        return Found(_figure("rate", read), say(_("Reading of the dashboard")), target=target)
    if attendance.rate is None or not attendance.people:
        return Found(
            missing=say(_("No invited guest was checked in: the rate is who came of those invited.")),
            address=reverse("events:guest_list", args=[subject.pk]),
            target=target,
        )
    told = evaluate([participation_is_told], attendance)[0].reason
    return Found(_figure("rate", attendance.rate), told, target=target)


def _spread(
    subject: Subject, series: Iterable[Series], names: tuple[str, ...], published: list[Publicity]
) -> Found:
    """How far the word went: a reading of websites and platforms, else the reach of what was published (EVA-05)."""
    key = "exposure" if names is EXPOSURE else "attention"
    target = _wanted(published)
    for name in names:
        values = _readings(series, name)
        if values:
            words = say(_("Readings of “{name}” from {count} channels"), name=name, count=len(values))
            return Found(_figure(key, sum(values, Decimal(0))), words, target=target)
    measured = [row for row in published if row.reach is not None]
    if measured:
        words = say(_("Statistics of {count} publications"), count=len(measured))
        # What was measured stands beside what was wanted of the same publications.
        reach = sum(row.reach or 0 for row in measured)
        return Found(_figure(key, reach), words, target=_wanted(measured) or target)
    waiting = [row for row in published if row.is_done]
    words = (
        say(_("{count} publications have no reach yet: enter the statistics of website or platform."), count=len(waiting))
        if waiting
        else say(_("No statistics yet: record a reading of “{name}”, or the reach of what was published."), name=names[0])
    )  # fmt: skip
    address = reverse("preparation:board" if waiting else "metrics:dashboard", args=[subject.pk])
    return Found(missing=words, address=address, target=target)


def _wanted(published: Iterable[Publicity]) -> Decimal | None:
    wanted = sum(row.wanted_reach or 0 for row in published)
    return Decimal(wanted) if wanted else None


def _readings(series: Iterable[Series], name: str) -> list[Decimal]:
    """Totals of an indicator: the one kept for all channels where it has a figure, else those of each."""
    told = [
        (one.channel, figure.value)
        for one in series
        if plain_name(one.indicator) == name
        and (figure := one.figure("cumulative"))
        and figure.value is not None
    ]
    return [value for channel, value in told if channel in WHOLE_CHANNELS] or [
        value for _channel, value in told
    ]


def _whole_reading(series: Iterable[Series], name: str) -> Decimal | None:
    """The total of an indicator where one series tells it."""
    values = _readings(series, name)
    return values[0] if len(values) == 1 else None
