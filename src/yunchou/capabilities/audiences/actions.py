"""Keeping segments and target lists, and freezing who was chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.models import Channel, Customer
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from . import journal, selectors, trees
from .models import Part, Segment, TargetList, TargetRow
from .permissions import Perm
from .subject import SEGMENT

NAME: Final = 60
STRATEGY: Final = 2_000
BATCH: Final = 5_000
"""Rows of a frozen list that one statement writes."""
QUIET: Final = 3_660

Source: TypeAlias = Segment | TargetList


@dataclass(frozen=True)
class Plan:
    """What a target list asks for, as somebody filled it in."""

    name: str
    tree: trees.Group = trees.EVERYBODY
    added: Sequence[Source] = ()
    taken_out: Sequence[Source] = ()
    channel: str = Channel.ANY
    quiet_days: int = 0


# ---------------------------------------------------------------- segments


@transaction.atomic
def add_segment(*, unit: Unit, name: str, strategy: str, tree: trees.Group, actor: User) -> Segment:
    """Define a segment for a unit and what is below it; its size is counted at once.

    Refuses without `audiences.keep` in the unit, without a name or conditions. Records `audiences.segment_added`.
    """
    require(actor, Perm.KEEP, unit)
    name = wanted(name, "name", NAME)
    _check_segment(strategy, tree)
    subject = open_subject(kind=SEGMENT.key, unit=unit, title=name, actor=actor)
    segment = Segment(subject=subject, name=name, strategy=strategy.strip(), tree=trees.write(tree))
    _count(segment, actor)
    segment.save()
    subject.address = segment.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.SEGMENT_ADDED, actor=actor, subject=subject, data={"segment": name})
    return segment


@transaction.atomic
def change_segment(
    *, segment: Segment, name: str, strategy: str, tree: trees.Group, actor: User, seen: str = ""
) -> Segment:
    """Change a segment. Lists that were frozen keep whom they hold; open ones ask anew.

    Refuses as `add_segment`, a retired one, and one that is not as it was `seen`. Records `audiences.segment_changed`.
    """
    locked = _lock_segment(segment, actor)
    refuse_stale(seen, segment_stamp(locked))
    _check_segment(strategy, tree)
    locked.name, locked.strategy, locked.tree = (
        wanted(name, "name", NAME),
        strategy.strip(),
        trees.write(tree),
    )
    _count(locked, actor)
    locked.save()
    locked.subject.title = locked.name
    locked.subject.save()
    record(journal.SEGMENT_CHANGED, actor=actor, subject=locked.subject, data={"segment": locked.name})
    return locked


@transaction.atomic
def retire_segment(*, segment: Segment, actor: User) -> Segment:
    """Offer a segment no more; lists that use it keep it. Records `audiences.segment_retired`."""
    locked = _lock_segment(segment, actor)
    locked.retired_at = clock.now()
    locked.save(update_fields=["retired_at"])
    record(journal.SEGMENT_RETIRED, actor=actor, subject=locked.subject, data={"segment": locked.name})
    return locked


def segment_stamp(segment: Segment) -> str:
    """Of what a form shows of a segment."""
    return stamp(segment.name, segment.strategy, segment.tree)


def _lock_segment(segment: Segment, actor: User) -> Segment:
    locked: Segment = (
        Segment.objects.select_for_update(of=("self",)).select_related("subject__unit").get(pk=segment.pk)
    )
    require(actor, Perm.KEEP, locked)
    if locked.retired_at:
        raise wrong(_("This segment was retired."))
    return locked


def _check_segment(strategy: str, tree: trees.Group) -> None:
    if len(strategy) > STRATEGY:
        raise at_field(
            "strategy",
            _("At most {limit} characters; these are {length}."),
            limit=STRATEGY,
            length=len(strategy),
        )
    if not tree:
        raise Invalid(say(_("Add at least one condition: a segment of everybody says nothing.")))


def _count(segment: Segment, actor: User) -> None:
    segment.size, segment.counted_at = selectors.size_of(segment, actor), clock.now()


# ---------------------------------------------------------------- target lists


@transaction.atomic
def add_list(*, subject: Subject, plan: Plan, actor: User) -> TargetList:
    """Begin a target list of an activity.

    Refuses without `audiences.edit` on it, without a name or with one that is taken, and parts the person may not see.
    Records `audiences.list_added`.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    target = TargetList(subject=locked, made_by=actor)
    _fill(target, plan, actor)
    record(journal.LIST_ADDED, actor=actor, subject=locked, data={"list": target.name})
    return target


@transaction.atomic
def change_list(*, target: TargetList, plan: Plan, actor: User, seen: str = "") -> TargetList:
    """Change what a list asks for, until it is frozen. Refuses as `add_list`. Records `audiences.list_changed`."""
    locked = _lock_list(target, actor)
    refuse_stale(seen, list_stamp(locked))
    _fill(locked, plan, actor)
    record(journal.LIST_CHANGED, actor=actor, subject=locked.subject, data={"list": locked.name})
    return locked


@transaction.atomic
def drop_list(*, target: TargetList, actor: User) -> None:
    """Drop a list that was not frozen. Records `audiences.list_dropped`."""
    locked = _lock_list(target, actor)
    record(journal.LIST_DROPPED, actor=actor, subject=locked.subject, data={"list": locked.name})
    locked.delete()


