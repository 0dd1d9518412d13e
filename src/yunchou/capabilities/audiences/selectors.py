"""Counting who is meant and who is chosen, and what has changed since a list was frozen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.models import Channel, Customer, Purpose, Touch, TouchKind
from yunchou.directory.customers.models.history import CONTACTS
from yunchou.directory.customers.permissions import Perm as CustomerPerm
from yunchou.directory.customers.selectors.consents import allowed
from yunchou.kernel.access.selectors import reach, visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.registry import Params
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.models import Subject

from . import rules
from .compiling import matching
from .limits import limits_of
from .models import Segment, TargetList, TargetRow
from .trees import Group, Trait, tests

SAMPLE = 8
"""So many people are shown beside a count."""
RULES = (rules.agreed_to_marketing, rules.not_profiled, rules.not_too_often)


@dataclass(frozen=True)
class Wish:
    """Who is asked for: own conditions and other groups together, without some; by which channel; how long left in peace.

    `tree` None asks for nobody by conditions. A stored list is read by `wish_of`; a page that is being filled in makes its own.
    """

    tree: Group | None = None
    added: Sequence[Segment | TargetList] = ()
    taken_out: Sequence[Segment | TargetList] = ()
    channel: str = Channel.ANY
    quiet_days: int = 0
    subject: Subject | None = None


@dataclass(frozen=True)
class LeftOut:
    """How many a rule leaves out that the conditions mean, each counted by the first rule that speaks."""

    rule_id: str
    reason: Say
    count: int


@dataclass(frozen=True)
class Outcome:
    """What comes of a wish: how many are meant, left out and chosen, and some of those chosen."""

    meant: int
    chosen: int
    left_out: list[LeftOut]
    sample: list[Customer]


@dataclass(frozen=True)
class Exclusion:
    """A rule as a condition on those whom it leaves out."""

    rule_id: str
    reason: Say
    refused: Q


@dataclass(frozen=True)
class Drift:
    """What is different now from a frozen list: who would be new, and who would not be chosen any more."""

    new: QuerySet[Customer]
    gone: QuerySet[Customer]
    new_count: int = field(default=0)
    gone_count: int = field(default=0)


def countable(user: User) -> QuerySet[Customer]:
    """The customers whom a person may count: living ones, within the person's reach."""
    found: QuerySet[Customer] = Customer.objects.living().visible_to(user)
    return found


def wish_of(target: TargetList) -> Wish:
    """What a stored list asks for."""
    parts = list(target.parts.select_related("segment", "earlier"))
    tree = target.conditions
    added = [part.segment or part.earlier for part in parts if not part.is_taken_out]
    taken_out = [part.segment or part.earlier for part in parts if part.is_taken_out]
    return Wish(
        tree=tree if tree or not added else None,
        added=[one for one in added if one],
        taken_out=[one for one in taken_out if one],
        channel=target.channel,
        quiet_days=target.quiet_days,
        subject=target.subject,
    )


def meant_by(wish: Wish, user: User) -> QuerySet[Customer]:
    """Whom the conditions mean, before any rule."""
    among = countable(user)
    groups = [_group(among, one) for one in wish.added]
    if wish.tree is not None:
        groups.insert(0, matching(among, wish.tree))
    found = (
        groups[0]
        if len(groups) == 1
        else among.filter(reduce(or_, (_within(g) for g in groups), Q(pk__in=())))
    )
    for one in wish.taken_out:
        found = found.exclude(_within(_group(among, one)))
    return found


def _group(among: QuerySet[Customer], one: Segment | TargetList) -> QuerySet[Customer]:
    if isinstance(one, Segment):
        return matching(among, one.conditions)
    return among.filter(pk__in=TargetRow.objects.filter(target_list=one).values("customer"))


def _within(group: QuerySet[Customer]) -> Q:
    return Q(pk__in=group.order_by().values("pk"))


def exclusions(wish: Wish) -> list[Exclusion]:
    """Whom the rules leave out, in the order in which they speak."""
    params = params_on(RULES)
    caps = params[rules.not_too_often.id]
    found = [
        Exclusion(
            rules.agreed_to_marketing.id,
            say(_("No consent to marketing by this channel")),
            ~allowed(Purpose.MARKETING, wish.channel),
        ),
        Exclusion(
            rules.not_profiled.id, say(_("Does not want to be chosen automatically")), Q(no_profiling=True)
        ),
        _too_often(caps),
    ]
    if wish.quiet_days:
        found.append(_invited_lately(wish.quiet_days))
    if wish.subject:
        found += [Exclusion(each.rule_id, each.reason, each.refused) for each in limits_of(wish.subject)]
    return found


