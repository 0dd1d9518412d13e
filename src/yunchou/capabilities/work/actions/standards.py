"""Keeping the standards of teams (TEA-06, TEA-07)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..models import StandardPart, TeamStandard, Tier
from ..permissions import Perm

MOST_PARTS, MOST_PEOPLE = 40, 200


@dataclass(frozen=True)
class StandardHead:
    """What a standard is called and for whom it holds; without a unit for all."""

    name: str
    kind: str
    unit: Unit | None = None
    description: str = ""


@dataclass(frozen=True)
class PartFields:
    """What a person fills in of a part."""

    name: str
    tier: str
    duties: str
    department: str = ""
    people: int = 1


@transaction.atomic
def make_standard(*, head: StandardHead, actor: User, source: TeamStandard | None = None) -> TeamStandard:
    """Make a standard, empty or with the parts of another; records `work.standard_made`."""
    _may(actor, head.unit)
    standard = TeamStandard(made_by=actor)
    _fill(standard, head)
    standard.save()
    if source is not None:
        parts = list(source.parts.all())
        for part in parts:
            part.pk, part.standard = None, standard
        StandardPart.objects.bulk_create(parts)
    record(journal.STANDARD_MADE, actor=actor, data={"standard": standard.name})
    return standard


@transaction.atomic
def edit_standard(*, standard: TeamStandard, head: StandardHead, actor: User) -> TeamStandard:
    """Change name, kind, unit or description; records `work.standard_changed`."""
    standard = _open(standard, actor)
    _may(actor, head.unit)
    _fill(standard, head)
    standard.save()
    return _changed(standard, actor)


@transaction.atomic
def delete_standard(*, standard: TeamStandard, actor: User) -> None:
    """Delete a standard; teams formed by it stay. Records `work.standard_deleted`."""
    standard = _open(standard, actor)
    standard.delete()
    record(journal.STANDARD_DELETED, actor=actor, data={"standard": standard.name})


@transaction.atomic
def set_part(
    *, standard: TeamStandard, actor: User, fields: PartFields, part: StandardPart | None = None
) -> StandardPart:
    """Add a part or change one; records `work.standard_changed`. Refuses a second lead, a name twice, and no duties."""
    standard = _open(standard, actor)
    others = standard.parts.exclude(pk=part.pk) if part else standard.parts.all()
    name, duties = fields.name.strip(), fields.duties.strip()
    if not name:
        raise _wrong("name", say(_("Fill this in.")))
    if others.filter(name=name).exists():
        raise _wrong("name", say(_("There is a part of this name.")))
    if not duties:
        raise _wrong("duties", say(_("Say what this person does in the team.")))
    if not 1 <= fields.people <= MOST_PEOPLE:
        raise _wrong("people", say(_("From 1 to {count} people."), count=MOST_PEOPLE))
    if fields.tier == Tier.LEAD and (fields.people > 1 or others.filter(tier=Tier.LEAD).exists()):
        raise _wrong("tier", say(_("A team has one overall lead.")))
    if part is None and others.count() >= MOST_PARTS:
        raise Invalid(say(_("A standard has at most {count} parts."), count=MOST_PARTS))
    part = part or StandardPart(standard=standard, position=others.count() + 1)
    part.name, part.tier, part.duties = name, fields.tier, duties
    part.department, part.people = fields.department, fields.people
    part.save()
    _changed(standard, actor)
    return part


@transaction.atomic
def delete_part(*, part: StandardPart, actor: User) -> None:
    """Take a part out of a standard; records `work.standard_changed`."""
    standard = _open(part.standard, actor)
    part.delete()
    _changed(standard, actor)


def _may(actor: User, unit: Unit | None) -> None:
    require(actor, Perm.STANDARDS, unit) if unit else require(actor, Perm.STANDARDS)


def _open(standard: TeamStandard, actor: User) -> TeamStandard:
    found = TeamStandard.objects.select_for_update(of=("self",)).select_related("unit").get(pk=standard.pk)
    _may(actor, found.unit)
    return found


def _changed(standard: TeamStandard, actor: User) -> TeamStandard:
    record(journal.STANDARD_CHANGED, actor=actor, data={"standard": standard.name})
    return standard


def _fill(standard: TeamStandard, head: StandardHead) -> None:
    if not head.name.strip():
        raise _wrong("name", say(_("Fill this in.")))
    standard.name, standard.kind = head.name.strip(), head.kind
    standard.unit, standard.description = head.unit, head.description.strip()


def _wrong(field: str, words: Say) -> Invalid:
    return Invalid(words, fields={field: words})
