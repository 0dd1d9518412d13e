"""Taking leads in: at a desk, by a public form, by a table or the interface; once for each person and activity (EXE-14)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.customers import cards, mails, phones
from yunchou.directory.customers.actions.consents import Agreed, give_consent
from yunchou.directory.customers.actions.register import add_customer
from yunchou.directory.customers.actions.touches import TouchRow, record_touches
from yunchou.directory.customers.models import Basis, Channel, Consent, Customer, Identity, TouchKind
from yunchou.directory.customers.permissions import Perm as CustomerPerm
from yunchou.directory.customers.selectors.find import customers_of
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.refusing import at_field, wanted
from yunchou.kernel.core.text import Text
from yunchou.kernel.duties.actions import owe
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.journal.kinds import Kind
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of

from .. import duties, journal
from ..models import Lead, LeadChannel, LeadForm, Way
from ..permissions import Perm
from .figures import mark_stale
from .shared import demand_this_century, judge, opened, word

MOST_IMPORTED: Final = 500
"""So many leads of one table are taken in while the person waits."""


@dataclass(frozen=True)
class Person:
    """Who left contact data, as they were typed."""

    name: str
    phone: str = ""
    email: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class LeadFacts:
    """What was left besides. Without `captured_at` it is now; `key` makes the same lead, sent twice, one."""

    channel: str
    place: str = ""
    need: str = ""
    is_keen: bool = False
    captured_at: datetime | None = None
    gift: str = ""
    key: str = ""


@dataclass(frozen=True)
class Caught:
    """What came of it. `lead` is the one that counts; `is_new` is false where the person had left one before."""

    lead: Lead
    is_new: bool
    is_same: bool = False


@dataclass(frozen=True)
class Came:
    """What an import came to."""

    new: int = 0
    known: int = 0


@transaction.atomic
def capture_lead(
    *,
    subject: Subject,
    facts: LeadFacts,
    person: Person | None = None,
    customer: Customer | None = None,
    consents: Sequence[Agreed] = (),
    actor: User | None,
    way: str = Way.PAGE,
    owner: User | None = None,
    form: LeadForm | None = None,
    after: bool = False,
    told_by: User | None = None,
) -> Caught:
    """Take in a lead of a person, or of a customer that is known already, and owe the first contact (R-CUS-05).

    A person is known by number or address among the customers of the activity's company, else entered anew. Who left one for
    this activity before is not counted twice: the row points to the first and its need is completed. Without an actor the
    person did it on a page of ours, or the interface; a consent that the customer had withdrawn is not given back by that.
    With `after` it is taken in when the activity is over too: business intentions are told in the days behind it. A colleague
    who tells of it without taking leads in is named by `told_by`, for the journal.
    Refuses without `sales.capture`, faulty contact data (each at its field), a future moment and closed activities; records
    `sales.captured` or `sales.repeated`.
    """
    locked = open_table(subject, "", actor, Perm.CAPTURE) if after else opened(subject, actor, Perm.CAPTURE)
    if facts.key and (same := Lead.objects.filter(subject=locked, key=facts.key).first()):
        return Caught(head_of(same), is_new=False, is_same=True)
    _check(facts)
    who = customer or _known_or_new(locked.unit, person, owner or actor)
    asks_again = _consent(who, consents, actor, way)
    known = Lead.objects.heads().filter(subject=locked, customer=who).first()
    lead = Lead(
        subject=locked,
        customer=who,
        channel=LeadChannel(facts.channel),
        way=Way(way),
        place=facts.place.strip(),
        collector=actor,
        need=facts.need.strip(),
        is_keen=facts.is_keen,
        captured_at=facts.captured_at or clock.now(),
        gift=facts.gift.strip(),
        owner=owner or (form.keeper if form else None) or _keeper(locked, actor),
        form=form,
        merged_into=known,
        asks_again=asks_again,
        key=facts.key or None,
    )
    judge(lead)
    if known is not None:
        return _again(lead, known, actor, told_by)
    lead.save()
    _owe(lead, actor)
    _tell(lead, journal.CAPTURED, actor, told_by)
    return Caught(lead, is_new=True)


@transaction.atomic
def import_leads(
    *, subject: Subject, rows: Collection[tuple[Person, LeadFacts]], consents: Sequence[Agreed], actor: User
) -> Came:
    """Take in the leads of a table, all of them or none; the same table again changes nothing.

    Refuses as `capture_lead`; records `sales.imported` besides what each records.
    """
    locked = opened(subject, actor, Perm.CAPTURE)
    if len(rows) > MOST_IMPORTED:
        raise at_field("file", _("At most {limit} lines at once."), limit=MOST_IMPORTED)
    new = 0
    for person, facts in rows:
        caught = capture_lead(
            subject=locked, facts=facts, person=person, consents=consents, actor=actor, way=Way.SHEET
        )
        new += caught.is_new
    came = Came(new, len(rows) - new)
    record(journal.IMPORTED, actor=actor, subject=locked, data={"new": came.new, "known": came.known})
    return came


def head_of(lead: Lead) -> Lead:
    """The lead that counts for one; itself where it is the first."""
    return lead.merged_into or lead


def known_customer(unit: Unit, phone: str, email: str) -> Customer | None:
    """The living customer of the unit's company with that number or address, the oldest of several."""
    among = customers_of(unit).living()
    for column, digests in (
        ("card__phone_digest__in", cards.phone_digests(phone)),
        ("card__email_digest__in", cards.email_digests(email)),
    ):
        if digests and (found := among.filter(**{column: digests}).order_by("pk").first()):
            return found  # type: ignore[no-any-return]
    return None


