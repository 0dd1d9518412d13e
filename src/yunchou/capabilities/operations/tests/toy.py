"""A kind of subject without a room of its own, on which the pages and actions of this room are tried."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.operations.models import Risk
from yunchou.directory.organisation import positions as p
from yunchou.kernel.access.registry import Scope, declare, rights
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.subjects.kinds import SubjectKind
from yunchou.kernel.subjects.kinds import declare as declare_kind
from yunchou.kernel.subjects.models import Member, Role, Subject

LOCKED: dict[str, Say] = {}
"""Why a table (by key) is locked in the running test; emptied by a fixture."""


class ToyPerm(models.TextChoices):
    VIEW = "operations_toy.view", _("See toys")


if ToyPerm.VIEW not in rights:
    declare(
        ToyPerm,
        positions={ToyPerm.VIEW: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_SPECIALIST: Scope.REGION}},
        relations={role: [ToyPerm.VIEW] for role in Role.values},
    )
    declare_kind(
        SubjectKind(
            "operations_toy",
            _("Toy"),
            view_perm=ToyPerm.VIEW,
            locked=lambda subject, table: LOCKED.get(table),
        )
    )


def make_subject(unit: Unit, *, lead: User | None = None, title: str = "开学季·青春焕新计划") -> Subject:
    subject = Subject.objects.create(
        kind="operations_toy", unit=unit, title=title, address="/", created_by=lead
    )
    if lead:
        Member.objects.create(subject=subject, user=lead, role=Role.LEAD)
    return subject


def join(subject: Subject, user: User, role: str = Role.MEMBER) -> User:
    Member.objects.create(subject=subject, user=user, role=role)
    return user


def make_risk(subject: Subject, scenario: str = "线上流量不足", **values: Any) -> Risk:
    return Risk.objects.create(
        subject=subject,
        scenario=scenario,
        **{
            "position": Risk.objects.filter(subject=subject).count() + 1,
            "likelihood": 2,
            "impact": 2,
            "responses": ["追加5000元抖音投放预算"],
            "trigger": "预热期首日曝光量<50万",
            "extra_amount": 5000,
            **values,
        },
    )
