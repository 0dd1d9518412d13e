"""An activity without a room of its own whose goal is satisfaction, and what the tests of this room type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.metrics.goals import Wanted, declare_goals
from yunchou.capabilities.surveys import actions
from yunchou.capabilities.surveys.actions import Details, Wording
from yunchou.capabilities.surveys.audiences import Person, audience_of
from yunchou.capabilities.surveys.models import Purpose, QuestionKind, Recipient, Section, Survey
from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare, rights
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.sheets.values import Figure
from yunchou.kernel.subjects.kinds import SubjectKind
from yunchou.kernel.subjects.kinds import declare as declare_kind
from yunchou.kernel.subjects.models import Member, Role, Subject

KIND = "surveys_toy"
CAME: dict[int, list[Person]] = {}
"""Who came to an activity, as a room above would know."""


class ToyPerm(models.TextChoices):
    VIEW = "surveys_toy.view", _("See toys")


if ToyPerm.VIEW not in rights:
    declare(
        ToyPerm,
        positions={ToyPerm.VIEW: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_SPECIALIST: Scope.REGION}},
        relations={role: [ToyPerm.VIEW] for role in Role.values},
    )
    declare_kind(SubjectKind(KIND, _("Toy"), view_perm=ToyPerm.VIEW))
    declare_goals(KIND, lambda subject: [Wanted("活动满意度", Figure(Decimal(85), "分", ">="), "用户满意")])
    audience_of(KIND, "came", _("Toy"), is_default=True)(lambda subject: CAME.get(subject.pk, []))


def make_subject(unit: Unit, *, lead: User, title: str = "江畔答谢晚宴") -> Subject:
    subject = Subject.objects.create(kind=KIND, unit=unit, title=title, address="/", created_by=lead)
    Member.objects.create(subject=subject, user=lead, role=Role.LEAD)
    return subject


def make_survey(subject: Subject, actor: User, template: str = "satisfaction", **details: Any) -> Survey:
    """A draft with the questions of a shipped template."""
    told = {"title": f"满意度{Survey.objects.count()}", "keeper": actor, "purpose": Purpose.EVENT, **details}
    return actions.add_survey(subject=subject, details=Details(**told), template=template, actor=actor)


def ask(survey: Survey, actor: User, *names: str) -> list[Recipient]:
    """People by name, each with a link."""
    return list(
        actions.ask_people(survey=survey, people=[Person(name) for name in names], actor=actor).recipients
    )


def wording(kind: str = QuestionKind.SCALE, text: str = "服务如何？", **more: Any) -> Wording:
    given: dict[str, Any] = {"kind": kind, "section": Section.SERVICE, "text": text}
    if kind == QuestionKind.SCALE:
        given["top"] = 5
    elif kind != QuestionKind.TEXT:
        given["options"] = [("好", "Good"), ("不好", "Bad")]
    return Wording(**{**given, **more})


def marks(survey: Survey, mark: int) -> dict[str, Any]:
    """The same mark to every scale of five."""
    return {question.key: mark for question in survey.questions.all() if question.top == 5}


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in August 2024."""
    return clock.moment(date(2024, 8, day), hour, minute)