def tidied(person: Person) -> tuple[str, str]:
    """Number and address in the form in which they are kept. Refuses what cannot be read, each at its field."""
    faults: dict[str, Text] = {}
    read = {"phone": "", "email": ""}
    for name, tidy in (("phone", phones.tidy), ("email", mails.tidy)):
        try:
            read[name] = tidy(getattr(person, name))
        except phones.Unusable as unusable:
            faults[name] = unusable.message
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    return read["phone"], read["email"]


def _check(facts: LeadFacts) -> None:
    if facts.channel not in LeadChannel.values:
        raise at_field("channel", _("Choose one of the values offered."))
    for name, most in (("place", 40), ("need", 500), ("gift", 80)):
        if len(getattr(facts, name).strip()) > most:
            raise at_field(name, _("At most {count} characters."), count=most)
    if facts.captured_at:
        demand_this_century("captured_at", facts.captured_at)
        if facts.captured_at > clock.now():
            raise at_field("captured_at", _("A lead does not come from the future."))


def _known_or_new(unit: Unit, person: Person | None, keeper: User | None) -> Customer:
    if person is None:
        raise at_field("name", _("Please fill this in."))
    phone, email = tidied(person)
    if found := known_customer(unit, phone, email):
        return found
    return new_customer(unit, person, phone, email, keeper)


def new_customer(unit: Unit, person: Person, phone: str, email: str, keeper: User | None) -> Customer:
    """A prospect who is not in the directory yet. Who may take leads and orders in may do so: nothing more is asked for."""
    return add_customer(
        actor=None,
        unit=unit,
        name=wanted(person.name, "name", 80),
        phone=phone,
        email=email,
        organisation=person.organisation,
        identities=[Identity.PROSPECT],
        keeper=keeper,
        is_other=True,
    )


def _consent(customer: Customer, consents: Sequence[Agreed], actor: User | None, way: str) -> bool:
    """Note what was agreed to; says whether something that had been withdrawn would have to be asked for anew."""
    rows = list(Consent.objects.filter(customer=customer))
    given = {row.purpose for row in rows if row.is_given and row.channel == Channel.ANY}
    # Whoever wants no messages of one channel has refused too: a form that anybody can fill in does not win them back.
    refused = {row.purpose for row in rows if not row.is_given}
    by = actor if actor and holds(actor, CustomerPerm.MANAGE, customer) else None
    asks_again = False
    for agreed in consents:
        if agreed.purpose in given - refused:
            continue
        if agreed.purpose in refused and way != Way.PAGE:
            asks_again = True
            continue
        give_consent(
            customer=customer, purpose=agreed.purpose, actor=by, basis=agreed.basis or Basis.FORM,
            notice=agreed.notice, proof=agreed.proof,
        )  # fmt: skip
    return asks_again


def _keeper(subject: Subject, actor: User | None) -> User | None:
    """Who follows a lead up that nobody was named for: who took it in and may, else the overall lead."""
    if actor and holds(actor, Perm.CAPTURE, subject) and holds(actor, Perm.VIEW, subject):
        return actor
    return lead_of(subject)


def _again(lead: Lead, known: Lead, actor: User | None, told_by: User | None) -> Caught:
    """A person who is there already: kept with its channel, counted once; an explicit need completes the first."""
    lead.owner = known.owner
    lead.save()
    changed = []
    if lead.need and lead.need not in known.need:
        known.need = (f"{known.need}\n{lead.need}" if known.need else lead.need)[:500]
        changed.append("need")
    if lead.is_keen and not known.is_keen:
        known.is_keen = True
        changed.append("is_keen")
    if lead.captured_at < known.captured_at:
        # A table that came in later tells of an earlier moment: the window begins there.
        known.captured_at = lead.captured_at
        changed.append("captured_at")
    judge(known)
    known.save(update_fields=[*changed, "is_valid", "lacks"])
    _tell(lead, journal.REPEATED, actor, told_by)
    return Caught(known, is_new=False)


def _owe(lead: Lead, actor: User | None) -> None:
    if lead.owner is None:
        return
    owe(
        kind=duties.CONTACT.key,
        subject=lead.subject,
        owner=lead.owner,
        due_at=duties.due_from(lead.captured_at),
        key=lead.duty_key,
        params={"channel": word(LeadChannel(lead.channel).label, "lead channel"), "place": lead.place or "—"},
        address=lead.get_absolute_url(),
        actor=actor,
    )


def _tell(lead: Lead, kind: Kind, actor: User | None, told_by: User | None) -> None:
    """The touch, the journal and the figures of the activity."""
    row = TouchRow(
        customer_id=lead.customer_id,
        kind=TouchKind.LEAD,
        at=lead.captured_at,
        subject_id=lead.subject_id,
        note=str(LeadChannel(lead.channel).label),
        by_id=actor.pk if actor else None,
        key=f"lead:{lead.pk}",
    )
    gift = TouchRow(
        customer_id=lead.customer_id, kind=TouchKind.GIFT, at=lead.captured_at, subject_id=lead.subject_id,
        note=lead.gift, key=f"lead-gift:{lead.pk}",
    )  # fmt: skip
    record_touches([row, gift] if lead.gift else [row])
    data = {"channel": word(LeadChannel(lead.channel).label, "lead channel"), "place": lead.place or "—"}
    if told_by and actor is None:
        data["told_by"] = told_by.pk
    record(kind, actor=actor, subject=lead.subject, data=data)
    mark_stale(lead.subject_id)
