"""Leads and orders as the pages list them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from yunchou.directory.customers.selectors.find import customers_of, matching
from yunchou.kernel.core import clock
from yunchou.kernel.duties.models import Duty
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..models import Lead, LeadChannel, LeadForm, Order, OrderChannel, Stage
from ..models.leads import OPEN_STAGES, LeadQuerySet

VALIDITIES = ("valid", "invalid")
STATES = ("mine", "late", "keen")


@dataclass(frozen=True)
class LeadFilters:
    """What the list is narrowed by. `words` come by POST and stand in no address; nothing else of it is personal."""

    stage: str = ""
    channel: str = ""
    valid: str = ""
    state: str = ""
    words: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], words: str = "") -> LeadFilters:
        def one(name: str, known: Any) -> str:
            value = query.get(name, "")
            return value if value in known else ""

        return cls(
            one("stage", {*Stage.values, "open"}),
            one("channel", LeadChannel.values),
            one("valid", VALIDITIES),
            one("state", STATES),
            words.strip()[:80],
        )

    def __bool__(self) -> bool:
        return bool(self.stage or self.channel or self.valid or self.state or self.words)

    def of(self, subject: Subject, user: User) -> LeadQuerySet:
        found: LeadQuerySet = Lead.objects.heads().filter(subject=subject)
        if self.stage:
            found = found.filter(stage__in=OPEN_STAGES if self.stage == "open" else [self.stage])
        if self.channel:
            found = found.filter(channel=self.channel)
        if self.valid:
            found = found.filter(is_valid=self.valid == "valid")
        if self.state == "mine":
            found = found.filter(owner=user)
        elif self.state == "keen":
            found = found.filter(is_keen=True)
        elif self.state == "late":
            found = found.filter(pk__in=late_of(subject))
        if self.words:
            among = customers_of(subject.unit).living()
            found = found.filter(customer__in=matching(among, self.words).values("pk"))
        return found


def late_of(subject: Subject) -> list[int]:
    """The leads whose first contact is late (R-CUS-05)."""
    late = Duty.objects.filter(
        kind="sales.contact", subject=subject, state=Duty.State.OPEN, due_at__lt=clock.now()
    )
    return [int(key.rpartition(":")[2]) for key in late.values_list("key", flat=True)]


def with_details(leads: LeadQuerySet) -> LeadQuerySet:
    """With what a line of the list shows, in one statement."""
    found: LeadQuerySet = leads.select_related("customer__card", "owner").annotate(repeated=Count("repeats"))
    return found


def stages_of(subject: Subject) -> dict[str, int]:
    """How many leads are in each stage."""
    found = Lead.objects.heads().filter(subject=subject).order_by().values_list("stage")
    return dict(found.annotate(n=Count("pk")))


@dataclass(frozen=True)
class Source:
    """What one channel or place brought: leads that count, valid ones, and people who had come by another one before."""

    label: str
    leads: int
    valid: int
    repeated: int


def sources_of(subject: Subject) -> list[Source]:
    """Leads by channel and place, most first (EXE-14); one statement."""
    found = Lead.objects.filter(subject=subject).order_by().values_list("channel", "place")
    counted = found.annotate(
        leads=Count("pk", filter=Q(merged_into=None)),
        valid=Count("pk", filter=Q(merged_into=None, is_valid=True)),
        repeated=Count("pk", filter=Q(merged_into__isnull=False)),
    )
    lines = [
        Source(
            f"{LeadChannel(channel).label} · {place}" if place else str(LeadChannel(channel).label), *numbers
        )
        for channel, place, *numbers in counted
    ]
    return sorted(lines, key=lambda line: (-line.leads, -line.repeated, line.label))


def repeats_of(lead: Lead) -> QuerySet[Lead]:
    """The further times that the person left contact data for this activity."""
    return lead.repeats.select_related("collector").order_by("captured_at", "pk")


def orders_of(subject: Subject) -> QuerySet[Order]:
    """The orders of an activity with what a line shows, in one statement."""
    return Order.objects.filter(subject=subject).select_related("customer__card", "lead")


def orders_for(units: QuerySet[Any], channel: str = "") -> QuerySet[Order]:
    """The orders of some companies, of activities or not."""
    found = Order.objects.filter(unit__in=units).select_related("customer__card", "lead", "subject", "unit")
    return found.filter(channel=channel) if channel in OrderChannel.values else found


def forms_of(subject: Subject) -> QuerySet[LeadForm]:
    """The capture forms of an activity, open ones first; those of other rooms stand on their own pages."""
    return LeadForm.objects.filter(subject=subject, owned_by="").select_related("keeper")


def last_place(subject: Subject, user: User) -> tuple[str, str]:
    """Channel and place of the last lead that a person took in, with which the next one begins."""
    last = (
        Lead.objects.filter(subject=subject, collector=user)
        .order_by("-pk")
        .values_list("channel", "place")
        .first()
    )
    return last or (LeadChannel.DESK, "")
