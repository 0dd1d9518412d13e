"""What leads and orders come to, and which indicators of the dashboard they tell (GOA-07, GOA-08)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.figures import shown
from yunchou.capabilities.metrics.goals import is_lead_count, plain_name
from yunchou.capabilities.metrics.live import periods_of
from yunchou.capabilities.metrics.models import Series, Source
from yunchou.capabilities.metrics.tables import WHOLE
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.sheets.values import Figure, decimal_text
from yunchou.kernel.subjects.models import Subject

from ..counting import Counted
from ..models import Answer, Lead, Order, Prospect
from ..rules import order_is_in_window
from ..telling import tellers

LEADS, VALID_RATE, CONVERSION, SALES, SIGNED = "leads", "valid", "conversion", "sales", "signed"
BASES: Final[dict[str, Say]] = {"all": say(_("all leads")), "valid": say(_("valid leads"))}


def settings() -> Params:
    """Window and base of the conversion rate as they hold today (R-GOA-05)."""
    return params_on([order_is_in_window])[order_is_in_window.id]


def counted(subject: Subject, place: str = "") -> Counted:
    """How many leads an activity has, of one place alone where it is named, and how many ordered in time. One statement."""
    p = settings()
    window = timedelta(days=p.days)
    in_time = Order.objects.filter(
        lead=OuterRef("pk"),
        cancelled_at=None,
        ordered_at__gte=OuterRef("captured_at"),
        ordered_at__lte=OuterRef("captured_at") + window,
    )
    leads = Lead.objects.heads().filter(subject=subject)
    if place:
        leads = leads.filter(place__startswith=place)
    is_open = Q(has_order=False, captured_at__gte=clock.now() - window)
    found = leads.annotate(has_order=Exists(in_time)).aggregate(
        leads=Count("pk"),
        valid=Count("pk", filter=Q(is_valid=True)),
        converted=Count("pk", filter=Q(has_order=True)),
        converted_valid=Count("pk", filter=Q(has_order=True, is_valid=True)),
        waiting=Count("pk", filter=is_open),
        last=Max("captured_at", filter=is_open),
    )
    last = found.pop("last")
    return Counted(**found, open_until=last + window if last else None, base=p.base, days=p.days)


@dataclass(frozen=True)
class Sales:
    """What was sold: all orders of an activity, and those of its days, which is what a goal on its sales means."""

    orders: int
    amount: Decimal
    within: Decimal


def sales_of(subject: Subject) -> Sales:
    """Orders that were not cancelled, in one statement."""
    start, end = periods_of([subject.pk]).get(subject.pk, (None, None))
    during = Q()
    if start:
        during &= Q(ordered_at__gte=clock.moment(start))
    if end:
        during &= Q(ordered_at__lt=clock.moment(end + timedelta(days=1)))
    found = Order.objects.filter(subject=subject, cancelled_at=None).aggregate(
        orders=Count("pk"),
        every=Sum("amount"),
        within=Sum("amount", filter=during) if during else Sum("amount"),
    )
    return Sales(found["orders"], found["every"] or Decimal(0), found["within"] or Decimal(0))


def signed_of(subject: Subject) -> int:
    """How many people signed one of the offers of a deal-targeted activity (TYP-04)."""
    signed = Prospect.objects.filter(offer__subject=subject, answer=Answer.SIGNED)
    return signed.values("customer").distinct().count()


@dataclass(frozen=True)
class Measured:
    """An indicator that leads and orders tell: what it comes to now, and whether somebody else feeds it."""

    series: Series
    value: Decimal | None
    note: Say

    @property
    def before(self) -> Figure | None:
        return self.series.figure("cumulative")

    @property
    def by_hand(self) -> bool:
        """Its newest value came from people or another system; it is not overwritten before somebody says so."""
        return self.before is not None and self.series.latest_source != Source.COMPUTED

    @property
    def is_news(self) -> bool:
        """There is a value, and the dashboard does not have it yet."""
        return self.value is not None and (self.before is None or self.before.value != self.value)

    @property
    def shown(self) -> str:
        return "—" if self.value is None else shown(Figure(self.value, self.series.unit))

    @property
    def shown_before(self) -> str:
        return shown(self.before)


def told_by(indicator: str) -> str:
    """Which of our figures an indicator names; empty where it names none."""
    name = plain_name(indicator)
    if "转化率" in name:
        return CONVERSION if "线索" in name or name == "转化率" else ""
    if "有效" in name and "率" in name and "线索" in name:
        return VALID_RATE
    if "销售额" in name:
        return SALES
    if "签约" in name and "率" not in name:
        return SIGNED
    return LEADS if is_lead_count(name) and "有效" not in name else ""


def figure_named(indicator: str) -> str:
    """Which figure an indicator names, of ours or of a room above; empty where it names none."""
    if own := told_by(indicator):
        return own
    name = plain_name(indicator)
    return next((f"{one.key}.{found}" for one in tellers if (found := one.named(name))), "")


def measured_of(subject: Subject) -> list[Measured]:
    """The indicators of an activity that are computed, with their values; nothing where there is nothing to count."""
    telling = [one for one in tellers if one.has_any(subject)]
    has_own = has_any(subject)
    if not has_own and not telling:
        return []
    every = list(Series.objects.filter(subject=subject).select_related("owner").order_by("position", "pk"))
    found = list(_measured(subject, [one for one in every if told_by(one.indicator)])) if has_own else []
    for teller in telling:
        named = [(one, plain_name(one.indicator)) for one in every if not told_by(one.indicator)]
        wanted = {one.pk: figure for one, name in named if (figure := teller.named(name))}
        values = teller.values(subject) if wanted else {}
        for one in every:
            if told := values.get(wanted.get(one.pk, "")):
                found.append(Measured(one, *told))
    return found


def has_any(subject: Subject) -> bool:
    """Whether an activity has leads or orders."""
    return Lead.objects.filter(subject=subject).exists() or Order.objects.filter(subject=subject).exists()


def _measured(subject: Subject, series: Sequence[Series]) -> Iterator[Measured]:
    """Each with its value; figures of one place are those of the channel of that name."""
    by_place: dict[str, Counted] = {}
    sales = sales_of(subject)
    for one in series:
        what = told_by(one.indicator)
        if what in (SALES, SIGNED):
            if what == SALES:
                yield Measured(one, sales.within, say(_("{orders} orders"), orders=sales.orders))
            elif signed := signed_of(subject):
                yield Measured(one, Decimal(signed), say(_("people who signed an offer")))
            continue
        place = "" if one.channel in ("", WHOLE) else one.channel
        if place not in by_place:
            by_place[place] = counted(subject, place)
        found = by_place[place]
        if place and not found.leads:
            continue
        if what == LEADS:
            yield Measured(one, Decimal(found.leads), say(_("leads taken in, each person once")))
        elif what == VALID_RATE:
            words = say(_("{part} of {whole}"), part=found.valid, whole=found.leads)
            yield Measured(one, found.valid_rate, words)
        else:
            words = say(
                _("{part} of {whole} {base} within {days} days"),
                part=found.part, whole=found.whole, base=BASES[found.base], days=found.days,
            )  # fmt: skip
            yield Measured(one, found.rate, words)


def shown_rate(value: Decimal | None) -> str:
    """`16.21%`, or a dash."""
    return "—" if value is None else f"{decimal_text(value)}%"
