"""Risks that activities copy, resources that stand ready, and what retrospectives add to the library (RSK-04, RSK-08)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import LibraryRisk, PreparedResource, Risk
from ..permissions import Perm
from ..tables import RISKS, extra_amounts
from .shared import lines_of
from .triggers import apply_terms, terms_of


@transaction.atomic
def copy_risks(*, subject: Subject, entries: Sequence[LibraryRisk], actor: User) -> list[Risk]:
    """Put risks of the library into the plan of a subject, each with its response, trigger and time limit.

    Whoever copies is responsible until somebody else is named. A scenario that is there already is left out. Records
    `operations.risks_copied`.
    """
    subject = open_table(subject=subject, table=RISKS.key, actor=actor, right=Perm.EDIT)
    there = Risk.objects.filter(subject=subject)
    names = set(there.values_list("scenario", flat=True))
    last = there.aggregate(last=Max("position"))["last"] or 0
    made = []
    for entry in entries:
        if entry.scenario in names or not entry.is_active:
            continue
        last += 1
        risk = Risk.objects.create(
            subject=subject, position=last, scenario=entry.scenario, likelihood=entry.likelihood, impact=entry.impact,
            responses=list(entry.responses), trigger=entry.trigger, owner=actor, copied_from=entry,
            extra_amount=extra_amounts("\n".join(entry.responses)),
        )  # fmt: skip
        apply_terms(risk, terms_of(entry, subject))
        made.append(risk)
    if not made:
        raise WrongState(say(_("These risks are in the plan already.")))
    told = {"count": len(made), "risks": "、".join(risk.scenario for risk in made)}
    record(journal.RISKS_COPIED, actor=actor, subject=subject, data=told)
    return made


@transaction.atomic
def keep_in_library(
    *,
    actor: User,
    scenario: str,
    category: str,
    responses: str | Sequence[str],
    entry: LibraryRisk | None = None,
    origin: Subject | None = None,
    **values: Any,
) -> LibraryRisk:
    """Add a risk to the library, or change one; records `operations.library_kept`.

    `origin` is the subject whose retrospective taught it. Needs `operations.library`; refuses a second entry of a name.
    """
    require(actor, Perm.LIBRARY)
    scenario = wanted(scenario, "scenario", 80)
    others = LibraryRisk.objects.filter(scenario=scenario, is_active=True)
    if (others.exclude(pk=entry.pk) if entry else others).exists():
        words = say(_("The library has “{risk}” already: change that one."), risk=scenario)
        raise Invalid(words, fields={"scenario": words})
    kept = entry or LibraryRisk(added_by=actor, origin=origin)
    lines = lines_of(responses if isinstance(responses, str) else list(responses))
    for name, value in {**values, "scenario": scenario, "category": category, "responses": lines}.items():
        setattr(kept, name, value)
    kept.save()
    told = {"risk": scenario, "origin": origin.title if origin else ""}
    record(journal.LIBRARY_KEPT, actor=actor, subject=origin, data=told)
    return kept


@transaction.atomic
def retire_from_library(*, entry: LibraryRisk, actor: User) -> None:
    """Offer a risk no longer; what was copied stays. Records `operations.library_retired`."""
    require(actor, Perm.LIBRARY)
    LibraryRisk.objects.filter(pk=entry.pk).update(is_active=False)
    record(journal.LIBRARY_RETIRED, actor=actor, data={"risk": entry.scenario})


@transaction.atomic
def prepare_resource(
    *, risk: Risk, actor: User, resource: PreparedResource | None = None, **values: Any
) -> PreparedResource:
    """Say what stands ready for a response: a backup venue, supplier, equipment; records `operations.resource_prepared`.

    With the plan it is approved; while the plan is locked it stays as it is.
    """
    subject = open_table(subject=risk.subject, table=RISKS.key, actor=actor, right=Perm.EDIT)
    kept = resource or PreparedResource(risk=risk)
    for name, value in values.items():
        setattr(kept, name, value)
    kept.name = wanted(kept.name or (kept.supplier.name if kept.supplier else ""), "name", 80)
    kept.save()
    told = {"risk": risk.scenario, "resource": kept.name}
    record(journal.RESOURCE_PREPARED, actor=actor, subject=subject, data=told)
    return kept


@transaction.atomic
def drop_resource(*, resource: PreparedResource, actor: User) -> None:
    """Prepare something no longer; records `operations.resource_dropped`."""
    risk = resource.risk
    subject = open_table(subject=risk.subject, table=RISKS.key, actor=actor, right=Perm.EDIT)
    told = {"risk": risk.scenario, "resource": resource.name}
    resource.delete()
    record(journal.RESOURCE_DROPPED, actor=actor, subject=subject, data=told)
