"""An activity without a room of its own, a venue, and what the tests of this room type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils.translation import gettext_lazy as _

from yunchou.capabilities.preparation import actions
from yunchou.capabilities.preparation.events import Event, event_of
from yunchou.capabilities.preparation.models import Layout, StockItem, Venue
from yunchou.capabilities.preparation.permissions import Perm
from yunchou.directory.organisation import positions as p
from yunchou.directory.organisation.tests.factories import Firm
from yunchou.kernel.access.registry import Scope, declare, rights
from yunchou.kernel.core import clock
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.sheets.editor import save_row
from yunchou.kernel.sheets.grid import find_table
from yunchou.kernel.subjects.kinds import SubjectKind
from yunchou.kernel.subjects.kinds import declare as declare_kind
from yunchou.kernel.subjects.models import Member, Role, Subject

EVENT = Event(expected=120, starts_on=date(2024, 8, 9))
KNOWN: dict[int, Event] = {}
"""What a test says of one activity."""


class ToyPerm(models.TextChoices):
    VIEW = "preparation_toy.view", _("See toys")


if ToyPerm.VIEW not in rights:
    declare(
        ToyPerm,
        positions={ToyPerm.VIEW: {p.MARKETING_MANAGER: Scope.REGION, p.MARKETING_SPECIALIST: Scope.REGION}},
        relations={role: [ToyPerm.VIEW] for role in Role.values},
    )
    declare_kind(SubjectKind("preparation_toy", _("Toy"), view_perm=ToyPerm.VIEW))
    event_of("preparation_toy")(lambda subject: KNOWN.get(subject.pk, EVENT))


def make_subject(unit: Unit, *, lead: User, title: str = "江畔答谢晚宴") -> Subject:
    subject = Subject.objects.create(
        kind="preparation_toy", unit=unit, title=title, address="/", created_by=lead
    )
    Member.objects.create(subject=subject, user=lead, role=Role.LEAD)
    return subject


def join(subject: Subject, user: User, role: str = Role.MODULE_LEAD) -> User:
    Member.objects.create(subject=subject, user=user, role=role)
    return user


def make_venue(firm: Firm, name: str = "江畔酒店宴会厅", capacity: int = 80, **fields: Any) -> Venue:
    details = actions.VenueDetails(
        **{
            "name": name,
            "address": "滨江路 8 号",
            "environment": "落地窗，临江",
            "equipment": ["音响", "LED 屏"],
            "seatings": {Layout.BANQUET: capacity, Layout.THEATRE: capacity * 2},
            "price": Decimal(12_000),
            "price_note": "半天",
            "deposit": Decimal(3_000),
            **fields,
        }
    )
    return actions.add_venue(unit=firm.east, details=details, actor=firm.owner)


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in August 2024."""
    return clock.moment(date(2024, 8, day), hour, minute)


def put(subject: Subject, table: str, actor: User, **cells: str) -> Any:
    """Enter a row as somebody types it; the row of the database."""
    kept = find_table(subject, table)
    assert kept is not None
    return save_row(subject=subject, kept=kept, pk=None, cells=cells, actor=actor)


def change(row: Any, table: str, actor: User, **cells: str) -> Any:
    """Change a row as somebody types it."""
    kept = find_table(row.subject, table)
    assert kept is not None
    save_row(subject=row.subject, kept=kept, pk=row.pk, cells=cells, actor=actor)
    row.refresh_from_db()
    return row


def signed(name: str = "协议.pdf") -> SimpleUploadedFile:
    """A signed agreement as a file."""
    return SimpleUploadedFile(
        name, b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n", "application/pdf"
    )


def make_item(firm: Firm, name: str = "定制礼品", minimum: int = 0) -> StockItem:
    return actions.add_item(
        unit=firm.east, name=name, measure="份", minimum=Decimal(minimum), actor=firm.owner
    )


__all__ = [
    "KNOWN",
    "Perm",
    "at",
    "change",
    "join",
    "make_item",
    "make_subject",
    "make_venue",
    "put",
    "signed",
]
