"""What audits draw from: paid claims, postings of the books, looks at personal data; each of a unit and a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from django.db.models import Q, Sum
from django.urls import reverse

from yunchou.capabilities.expenses.models import Claim, ClaimLine, Voucher
from yunchou.capabilities.expenses.models import Status as ClaimStatus
from yunchou.capabilities.expenses.permissions import Perm as ExpensesPerm
from yunchou.capabilities.ledger.models import Entry, Posting
from yunchou.capabilities.ledger.permissions import Perm as LedgerPerm
from yunchou.capabilities.ledger.states import Kind as PostingKind
from yunchou.kernel.access.permissions import Perm as AccessPerm
from yunchou.kernel.approvals.models import Task
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import Appointment, Unit
from yunchou.kernel.journal.kinds import kinds as journal_kinds
from yunchou.kernel.journal.models import JournalEntry

from ..models import AuditKind
from ..sampling import Candidate

BOOKED: Final = (
    PostingKind.SPEND, PostingKind.REFUND, PostingKind.ADJUST, PostingKind.DRAW, PostingKind.POOL, PostingKind.EXTRA,
)  # fmt: skip
"""Postings that somebody decided on and booked: expenses, reversals, and money given another purpose. What only reserves
or passes money down the tree changes no expense."""


@dataclass(frozen=True)
class Population:
    """Where the things of one kind of audit come from; `view_perm` is the right to open them."""

    candidates: Callable[[Unit, date, date], list[Candidate]]
    view_perm: str


def candidates_of(kind: str, unit: Unit, first: date, last: date) -> list[Candidate]:
    """Everything that an audit of this kind may draw, of a unit and all below it, in order of its key."""
    found = POPULATIONS[AuditKind(kind)].candidates(unit, first, last)
    return sorted(found, key=lambda one: one.key)


def paid_claims(unit: Unit, first: date, last: date) -> list[Candidate]:
    """Claims that were paid in the period, taken back or not, with all their vouchers; five queries."""
    claims = list(
        Claim.objects.filter(
            subject__unit__path__startswith=unit.path,
            status__in=(ClaimStatus.PAID, ClaimStatus.REVERSED),
            paid_on__range=(first, last),
        ).select_related("subject", "activity", "claimant", "payee_person", "payee_supplier")
    )
    pks = [claim.pk for claim in claims]
    amounts = dict(
        ClaimLine.objects.filter(claim__in=pks).order_by().values_list("claim").annotate(sum=Sum("amount"))
    )
    vouchers: dict[int, list[str]] = defaultdict(list)
    for claim_pk, number in Voucher.objects.filter(claim__in=pks).values_list("claim", "number"):
        vouchers[claim_pk].append(number)
    deciders = _deciders(pks)
    return [
        Candidate(
            key=f"claim:{claim.pk}",
            title=claim.code,
            on=claim.paid_on or first,
            amount=amounts.get(claim.pk, ZERO),
            detail=_joined(claim.activity.title if claim.activity else "", claim.payee, *vouchers[claim.pk]),
            person=claim.claimant_id,
            concerned=_people(
                claim.claimant_id,
                claim.payee_person_id,
                claim.subject.created_by_id,
                claim.paid_by_id,
                *deciders[claim.pk],
            ),
            document=claim.activity_id,
            address=claim.get_absolute_url(),
        )
        for claim in claims
    ]


def _deciders(claims: list[int]) -> dict[int, list[int]]:
    decided = Task.objects.filter(step__case__subject__in=claims, decided_at__isnull=False)
    found: dict[int, list[int]] = defaultdict(list)
    for subject, person in decided.values_list("step__case__subject", "assignee"):
        found[subject].append(person)
    return found


def booked_postings(unit: Unit, first: date, last: date) -> list[Candidate]:
    """What was booked for the unit and all below it in the period, by accounting date; two queries."""
    booked = Posting.objects.filter(kind__in=BOOKED, on__range=(first, last))
    touched = Q(source__unit__path__startswith=unit.path) | Q(target__unit__path__startswith=unit.path)
    # A posting belongs to the account that its first entry leaves, or enters where it leaves none.
    rows = (
        Entry.objects.filter(touched, posting__in=booked)
        .order_by("posting_id", "pk")
        .values_list("posting_id", "amount", "source_id", "target_id", "source__name", "target__name")
    )
    sums: dict[int, list[tuple[int, str]]] = defaultdict(list)
    amounts: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for posting, amount, source, target, source_name, target_name in rows:
        amounts[posting] += amount
        sums[posting].append((source or target, source_name or target_name or ""))
    found = []
    for posting in booked.select_related("document", "subject"):
        if posting.pk not in sums:
            continue
        account, name = sums[posting.pk][0]
        page = reverse("ledger:account_detail", args=[account])
        found.append(
            Candidate(
                key=f"posting:{posting.pk}",
                title=posting.evidence or f"#{posting.pk}",
                what=posting.kind,
                on=posting.on,
                amount=amounts[posting.pk],
                detail=_joined(name, posting.reason),
                person=posting.actor_id,
                concerned=_people(posting.actor_id),
                document=posting.document_id,
                address=f"{page}?month={posting.on:%Y-%m}&kind={posting.kind}#entries",
            )
        )
    return found


def looks_at_personal_data(unit: Unit, first: date, last: date) -> list[Candidate]:
    """Entries of the journal that tell of looks at personal data, by people who had a post in the unit or below it; two
    queries.
    """
    looks = [kind.key for kind in journal_kinds if kind.looks]
    begin, end = clock.moment(first), clock.moment(last + timedelta(days=1))
    here = Appointment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=first), unit__path__startswith=unit.path
    )
    entries = JournalEntry.objects.filter(
        kind__in=looks, at__gte=begin, at__lt=end, actor__in=here.order_by().values("user")
    )
    return [
        Candidate(
            key=f"entry:{entry.pk}",
            title=f"#{entry.pk}",
            on=clock.local(entry.at).date(),
            detail=_sentence(entry),
            person=entry.actor_id,
            concerned=_people(entry.actor_id),
            document=entry.subject_id,
            address=reverse("organisation:journal_entry", args=[entry.pk]),
        )
        for entry in entries.select_related("actor")
    ]


def _sentence(entry: JournalEntry) -> Say | str:
    """What the entry tells, to be read in any language."""
    declared = journal_kinds.get(entry.kind)
    if declared is None:
        return entry.kind
    values = {
        name: Say.from_json(value) if isinstance(value, dict) and "say" in value else str(value or "")
        for name, value in entry.data.items()
    }
    return Say(declared.sentence, values)


def _joined(*parts: str) -> str:
    """The parts that say something, each once."""
    return " · ".join(dict.fromkeys(part for part in parts if part))[:300]


def _people(*ids: int | None) -> tuple[int, ...]:
    return tuple(sorted({pk for pk in ids if pk is not None}))


POPULATIONS: Final = {
    AuditKind.EXPENSES: Population(paid_claims, ExpensesPerm.VIEW),
    AuditKind.ACCOUNTING: Population(booked_postings, LedgerPerm.VIEW),
    AuditKind.CUSTOMER_DATA: Population(looks_at_personal_data, AccessPerm.AUDIT),
}
