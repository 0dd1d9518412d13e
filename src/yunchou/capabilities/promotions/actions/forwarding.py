"""Forwarding tasks: set, given to people, counted by each one's own link, rewarded once (EXE-17)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.sales.actions import close_own_forms, mark_stale, open_own_forms
from yunchou.capabilities.sales.models import LeadChannel
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import Customer, TouchKind
from yunchou.directory.customers.selectors.find import home_of
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import duties, journal
from ..models import CouponSeries, Forward, ForwardTask, Promoter, RewardBy
from ..permissions import Perm
from ..selectors.forwarding import brought_by, standing_of
from .coupons import give
from .shared import OWNER, demand_days, opened

MOST_PROMOTERS: Final = 500
MOST_REWARDED_FROM: Final = 1_000_000


@dataclass(frozen=True)
class TaskFacts:
    """A forwarding task as it is set. Without `reward_from` there is no reward."""

    title: str
    text: str
    starts_on: date
    ends_on: date
    quota: int = 5
    reward: str = ""
    reward_by: str = RewardBy.FORWARDS
    reward_from: int | None = None
    series: CouponSeries | None = None


@transaction.atomic
def make_task(*, subject: Subject, facts: TaskFacts, keeper: User, actor: User) -> ForwardTask:
    """Set a task: what is forwarded until when, how many each invites, and the reward from so many on.

    Refuses without `promotions.edit`, a title twice, a reward without a word for it; records `promotions.task_made`.
    """
    locked = opened(subject, actor, Perm.EDIT)
    title, text = wanted(facts.title, "title", 60), wanted(facts.text, "text", 500)
    demand_days(facts.starts_on, facts.ends_on)
    if not 0 < facts.quota <= 10_000:
        raise at_field("quota", _("Between 1 and {most}."), most=10_000)
    reward = facts.reward.strip() or (facts.series.title if facts.series else "")
    if facts.reward_from is not None and not reward:
        raise at_field("reward", _("Say what the reward is."))
    if reward and not facts.reward_from:
        raise at_field("reward_from", _("Say from how many on the reward is given."))
    if facts.reward_from is not None and not 0 < facts.reward_from <= MOST_REWARDED_FROM:
        raise at_field("reward_from", _("Between 1 and {most}."), most=MOST_REWARDED_FROM)
    if facts.series and facts.series.subject_id != locked.pk:
        raise at_field("series", _("Choose coupons of this activity."))
    if ForwardTask.objects.filter(subject=locked, title=title).exists():
        raise at_field("title", _("There is a task of this name already."))
    made = ForwardTask.objects.create(
        subject=locked, title=title, text=text, quota=facts.quota, starts_on=facts.starts_on, ends_on=facts.ends_on,
        reward=reward[:80], reward_by=RewardBy(facts.reward_by), reward_from=facts.reward_from, series=facts.series,
        keeper=keeper, made_by=actor,
    )  # fmt: skip
    record(journal.TASK_MADE, actor=actor, subject=locked, data={"task": made.title, "quota": made.quota})
    return made


@transaction.atomic
def add_promoters(
    *,
    task: ForwardTask,
    actor: User,
    users: Collection[User] = (),
    customers: Collection[Customer] = (),
    quota: int | None = None,
    group: str = "",
) -> int:
    """Give the task to people, each with a link of their own; a colleague owes it from then on. Says how many are new.

    Who has the task already keeps it as it is. Refuses without `promotions.edit`, closed tasks and customers of another
    company; records `promotions.promoters_added`.
    """
    subject, locked = _opened(task, actor)
    company = home_of(subject.unit)
    if any(one.subject.unit_id != company.pk for one in customers):
        raise at_field("customers", _("This is no customer of the activity's company."))
    there = Promoter.objects.filter(task=locked, removed_at=None)
    has_users = set(there.values_list("user", flat=True))
    has_customers = set(there.values_list("customer", flat=True))
    new: list[tuple[User | None, Customer | None]] = [
        *((one, None) for one in users if one.pk not in has_users),
        *((None, one) for one in customers if one.pk not in has_customers),
    ]
    if not new:
        return 0
    count = Promoter.objects.filter(task=locked).count()
    if count + len(new) > MOST_PROMOTERS:
        raise at_field("users", _("At most {most} people have one task."), most=MOST_PROMOTERS)
    if quota is not None and not 0 < quota <= 10_000:
        raise at_field("quota", _("Between 1 and {most}."), most=10_000)
    # No name: where a lead came from is shown and recorded.
    places = [f"{locked.title[:30]} · {count + n}" for n in range(1, len(new) + 1)]
    forms = open_own_forms(
        subject=subject,
        places=places,
        keeper=locked.keeper,
        actor=actor,
        channel=LeadChannel.SHARE,
        owned_by=OWNER,
    )
    for (user, customer), form in zip(new, forms, strict=True):
        made = Promoter.objects.create(
            task=locked,
            user=user,
            customer=customer,
            quota=quota or locked.quota,
            form=form,
            group=group.strip()[:60],
        )
        _owe(made, locked, subject, actor)
    record(
        journal.PROMOTERS_ADDED, actor=actor, subject=subject, data={"task": locked.title, "count": len(new)}
    )
    return len(new)


@transaction.atomic
def remove_promoter(*, promoter: Promoter, actor: User) -> None:
    """Take the task from somebody; what the link brought stays counted as leads. Refuses once a reward was given; records
    `promotions.promoter_removed`."""
    subject, locked = _locked(promoter, actor, Perm.EDIT)
    if locked.rewarded_at:
        raise wrong(_("The reward was given already."))
    locked.removed_at = clock.now()
    locked.save(update_fields=["removed_at"])
    close_own_forms(subject=subject, forms=[locked.form_id], owned_by=OWNER)
    cancel(actor=actor, key=locked.duty_key)
    record(journal.PROMOTER_REMOVED, actor=actor, subject=subject, data={"task": locked.task.title})
    mark_stale(subject.pk)


@transaction.atomic
def note_forwards(*, promoter: Promoter, count: int, proof: str, actor: User) -> Promoter:
    """Write down how often somebody forwarded, with what shows it; a number below zero puts an earlier one right.

    A colleague with the task notes their own while it runs; of others whoever holds `promotions.redeem`. Refuses nothing, more
    than was noted to be taken back, less than a reward was given for, and a missing proof; records `promotions.forwarded`.
    """
    is_own = promoter.user_id == actor.pk
    subject, locked = _locked(promoter, actor, "" if is_own else Perm.REDEEM)
    if count == 0 or abs(count) > 1_000_000:
        raise at_field("count", _("Look at the number again."))
    task = locked.task
    if is_own and task.has_ended:
        raise wrong(_("This task is over."))
    if locked.forwards + count < 0:
        raise at_field("count", _("{count} are noted; no more can be taken back."), count=locked.forwards)
    is_counted = task.reward_by == RewardBy.FORWARDS and task.reward_from is not None
    if count < 0 and locked.rewarded_at and is_counted and locked.forwards + count < (task.reward_from or 0):
        raise at_field("count", _("The reward was given for {count}."), count=task.reward_from)
    Forward.objects.create(promoter=locked, count=count, proof=wanted(proof, "proof", 120), by=actor)
    Promoter.objects.filter(pk=locked.pk).update(forwards=F("forwards") + count)
    locked.forwards += count
    record(journal.FORWARDED, actor=actor, subject=subject, data={"count": count, "task": task.title})
    mark_stale(subject.pk)
    return locked


@transaction.atomic
def give_reward(*, promoter: Promoter, actor: User) -> Promoter:
    """Give the reward that is due, once; a customer's coupon is issued with it.

    Refuses without `promotions.redeem`, one's own, before so many are counted, and a second time; records
    `promotions.rewarded`.
    """
    subject, locked = _locked(promoter, actor, Perm.REDEEM)
    if locked.user_id == actor.pk:
        raise wrong(_("Nobody gives a reward to themselves: ask a colleague."))
    if locked.rewarded_at:
        raise wrong(_("The reward was given already."))
    if not standing_of(locked).is_due:
        raise wrong(
            _("The reward is not due yet: it is given from {count} on."), count=locked.task.reward_from or 0
        )
    if locked.customer and locked.task.series:
        locked.coupon = give(
            series=locked.task.series, subject=subject, customer=locked.customer, actor=actor, is_reward=True
        )
    locked.rewarded_at, locked.rewarded_by = clock.now(), actor
    locked.save(update_fields=["rewarded_at", "rewarded_by", "coupon"])
    if locked.customer:
        row = TouchRow(
            customer_id=locked.customer.pk, kind=TouchKind.GIFT, subject_id=subject.pk, note=locked.task.reward,
            by_id=actor.pk, key=f"forward-reward:{locked.pk}",
        )  # fmt: skip
        record_touches([row])
    data = {"reward": locked.task.reward, "task": locked.task.title}
    record(journal.REWARDED, actor=actor, subject=subject, data=data)
    return locked


@transaction.atomic
def close_task(*, task: ForwardTask, actor: User) -> ForwardTask:
    """End a task: its links take nothing more and nobody owes it; rewards that are due are still given. Records
    `promotions.task_closed`."""
    subject, locked = _opened(task, actor)
    locked.closed_at = clock.now()
    locked.save(update_fields=["closed_at"])
    promoters = list(Promoter.objects.filter(task=locked, removed_at=None))
    close_own_forms(subject=subject, forms=[one.form_id for one in promoters], owned_by=OWNER)
    for one in promoters:
        if one.user_id:
            cancel(actor=actor, key=one.duty_key)
    record(journal.TASK_CLOSED, actor=actor, subject=subject, data={"task": locked.title})
    return locked


def fulfil_reached() -> int:
    """Who has invited as many as they were to owes nothing more; says how many that are. Part of the regular job."""
    found: Sequence[Promoter] = list(
        Promoter.objects.filter(
            user__isnull=False, removed_at=None, task__closed_at=None, task__ends_on__gte=clock.today() - timedelta(days=31)
        )
    )  # fmt: skip
    brought = brought_by([one.form_id for one in found])
    done = 0
    for one in found:
        if brought.get(one.form_id, (0, 0, 0))[0] >= one.quota:
            done += bool(fulfil(actor=None, key=one.duty_key))
    return done


def _owe(promoter: Promoter, task: ForwardTask, subject: Subject, actor: User) -> None:
    if promoter.user is None:
        return
    owe(
        kind=duties.FORWARD.key, subject=subject, owner=promoter.user, due_at=clock.moment(task.ends_on, 18),
        key=promoter.duty_key, params={"quota": promoter.quota, "task": task.title},
        address=promoter.get_absolute_url(), actor=actor,
    )  # fmt: skip


def _opened(task: ForwardTask, actor: User) -> tuple[Subject, ForwardTask]:
    subject = opened(task.subject, actor, Perm.EDIT)
    locked = ForwardTask.objects.select_for_update(of=("self",)).select_related("keeper").get(pk=task.pk)
    locked.subject = subject
    if locked.closed_at:
        raise wrong(_("This task is closed."))
    return subject, locked


def _locked(promoter: Promoter, actor: User, right: str) -> tuple[Subject, Promoter]:
    subject = open_table(promoter.task.subject, "", actor, right)
    locked = (
        Promoter.objects.select_for_update(of=("self",))
        .select_related("task__series", "customer", "user")
        .get(pk=promoter.pk)
    )
    if locked.removed_at:
        raise wrong(_("This person does not have the task any more."))
    return subject, locked
