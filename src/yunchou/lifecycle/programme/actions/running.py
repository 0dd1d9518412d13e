"""The run sheet: planning its items, and calling them on the day (EXE-06, EXE-07)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.preparation.models import Speaker
from yunchou.capabilities.sales.actions.capture import LeadFacts, capture_lead
from yunchou.capabilities.sales.models import LeadChannel
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import TouchKind
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp
from yunchou.lifecycle.events.models import Guest, Session

from .. import journal
from ..forecast import Laid, Slot, change, insert, put
from ..models import Day, Exchange, ItemKind, RunSheetItem
from ..models.running import LONGEST
from ..selectors.running import items_of, minutes_of, slots_of
from ..templates_of_events import TEMPLATES
from .shared import called, changed, planned

STAGE = "execution"
"""Under which files of the day are kept."""
MOST_ITEMS = 200


@dataclass(frozen=True)
class ItemFacts:
    """What is entered of an item."""

    title: str
    starts_at: datetime
    minutes: int
    kind: str = ItemKind.OTHER
    is_fixed: bool = False
    session: Session | None = None
    owner: User | None = None
    speaker: Speaker | None = None
    speaker_name: str = ""
    material: Attachment | None = None
    material_note: str = ""
    cue_host: str = ""
    cue_sound: str = ""
    cue_light: str = ""
    topics: str = ""
    form: str = ""


@transaction.atomic
def keep_day(
    *,
    subject: Subject,
    actor: User,
    host: User | None = None,
    photographer: User | None = None,
    photographer_name: str = "",
) -> Day:
    """Say who calls the items and who takes the pictures of the whole event; records `programme.day_kept`."""
    locked = planned(subject, actor)
    changed(locked)
    day = Day.objects.get(pk=locked.pk)
    day.host, day.photographer, day.photographer_name = host, photographer, photographer_name.strip()[:80]
    day.save(update_fields=["host", "photographer", "photographer_name"])
    people = [str(one) for one in (host, day.shown_photographer) if one]
    record(journal.DAY, actor=actor, subject=locked, data={"people": ", ".join(people) or "—"})
    return day


# ------------------------------------------------------------------------------------------------ planning


def item_stamp(item: RunSheetItem) -> str:
    """How an item stands, for a form that shows it."""
    return stamp(
        item.title, item.starts_at, item.minutes, item.kind, item.is_fixed, item.owner_id, item.speaker_id,
        item.speaker_name, item.material_id, item.material_note, item.cue_host, item.cue_sound, item.cue_light,
        item.topics, item.form,
    )  # fmt: skip


def laid_with(items: list[RunSheetItem], facts: ItemFacts, item: RunSheetItem | None) -> Laid:
    """What the plan becomes with an item as entered: what follows it makes way. Writes nothing; for the preview too."""
    slots = slots_of(items)
    if item is not None:
        return change(slots, item.pk, starts_at=facts.starts_at, minutes=facts.minutes)
    place = next((n for n, slot in enumerate(slots) if slot.starts_at >= facts.starts_at), len(slots))
    first = max((n + 1 for n, slot in enumerate(slots) if slot.is_past), default=0)
    return insert(slots, Slot(0, facts.starts_at, facts.minutes, facts.is_fixed), max(place, first))


@transaction.atomic
def keep_item(
    *,
    subject: Subject,
    facts: ItemFacts,
    actor: User,
    item: RunSheetItem | None = None,
    upload: Upload | None = None,
    seen: str = "",
) -> RunSheetItem:
    """Add an item at its time or change one; what follows moves by as much, up to a fixed item. Records `programme.item_kept`.

    Refuses an item without a title, one longer than twelve hours, and another plan for what has begun.
    """
    locked = planned(subject, actor)
    items = items_of(locked)
    kept = next((one for one in items if item and one.pk == item.pk), None)
    if item is not None and kept is None:
        raise wrong(_("Somebody removed this item meanwhile."))
    _check(facts, items, kept, seen)
    laid = laid_with(items, facts, kept)
    new = kept or RunSheetItem(subject=locked)
    for name in (
        "kind", "is_fixed", "session", "owner", "speaker", "material", "starts_at", "minutes",
    ):  # fmt: skip
        setattr(new, name, getattr(facts, name))
    for name in ("speaker_name", "material_note", "cue_host", "cue_sound", "cue_light", "topics", "form"):
        setattr(new, name, getattr(facts, name).strip())
    new.title = wanted(facts.title, "title", 120)
    if upload is not None:
        new.material = attach_file(subject=locked, upload=upload, actor=actor, stage=STAGE)
    new.save()
    _write(items if kept else [*items, new], laid, new)
    when = f"{clock.local(new.starts_at):%m-%d %H:%M}"
    record(
        journal.ITEM,
        actor=actor,
        subject=locked,
        data={"item": new.title, "when": when, "minutes": new.minutes},
    )
    changed(locked)
    return new


def _check(facts: ItemFacts, items: list[RunSheetItem], kept: RunSheetItem | None, seen: str) -> None:
    if not 1 <= facts.minutes <= LONGEST:
        raise at_field("minutes", _("An item lasts from 1 minute to 12 hours."))
    if kept is None:
        if len(items) >= MOST_ITEMS:
            raise at_field("title", _("A run sheet has at most {limit} items."), limit=MOST_ITEMS)
        return
    refuse_stale(seen, item_stamp(kept))
    if not kept.is_coming and (facts.starts_at, facts.minutes) != (kept.starts_at, kept.minutes):
        raise at_field("starts_at", _("This item has begun or was left out: its plan stays as it was."))


def _write(items: list[RunSheetItem], laid: Laid, new: RunSheetItem | None = None) -> None:
    """Give the items the order and the starts of a layout; `new` stands in it under 0."""
    by_key = {item.pk: item for item in items}
    touched = []
    for order, slot in enumerate(laid.slots, 1):
        item = by_key[slot.key] if slot.key else new
        if item is not None and (item.order, item.starts_at) != (order, slot.starts_at):
            item.order, item.starts_at = order, slot.starts_at
            touched.append(item)
    RunSheetItem.objects.bulk_update(touched, ["order", "starts_at"])


@transaction.atomic
def put_item(*, item: RunSheetItem, place: int, actor: User) -> Laid:
    """Put an item that has not begun at a place of the order, counted from 0; those between close up.

    The host may, and who keeps the run sheet. Nothing is put before what has begun. Records `programme.item_put`.
    """
    locked = called(item.subject, actor)
    items = items_of(locked)
    kept = _coming(items, item.pk)
    first = max((n + 1 for n, one in enumerate(items) if one.began_at), default=0)
    laid = put(slots_of(items), kept.pk, max(place, first))
    _write(items, laid)
    told = {
        "item": kept.title,
        "place": next(n for n, slot in enumerate(laid.slots, 1) if slot.key == kept.pk),
    }
    record(journal.ITEM_PUT, actor=actor, subject=locked, data=told)
    changed(locked)
    return laid


@transaction.atomic
def remove_item(*, item: RunSheetItem, actor: User) -> None:
    """Take an item that has not begun off the run sheet; nothing else moves. Records `programme.item_removed`."""
    locked = planned(item.subject, actor)
    items = items_of(locked)
    kept = _coming(items, item.pk)
    title = kept.title
    kept.delete()
    rest = [one for one in items if one is not kept]
    _write(rest, Laid(tuple(slots_of(rest)), {}, ()))
    record(journal.ITEM_REMOVED, actor=actor, subject=locked, data={"item": title})
    changed(locked)


def _coming(items: list[RunSheetItem], pk: int) -> RunSheetItem:
    kept = next((one for one in items if one.pk == pk), None)
    if kept is None:
        raise wrong(_("Somebody removed this item meanwhile."))
    if not kept.is_coming:
        raise wrong(_("“{item}” has begun already, or was left out."), item=kept.title)
    return kept


@transaction.atomic
def lay_template(
    *, subject: Subject, template: str, starts_at: datetime, actor: User, session: Session | None = None
) -> list[RunSheetItem]:
    """Lay out the usual items of a kind of event one after the other from a moment; records `programme.template_laid`.

    Refuses while there is a run sheet: a template begins one, it does not mix with another.
    """
    locked = planned(subject, actor)
    if RunSheetItem.objects.filter(subject=locked).exists():
        raise wrong(_("There is a run sheet already. Remove its items first, or add single ones."))
    chosen = TEMPLATES.get(template)
    if chosen is None:
        raise at_field("template", _("There is no such template."))
    items, cursor = [], starts_at
    for order, line in enumerate(chosen.lines, 1):
        items.append(
            RunSheetItem(
                subject=locked, session=session, order=order, title=line.title, kind=line.kind, starts_at=cursor,
                minutes=line.minutes, is_fixed=line.is_fixed, cue_host=line.host, cue_sound=line.sound,
                cue_light=line.light, topics=line.topics, form=line.form,
            )
        )  # fmt: skip
        cursor += timedelta(minutes=line.minutes)
    RunSheetItem.objects.bulk_create(items)
    record(journal.LAID, actor=actor, subject=locked, data={"template": chosen.name, "count": len(items)})
    changed(locked)
    return items


SAME = ("kind", "is_fixed", "session", "owner", "cue_host", "cue_sound", "cue_light", "topics", "form")
FIELDS = {
    **{name: (name,) for name in SAME},
    "speaker": ("speaker", "speaker_name"),
    "material": ("material", "material_note"),
}
"""What a column of a table says of an item, besides its title, start and minutes, which every table has."""


def known_items(
    items: Iterable[RunSheetItem], keys: Sequence[tuple[str, datetime]]
) -> list[RunSheetItem | None]:
    """The item that each title and planned start means, where there is one: it has both, or alone this title on that day."""
    exact = {(one.title, one.starts_at): one for one in items}
    named = set(keys)
    on_day: dict[tuple[str, date], list[RunSheetItem]] = {}
    for key, one in exact.items():
        if key not in named:
            on_day.setdefault((one.title, clock.local(one.starts_at).date()), []).append(one)
    found = []
    for title, starts_at in keys:
        moved = on_day.get((title, clock.local(starts_at).date()), [])
        found.append(exact.get((title, starts_at)) or (moved.pop() if len(moved) == 1 else None))
    return found


@transaction.atomic
def take_items(
    *, subject: Subject, rows: Sequence[ItemFacts], actor: User, columns: Collection[str] = frozenset(FIELDS)
) -> tuple[int, int]:
    """Take the items of a table in, all of them or none; how many are new, and how many were known and changed.

    One is known by its title and planned start, and else alone by its title on that day; what the table does not name stays,
    items as well as what the table has no column for: `columns` are those of `FIELDS` that it has.
    The order is that of the starts, behind what has begun. Refuses without `events.edit`, more items than a run sheet has, and
    another plan for what has begun. Records `programme.items_taken`.
    """
    locked = planned(subject, actor)
    items = items_of(locked)
    there = known_items(items, [(facts.title.strip(), facts.starts_at) for facts in rows])
    new = known = 0
    for facts, item in zip(rows, there, strict=True):
        _check(facts, items, item, item_stamp(item) if item else "")
        told = {name for column in (columns if item else FIELDS) for name in FIELDS[column]}
        if item is None:
            item = RunSheetItem(subject=locked)
            items.append(item)
            new += 1
        before = item_stamp(item)
        # A file at the item is named by the table, which does not replace it.
        if item.material and facts.material_note == str(item.material):
            told -= {"material", "material_note"}
        for name in told:
            given = getattr(facts, name)
            setattr(item, name, given.strip() if isinstance(given, str) else given)
        if item.starts_at != facts.starts_at:  # the same moment in another zone is no other
            item.starts_at = facts.starts_at
        item.title, item.minutes = wanted(facts.title, "title", 120), facts.minutes
        known += item.pk is not None and item_stamp(item) != before
        item.save()
    # What has begun or was left out keeps its place before all that is still to come.
    items.sort(key=lambda one: (one.is_coming, one.starts_at if one.is_coming else one.order))
    for order, item in enumerate(items, 1):
        item.order = order
    RunSheetItem.objects.bulk_update(items, ["order"])
    if new or known:
        record(journal.TAKEN, actor=actor, subject=locked, data={"new": new, "known": known})
        changed(locked)
    return new, known


# ------------------------------------------------------------------------------------------------ on the day


def _again(items: Iterable[RunSheetItem], item: RunSheetItem) -> RunSheetItem:
    found = next((one for one in items if one.pk == item.pk), None)
    if found is None:
        raise wrong(_("Somebody removed this item meanwhile."))
    return found


@transaction.atomic
def begin_item(*, item: RunSheetItem, actor: User) -> RunSheetItem:
    """An item begins now; what ran until now ends with it. Records `programme.item_began`.

    Begun out of turn it comes before what was not begun yet. Begun twice, by two people at once, it began once.
    """
    locked = called(item.subject, actor)
    items = items_of(locked)
    kept = _again(items, item)
    if kept.is_running:
        return kept
    if not kept.is_coming:
        raise wrong(_("“{item}” has begun already, or was left out."), item=kept.title)
    now = clock.now()
    for other in items:
        if other.is_running:
            _end(other, now, actor, locked)
    _in_turn(items, kept)
    kept.began_at = now
    kept.save(update_fields=["began_at"])
    told = {"item": kept.title, "late": minutes_of(now - kept.starts_at)}
    record(journal.BEGAN, actor=actor, subject=locked, data=told)
    changed(locked)
    return kept


def _in_turn(items: list[RunSheetItem], kept: RunSheetItem) -> None:
    """An item that is taken out of turn changes its place on the plan, too: what it overtakes comes after it."""
    coming = [n for n, one in enumerate(items) if one.is_coming]
    if items[coming[0]] is not kept:
        _write(items, put(slots_of(items), kept.pk, coming[0]))


def _end(item: RunSheetItem, now: datetime, actor: User, subject: Subject) -> None:
    item.ended_at = max(now, item.began_at or now)
    item.save(update_fields=["ended_at"])
    told = {"item": item.title, "late": minutes_of(now - item.ends_at)}
    record(journal.ENDED, actor=actor, subject=subject, data=told)


@transaction.atomic
def end_item(*, item: RunSheetItem, actor: User) -> RunSheetItem:
    """What runs ends now; ended twice it ended once. Records `programme.item_ended`."""
    locked = called(item.subject, actor)
    kept = _again(items_of(locked), item)
    if kept.ended_at:
        return kept
    if not kept.is_running:
        raise wrong(_("“{item}” has not begun yet."), item=kept.title)
    _end(kept, clock.now(), actor, locked)
    changed(locked)
    return kept


@transaction.atomic
def skip_item(*, item: RunSheetItem, actor: User) -> RunSheetItem:
    """Leave out an item that has not begun; what follows may come earlier. Records `programme.item_skipped`."""
    locked = called(item.subject, actor)
    kept = _again(items_of(locked), item)
    if kept.skipped_at:
        return kept
    if not kept.is_coming:
        raise wrong(_("“{item}” has begun already, or was left out."), item=kept.title)
    kept.skipped_at = clock.now()
    kept.save(update_fields=["skipped_at"])
    record(journal.SKIPPED, actor=actor, subject=locked, data={"item": kept.title})
    changed(locked)
    return kept


@transaction.atomic
def take_back_in(*, item: RunSheetItem, actor: User) -> RunSheetItem:
    """An item that was left out comes after all, next of what is to come. Records `programme.item_back`."""
    locked = called(item.subject, actor)
    items = items_of(locked)
    kept = _again(items, item)
    if kept.skipped_at is None:
        return kept
    kept.skipped_at = None
    kept.save(update_fields=["skipped_at"])
    last = max((one.order for one in items if one.began_at), default=0)
    if kept.order < last:
        rest = [one for one in items if one is not kept]
        done = [one for one in rest if one.order <= last]
        ordered = [*done, kept, *[one for one in rest if one not in done]]
        for order, one in enumerate(ordered, 1):
            one.order = order
        RunSheetItem.objects.bulk_update(ordered, ["order"])
    record(journal.BACK, actor=actor, subject=locked, data={"item": kept.title})
    changed(locked)
    return kept


@transaction.atomic
def lengthen_item(*, item: RunSheetItem, minutes: int, actor: User) -> RunSheetItem:
    """Give an item that is not over so many minutes more, or less than nothing; the plan stays, what follows comes later.

    Refuses to take more than the item has. Records `programme.item_lengthened` with what it has beyond its plan.
    """
    locked = called(item.subject, actor)
    kept = _again(items_of(locked), item)
    if kept.ended_at or kept.skipped_at:
        raise wrong(_("“{item}” is over, or was left out."), item=kept.title)
    extra = kept.extra + minutes
    if not 1 <= kept.minutes + extra <= LONGEST:
        raise at_field("minutes", _("An item lasts from 1 minute to 12 hours."))
    kept.extra = extra
    kept.save(update_fields=["extra"])
    record(journal.LENGTHENED, actor=actor, subject=locked, data={"item": kept.title, "minutes": extra})
    changed(locked)
    return kept


# ------------------------------------------------------------------------------------------------ interactions


@transaction.atomic
def note_participants(*, item: RunSheetItem, participants: int, actor: User) -> RunSheetItem:
    """How many took part in an interaction (EXE-07); records `programme.took_part`. Refuses items of another kind."""
    locked = called(item.subject, actor)
    kept = _again(items_of(locked), item)
    if not kept.is_interaction:
        raise wrong(_("“{item}” is no interaction."), item=kept.title)
    if not 0 <= participants <= 1_000_000:
        raise at_field("participants", _("Give the number of people."))
    kept.participants = participants
    kept.save(update_fields=["participants"])
    record(journal.TOOK_PART, actor=actor, subject=locked, data={"item": kept.title, "count": participants})
    changed(locked)
    return kept


@transaction.atomic
def note_exchange(
    *,
    item: RunSheetItem,
    note: str,
    actor: User,
    guest: Guest | None = None,
    is_lead: bool = False,
) -> Exchange:
    """A business contact made at an interaction: a touch of the customer, and a lead where there is interest (EXE-07).

    Refuses a lead of somebody who stands in no directory: such a person is entered at the consultation desk.
    Records `programme.exchange_noted`, and what the lead records.
    """
    locked = called(item.subject, actor)
    kept = _again(items_of(locked), item)
    if not kept.is_interaction:
        raise wrong(_("“{item}” is no interaction."), item=kept.title)
    words = wanted(note, "note", 200)
    if guest is not None and guest.subject_id != locked.pk:
        raise at_field("guest", _("Choose a guest of this event."))
    customer = guest.customer if guest else None
    if is_lead and customer is None:
        raise at_field("guest", _("A lead needs a guest who stands in the directory of customers."))
    exchange = Exchange.objects.create(subject=locked, item=kept, guest=guest, note=words, made_by=actor)
    if customer is not None and is_lead:
        facts = LeadFacts(
            LeadChannel.DESK, place=kept.title, need=words, is_keen=True, key=f"exchange:{exchange.pk}"
        )
        caught = capture_lead(subject=locked, facts=facts, customer=customer, actor=actor)
        exchange.lead = caught.lead
        exchange.save(update_fields=["lead"])
    elif customer is not None:
        record_touches(
            [
                TouchRow(
                    customer.pk,
                    TouchKind.VISIT,
                    subject_id=locked.pk,
                    note=words,
                    by_id=actor.pk,
                    key=f"exchange:{exchange.pk}",
                )
            ]
        )
    record(journal.EXCHANGE, actor=actor, subject=locked, data={"item": kept.title})
    return exchange