@transaction.atomic
def freeze_list(*, target: TargetList, actor: User) -> TargetList:
    """Write down who is chosen now (SEG-07). From then on the list is that, whatever changes in the directory.

    Refuses an empty one. Records `audiences.list_frozen` with the number.
    """
    locked = _lock_list(target, actor)
    chosen = selectors.chosen_by(selectors.wish_of(locked), actor)
    locked.size = _write_rows(locked, chosen)
    if not locked.size:
        raise wrong(_("Nobody is chosen: loosen the conditions before you freeze the list."))
    locked.frozen_at, locked.frozen_by = clock.now(), actor
    locked.save(update_fields=["size", "frozen_at", "frozen_by"])
    record(
        journal.LIST_FROZEN, actor=actor, subject=locked.subject,
        data={"list": locked.name, "count": locked.size},
    )  # fmt: skip
    return locked


@transaction.atomic
def extend_list(*, target: TargetList, actor: User, with_new: bool, without_gone: bool) -> tuple[int, int]:
    """Bring a frozen list up to date: take in who would be chosen now, take out who would not; returns both numbers.

    Refuses one that is not frozen, and when there is nothing to do. Records `audiences.list_extended`.
    """
    locked = _lock_list(target, actor, is_frozen=True)
    drift = selectors.drift_of(locked, actor)
    gone = list(drift.gone.values_list("pk", flat=True)) if without_gone else []
    added = _write_rows(locked, drift.new) if with_new else 0
    for some in _batches(gone):
        TargetRow.objects.filter(target_list=locked, customer__in=some).delete()
    if not (added or gone):
        raise wrong(_("Nothing has changed since the list was frozen."))
    locked.size = TargetRow.objects.filter(target_list=locked).count()
    locked.save(update_fields=["size"])
    record(
        journal.LIST_EXTENDED, actor=actor, subject=locked.subject,
        data={"list": locked.name, "added": added, "removed": len(gone)},
    )  # fmt: skip
    return added, len(gone)


def list_stamp(target: TargetList) -> str:
    """Of what a form shows of a target list."""
    parts = [(part.is_taken_out, part.segment_id, part.earlier_id) for part in target.parts.all()]
    return stamp(target.name, target.tree, target.channel, target.quiet_days, parts)


def _lock_list(target: TargetList, actor: User, *, is_frozen: bool = False) -> TargetList:
    open_table(target.subject, "", actor, Perm.EDIT)
    locked = (
        TargetList.objects.select_for_update(of=("self",)).select_related("subject__unit").get(pk=target.pk)
    )
    if locked.is_frozen and not is_frozen:
        raise wrong(_("This list is frozen: begin another one to choose differently."))
    if is_frozen and not locked.is_frozen:
        raise wrong(_("This list is not frozen yet."))
    return locked


def _fill(target: TargetList, plan: Plan, actor: User) -> None:
    target.name = wanted(plan.name, "name", NAME)
    if TargetList.objects.filter(subject=target.subject, name=target.name).exclude(pk=target.pk).exists():
        raise at_field("name", _("This activity has a list of that name already."))
    if plan.channel not in Channel.values:
        raise at_field("channel", _("Choose one of the channels."))
    if not 0 <= plan.quiet_days <= QUIET:
        raise at_field("quiet_days", _("At most {days} days."), days=QUIET)
    if not plan.tree and not plan.added:
        raise Invalid(say(_("Say who is meant: by a condition, or by a segment or list that is added.")))
    for one in (*plan.added, *plan.taken_out):
        _check_part(target, one, actor)
    target.tree, target.channel, target.quiet_days = trees.write(plan.tree), plan.channel, plan.quiet_days
    target.save()
    target.parts.all().delete()
    Part.objects.bulk_create([*_parts(target, plan.added, False), *_parts(target, plan.taken_out, True)])


def _parts(target: TargetList, sources: Iterable[Source], is_taken_out: bool) -> list[Part]:
    return [
        Part(
            target_list=target,
            is_taken_out=is_taken_out,
            segment=one if isinstance(one, Segment) else None,
            earlier=one if isinstance(one, TargetList) else None,
        )
        for one in dict.fromkeys(sources)
    ]


def _check_part(target: TargetList, one: Source, actor: User) -> None:
    """A part is a segment that the person sees, or a frozen list of an activity that they see, and never the list itself."""
    if isinstance(one, Segment):
        is_seen = Segment.objects.living().visible_to(actor).filter(pk=one.pk).exists()
    else:
        is_seen = (
            one.is_frozen
            and one.pk != target.pk
            and visible_subjects(actor).filter(pk=one.subject_id).exists()
        )
    if not is_seen:
        raise at_field("parts", _("“{name}” cannot be used here."), name=one.name)


def _write_rows(target: TargetList, people: QuerySet[Customer]) -> int:
    ids = list(people.order_by().values_list("pk", flat=True))
    for some in _batches(ids):
        rows = [TargetRow(target_list=target, customer_id=pk) for pk in some]
        TargetRow.objects.bulk_create(rows, ignore_conflicts=True)
    return len(ids)


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
