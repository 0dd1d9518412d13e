"""A small company and a toy kind of subject, shared by the tests of duties and approvals."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.db import models

from yunchou.kernel.access.actions import install_default_grants
from yunchou.kernel.access.models import Grant
from yunchou.kernel.access.registry import Scope, declare
from yunchou.kernel.identity.models import Appointment, Position, Unit, User
from yunchou.kernel.subjects.actions import add_member, open_subject
from yunchou.kernel.subjects.kinds import SubjectKind
from yunchou.kernel.subjects.kinds import declare as declare_kind
from yunchou.kernel.subjects.models import Role, Subject


class PaperPerm(models.TextChoices):
    VIEW = "papers.view", "See papers"


#: The content of the toy subjects, by primary key.
papers: dict[int, dict[str, Any]] = {}

declare(
    PaperPerm,
    relations={role: [PaperPerm.VIEW] for role in (Role.OWNER, Role.LEAD, Role.MEMBER, Role.APPROVER)},
)
declare_kind(
    SubjectKind("paper", "Paper", PaperPerm.VIEW, content=lambda subject: dict(papers.get(subject.pk, {})))
)

_numbers = count(1)


@dataclass
class Company:
    """A group with one region; in the region an owner and a head, above a club and a vice president."""

    group: Unit
    region: Unit
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def hire(self, name: str, position: str = "", unit: Unit | None = None, *, deputy: bool = False) -> User:
        """A person, appointed to `position` in `unit` (the region)."""
        user = self.people.get(name) or User.objects.create(
            username=f"{name}-{next(_numbers)}", name=name.title()
        )
        self.people[name] = user
        if position:
            post, _made = Position.objects.get_or_create(
                code=position, defaults={"name": position.replace("_", " ")}
            )
            Appointment.objects.create(user=user, unit=unit or self.region, position=post, is_deputy=deputy)
        return user

    def paper(self, title: str = "Gift plan", owner: User | None = None, **content: Any) -> Subject:
        """A toy subject of the region, made by `owner`."""
        owner = owner or self.people["owner"]
        subject = open_subject(kind="paper", unit=self.region, title=title, address="/papers/1/", actor=owner)
        add_member(subject=subject, user=owner, role=Role.OWNER)
        papers[subject.pk] = {"amount": "50000.00", **content}
        return subject


def company() -> Company:
    group = Unit.objects.create(kind=Unit.Kind.GROUP, code=f"group-{next(_numbers)}", name="Group")
    region = Unit.objects.create(
        kind=Unit.Kind.REGION, code=f"south-{next(_numbers)}", name="South", parent=group
    )
    firm = Company(group, region)
    firm.hire("owner", "market_planner")
    firm.hire("approver", "regional_leadership")
    firm.hire("club", "group_customer_club", group)
    firm.hire("vp", "vp_marketing", group)
    firm.hire("outsider")
    install_default_grants()
    Grant.objects.create(
        position=Position.objects.get(code="vp_marketing"), right=PaperPerm.VIEW, scope=Scope.ALL
    )
    return firm
