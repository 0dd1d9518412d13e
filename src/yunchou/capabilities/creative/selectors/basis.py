"""What a plan rests on: the studies it is linked to, the channels that its audience suggests, the forms it combines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from yunchou.kernel.access.selectors import units_with
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.models import Subject

from ..models import ActivityForm, AudienceGroup, Study
from ..permissions import Perm
from ..plans import module_named, plan


def studies_for(user: User) -> QuerySet[Study]:
    """The studies that a person sees: of the own units, and the group's, which are there for all."""
    seen = Q(unit__in=units_with(user, Perm.VIEW)) | Q(unit__kind=Unit.Kind.GROUP)
    return Study.objects.filter(seen).select_related("unit", "kept_by").annotate(used=Count("uses"))


def studies_of(subject: Subject) -> list[Study]:
    """The studies that a plan rests on, profiles first."""
    found = Study.objects.filter(uses__subject=subject).select_related("unit", "kept_by")
    return sorted(found, key=lambda one: (one.kind != Study.Kind.PROFILE, one.pk))


@dataclass(frozen=True)
class Suggestion:
    """A group that the plan is for, and which of its channels the mix names."""

    group: AudienceGroup
    named: tuple[str, ...]
    missing: tuple[str, ...]


def suggestions_of(subject: Subject) -> list[Suggestion]:
    """The groups that the audience of a plan names, each with its channels; one query besides the plan."""
    told = plan(subject)
    mix = module_named(subject, told.names[2])
    text = mix.content if mix else ""
    return [
        Suggestion(
            group,
            tuple(channel for channel in group.channels if channel in text),
            tuple(channel for channel in group.channels if channel not in text),
        )
        for group in AudienceGroup.objects.all()
        if group.is_meant_by(told.audience)
    ]


@dataclass(frozen=True)
class Forms:
    """The forms of an activity: those of the list, and what it says besides; `offered` are those of its kind."""

    chosen: tuple[str, ...]
    besides: tuple[str, ...]
    offered: tuple[ActivityForm, ...]


def forms_of(subject: Subject) -> Forms:
    told, every = plan(subject), list(ActivityForm.objects.all())
    known = {one.name for one in every}
    return Forms(
        tuple(name for name in told.forms if name in known),
        tuple(name for name in told.forms if name not in known),
        tuple(
            one
            for one in every
            if one.name in told.forms or (one.is_used and (told.is_high_end or not one.is_high_end))
        ),
    )


def grades_of_forms(names: Sequence[str]) -> frozenset[str]:
    """The client grades that the forms of a high-end event ask for (TYP-07); one query where it has forms at all."""
    if not names:
        return frozenset()
    asked = ActivityForm.objects.filter(name__in=names, is_high_end=True).exclude(lowest_grade="")
    return frozenset(asked.values_list("lowest_grade", flat=True))


@dataclass(frozen=True)
class Basis:
    """Everything a plan rests on."""

    studies: tuple[Study, ...]
    suggestions: tuple[Suggestion, ...]
    forms: Forms
    audience: str

    @property
    def lacks(self) -> list[str]:
        """The kinds of study that are not linked yet, in words."""
        there = {one.kind for one in self.studies}
        return [str(kind.label) for kind in Study.Kind if kind not in there]


def basis_of(subject: Subject) -> Basis:
    return Basis(
        tuple(studies_of(subject)),
        tuple(suggestions_of(subject)),
        forms_of(subject),
        plan(subject).audience,
    )