def _too_often(caps: Params) -> Exclusion:
    since = clock.moment(clock.today() - timedelta(days=caps.days - 1))
    contacts = Touch.objects.filter(customer=OuterRef("pk"), kind__in=CONTACTS, at__gte=since).order_by()
    often = contacts.values("customer").annotate(times=Count("pk")).filter(times__gte=caps.times)
    reason = say(_("Contacted {times} times or more in {days} days"), times=caps.times, days=caps.days)
    return Exclusion(rules.not_too_often.id, reason, Q(Exists(often)))


def _invited_lately(days: int) -> Exclusion:
    since = clock.moment(clock.today() - timedelta(days=days - 1))
    invited = Touch.objects.filter(customer=OuterRef("pk"), kind=TouchKind.INVITED, at__gte=since)
    return Exclusion("", say(_("Invited within {days} days"), days=days), Q(Exists(invited)))


def chosen_by(wish: Wish, user: User) -> QuerySet[Customer]:
    """Whom the conditions mean and the rules let pass."""
    found = meant_by(wish, user)
    for each in exclusions(wish):
        found = found.exclude(each.refused)
    return found


def outcome(wish: Wish, user: User, sample: int = SAMPLE) -> Outcome:
    """The counts of a wish in one statement, and a sample of those chosen in another.

    Who is named beside conditions is told by them, be it an income or an interest: the sample shows people only to those who may
    unmask values, and only of where they may. Others see the numbers.
    """
    spoken = exclusions(wish)
    why = Case(
        *[When(each.refused, then=Value(str(n))) for n, each in enumerate(spoken)],
        default=Value(""),
        output_field=CharField(),
    )
    rows = meant_by(wish, user).annotate(why=why).order_by().values("why").annotate(count=Count("pk"))
    counts = dict(rows.values_list("why", "count"))
    left_out = [
        LeftOut(each.rule_id, each.reason, counts[str(n)])
        for n, each in enumerate(spoken)
        if counts.get(str(n))
    ]
    chosen = counts.get("", 0)
    people = (
        list(
            chosen_by(wish, user)
            .filter(reach(user, CustomerPerm.REVEAL, path="subject__"))
            .filter(_named_to(user))
            .select_related("card")
            .order_by("-pk")[:sample]
        )
        if chosen and sample
        else []
    )
    return Outcome(sum(counts.values()), chosen, left_out, people)


def size_of(segment: Segment, user: User) -> int:
    """How many customers within the person's reach a segment means."""
    return matching(countable(user), segment.conditions).count()


def drift_of(target: TargetList, user: User) -> Drift:
    """What a frozen list would be now, against what it is (SEG-07)."""
    held = TargetRow.objects.filter(target_list=target).values("customer")
    now = chosen_by(wish_of(target), user)
    new = now.exclude(pk__in=held)
    # Whom the person does not see is neither: a list of the group is not cut down to a region by somebody of the region.
    gone = Customer.objects.visible_to(user).filter(pk__in=held).exclude(_within(now))
    return Drift(new, gone, new.count(), gone.count())


def members_of(target: TargetList, user: User) -> QuerySet[Customer]:
    """The customers of a frozen list whom a person sees, with their cards, which pages show masked."""
    rows = TargetRow.objects.filter(target_list=target).values("customer")
    found: QuerySet[Customer] = Customer.objects.visible_to(user).filter(pk__in=rows)
    return found.select_related("card")


def shown_of(target: TargetList, customers: QuerySet[Customer], user: User) -> QuerySet[Customer]:
    """Whom of these a page may name beside what a list asks for: where it asks for a part of the profile, whoever is named is
    told by it, and important customers are named only to those who answer for them."""
    return customers.filter(_named_to(user)) if _tells_profile(target) else customers


def _named_to(user: User) -> Q:
    return Q(is_apart=False) | reach(user, CustomerPerm.APART, path="subject__")


def _tells_profile(target: TargetList) -> bool:
    """Whether a list asks for a part of the profile, by itself or by what it was made of."""
    waiting, known = [target], {target.pk}
    while waiting:
        one = waiting.pop()
        parts = list(one.parts.select_related("segment", "earlier"))
        trees = [one.conditions, *(part.segment.conditions for part in parts if part.segment)]
        if any(isinstance(test, Trait) and test.field.is_profile for tree in trees for test in tests(tree)):
            return True
        for part in parts:
            if part.earlier and part.earlier.pk not in known:
                known.add(part.earlier.pk)
                waiting.append(part.earlier)
    return False


def lists_of(subject: Subject) -> QuerySet[TargetList]:
    """The target lists of an activity in the order in which they were begun."""
    return TargetList.objects.filter(subject=subject).select_related("made_by", "frozen_by")


def usable_lists(user: User, besides: Collection[int] = ()) -> QuerySet[TargetList]:
    """Frozen lists of activities that the person sees, newest first, to add or to take out."""
    seen = visible_subjects(user).values("pk")
    found = TargetList.objects.filter(frozen_at__isnull=False, subject__in=seen).exclude(pk__in=besides)
    return found.select_related("subject").order_by("-frozen_at")
