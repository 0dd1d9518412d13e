"""Rounds of patrols (EXE-08), and the emergency plan on site (EXE-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as _

from yunchou.capabilities.operations.actions import report_issue
from yunchou.capabilities.operations.models import Emergency, Issue, Scenario
from yunchou.capabilities.operations.permissions import Perm as OperationsPerm
from yunchou.capabilities.preparation.models import Post
from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Refused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.duties.actions import cancel, fulfil, owe
from yunchou.kernel.files.actions import Upload, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import holders
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of
from yunchou.lifecycle.events.permissions import Perm

from .. import duties, journal, notices
from ..models import Day, EmergencyRun, EmergencyStep, PatrolLog
from .running import STAGE
from .shared import changed, on_site, planned

MOST_ROUNDS = 120
LONG_AGO = timedelta(minutes=10)
"""After so long the same alarm, pressed again, is told again."""
SCENARIOS: dict[str, Say] = {
    Scenario.FIRE: say(_("Fire")),
    Scenario.EARTHQUAKE: say(_("Earthquake")),
    Scenario.ILLNESS: say(_("Sudden illness")),
    Scenario.CROWD: say(_("Crowding")),
    Scenario.OTHER: say(_("Other emergency")),
}


def part_url(subject: Subject, part: str) -> str:
    """A part of the page of the day."""
    return f"{reverse('programme:day', args=[subject.pk])}?view={part}"


# ------------------------------------------------------------------------------------------------ patrols


@dataclass(frozen=True)
class Rounds:
    """Which rounds are planned: the same person by these places, every so many minutes from one moment to another."""

    person: User
    places: Sequence[str]
    first_at: datetime
    last_at: datetime
    every_minutes: int

    @property
    def moments(self) -> list[datetime]:
        found: list[datetime] = []
        at = self.first_at
        while at <= self.last_at and len(found) <= MOST_ROUNDS:
            found.append(at)
            at += timedelta(minutes=self.every_minutes)
        return found


@transaction.atomic
def plan_rounds(*, subject: Subject, rounds: Rounds, actor: User) -> list[PatrolLog]:
    """Put rounds on the plan and let them be owed; one that stands there already is not doubled.

    Refuses an end before the beginning and more than 120 rounds. Records `programme.rounds_planned`.
    """
    locked = planned(subject, actor)
    places = list(dict.fromkeys(place.strip()[:80] for place in rounds.places if place.strip()))
    if not places:
        raise at_field("places", _("Name at least one place, one in a line."))
    if rounds.every_minutes < 5:
        raise at_field("every_minutes", _("Rounds are at least five minutes apart."))
    if rounds.last_at < rounds.first_at:
        raise at_field("last_at", _("The end lies before the start."))
    if len(rounds.moments) * len(places) > MOST_ROUNDS:
        raise at_field("every_minutes", _("At most {limit} rounds at once."), limit=MOST_ROUNDS)
    known = set(PatrolLog.objects.filter(subject=locked).values_list("place", "due_at"))
    made = [
        PatrolLog.objects.create(subject=locked, person=rounds.person, place=place, due_at=moment)
        for moment in rounds.moments
        for place in places
        if (place, moment) not in known
    ]
    for one in made:
        _owe_round(one, actor)
    if made:
        record(journal.ROUNDS, actor=actor, subject=locked, data={"count": len(made)})
    return made


def _owe_round(one: PatrolLog, actor: User | None) -> None:
    owe(
        kind=duties.ROUND.key,
        subject=one.subject,
        owner=one.person,
        due_at=one.due_at,
        key=_round_key(one),
        params={"place": one.place},
        address=reverse("programme:round_walk", args=[one.subject_id, one.pk]),
        actor=actor,
    )


def _round_key(one: PatrolLog) -> str:
    return f"{duties.ROUND.key}:{one.pk}"


def _hazard_key(one: PatrolLog) -> str:
    return f"{duties.HAZARD.key}:{one.pk}"


@transaction.atomic
def remove_round(*, patrol: PatrolLog, actor: User) -> None:
    """Take a round that nobody has walked off the plan; it is not owed any more. Records `programme.round_removed`."""
    locked = planned(patrol.subject, actor)
    kept = _round(patrol, locked)
    if kept.walked_at:
        raise wrong(_("This round was walked already."))
    cancel(actor=actor, key=_round_key(kept), subject=locked, reason="")
    told = {"round": str(kept)}
    kept.delete()
    record(journal.ROUND_REMOVED, actor=actor, subject=locked, data=told)


def _round(patrol: PatrolLog, subject: Subject) -> PatrolLog:
    kept = PatrolLog.objects.filter(pk=patrol.pk, subject=subject).select_related("person").first()
    if kept is None:
        raise wrong(_("Somebody removed this round meanwhile."))
    return kept


@transaction.atomic
def walk_round(
    *,
    patrol: PatrolLog,
    actor: User,
    hazard: str = "",
    action: str = "",
    is_mended: bool = False,
    photo: Upload | None = None,
) -> PatrolLog:
    """Say that a round was walked, and what was found. Anybody on the team may, in the place of who was named.

    A hazard that is not mended on the spot is owed within half an hour, and the lead hears of it at once. Refuses a
    round that was walked, and a mended hazard of which nobody says what was done. Records `programme.round_walked`.
    """
    locked = on_site(patrol.subject, actor)
    kept = _round(patrol, locked)
    if kept.walked_at:
        raise wrong(_("This round was walked already."))
    now = clock.now()
    kept.walked_at, kept.walked_by = now, actor
    kept.hazard, kept.action = hazard.strip()[:200], action.strip()[:200]
    if kept.hazard and is_mended:
        kept.action = wanted(action, "action", 200)
        kept.closed_at, kept.closed_by = now, actor
    if photo is not None:
        kept.photo = attach_file(subject=locked, upload=photo, actor=actor, stage=STAGE, note=kept.place)
    kept.save()
    fulfil(actor=actor, key=_round_key(kept))
    finding: Say | str = kept.hazard or say(_("nothing found"))
    record(journal.WALKED, actor=actor, subject=locked, data={"round": str(kept), "finding": finding})
    if kept.is_open_hazard:
        _tell_hazard(kept, actor)
    return kept


def _tell_hazard(kept: PatrolLog, actor: User) -> None:
    address = reverse("programme:hazard_close", args=[kept.subject_id, kept.pk])
    owe(
        kind=duties.HAZARD.key,
        subject=kept.subject,
        owner=kept.person,
        due_at=clock.now() + timedelta(minutes=duties.MEND_WITHIN),
        key=_hazard_key(kept),
        params={"place": kept.place},
        address=address,
        actor=actor,
    )
    people = {one for one in (lead_of(kept.subject), kept.person) if one and one != actor}
    notify(
        users=people,
        kind=notices.HAZARD.key,
        say=say(_("Hazard at {place}: {hazard}"), place=kept.place, hazard=kept.hazard),
        subject=kept.subject,
        address=address,
        key=f"programme.hazard:{kept.pk}",
    )


@transaction.atomic
def close_hazard(*, patrol: PatrolLog, action: str, actor: User) -> PatrolLog:
    """Say that a hazard is gone and what was done; records `programme.hazard_closed`. Refuses where there is none open."""
    locked = on_site(patrol.subject, actor)
    kept = _round(patrol, locked)
    if not kept.is_open_hazard:
        raise wrong(_("There is no open hazard of this round."))
    kept.action = wanted(action, "action", 200)
    kept.closed_at, kept.closed_by = clock.now(), actor
    kept.save(update_fields=["action", "closed_at", "closed_by"])
    fulfil(actor=actor, key=_hazard_key(kept))
    record(
        journal.HAZARD_CLOSED, actor=actor, subject=locked, data={"round": str(kept), "action": kept.action}
    )
    return kept


# ------------------------------------------------------------------------------------------------ emergencies


def safety_people(subject: Subject, emergency: Emergency | None = None) -> list[User]:
    """Whom an emergency concerns at once: its persons first, then those of the other plans, lead, host, everybody on the
    roster of that day, those who walk patrols, and reception."""
    plans = Emergency.objects.filter(subject=subject).select_related("owner", "deputy")
    ordered = sorted(plans, key=lambda one: emergency is None or one.pk != emergency.pk)
    people: list[User | None] = [person for one in ordered for person in (one.owner, one.deputy)]
    people.append(lead_of(subject))
    day = Day.objects.filter(pk=subject.pk).select_related("host").first()
    people.append(day.host if day else None)
    today = clock.today()
    posts = Post.objects.filter(subject=subject, person__isnull=False).select_related("person")
    # An evening goes on after midnight; rather one too many than one too few.
    people += [
        post.person for post in posts if post.on is None or post.on in (today, today - timedelta(days=1))
    ]
    walkers = PatrolLog.objects.filter(subject=subject).values("person")
    people += list(User.objects.filter(pk__in=walkers))
    people += [held.user for held in holders(p.RECEPTION, subject.unit)]
    return list({one.pk: one for one in people if one and one.is_active}.values())


@transaction.atomic
def start_emergency(
    *,
    subject: Subject,
    scenario: str,
    actor: User,
    emergency: Emergency | None = None,
    is_drill: bool = False,
    place: str = "",
) -> EmergencyRun:
    """Set an emergency plan off: one act of anybody who is there and sees the event (EXE-09).

    Everybody with a part in safety is told at once, the steps of the plan stand ready to be ticked, and an issue is opened
    for it. Two who do it at once start one run: the second is given the first's. What begins in earnest while a drill of
    the same goes on ends that drill. Records `programme.emergency_started`, of a drill `programme.drill_started`.
    """
    locked = open_table(subject, "", actor, Perm.VIEW)
    if scenario not in Scenario.values:
        raise at_field("scenario", _("Choose one."))
    plan = _plan(locked, scenario, emergency)
    name = plan.name if plan and scenario == Scenario.OTHER else ""
    open_one = EmergencyRun.objects.filter(
        subject=locked, scenario=scenario, name=name, closed_at=None
    ).first()
    if open_one is not None and (is_drill or not open_one.is_drill):
        if not is_drill:
            _again(open_one, place.strip()[:80], safety_people(locked, plan))
        return open_one
    if open_one is not None:
        _close(open_one, str(say(_("The drill became earnest."))), actor)
    people = safety_people(locked, plan)
    run = EmergencyRun.objects.create(
        subject=locked,
        emergency=plan,
        scenario=scenario,
        name=name,
        is_drill=is_drill,
        place=place.strip()[:80],
        help_at=plan.help_at if plan else "",
        owner=plan.owner if plan else None,
        deputy=plan.deputy if plan else None,
        started_by=actor,
        started_at=clock.now(),
        told=len(people),
    )
    steps = (plan.steps if plan else []) or []
    EmergencyStep.objects.bulk_create(
        EmergencyStep(run=run, order=order, text=str(text)[:300]) for order, text in enumerate(steps, 1)
    )
    told = {"emergency": words_of(run), "told": len(people)}
    record(journal.DRILLED if is_drill else journal.STARTED, actor=actor, subject=locked, data=told)
    _tell(run, people)
    changed(locked)
    if not is_drill:
        run.issue = _issue(run, actor)
        run.save(update_fields=["issue"])
    return run


def _again(run: EmergencyRun, place: str, people: Sequence[User]) -> None:
    """The same is reported once more: from another place, or long after, everybody hears of it again."""
    elsewhere = bool(place) and place != run.place
    if not elsewhere and clock.now() - run.started_at < LONG_AGO:
        return
    if elsewhere:
        run.place = place
        run.save(update_fields=["place"])
    _tell(run, people, f":{clock.now():%m%d%H%M}")
    changed(run.subject)


def _plan(subject: Subject, scenario: str, emergency: Emergency | None) -> Emergency | None:
    """The plan that is meant. What is none of the named scenarios follows no plan but the one that was chosen."""
    plans = Emergency.objects.filter(subject=subject, scenario=scenario).select_related("owner", "deputy")
    if emergency is not None:
        return plans.filter(pk=emergency.pk).first()
    if scenario == Scenario.OTHER:
        return None
    return plans.order_by("pk").first()


def words_of(run: EmergencyRun) -> Say | str:
    """The emergency as the journal and messages name it."""
    return run.name or SCENARIOS[run.scenario]


def _tell(run: EmergencyRun, people: Sequence[User], again: str = "") -> None:
    where = run.place or "—"
    words = (
        say(
            _("DRILL, no danger: {emergency}, {place}. Follow the plan as if it were real."),
            emergency=words_of(run),
            place=where,
        )
        if run.is_drill
        else say(
            _("EMERGENCY {emergency} at {place}. Open the plan now. {help}"),
            emergency=words_of(run),
            place=where,
            help=run.help_at,
        )
    )
    notify(
        users=people,
        kind=notices.DRILL.key if run.is_drill else notices.EMERGENCY.key,
        say=words,
        subject=run.subject,
        address=reverse("programme:emergency_run", args=[run.subject_id, run.pk]),
        key=f"programme.emergency:{run.pk}{again}",
    )


def _issue(run: EmergencyRun, actor: User) -> Issue | None:
    """The issue of what happened, for the time after; an emergency does not fail because none can be opened."""
    problem = f"{words_of(run)} · {run.place}" if run.place else str(words_of(run))
    reporter = actor if holds(actor, OperationsPerm.REPORT, run.subject) else lead_of(run.subject) or actor
    try:
        with transaction.atomic():
            return report_issue(
                subject=run.subject,
                problem=problem,
                actor=reporter,
                size=Issue.Size.LARGE,
                source=str(say(_("Emergency plan set off"))),
                source_address=reverse("programme:emergency_run", args=[run.subject_id, run.pk]),
            )
    except Refused:
        return None


@transaction.atomic
def take_step(*, step: EmergencyStep, actor: User, is_done: bool = True) -> EmergencyStep:
    """Tick a step, or take the tick back; the first tick's moment stays. Records `programme.emergency_step`."""
    locked = open_table(step.run.subject, "", actor, Perm.VIEW)
    kept = EmergencyStep.objects.select_related("run").get(pk=step.pk)
    if not kept.run.is_open:
        raise wrong(_("This emergency is closed."))
    if (kept.done_at is not None) == is_done:
        return kept
    kept.done_at, kept.done_by = (clock.now(), actor) if is_done else (None, None)
    kept.save(update_fields=["done_at", "done_by"])
    told = {"emergency": words_of(kept.run), "step": kept.text[:120]}
    record(journal.STEP if is_done else journal.STEP_BACK, actor=actor, subject=locked, data=told)
    changed(locked)
    return kept


@transaction.atomic
def close_emergency(*, run: EmergencyRun, summary: str, actor: User) -> EmergencyRun:
    """End an emergency with what happened and how it went; records `programme.emergency_closed`.

    Whoever is responsible may, the deputy, who set it off, and who keeps the event. Closed twice it is refused.
    """
    locked = open_table(run.subject, "", actor, Perm.VIEW)
    kept = EmergencyRun.objects.select_related("subject").get(pk=run.pk)
    if not kept.is_open:
        raise wrong(_("This emergency is closed."))
    if actor.pk not in (kept.owner_id, kept.deputy_id, kept.started_by_id):
        open_table(locked, "", actor, Perm.EDIT)
    return _close(kept, wanted(summary, "summary", 1000), actor)


def _close(run: EmergencyRun, summary: str, actor: User) -> EmergencyRun:
    run.summary, run.closed_at, run.closed_by = summary, clock.now(), actor
    run.save(update_fields=["summary", "closed_at", "closed_by"])
    told = {"emergency": words_of(run), "summary": summary[:120]}
    record(journal.CLOSED, actor=actor, subject=run.subject, data=told)
    changed(run.subject)
    return run
