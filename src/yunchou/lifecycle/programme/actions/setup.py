"""Set-up by theme (EXE-01), tests of equipment and what becomes of those that failed (EXE-02)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.metrics.actions.readings import Point, record_readings
from yunchou.capabilities.metrics.models import Source
from yunchou.capabilities.operations.actions import set_trigger, trigger_risk
from yunchou.capabilities.operations.actions.triggers import watched_by
from yunchou.capabilities.operations.models import Comparator, Risk, Watch
from yunchou.capabilities.preparation.following import follow
from yunchou.capabilities.preparation.models import Check
from yunchou.capabilities.preparation.permissions import Perm as PreparationPerm
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject
from yunchou.lifecycle.events.kinds import is_over
from yunchou.lifecycle.events.models import Session

from .. import journal
from ..models import Checkpoint, Equipment, EquipmentTest, Result
from ..selectors.onsite import BETWEEN, equipment_risks
from ..templates_of_events import EQUIPMENT, EQUIPMENT_INDICATOR, SAFETY, SETUP
from .shared import on_site, planned

log = logging.getLogger(__name__)

AHEAD: Final = timedelta(hours=1)
"""So long before a session everything is tested (004 三(三))."""
WORDS = {
    Result.OPEN: say(_("not tested")),
    Result.FINE: say(_("passed")),
    Result.FAULT: say(_("failed")),
}


def items_of_theme(theme: str) -> tuple[str, tuple[str, ...]]:
    """The name of a theme and its usual items; refuses an unknown one."""
    found = SAFETY if theme == "safety" else SETUP.get(theme)
    if found is None:
        raise at_field("theme", _("There is no such theme."))
    return found


@transaction.atomic
def put_checks(*, subject: Subject, theme: str, actor: User) -> int:
    """Put the usual items of a theme on the checklist of the preparation, those that stand there already left out.

    They are checked, owed and shown like every item of it. Says how many came; records `programme.checks_put`. Refuses
    who may not prepare the activity.
    """
    locked = open_table(subject, "checks", actor, PreparationPerm.EDIT)
    name, items = items_of_theme(theme)
    rows = Check.objects.filter(subject=locked)
    known = set(rows.values_list("name", flat=True))
    last = rows.aggregate(last=Max("position"))["last"] or 0
    day = Session.objects.filter(subject=locked, removed_at=None).order_by("starts_at").first()
    new = [f"{name}{BETWEEN}{item}" for item in items if f"{name}{BETWEEN}{item}" not in known]
    Check.objects.bulk_create(
        Check(
            subject=locked,
            name=text,
            position=last + n,
            due_on=clock.local(day.starts_at).date() if day else None,
            owner=actor,
            owner_name=actor.name,
        )
        for n, text in enumerate(new, 1)
    )
    if new:
        record(journal.CHECKS, actor=actor, subject=locked, data={"theme": name, "count": len(new)})
        follow("checks", locked, actor)
    return len(new)


@transaction.atomic
def put_equipment(*, subject: Subject, actor: User) -> int:
    """Put the usual equipment on the list of tests; says how many came. Records `programme.equipment_kept`."""
    locked = planned(subject, actor)
    known = set(EquipmentTest.objects.filter(subject=locked).values_list("kind", "name"))
    new = [pair for pair in EQUIPMENT if pair not in known]
    EquipmentTest.objects.bulk_create(
        EquipmentTest(subject=locked, kind=kind, name=name, order=len(known) + n)
        for n, (kind, name) in enumerate(new, 1)
    )
    if new:
        record(journal.EQUIPMENT, actor=actor, subject=locked, data={"count": len(new)})
    return len(new)


@transaction.atomic
def keep_equipment(
    *,
    subject: Subject,
    kind: str,
    name: str,
    actor: User,
    tester: User | None = None,
    test: EquipmentTest | None = None,
) -> EquipmentTest:
    """Add something to be tested, or name another tester. Refuses the same thing twice; records `programme.equipment_kept`."""
    locked = planned(subject, actor)
    words = wanted(name, "name", 80)
    kept = EquipmentTest.objects.filter(pk=test.pk).first() if test else None
    if test is not None and kept is None:
        raise wrong(_("Somebody removed this meanwhile."))
    others = EquipmentTest.objects.filter(subject=locked, kind=kind, name=words)
    if others.exclude(pk=kept.pk if kept else 0).exists():
        raise at_field("name", _("This stands on the list already."))
    count = EquipmentTest.objects.filter(subject=locked).count()
    kept = kept or EquipmentTest(subject=locked, order=count + 1)
    kept.kind, kept.name, kept.tester = Equipment(kind), words, tester
    kept.save()
    record(journal.EQUIPMENT, actor=actor, subject=locked, data={"count": 1})
    return kept


@transaction.atomic
def remove_equipment(*, test: EquipmentTest, actor: User) -> None:
    """Take something off the list of tests; what was found stays in the journal. Records `programme.equipment_removed`."""
    locked = planned(test.subject, actor)
    name = test.name
    EquipmentTest.objects.filter(pk=test.pk).delete()
    record(journal.EQUIPMENT_REMOVED, actor=actor, subject=locked, data={"name": name})


@transaction.atomic
def note_test(*, test: EquipmentTest, result: str, actor: User, note: str = "") -> EquipmentTest:
    """Say how a test went, now and by whom; a fault needs words. Records `programme.equipment_tested`.

    Within the hour before a session a fault sets the risk off at once.
    """
    locked = on_site(test.subject, actor)
    kept = EquipmentTest.objects.filter(pk=test.pk, subject=locked).first()
    if kept is None:
        raise wrong(_("Somebody removed this meanwhile."))
    if result not in (Result.FINE, Result.FAULT):
        raise at_field("result", _("Choose one."))
    kept.note = wanted(note, "note", 200) if result == Result.FAULT else note.strip()[:200]
    kept.result, kept.tested_at, kept.tested_by = Result(result), clock.now(), actor
    kept.save()
    told = {"name": kept.name, "result": WORDS[kept.result], "note": f": {kept.note}" if kept.note else ""}
    record(journal.TESTED, actor=actor, subject=locked, data=told)
    if result == Result.FAULT:
        now = clock.now()
        soon = Session.objects.filter(
            subject=locked, removed_at=None, starts_at__gt=now, starts_at__lte=now + AHEAD
        )
        if (session := soon.order_by("starts_at").first()) is not None:
            _judge(session, locked, now)
    return kept


# ------------------------------------------------------------------------------------------------ an hour before


def judge_equipment(now: datetime) -> int:
    """Look at the equipment of every session that begins within the hour, once each; says how many risks were set off.

    Two workers may do it: the event is locked and the session looked at again.
    """
    soon = Session.objects.filter(removed_at=None, starts_at__gt=now, starts_at__lte=now + AHEAD)
    seen = Checkpoint.objects.values("session")
    count = 0
    for session in soon.exclude(pk__in=seen).select_related("subject").order_by("starts_at"):
        try:
            with transaction.atomic():
                locked = open_table(session.subject, "", None)
                if is_over(locked) or Checkpoint.objects.filter(pk=session.pk).exists():
                    continue
                count += _judge(session, locked, now)
        except Exception:  # one event must not keep the others from being looked at
            log.exception("the equipment of session %s could not be judged", session.pk)
    return count


def _judge(session: Session, subject: Subject, now: datetime) -> int:
    """Note what is not in order before a session, and let the risks that watch equipment know."""
    tests = list(EquipmentTest.objects.filter(subject=subject))
    faults = [one for one in tests if one.result != Result.FINE]
    Checkpoint.objects.update_or_create(session=session, defaults={"judged_at": now, "faults": len(faults)})
    if not tests:
        return 0
    reached = _record(subject, session, len(faults), now)
    fired = len(reached) if faults else 0
    if faults:
        words = say(
            _("An hour before “{session}” not in order: {names}"),
            session=session.name,
            names="、".join(one.name for one in faults),
        )
        fired += _fire([risk for risk in equipment_risks(subject) if risk.pk not in reached], words)
    if faults:
        told = {"session": session.name, "count": len(faults), "risks": fired}
        record(journal.JUDGED, actor=None, subject=subject, data=told)
    return fired


def _record(subject: Subject, session: Session, faults: int, now: datetime) -> set[int]:
    """The figure that risks may watch, as a reading like any other; says which idle risks hear of it once it is written."""
    watching = [risk for risk in equipment_risks(subject) if risk.indicator == EQUIPMENT_INDICATOR]
    series = watched_by(watching[0]) if watching else None
    if series is None:
        return set()
    point = Point(series.channel, series.indicator, clock.local(session.starts_at).date(), Decimal(faults))
    key = f"equipment:{session.pk}:{now:%Y%m%d%H%M%S%f}"
    try:
        with transaction.atomic():
            record_readings(subject=subject, points=[point], actor=None, source=Source.COMPUTED, key=key)
    except Refused:
        return set()
    return {risk.pk for risk in watching if risk.state == Risk.State.IDLE}


def _fire(risks: Iterable[Risk], words: Say) -> int:
    """Set risks off that no reading reaches: those tested by a task or by hand."""
    count = 0
    for risk in risks:
        if risk.is_open or risk.state == Risk.State.CLOSED:
            continue
        try:
            with transaction.atomic():
                trigger_risk(risk=risk, note=str(words), actor=None)
            count += 1
        except Refused:
            continue
    return count


@transaction.atomic
def watch_equipment(*, risk: Risk, actor: User) -> Risk:
    """Let the tests set a risk off by itself: by how many pieces are not in order an hour before a session (RSK-02).

    Refuses without the right to the plan of risks, and while that is locked; records `programme.equipment_watched`.
    """
    locked = planned(risk.subject, actor)
    kept = set_trigger(
        risk=risk,
        actor=actor,
        watch=Watch.READING,
        indicator=EQUIPMENT_INDICATOR,
        comparator=Comparator.AT_LEAST,
        value=Decimal(1),
        limit_minutes=risk.limit_minutes,
        ahead_days=risk.ahead_days,
    )
    record(journal.WATCHED, actor=actor, subject=locked, data={"risk": kept.scenario})
    return kept
