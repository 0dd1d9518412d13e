"""Where the tables of a preparation live. They stand on its pages and are no sheets of the proposal's workbook."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.models import WorkType
from yunchou.directory.organisation.selectors import desk_for
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.sheets.persons import person
from yunchou.kernel.sheets.registry import BESIDE, register
from yunchou.kernel.sheets.store import Access, ModelStore
from yunchou.kernel.sheets.table import Table
from yunchou.kernel.subjects.models import Subject

from .following import OWES, follow
from .models import (
    Acceptance,
    Agreement,
    Check,
    PartyKind,
    Post,
    Print,
    Publicity,
    PublicityChannel,
    Review,
    Speaker,
    SpeakerKind,
    Supply,
    SupplyKind,
    Trip,
    TripPart,
)
from .permissions import Perm
from .selectors.standing import standing_of
from .tables import (
    AGREEMENTS,
    CHECKS,
    POSTS,
    PRINTS,
    PUBLICITY,
    SPEAKERS,
    SUPPLIES,
    TRIPS,
    AgreementRow,
    PublicityRow,
    SpeakerRow,
    SupplyRow,
    TripRow,
)


def chosen(field: str, choices: type[models.TextChoices]) -> Access:
    """A column of one word, kept as its code."""
    return Access(
        lambda instance: choices(code) if (code := getattr(instance, field)) else None,
        lambda instance, value: setattr(instance, field, value.value if value else ""),
    )


def exact(field: str) -> Access:
    """A number, without the zeros behind the point that a column of the database adds."""

    def get(instance: Any) -> Decimal | None:
        value = getattr(instance, field)
        if value is None:
            return None
        number = Decimal(value)
        return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()

    return Access(get, lambda instance, value: setattr(instance, field, value))


class AgreementStore(ModelStore[Agreement, AgreementRow]):
    """Agreements; what is asked for otherwise than it was agreed is no longer confirmed."""

    def _fill(self, instance: Agreement, row: AgreementRow) -> Agreement:
        agreed = (row.party, row.need, row.needed_on)
        if instance.confirmed_at and (instance.party, instance.need, instance.needed_on) != agreed:
            instance.contract = instance.agreement = instance.confirmed_by = instance.confirmed_at = None
        return super()._fill(instance, row)


class SupplyStore(ModelStore[Supply, SupplyRow]):
    """Supplies; administration answers for what nobody is named for. More than was accepted is accepted in part."""

    def _fill(self, instance: Supply, row: SupplyRow) -> Supply:
        supply = super()._fill(instance, row)
        if supply.owner_id is None and not supply.owner_name:
            desk = desk_for(WorkType.SUPPLIES, supply.subject.unit)
            if desk:
                supply.owner, supply.owner_name = desk[0], desk[0].name
        if supply.acceptance in (Acceptance.ACCEPTED, Acceptance.PART):
            is_whole = supply.accepted_quantity >= (supply.quantity or 0)
            supply.acceptance = Acceptance.ACCEPTED if is_whole else Acceptance.PART
        return supply


class PublicityStore(ModelStore[Publicity, PublicityRow]):
    """Publicity: what is worded anew is approved anew; while approvers decide, and once it is out, it stays as it is."""

    def _fill(self, instance: Publicity, row: PublicityRow) -> Publicity:
        if instance.pk and instance.wording != (row.channel or "", row.content, row.due_on):
            _demand_open(instance)
            instance.review = Review.NONE
        return super()._fill(instance, row)

    def save(self, subject: Subject, rows: Sequence[PublicityRow], *, actor: Any = None) -> None:
        kept = {row.pk for row in rows if row.pk is not None}
        for gone in self._of(subject).exclude(pk__in=kept):
            _demand_open(gone)
        super().save(subject, rows, actor=actor)

    def delete_row(self, subject: Subject, pk: int, *, actor: Any = None) -> PublicityRow:
        _demand_open(self._of(subject).get(pk=pk))
        return super().delete_row(subject, pk, actor=actor)


def _demand_open(row: Publicity) -> None:
    """Refuse to touch what was published or is being approved."""
    if row.published_on:
        raise WrongState(say(_("This was published; enter what is to be published now as a new row.")))
    if row.review == Review.ASKED:
        raise WrongState(say(_("This is being approved; take it back first.")))


class SpeakerStore(ModelStore[Speaker, SpeakerRow]):
    """Speakers; another topic needs another check of the content."""

    def _fill(self, instance: Speaker, row: SpeakerRow) -> Speaker:
        if instance.pk and instance.topic != row.topic:
            instance.review = Review.NONE
        return super()._fill(instance, row)


class TripStore(ModelStore[Trip, TripRow]):
    """Parts of trips; what is arranged otherwise is confirmed anew."""

    def _fill(self, instance: Trip, row: TripRow) -> Trip:
        arranged = (row.on, row.times, row.what, row.people, row.provider)
        was = (instance.on, instance.times, instance.what, instance.people, instance.provider)
        if instance.confirmed_at and was != arranged:
            instance.confirmed_by = instance.confirmed_at = None
            instance.confirmation = ""
        return super()._fill(instance, row)


OWNER = {"owner": person("owner")}
STORES: dict[str, tuple[Table[Any], ModelStore[Any, Any]]] = {
    "agreements": (
        AGREEMENTS,
        AgreementStore(Agreement, AGREEMENTS, fields={**OWNER, "kind": chosen("kind", PartyKind)}),
    ),
    "supplies": (
        SUPPLIES,
        SupplyStore(
            Supply,
            SUPPLIES,
            fields={**OWNER, "kind": chosen("kind", SupplyKind), "quantity": exact("quantity")},
        ),
    ),
    "prints": (PRINTS, ModelStore(Print, PRINTS, fields={**OWNER, "quantity": exact("quantity")})),
    "publicity": (
        PUBLICITY,
        PublicityStore(
            Publicity,
            PUBLICITY,
            fields={
                **OWNER,
                "channel": chosen("channel", PublicityChannel),
                "wanted_reach": exact("wanted_reach"),
            },
        ),
    ),
    "speakers": (
        SPEAKERS,
        SpeakerStore(Speaker, SPEAKERS, fields={**OWNER, "kind": chosen("kind", SpeakerKind)}),
    ),
    "trips": (
        TRIPS,
        TripStore(Trip, TRIPS, fields={**OWNER, "kind": chosen("kind", TripPart), "people": exact("people")}),
    ),
    "posts": (POSTS, ModelStore(Post, POSTS, fields={"person": person("person")})),
    "checks": (CHECKS, ModelStore(Check, CHECKS, fields=OWNER)),
}


def _after(table: str) -> Any:
    return partial(follow, table) if table in OWES else None


for order, (key, (table, store)) in enumerate(STORES.items(), 1):
    register(
        table,
        workbook_name=BESIDE,
        load=store.load,
        save=store.save,
        order=order,
        store=store,
        view_perm=Perm.VIEW,
        edit_perm=Perm.EDIT,
        after_save=_after(key),
        template="preparation/parts/rows.html",
        width=len(table.columns) + 2,
        extend=standing_of,
    )
