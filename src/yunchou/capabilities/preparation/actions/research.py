"""Gathering what clients want, again and again, and attaching it to plans (003 二(一))."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.duties import actions as duties
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..duties import DUE_HOUR, RESEARCH
from ..models import FINDINGS, Research, ResearchUse, Source
from ..permissions import RESEARCH_KIND, Perm

TABLE: Final = "research"


@dataclass(frozen=True)
class Gathered:
    """What a round of collection brought, as people type it; `findings` by the six questions."""

    title: str
    sources: Collection[str]
    audience: str
    from_on: date
    until_on: date
    people: int
    findings: Mapping[str, str] = field(default_factory=dict)
    every_months: int | None = None


@transaction.atomic
def keep_research(
    *,
    unit: Unit,
    gathered: Gathered,
    actor: User,
    follows: Research | None = None,
    keeper: User | None = None,
) -> Research:
    """File a round of collection; with `every_months` its keeper owes the next one in time, and a round that `follows`
    another settles that debt.

    Refuses without `preparation.edit` in the unit, no source, nobody heard, nothing learned, and an end in the future.
    Records `preparation.research_kept`.
    """
    require(actor, Perm.EDIT, unit)
    _check(gathered)
    if follows is not None:
        Subject.objects.select_for_update(of=("self",)).get(pk=follows.pk)
        if Research.objects.filter(follows=follows.pk).exists():
            raise wrong(_("This round has been followed by another already."))
    subject = open_subject(kind=RESEARCH_KIND, unit=unit, title=gathered.title.strip(), actor=actor)
    research = Research(subject=subject, keeper=keeper or actor, follows=follows)
    _fill(research, gathered)
    research.save(force_insert=True)
    subject.address = research.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.RESEARCH_KEPT, actor=actor, subject=subject, data={"title": research.title})
    if follows is not None:
        duties.fulfil(actor=actor, key=follows.duty_key)
    _owe_next(research, actor)
    return research


def research_stamp(research: Research) -> str:
    """How a round stood when a form showed it."""
    return stamp(
        research.title, research.sources, research.audience, research.from_on, research.until_on, research.people,
        research.every_months, *(getattr(research, name) for name in FINDINGS),
    )  # fmt: skip


@transaction.atomic
def change_research(*, research: Research, gathered: Gathered, actor: User, seen: str = "") -> Research:
    """Change a round of collection; refuses one that is not as it was `seen`. Records `preparation.research_changed`."""
    subject = open_table(research.subject, TABLE, actor, Perm.EDIT)
    locked: Research = Research.objects.select_related("subject", "keeper").get(pk=research.pk)
    refuse_stale(seen, research_stamp(locked))
    _check(gathered)
    _fill(locked, gathered)
    locked.save()
    subject.title = locked.title
    subject.save(update_fields=["title", "search"])
    record(journal.RESEARCH_CHANGED, actor=actor, subject=subject, data={"title": locked.title})
    if not hasattr(locked, "followed_by"):
        duties.cancel(actor=actor, key=locked.duty_key)
        _owe_next(locked, actor)
    return locked


@transaction.atomic
def attach_research(*, research: Research, subject: Subject, actor: User) -> ResearchUse:
    """Attach what was learned to the plan of an activity; refuses what the person does not see.

    Records `preparation.research_attached` at the activity.
    """
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    require(actor, Perm.VIEW, research)
    use, is_new = ResearchUse.objects.get_or_create(
        research=research, subject=locked, defaults={"attached_by": actor, "attached_at": clock.now()}
    )
    if is_new:
        data = {"title": research.title, "research": research.pk}
        record(journal.RESEARCH_ATTACHED, actor=actor, subject=locked, data=data)
    return use


@transaction.atomic
def detach_research(*, research: Research, subject: Subject, actor: User) -> None:
    """Take it off the plan; records `preparation.research_detached`."""
    locked = open_table(subject, TABLE, actor, Perm.EDIT)
    gone, _by = ResearchUse.objects.filter(research=research, subject=locked).delete()
    if gone:
        data = {"title": research.title, "research": research.pk}
        record(journal.RESEARCH_DETACHED, actor=actor, subject=locked, data=data)


def _owe_next(research: Research, actor: User) -> None:
    if research.next_on is not None:
        duties.owe(
            kind=RESEARCH.key, subject=research.subject, owner=research.keeper,
            due_at=clock.moment(research.next_on, DUE_HOUR), key=research.duty_key, params={"name": research.title},
            address=research.get_absolute_url(), actor=actor,
        )  # fmt: skip


def _check(gathered: Gathered) -> None:
    wanted(gathered.title, "title")
    wanted(gathered.audience, "audience")
    if not [source for source in Source if source in gathered.sources]:
        raise at_field("sources", _("Say where it was learned."))
    if gathered.until_on < gathered.from_on:
        raise at_field("until_on", _("The end lies after the beginning."))
    if gathered.until_on > clock.today():
        raise at_field("until_on", _("This day has not come yet."))
    if gathered.people < 1:
        raise at_field("people", _("At least one person."))
    if not any(gathered.findings.get(name, "").strip() for name in FINDINGS):
        raise at_field("interests", _("Write what was learned."))


def _fill(research: Research, gathered: Gathered) -> None:
    research.title, research.audience = gathered.title.strip(), gathered.audience.strip()
    research.sources = [str(source) for source in Source if source in gathered.sources]
    research.from_on, research.until_on, research.people = (
        gathered.from_on,
        gathered.until_on,
        gathered.people,
    )
    for name in FINDINGS:
        setattr(research, name, gathered.findings.get(name, "").strip())
    research.every_months = gathered.every_months
    research.next_on = _later(gathered.until_on, gathered.every_months) if gathered.every_months else None


def _later(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
