"""The demo company's units and people, made through the same actions that administrators use."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.actions import add_person, appoint, found_company, found_region
from yunchou.kernel.identity.models import Unit, User

from .roster import GROUP, PASSWORD, PEOPLE, REGIONS, Member

ADMINISTRATOR = next(member for member in PEOPLE if member.position == p.SYSTEM_ADMIN)


@dataclass
class DemoCompany:
    """What campaigns are made with: units and people by the short names of the roster."""

    group: Unit
    regions: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def __getitem__(self, username: str) -> User:
        return self.people[username]


def make_company() -> DemoCompany:
    """The whole company. Refuses where one exists already."""
    founded = found_company(
        name=GROUP, username=ADMINISTRATOR.username, person=ADMINISTRATOR.name, password=None
    )
    admin = founded.administrator
    company = DemoCompany(founded.group)
    for code, name in REGIONS.items():
        company.regions[code] = found_region(group=founded.group, name=name, code=code, actor=admin)
    for member in PEOPLE:
        company.people[member.username] = admin if member is ADMINISTRATOR else _join(company, member, admin)
    _set_passwords(company)
    return company


def _join(company: DemoCompany, member: Member, admin: User) -> User:
    person = add_person(username=member.username, name=member.name, password=None, actor=admin)
    appoint(person=person, unit=_unit_of(company, member), position=member.position, actor=admin)
    return person


def _unit_of(company: DemoCompany, member: Member) -> Unit:
    home = company.regions[member.company] if member.company else company.group
    return Unit.objects.get(code=f"{home.code}-{member.department}") if member.department else home


def _set_passwords(company: DemoCompany) -> None:
    """The demo's one public password, hashed once for all: thirty argon2 hashes would take longer than all the rest."""
    hashed = make_password(PASSWORD)
    User.objects.filter(pk__in=[person.pk for person in company.people.values()]).update(password=hashed)
    for person in company.people.values():
        person.password = hashed
