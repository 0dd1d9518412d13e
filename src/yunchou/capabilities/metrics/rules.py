"""Rules on indicators: attainment, pace, conversion, the state a source shows, and the half hour to answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import PERCENT, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import REMIND, WARN, Fix, Place, Verdict, failed, passed
from yunchou.kernel.sheets.values import decimal_text

from .models import Comparison, ShownState
from .pace import Pace, attainment, expected_share
from .tables import SeriesRow


@dataclass(frozen=True)
class SeriesFacts:
    """One row of the dashboard with the days over which its target falls due. `position` is its place in the table.

    `comparison` and `threshold` are the row's own where somebody set them; otherwise they follow from the indicator.
    """

    row: SeriesRow
    position: int
    start_on: date | None = None
    end_on: date | None = None
    lower_is_better: bool = False
    comparison: Comparison | None = None
    threshold: Decimal | None = None

    @property
    def cumulative(self) -> Decimal | None:
        return self.row.cumulative.value if self.row.cumulative else None

    @property
    def today(self) -> Decimal | None:
        return self.row.today.value if self.row.today else None

    @property
    def target(self) -> Decimal | None:
        return self.row.target.value if self.row.target else None

    @property
    def name(self) -> str:
        return f"{self.row.channel} {self.row.indicator}".strip()

    @property
    def compares(self) -> Comparison | None:
        """What an alert on this row compares (DSH-04); None where neither a person nor a clause sets a threshold."""
        if self.comparison is not None:
            return self.comparison
        if self.row.is_leads:
            return Comparison.PACE
        return Comparison.LEVEL if self.row.is_conversion else None

    def due(self, now: datetime | None) -> Decimal:
        """The part of the target due by the end of the day of `now`, both ends of the window counted.

        All of it where there is no window or no present (a workbook as history), and for a limit not to be exceeded.
        """
        if now is None or self.start_on is None or self.end_on is None or self.lower_is_better:
            return Decimal(1)
        if self.compares == Comparison.FINAL:
            return Decimal(1)
        return due_by(self.start_on, self.end_on, clock.local(now).date())

    def pace(self, now: datetime | None) -> Pace:
        """How it stands against what is due by now."""
        return Pace.of(self.cumulative, self.target, self.due(now), lower_is_better=self.lower_is_better)

    def has_ended(self, now: datetime | None) -> bool:
        """Whether its own window is over."""
        return now is not None and self.end_on is not None and clock.local(now).date() > self.end_on

    def at(self, column: str) -> Place:
        return Place("dashboard", self.position, column)


def due_by(start_on: date, end_on: date, day: date) -> Decimal:
    """The part of a target due when `day` ends, for a window whose first and last day both count."""
    start, end = clock.moment(start_on), clock.moment(end_on + timedelta(days=1))
    return expected_share(start, end, clock.moment(day + timedelta(days=1)))


@dataclass(frozen=True)
class DashboardFacts:
    """All rows of a dashboard at a moment. Without `now` each is judged against its full target (rules.md section 10)."""

    series: tuple[SeriesFacts, ...] = field(default=())
    now: datetime | None = None


@rule(
    "R-DSH-01",
    clause="004 四(二)",
    severity=WARN,
    title=_("Attainment is computed"),
    sentence=_(
        "Attainment is the cumulative figure over the target in percent, with one decimal; inverted where"
        " lower is better."
    ),
)
def attainment_is_computed(facts: DashboardFacts, p: Params) -> Iterator[Verdict]:
    """Attainment is cumulative over target in percent, with one decimal; inverted where lower is better."""
    for one in facts.series:
        value = attainment(one.cumulative, one.target, lower_is_better=one.lower_is_better)
        if value is None:
            continue
        stated = one.row.attainment.value if one.row.attainment else None
        if stated is None or _same(stated, value):
            yield passed(say(_("{name}: {value}%"), name=one.name, value=str(value)), attainment=str(value))
            continue
        yield failed(
            say(
                _("{name}: stated {stated}%, computed {value}%."),
                name=one.name,
                stated=decimal_text(stated),
                value=str(value),
            ),
            at=one.at("attainment"),
            stored=f"{decimal_text(stated)}%",
            computed=f"{value}%",
            fix=Fix(say(_("Leave it to be computed."))),
        )


def _same(stated: Decimal, computed: Decimal) -> bool:
    """A stated percentage may have been rounded to whole percent."""
    exponent = stated.normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return abs(stated - computed) <= Decimal(1).scaleb(-places) / 2


@rule(
    "R-DSH-02",
    clause="004 四(二)",
    severity=WARN,
    params={"gap": Decimal("20"), "urgent": Decimal("60")},
    assumed=["urgent"],
    title=_("Leads keep pace"),
    sentence=_(
        "A count of leads that is more than {gap} below its target due by now raises an alert; below "
        "{urgent} of it, it asks for action."
    ),
    bounds={
        "gap": Bound(_("Permitted gap"), unit=PERCENT, at_least=0, at_most=100),
        "urgent": Bound(_("Share that asks for action"), unit=PERCENT, at_least=0, at_most=100),
    },
)
def volume_keeps_pace(facts: DashboardFacts, p: Params) -> Iterator[Verdict]:
    """A count of leads that is more than 20 % below its target due by now raises an alert.

    Due by now is linear over the row's own start and end, and the full target at and after its end (X-09).
    `urgent` is the share below which an indicator asks for action and not only for attention.
    """
    for one in facts.series:
        if one.compares in (Comparison.PACE, Comparison.FINAL):
            yield _volume(one, facts.now, p.gap if one.threshold is None else one.threshold)


def _volume(one: SeriesFacts, now: datetime | None, gap: Decimal) -> Verdict:
    pace = one.pace(now)
    limit = 100 - gap
    if pace.share is None or pace.expected is None or one.cumulative is None or pace.share >= limit:
        share = "—" if pace.share is None else f"{pace.share}%"
        return passed(say(_("{name}: {share} of what is due by now"), name=one.name, share=share))
    wanted = (pace.expected * limit / 100).to_integral_value(rounding="ROUND_CEILING")
    if one.lower_is_better:
        return _limit_exceeded(one, pace, limit)
    return failed(
        say(
            _("{name} is {value}, due by now {expected}: only {share}%, below {limit}%."),
            name=one.name,
            value=decimal_text(one.cumulative),
            expected=decimal_text(pace.expected.quantize(Decimal(1))),
            share=str(pace.share),
            limit=decimal_text(limit),
        ),
        at=one.at("cumulative"),
        fix=Fix(
            say(
                _("Gain {missing} more now, or record cause and adjustment."),
                missing=decimal_text(wanted - one.cumulative),
            )
        ),
        expected=str(pace.expected),
        share=str(pace.share),
        missing=str(wanted - one.cumulative),
    )


def _limit_exceeded(one: SeriesFacts, pace: Pace, limit: Decimal) -> Verdict:
    """What is counted should stay below its target, and does not."""
    return failed(
        say(
            _("{name} is {value} and should stay below {target}."),
            name=one.name,
            value=decimal_text(one.cumulative or Decimal(0)),
            target=decimal_text(one.target or Decimal(0)),
        ),
        at=one.at("cumulative"),
        fix=Fix(say(_("Record cause and adjustment."))),
        expected=str(pace.expected),
        share=str(pace.share),
    )


@rule(
    "R-DSH-03",
    clause="004 四(二)",
    severity=WARN,
    params={"low": Decimal("10")},
    title=_("Conversion is high enough"),
    sentence=_("A cumulative conversion rate below {low} raises an alert."),
    bounds={
        "low": Bound(_("Lowest rate"), unit=PERCENT, at_least=0, at_most=100),
    },
)
def conversion_is_high_enough(facts: DashboardFacts, p: Params) -> Iterator[Verdict]:
    """A cumulative conversion rate below 10 % raises an alert."""
    for one in facts.series:
        if one.compares != Comparison.LEVEL or one.cumulative is None:
            continue
        low = p.low if one.threshold is None else one.threshold
        if one.cumulative >= low:
            yield passed(
                say(_("{name}: {value}%"), name=one.name, value=decimal_text(one.cumulative)),
                value=str(one.cumulative),
            )
            continue
        yield failed(
            say(
                _("{name} is {value}%, below {low}%."),
                name=one.name,
                value=decimal_text(one.cumulative),
                low=decimal_text(low),
            ),
            at=one.at("cumulative"),
            fix=Fix(say(_("Reach {low}%, or record cause and adjustment."), low=decimal_text(low))),
            value=str(one.cumulative),
            expected=str(low),
        )


@rule(
    "R-DSH-04",
    clause="004 四(二)",
    severity=REMIND,
    params={"gap": Decimal("20"), "is_on": False},
    assumed=["gap", "is_on"],
    title=_("Today's rate is near its target"),
    sentence=_(
        "Today's rate is not more than {gap} below its target; for every rate: {is_on}, else only for a "
        "row that asks for it."
    ),
    bounds={
        "gap": Bound(_("Permitted gap"), unit=PERCENT, at_least=0, at_most=100),
        "is_on": Bound(_("For every rate"), choices={"yes": _("on"), "no": _("off")}),
    },
)
def todays_rate_is_near_target(facts: DashboardFacts, p: Params) -> Iterator[Verdict]:
    """Today's rate is not more than 20 % below its target; off from the start, on for a row that asks for it."""
    for one in facts.series:
        share = attainment(one.today, one.target)
        is_asked = one.compares == Comparison.DAY or (p.is_on and one.row.is_rate)
        if not is_asked or share is None:
            continue
        gap = one.threshold if one.compares == Comparison.DAY and one.threshold is not None else p.gap
        if share >= 100 - gap:
            yield passed(
                say(_("{name}: today {share}%, against the target"), name=one.name, share=str(share))
            )
            continue
        yield failed(
            say(
                _("{name}: today {today}%, only {share}% of the target of {target}%."),
                name=one.name,
                today=decimal_text(one.today or Decimal(0)),
                share=str(share),
                target=decimal_text(one.target or Decimal(0)),
            ),
            at=one.at("today"),
            expected=str(one.target),
            share=str(share),
        )


