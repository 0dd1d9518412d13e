"""What a mailing would do, how far it is, and what became of its messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from .. import people
from ..gateways import gateway_of
from ..judging import judge
from ..letters import Letter, Writer
from ..models import Channel, Mailing, Message, MessageState, Why
from ..rules import Draft, says_who_sends_it
from ..words import faults_in, names_in
from .senders import sender_for

PREVIEW_ADDRESS = "••••"
PREVIEW_TOKEN = "preview"  # noqa: S105 -- stands where the secret of a real link would


@dataclass(frozen=True)
class Outlook:
    """What would happen if a mailing began now: how many get it, how many do not for which reason, and what stops it."""

    to: int
    reasons: tuple[tuple[Why, int], ...]
    verdicts: tuple[Verdict, ...]

    @property
    def left_out(self) -> int:
        return sum(count for _why, count in self.reasons)


def outlook_of(mailing: Mailing) -> Outlook:
    """The same for any number of people in a fixed number of queries; nothing is deciphered."""
    use = mailing.declared
    readers = use.audience(mailing.subject, mailing.part)
    why = judge(mailing, readers)
    reasons = Counter(why.values())
    faults = [fault.say for text in (mailing.title, mailing.body) for fault in faults_in(text, use.words)]
    facts = Draft(
        is_marketing=use.is_marketing,
        has_sender=sender_for(mailing.subject) is not None,
        faults=tuple(faults),
        missing=tuple(sorted(use.must - names_in(mailing.body))),
        readers=len(readers) - len(why),
        is_away=not gateway_of(mailing.channel).is_ready(),
    )
    verdicts = tuple(one for one in evaluate([says_who_sends_it], facts) if one.blocks)
    return Outlook(facts.readers, tuple((one, reasons[one]) for one in Why if reasons[one]), verdicts)


@dataclass(frozen=True)
class Preview:
    """A letter as one real person would get it, the address masked."""

    letter: Letter
    mask: str
    why: Why | None


def preview_of(mailing: Mailing, ref: int) -> Preview | None:
    """The letter for one person of the audience; None for somebody else. No address is deciphered, no secret shown."""
    use = mailing.declared
    reader = next((one for one in use.audience(mailing.subject, mailing.part) if one.ref == ref), None)
    sender = sender_for(mailing.subject)
    if reader is None or sender is None:
        return None
    values = mailing.values([ref]).get(ref)
    if values is None:
        return None
    customer = reader.customer_id
    at = people.known([customer], mailing.channel).get(customer) if customer is not None else None
    letter = Writer(mailing, sender).letter("preview", PREVIEW_ADDRESS, veiled(values), PREVIEW_TOKEN)
    return Preview(letter, at.mask if at else "", judge(mailing, [reader]).get(ref))


def veiled(values: Mapping[str, str]) -> dict[str, str]:
    """Values with a personal link without its secret: who looks at a letter may not therefore reply for the person."""
    link = values.get("link", "")
    return (
        {**values, "link": f"{link.rstrip('/').rpartition('/')[0]}/{PREVIEW_ADDRESS}/"}
        if link
        else {**values}
    )


@dataclass(frozen=True)
class Counts:
    """How far a mailing is."""

    waiting: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.sent + self.failed + self.unknown + self.skipped

    @property
    def fraction(self) -> float:
        """How much of what is to go out is over, between 0 and 1."""
        meant = self.total - self.skipped
        return (meant - self.waiting) / meant if meant else 1.0


def counts_of(mailings: Collection[int]) -> dict[int, Counts]:
    """How far each of the mailings is, in one query."""
    rows = (
        Message.objects.filter(mailing__in=mailings)
        .order_by()
        .values_list("mailing", "state")
        .annotate(count=Count("pk"))
    )
    found: dict[int, Counter[str]] = {pk: Counter() for pk in mailings}
    for mailing, state, count in rows:
        found[mailing][_column(state)] += count
    return {pk: Counts(**by_column) for pk, by_column in found.items()}


def _column(state: str) -> str:
    return state if state in ("sent", "failed", "unknown", "skipped") else "waiting"


def skipped_of(mailing: Mailing) -> list[tuple[Why, int]]:
    """Why people were left out, and how many, most first."""
    rows = (
        mailing.messages.filter(state=MessageState.SKIPPED)
        .order_by()
        .values_list("why")
        .annotate(n=Count("pk"))
    )
    return sorted(((Why(why), n) for why, n in rows if why), key=lambda one: -one[1])


def mailings_of(subject: Subject) -> QuerySet[Mailing]:
    """The mailings of a subject, newest first, without the lists of what was handed over."""
    found = Mailing.objects.filter(subject=subject, channel__in=[Channel.EMAIL, Channel.SMS])
    return found.select_related("made_by", "started_by")


def latest_of(subject: Subject, prefix: str, refs: Collection[int]) -> dict[int, list[Message]]:
    """The messages to these people of a room, by the beginning of its uses, newest first; one query."""
    found: dict[int, list[Message]] = {}
    rows = Message.objects.filter(mailing__subject=subject, mailing__use__startswith=prefix, ref__in=refs)
    for row in rows.order_by("-pk").select_related("mailing", "by"):
        found.setdefault(row.ref, []).append(row)
    return found


def unknown_of(subject: Subject) -> QuerySet[Message]:
    """Messages of a subject of which nobody knows whether they went out."""
    found = Message.objects.filter(mailing__subject=subject, state=MessageState.UNKNOWN)
    return found.select_related("mailing").order_by("pk")
