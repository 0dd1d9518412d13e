"""Changing the tree of units and what departments have to do."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.search import full_pinyin
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.changes import appointments_changed
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..closing import objection_to
from ..models import DepartmentKind, DepartmentProfile
from ..permissions import Perm
from .appointments import check_one_head

Kind = Unit.Kind

# What may hang on what: three business levels, departments on any of them and on each other (ORG-01).
PARENTS: Final[dict[str, frozenset[str]]] = {
    Kind.REGION: frozenset({Kind.GROUP}),
    Kind.PROJECT: frozenset({Kind.GROUP, Kind.REGION}),
    Kind.DEPARTMENT: frozenset({Kind.GROUP, Kind.REGION, Kind.PROJECT, Kind.DEPARTMENT}),
}
CODE_LENGTH: Final = 40


@transaction.atomic
def create_unit(
    *,
    parent: Unit,
    kind: str,
    name: str,
    code: str = "",
    department: str = DepartmentKind.OTHER,
    duties: str = "",
    authority: str = "",
    actor: User,
) -> Unit:
    """Add a unit below `parent`; without `code` one is made from the name's pinyin.

    Refuses without `organisation.manage`, below an inactive unit, a level that does not belong there, and a name or
    code that is taken; records `organisation.unit_created`.
    """
    require(actor, Perm.MANAGE, parent)
    above = Unit.objects.select_for_update(no_key=True).get(pk=parent.pk)
    if not above.is_active:
        raise WrongState(say(_("“{unit}” is not active; reactivate it first."), unit=above.name))
    if above.kind not in PARENTS.get(kind, frozenset()):
        raise _invalid("kind", say(_("A unit of this level cannot stand below “{unit}”."), unit=above.name))
    unit = build_unit(
        above, kind=kind, name=name, code=code, department=department, duties=duties, authority=authority
    )
    record(
        journal.UNIT_CREATED, actor=actor, data={"unit": unit.name, "code": unit.code, "parent": above.name}
    )
    return unit


def build_unit(
    parent: Unit | None,
    *,
    kind: str,
    name: str,
    code: str,
    department: str,
    duties: str = "",
    authority: str = "",
) -> Unit:
    """The rows of a new unit, without a journal entry: part of `create_unit` and of founding."""
    unit = Unit(parent=parent, kind=kind, name=_free_name(name, parent), code=_free_code(code, name))
    unit.save()
    if kind == Kind.DEPARTMENT:
        unit.department = DepartmentProfile.objects.create(
            unit=unit, kind=department, duties=duties.strip(), authority=authority.strip()
        )
    return unit


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, actor: User) -> Unit:
    """Give a unit another name; its code and address stay. Records `organisation.unit_renamed`, if it differs."""
    require(actor, Perm.MANAGE, unit)
    locked = _lock(unit)
    before, after = locked.name, _free_name(name, locked.parent, but=locked)
    if after != before:
        locked.name = after
        locked.save(update_fields=["name"])
        record(journal.UNIT_RENAMED, actor=actor, data={"unit": after, "before": before, "code": locked.code})
    return locked


@transaction.atomic
def move_unit(*, unit: Unit, parent: Unit, actor: User) -> Unit:
    """Hang a unit, with all below it, under another one; from then on data scope and superiors follow the new place.

    Refuses the group, a place below itself, an inactive place, a level that does not belong there, a name that is taken
    there, and a move that would give one company two heads of its marketing centre (ORG-07); records
    `organisation.unit_moved`, if it differs.
    """
    require(actor, Perm.MANAGE, unit)
    require(actor, Perm.MANAGE, parent)
    # The whole tree is locked: two moves at once could otherwise hang two units below each other.
    tree = {row.pk: row for row in Unit.objects.select_for_update(no_key=True).order_by("pk")}
    moved, above = tree[unit.pk], tree[parent.pk]
    if moved.parent_id is None:
        raise WrongState(say(_("The group itself cannot be moved.")))
    if moved.parent_id == above.pk:
        return moved
    if moved.contains(above):
        raise _invalid("parent", say(_("A unit cannot stand below itself or below its own units.")))
    if not above.is_active:
        raise _invalid("parent", say(_("“{unit}” is not active; reactivate it first."), unit=above.name))
    if above.kind not in PARENTS.get(moved.kind, frozenset()):
        raise _invalid("parent", say(_("A unit of this level cannot stand below “{unit}”."), unit=above.name))
    before = tree[moved.parent_id]
    moved.name = _free_name(moved.name, above)
    branch = [row for row in tree.values() if moved.contains(row)]
    old, new = moved.path, f"{above.path}{moved.pk}/"
    for row in branch:
        row.path = new + row.path.removeprefix(old)
    if max(len(row.path) for row in branch) > (Unit._meta.get_field("path").max_length or 0):
        raise _invalid("parent", say(_("The tree would become too deep.")))
    moved.parent = above
    Unit.objects.bulk_update(branch, ["parent", "path"])
    check_one_head(above)
    data = {"unit": moved.name, "code": moved.code, "before": before.name, "parent": above.name}
    record(journal.UNIT_MOVED, actor=actor, data=data)
    appointments_changed(
        Appointment.objects.filter(unit__in=[*branch, *before.ancestor_ids, *above.ancestor_ids])
        .values_list("user", flat=True)
        .distinct()
    )
    return moved


@transaction.atomic
def change_duties(
    *, unit: Unit, department: str, duties: str, authority: str, actor: User
) -> DepartmentProfile:
    """Say what a department is for, has to do and may decide (ORG-05).

    Refuses units that are no departments; records `organisation.duties_changed`.
    """
    require(actor, Perm.MANAGE, unit)
    locked = _lock(unit)
    if locked.kind != Kind.DEPARTMENT:
        raise WrongState(say(_("Only departments have duties.")))
    profile, _made = DepartmentProfile.objects.update_or_create(
        unit=locked,
        defaults={"kind": department, "duties": duties.strip(), "authority": authority.strip()},
    )
    data = {"unit": locked.name, "code": locked.code, "kind": profile.kind}
    record(
        journal.DUTIES_CHANGED,
        actor=actor,
        data={**data, "duties": profile.duties, "authority": profile.authority},
    )
    return profile


@transaction.atomic
def deactivate_unit(*, unit: Unit, actor: User) -> Unit:
    """Take a unit out of use; what it did stays.

    Refuses the group, units with active units below, with people appointed now or later, and with open work of the rooms
    above (`closing.objections`), saying how many; records `organisation.unit_deactivated`.
    """
    require(actor, Perm.MANAGE, unit)
    locked = _lock(unit)
    if locked.parent_id is None:
        raise WrongState(say(_("The group itself cannot be deactivated.")))
    if not locked.is_active:
        raise WrongState(say(_("“{unit}” is not active any more."), unit=locked.name))
    if (
        below := Unit.objects.filter(path__startswith=locked.path, is_active=True)
        .exclude(pk=locked.pk)
        .count()
    ):
        raise WrongState(
            say(
                _("“{unit}” has {count} active units below; deactivate them first."),
                unit=locked.name,
                count=below,
            )
        )
    if people := _open_people(locked):
        raise WrongState(
            say(
                _("“{unit}” still has {count} people; end their appointments first."),
                unit=locked.name,
                count=people,
            )
        )
    if said := objection_to(locked):
        raise WrongState(said, code="open_work")
    return _switch(locked, is_active=False, actor=actor)


@transaction.atomic
def reactivate_unit(*, unit: Unit, actor: User) -> Unit:
    """Take a unit into use again. Refuses below an inactive unit; records `organisation.unit_reactivated`."""
    require(actor, Perm.MANAGE, unit)
    locked = _lock(unit)
    if locked.is_active:
        raise WrongState(say(_("“{unit}” is active."), unit=locked.name))
    if locked.parent and not locked.parent.is_active:
        raise WrongState(say(_("“{unit}” is not active; reactivate it first."), unit=locked.parent.name))
    return _switch(locked, is_active=True, actor=actor)


def _switch(unit: Unit, *, is_active: bool, actor: User) -> Unit:
    unit.is_active = is_active
    unit.save(update_fields=["is_active"])
    kind = journal.UNIT_REACTIVATED if is_active else journal.UNIT_DEACTIVATED
    record(kind, actor=actor, data={"unit": unit.name, "code": unit.code})
    return unit


def _lock(unit: Unit) -> Unit:
    return Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)


def _open_people(unit: Unit) -> int:
    """How many people are appointed in the unit now or from a later day."""
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=clock.today())
    return (
        Appointment.objects.filter(still, unit=unit, user__is_active=True).values("user").distinct().count()
    )


def _free_name(name: str, parent: Unit | None, but: Unit | None = None) -> str:
    clean = " ".join(name.split())
    if not clean:
        raise _invalid("name", say(_("Give the unit a name.")))
    if len(clean) > (longest := Unit._meta.get_field("name").max_length or 0):
        raise _invalid("name", say(_("At most {count} characters."), count=longest))
    taken = Unit.objects.filter(parent=parent, name=clean)
    if (taken.exclude(pk=but.pk) if but else taken).exists():
        raise _invalid("name", say(_("There is a unit “{name}” at this place already."), name=clean))
    return clean


def _free_code(code: str, name: str) -> str:
    """The code that was asked for, or the name's pinyin with a number where that is taken."""
    if code:
        if slugify(code) != code.lower() or len(code) > CODE_LENGTH:
            raise _invalid("code", say(_("A code has up to 40 letters, digits and hyphens.")))
        if Unit.objects.filter(code=code).exists():
            raise _invalid("code", say(_("The code “{code}” is taken."), code=code))
        return code
    stem = slugify(full_pinyin(name))[: CODE_LENGTH - 5] or "unit"
    taken = set(Unit.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(
        free for n in range(1, len(taken) + 2) if (free := stem if n == 1 else f"{stem}-{n}") not in taken
    )


def _invalid(field: str, message: Say) -> Invalid:
    return Invalid(message, fields={field: message})