@rule(
    "R-DSH-05",
    clause="004 四(二)",
    severity=REMIND,
    params={"minutes": 30},
    title=_("Alerts are answered"),
    sentence=_(
        "Within {minutes} minutes of an alert its cause and a started adjustment are recorded, or the "
        "overall lead is told, then management."
    ),
    bounds={
        "minutes": Bound(_("Time to answer"), unit=_("min"), at_least=1, at_most=1440),
    },
)
def alert_is_answered(age_minutes: int, p: Params) -> Verdict:
    """Within 30 minutes of an alert its cause and a started adjustment are recorded, or the overall lead is told."""
    if age_minutes <= p.minutes:
        return passed(say(_("{minutes} minutes left"), minutes=p.minutes - age_minutes))
    return failed(
        say(_("No cause and adjustment within {limit} minutes."), limit=p.minutes),
        fix=Fix(say(_("Record the cause and the adjustment that was started."))),
        late=age_minutes - p.minutes,
    )


@rule(
    "K-B2",
    clause="004 四(二)",
    severity=WARN,
    title=_("Shown state follows the rules"),
    sentence=_("The state that a source shows is what the rules compute; where it is not, both are shown."),
)
def shown_state_follows_the_rules(facts: DashboardFacts, p: Params) -> Iterator[Verdict]:
    """The state that a source shows is what the rules compute; where not, both are shown (DSH-05).

    Judged against the full target, as the source does without a date; only leads and conversion have a stated threshold.
    """
    for one in facts.series:
        if one.row.shown_state is None:
            continue
        computed, why = _computed_state(one)
        if computed == one.row.shown_state:
            continue
        yield failed(
            say(
                _("{name}: the source says {shown}, the rules say {computed}. {why}"),
                name=one.name,
                shown=_word(one.row.shown_state),
                computed=_word(computed),
                why=why,
            ),
            at=one.at("shown_state"),
            stored=one.row.shown_state.value,
            computed=computed.value,
            fix=Fix(say(_("The source's state is kept and shown beside ours."))),
            comment="B2",
        )


def _computed_state(one: SeriesFacts) -> tuple[ShownState, Say]:
    """The state by the stated thresholds against the full target, and by which of them."""
    share = attainment(one.cumulative, one.target)
    if one.row.is_leads and share is not None:
        state = ShownState.ALERT if share < 80 else ShownState.NORMAL
        return state, say(_("Leads at {share}% of the target; the threshold is 80%."), share=str(share))
    if one.row.is_conversion and one.cumulative is not None:
        state = ShownState.ALERT if one.cumulative < 10 else ShownState.NORMAL
        value = decimal_text(one.cumulative)
        return state, say(_("Conversion is {value}%; the threshold is 10%."), value=value)
    return ShownState.NORMAL, say(_("No threshold is stated for this indicator."))


def _word(state: ShownState) -> Say:
    return say(_("alert")) if state == ShownState.ALERT else say(_("normal"))
