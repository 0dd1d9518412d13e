"""Recruitment and trainings (ORG-10). What is known of a candidate or a result stays out of the journal (GEN-01)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Position, Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind

from .. import journal
from ..models import Candidate, Opening, Result, Stage, Trainee, Training, TrainingKind
from ..permissions import Perm
from .people import PHONE

BEST_SCORE = Decimal(100)


@transaction.atomic
def open_recruitment(
    *,
    unit: Unit,
    position: str,
    people: int,
    criteria: str,
    opened_on: date | None = None,
    actor: User,
) -> Opening:
    """Seek people for a position by written criteria; records `organisation.opening_made`.

    Refuses without `organisation.personnel` on the unit, unknown positions, no criteria and fewer than one person.
    """
    require(actor, Perm.PERSONNEL, unit)
    post = Position.objects.filter(code=position).first()
    if post is None:
        raise _invalid("position", _("There is no position “{position}”."), position=position)
    _check_opening(people, criteria)
    opening = Opening.objects.create(
        unit=unit,
        position=post,
        people=people,
        criteria=criteria.strip(),
        opened_on=opened_on or clock.today(),
    )
    _tell_opening(journal.OPENING_MADE, opening, actor)
    return opening


@transaction.atomic
def change_recruitment(*, opening: Opening, people: int, criteria: str, actor: User) -> Opening:
    """Change how many are sought and by which criteria. Refuses a closed one; records `organisation.opening_changed`."""
    locked = _open(opening, actor)
    _check_opening(people, criteria)
    locked.people, locked.criteria = people, criteria.strip()
    locked.save(update_fields=["people", "criteria"])
    _tell_opening(journal.OPENING_CHANGED, locked, actor)
    return locked


@transaction.atomic
def close_recruitment(*, opening: Opening, actor: User) -> Opening:
    """Seek no more; the candidates stay listed. Records `organisation.opening_closed`."""
    locked = _open(opening, actor)
    locked.closed_on = max(clock.today(), locked.opened_on)
    locked.save(update_fields=["closed_on"])
    _tell_opening(journal.OPENING_CLOSED, locked, actor)
    return locked


@transaction.atomic
def add_candidate(
    *, opening: Opening, name: str, phone: str = "", source: str = "", actor: User
) -> Candidate:
    """Register a candidate. Refuses a closed recruitment and a candidate without a name; records `…candidate_added`."""
    locked = _open(opening, actor)
    _check_candidate(name, phone)
    candidate = Candidate.objects.create(
        opening=locked, name=" ".join(name.split()), phone=phone.strip(), source=source.strip()
    )
    _tell_candidate(journal.CANDIDATE_ADDED, candidate, actor)
    return candidate


@transaction.atomic
def assess_candidate(
    *, candidate: Candidate, name: str, phone: str, source: str, stage: str, assessment: str, actor: User
) -> Candidate:
    """Say how far a candidate has come, and how he or she meets the criteria; records `…candidate_changed`.

    Refuses a decision (hired, not suitable) without an assessment.
    """
    locked = (
        Candidate.objects.select_for_update(of=("self",)).select_related("opening__unit").get(pk=candidate.pk)
    )
    require(actor, Perm.PERSONNEL, locked.opening.unit)
    _check_candidate(name, phone)
    if stage not in Stage.values:
        raise _invalid("stage", _("There is no such stage."))
    if stage in (Stage.HIRED, Stage.DECLINED) and not assessment.strip():
        raise _invalid("assessment", _("Say how the candidate meets the criteria."))
    locked.name, locked.phone, locked.source = " ".join(name.split()), phone.strip(), source.strip()
    locked.stage, locked.assessment, locked.changed_at = stage, assessment.strip(), clock.now()
    locked.save()
    _tell_candidate(journal.CANDIDATE_CHANGED, locked, actor)
    return locked


@transaction.atomic
def keep_training(
    *,
    unit: Unit,
    title: str,
    kind: str,
    trainer: str,
    held_on: date,
    hours: Decimal | None = None,
    content: str = "",
    people: Iterable[User] = (),
    actor: User,
) -> Training:
    """Register a training with its participants; records `organisation.training_kept`.

    Refuses without `organisation.personnel` on the unit, without title or trainer.
    """
    require(actor, Perm.PERSONNEL, unit)
    training = Training(unit=unit)
    _fill_training(training, title, kind, trainer, held_on, hours, content)
    training.save()
    record(journal.TRAINING_KEPT, actor=actor, data={"title": training.title, "training": training.pk})
    set_trainees(training=training, people=people, actor=actor)
    return training


@transaction.atomic
def change_training(
    *,
    training: Training,
    title: str,
    kind: str,
    trainer: str,
    held_on: date,
    hours: Decimal | None = None,
    content: str = "",
    people: Iterable[User] | None = None,
    actor: User,
) -> Training:
    """Change a training, and its participants where `people` is given; records `organisation.training_changed`."""
    locked = _lock_training(training, actor)
    _fill_training(locked, title, kind, trainer, held_on, hours, content)
    locked.save()
    record(journal.TRAINING_CHANGED, actor=actor, data={"title": locked.title, "training": locked.pk})
    if people is not None:
        set_trainees(training=locked, people=people, actor=actor)
    return locked


@transaction.atomic
def set_trainees(*, training: Training, people: Iterable[User], actor: User) -> Training:
    """Make `people` the participants; who has a result stays. Records `organisation.trainees_set`, if it differs."""
    locked = _lock_training(training, actor)
    wanted = {person.pk: person for person in people}
    known = {trainee.user_id: trainee for trainee in locked.trainees.all()}
    gone = [t for pk, t in known.items() if pk not in wanted]
    if kept := next((t for t in gone if t.result != Result.OPEN), None):
        raise _invalid("people", _("{person} has a result already and stays."), person=kept.user.name)
    new = [Trainee(training=locked, user=person) for pk, person in wanted.items() if pk not in known]
    if gone or new:
        Trainee.objects.filter(pk__in=[trainee.pk for trainee in gone]).delete()
        Trainee.objects.bulk_create(new)
        data = {"count": len(wanted), "title": locked.title, "training": locked.pk}
        record(journal.TRAINEES_SET, actor=actor, data=data)
    return locked


@dataclass(frozen=True)
class Outcome:
    """What came out for one participant."""

    result: str
    score: Decimal | None = None
    note: str = ""


@transaction.atomic
def record_results(*, training: Training, outcomes: Mapping[int, Outcome], actor: User) -> int:
    """Keep results by participant id; says how many differ. Records `organisation.result_recorded`, if any does.

    Refuses results before the day of the training, unknown participants, and scores outside 0 to 100.
    """
    locked = _lock_training(training, actor)
    if locked.held_on > clock.today():
        raise WrongState(say(_("The training is on {day}."), day=locked.held_on.isoformat()))
    trainees = {trainee.pk: trainee for trainee in locked.trainees.select_for_update(of=("self",))}
    changed = []
    for pk, outcome in outcomes.items():
        trainee = trainees.get(pk)
        if trainee is None or outcome.result not in Result.values:
            raise Invalid(say(_("There is no such participant or result.")))
        if outcome.score is not None and not 0 <= outcome.score <= BEST_SCORE:
            raise _invalid(f"score_{pk}", _("A score lies between 0 and 100."))
        after = (outcome.result, outcome.score, outcome.note.strip()[:200])
        if (trainee.result, trainee.score, trainee.note) != after:
            trainee.result, trainee.score, trainee.note = after
            changed.append(trainee)
    if changed:
        Trainee.objects.bulk_update(changed, ["result", "score", "note"])
        data = {"count": len(changed), "title": locked.title, "training": locked.pk}
        record(journal.RESULT_RECORDED, actor=actor, data=data)
    return len(changed)


def _open(opening: Opening, actor: User) -> Opening:
    found = Opening.objects.select_for_update(of=("self",)).select_related("unit", "position")
    locked = found.get(pk=opening.pk)
    require(actor, Perm.PERSONNEL, locked.unit)
    if locked.closed_on is not None:
        raise WrongState(say(_("This recruitment is closed.")))
    return locked


def _lock_training(training: Training, actor: User) -> Training:
    found = Training.objects.select_for_update(of=("self",)).select_related("unit")
    locked = found.get(pk=training.pk)
    require(actor, Perm.PERSONNEL, locked.unit)
    return locked


def _check_opening(people: int, criteria: str) -> None:
    if people < 1:
        raise _invalid("people", _("At least one person is sought."))
    if not criteria.strip():
        raise _invalid("criteria", _("Write down the criteria first."))


def _check_candidate(name: str, phone: str) -> None:
    if not name.strip():
        raise _invalid("name", _("Give the person's name."))
    if phone.strip() and not PHONE.fullmatch(phone.strip()):
        raise _invalid("phone", _("A phone number has 5 to 19 digits, spaces or hyphens."))


def _fill_training(
    training: Training,
    title: str,
    kind: str,
    trainer: str,
    held_on: date,
    hours: Decimal | None,
    content: str,
) -> None:
    if not title.strip():
        raise _invalid("title", _("Give the training a title."))
    if kind not in TrainingKind.values:
        raise _invalid("kind", _("There is no such kind of training."))
    if not trainer.strip():
        raise _invalid("trainer", _("Say who teaches."))
    if hours is not None and hours <= 0:
        raise _invalid("hours", _("A training lasts longer than no time."))
    training.title, training.kind, training.trainer = title.strip(), kind, trainer.strip()
    training.held_on, training.hours, training.content = held_on, hours, content.strip()


def _tell_opening(kind: Kind, opening: Opening, actor: User) -> None:
    data = {
        "unit": opening.unit.name,
        "position": opening.position.name,
        "people": opening.people,
        "opening": opening.pk,
    }
    record(kind, actor=actor, data=data)


def _tell_candidate(kind: Kind, candidate: Candidate, actor: User) -> None:
    data = {"candidate": candidate.pk, "position": candidate.opening.position.name, "stage": candidate.stage}
    record(kind, actor=actor, data=data)


def _invalid(field: str, message: str, **params: str | int) -> Invalid:
    told = say(message, **params)
    return Invalid(told, fields={field: told})


@transaction.atomic
def tell_of_personnel(*, what: str, actor: User) -> None:
    """Somebody looked at candidates or results of others: records `organisation.personnel_shown` (SUP-06, GEN-01)."""
    record(journal.PERSONNEL_SHOWN, actor=actor, data={"what": what})
