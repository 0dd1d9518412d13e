"""Routes as data: laid down as shipped, and published by the company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Position, User
from yunchou.kernel.journal.actions import record

from .. import journal
from ..checker import check_rows
from ..conditions import Row
from ..models import Definition, RouteRow
from ..registry import definitions
from .checks import invalid
from .situation import bracketed

#: From when the first version of a definition holds, so that a clock set back finds one.
SINCE_EVER = date(2000, 1, 1)


@transaction.atomic
def install_definition(*, key: str, actor: User | None = None) -> Definition:
    """Lay down the declared rows as the newest version, where the newest differs and was not made by the company.

    Records `approvals.definition_installed`.
    """
    declared = definitions[key]
    newest = _newest(key)
    if newest and (
        not newest.is_shipped or tuple(row.as_row() for row in newest.rows.all()) == _plain(declared.rows)
    ):
        return newest
    made = Definition.objects.create(
        key=key,
        version=newest.version + 1 if newest else 1,
        valid_from=clock.today() if newest else SINCE_EVER,
    )
    RouteRow.objects.bulk_create(
        RouteRow.of(made, number, row) for number, row in enumerate(declared.rows, 1)
    )
    record(journal.INSTALLED, actor=actor, data={"definition": str(declared.label), "version": made.version})
    return made


def install_definitions(*, actor: User | None = None) -> list[Definition]:
    """`install_definition` for everything declared; part of setting up and of every migration of the product."""
    return [install_definition(key=declared.key, actor=actor) for declared in definitions]


@transaction.atomic
def publish_definition(
    *, key: str, rows: Sequence[Row], valid_from: date, actor: User, reason: str = ""
) -> Definition:
    """Lay down rows of the company as a new version, in force from `valid_from`; running cases keep theirs.

    Refuses a date that has passed and what `checker.check_rows` calls an error. Records `approvals.definition_published`.
    Callers check the right.
    """
    declared = definitions[key]
    if valid_from < clock.today():
        raise invalid("valid_from", say(_("Routes cannot change for the past: choose today or a later day.")))
    _check_rows(key, rows)
    newest = _newest(key)
    made = Definition.objects.create(
        key=key,
        version=newest.version + 1 if newest else 1,
        valid_from=valid_from,
        is_shipped=False,
        made_by=actor,
        reason=reason.strip(),
    )
    RouteRow.objects.bulk_create(RouteRow.of(made, number, row) for number, row in enumerate(rows, 1))
    told = {"definition": str(declared.label), "version": made.version, "day": valid_from.isoformat()}
    record(journal.PUBLISHED, actor=actor, data={**told, "note": bracketed(reason)})
    return made


def _check_rows(key: str, rows: Sequence[Row]) -> None:
    facts = definitions[key].facts
    positions = set(Position.objects.values_list("code", flat=True))
    problems = [problem for problem in check_rows(rows, facts, positions=positions) if problem.stops]
    if problems:
        raise Invalid(problems[0].text, code="rows", fields={"rows": problems[0].text})
    try:
        for row in rows:
            row.check(facts)
    except ImproperlyConfigured as error:  # what the checker does not look at
        raise invalid("rows", say("{error}", error=str(error))) from None


def _newest(key: str) -> Definition | None:
    """The last version under lock, so that two people do not number alike."""
    return Definition.objects.select_for_update().filter(key=key).order_by("-version").first()


def _plain(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Declared rows as they come back from the database."""
    return tuple(RouteRow.of(Definition(), 0, row).as_row() for row in rows)
