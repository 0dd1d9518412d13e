"""Entering customers and changing what is known of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, RuleRefused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, Text, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.actions import open_subject
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import apart, cards, hearing, journal, mails, phones
from ..ages import is_child
from ..models import ContactCard, Customer, CustomerIdentity, Diet, Identity, Nature, Purpose, Source, Stage
from ..permissions import Perm
from ..rules import Kept, sensitive_needs_consent
from ..selectors.consents import agrees
from ..selectors.find import COMPANIES, alike, home_of
from ..subject import CUSTOMER
from .verifying import fulfil_verification

if TYPE_CHECKING:
    from .consents import Agreed

BY_STAFF: Final = "员工登记"
"""The source of what colleagues write down without naming another one."""


@dataclass(frozen=True)
class Details:
    """What is written about a customer, as people type it. A contact value that is None stays as it is, "" removes it."""

    name: str
    nature: str = Nature.PERSON
    organisation: str = ""
    title: str = ""
    identities: Collection[str] = ()
    stage: str = Stage.NONE
    source: Source | None = None
    keeper: User | None = None
    phone: str | None = None
    email: str | None = None
    wechat: str | None = None
    address: str | None = None
    gender: str = ""
    born_on: date | None = None
    city: str = ""
    occupation: str = ""
    income: str = ""
    interests: str = ""
    preferences: str = ""
    language: str = "zh-hans"
    is_official: bool = False
    no_profiling: bool = False

    def tidy(self) -> Details:
        """Blanks taken away, identities in their order."""
        texts = {f.name: getattr(self, f.name).strip() for f in fields(self) if f.type == "str"}
        return replace(self, **texts, identities=[one for one in Identity if one in self.identities])


#: Columns of the customer, with the words by which the journal names them.
PLAIN: Final = {
    "name": _("name"),
    "nature": _("nature"),
    "organisation": _("organisation"),
    "title": _("post or title"),
    "stage": _("sales stage"),
    "source": _("lawful source"),
    "keeper": _("relationship owner"),
    "gender": _("gender"),
    "born_on": _("date of birth"),
    "city": _("city"),
    "occupation": _("occupation"),
    "income": _("income band"),
    "interests": _("interests"),
    "preferences": _("preferences"),
    "language": _("language"),
    "is_official": _("public authority"),
    "no_profiling": _("refusal of profiling"),
}
CONTACTS: Final = {
    "phone": _("phone"),
    "email": _("e-mail"),
    "wechat": _("WeChat"),
    "address": _("address"),
}
LIMITS: Final = {
    "name": 80, "organisation": 120, "title": 60, "city": 40, "occupation": 40, "income": 20, "interests": 200,
    "preferences": 2000, "wechat": 60, "address": 200,
}  # fmt: skip


@dataclass(frozen=True)
class Sensitive:
    """What is kept only with a consent to sensitive data. What is None stays as it is; nothing, said, removes it."""

    diet: Collection[str] | None = None
    diet_note: str | None = None
    identity_number: str | None = None

    def __bool__(self) -> bool:
        return bool(self.diet or (self.diet_note or "").strip() or self.identity_number)


@dataclass
class _Read:
    """Contact values in the form in which they are kept, and what could not be read."""

    values: dict[str, str] = field(default_factory=dict)
    faults: dict[str, Text] = field(default_factory=dict)


@transaction.atomic
def add_customer(
    *,
    actor: User | None,
    unit: Unit,
    name: str,
    phone: str = "",
    email: str = "",
    nature: str = Nature.PERSON,
    organisation: str = "",
    title: str = "",
    identities: Collection[str] = (),
    source: Source | None = None,
    consents: Sequence[Agreed] = (),
    diet: Collection[str] = (),
    diet_note: str = "",
    identity_number: str = "",
    is_other: bool = False,
    **profile: Any,
) -> Customer:
    """Enter a customer into the directory of a company; whoever enters is the relationship owner unless `keeper` is given.

    `profile` takes further fields of `Details`. Without an actor the product acts, as on a page that the customer filled in.
    Refuses without `customers.manage` in the unit, faulty details (each at its field), sensitive data without its consent,
    a number or address that a visible customer has and a name that one of the same organisation has, unless `is_other` says
    that it is somebody else. Records `customers.added`.
    """
    if actor:
        require(actor, Perm.MANAGE, unit)
    company = _company(unit)
    details = Details(
        name=name,
        nature=nature,
        organisation=organisation,
        title=title,
        identities=identities or (Identity.PROSPECT,),
        source=source or staff_source(),
        phone=phone,
        email=email,
        **{"keeper": actor, **profile},
    ).tidy()
    values = check(details)
    if not is_other:
        _refuse_alike(details, actor)
    subject = open_subject(kind=CUSTOMER.key, unit=company, title=details.name, actor=actor)
    customer = Customer(subject=subject, entered_by=actor, verified_at=clock.now(), verified_by=actor)
    card = ContactCard(customer=customer)
    _write(customer, card, details, values)
    customer.save()
    card.save()
    set_identities(customer, details.identities)
    if apart.belongs_apart(customer):
        apart.keep(customer, card)
    subject.address = customer.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.ADDED, actor=actor, subject=subject, data={"source": str(details.source)})
    _note_consents(customer, consents, actor)
    sensitive = Sensitive(diet, diet_note, identity_number or None)
    if sensitive:
        write_sensitive(customer, card, sensitive)
    return customer


@transaction.atomic
def change_customer(*, customer: Customer, details: Details, actor: User, seen: str = "") -> Customer:
    """Change what is known of a customer; nothing is written where nothing differs.

    Refuses as `add_customer` (likenesses apart) and one that is not as it was `seen`. Records `customers.changed` with the
    names of what changed; values never stand in the journal.
    """
    locked = lock(customer, actor, Perm.MANAGE)
    card = card_of(locked)
    apart.gather(locked, card)
    refuse_stale(seen, customer_stamp(locked, card))
    clean = details.tidy()
    values = check(clean)
    before = {name: getattr(locked, name) for name in PLAIN}
    words = [say(PLAIN[name]) for name in PLAIN if before[name] != getattr(clean, name)]
    words += [say(CONTACTS[name]) for name, value in values.items() if _kept(card, name) != value]
    if sorted(clean.identities) != sorted(locked.identities.values_list("identity", flat=True)):
        set_identities(locked, clean.identities)
        words.append(say(_("identities")))
    if not words:
        return locked
    _write(locked, card, clean, values)
    locked.verified_at, locked.verified_by = clock.now(), actor
    apart.keep(locked, card)
    if locked.subject.title != locked.name:
        locked.subject.title = locked.name
        locked.subject.save(update_fields=["title", "search"])
    record(journal.CHANGED, actor=actor, subject=locked.subject, data={"what": joined(words)})
    fulfil_verification(locked, actor)
    hearing.tell(locked)
    return locked


@transaction.atomic
def change_sensitive(*, customer: Customer, sensitive: Sensitive, actor: User | None) -> Customer:
    """Write down what a customer does not eat, or an identity number; what is None is left.

    Refuses without `customers.manage`, and without the customer's consent to sensitive data (R-CUS-01); records
    `customers.sensitive_changed`.
    """
    locked = lock(customer, actor, Perm.MANAGE)
    write_sensitive(locked, card_of(locked), sensitive)
    record(journal.SENSITIVE_CHANGED, actor=actor, subject=locked.subject)
    return locked


@transaction.atomic
def move_customer(*, customer: Customer, unit: Unit, actor: User) -> Customer:
    """Hand a customer over to another company. Refuses without `customers.manage` in both; records `customers.moved`."""
    locked = lock(customer, actor, Perm.MANAGE)
    require(actor, Perm.MANAGE, unit)
    before, company = locked.subject.unit, _company(unit)
    if before.pk == company.pk:
        return locked
    locked.subject.unit = company
    locked.subject.save(update_fields=["unit"])
    record(
        journal.MOVED, actor=actor, subject=locked.subject, data={"before": before.name, "unit": company.name}
    )
    return locked


@transaction.atomic
def verify_customer(*, customer: Customer, actor: User) -> Customer:
    """Say that everything known is still right (CUS-04). Refuses without `customers.manage`; records `customers.verified`."""
    locked = lock(customer, actor, Perm.MANAGE)
    locked.verified_at, locked.verified_by = clock.now(), actor
    locked.save(update_fields=["verified_at", "verified_by"])
    record(journal.VERIFIED, actor=actor, subject=locked.subject)
    fulfil_verification(locked, actor)
    hearing.tell(locked)
    return locked


def lock(customer: Customer, actor: User | None, right: str) -> Customer:
    """The customer, its subject locked first as everywhere, after asking for the right; refuses merged and erased ones."""
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=customer.pk)
    if actor:
        require(actor, right, subject)
    found = Customer.objects.select_related("keeper", "source", "merged_into", "apart")
    locked: Customer = found.get(pk=customer.pk)
    locked.subject = subject
    if locked.merged_into_id:
        raise wrong(_("This customer was merged into another one; go on there."))
    if locked.erased_at:
        raise wrong(_("This customer was erased."))
    return locked


def card_of(customer: Customer) -> ContactCard:
    """The card of a customer; an empty one where it has none yet."""
    found: ContactCard | None = ContactCard.objects.filter(customer=customer).first()
    return found or ContactCard(customer=customer)


def check(details: Details) -> dict[str, str]:
    """The contact values in the form in which they are kept. Refuses every fault of the details, each at its field."""
    read = _read(details)
    faults = read.faults
    if not details.name:
        faults["name"] = say(_("Give the name."))
    for name, most in LIMITS.items():
        if len(getattr(details, name) or "") > most:
            faults[name] = say(_("At most {count} characters."), count=most)
    if not details.identities:
        faults["identities"] = say(_("Say what the customer is to the company."))
    if details.source and details.source.closed_at:
        faults["source"] = say(_("This source is closed; nothing more may come from it."))
    if details.born_on:
        if details.born_on > clock.today():
            faults["born_on"] = say(_("A date of birth does not lie ahead."))
        elif details.born_on.year < 1900:
            faults["born_on"] = say(_("Look at the year again."))
        elif is_child(details.born_on):
            faults["born_on"] = say(_("Data of children below 14 are not kept here."))
    if details.stage and Nature(details.nature) and details.stage not in Stage.values:
        faults["stage"] = say(_("There is no such stage."))
    if faults:
        raise Invalid(next(iter(faults.values())), fields=faults)
    return read.values


def _read(details: Details) -> _Read:
    read = _Read()
    for name, tidy in (("phone", phones.tidy), ("email", mails.tidy)):
        typed = getattr(details, name)
        if typed is not None:
            try:
                read.values[name] = tidy(typed)
            except phones.Unusable as unusable:
                read.faults[name] = unusable.message
    for name in ("wechat", "address"):
        typed = getattr(details, name)
        if typed is not None:
            read.values[name] = typed.strip()
    return read


def write_contacts(card: ContactCard, values: dict[str, str]) -> None:
    """Put contact values on a card."""
    for name, value in values.items():
        if name == "phone":
            cards.write_phone(card, value)
        elif name == "email":
            cards.write_email(card, value)
        else:
            setattr(card, name, value or b"")


def _write(customer: Customer, card: ContactCard, details: Details, values: dict[str, str]) -> None:
    for name in PLAIN:
        setattr(customer, name, getattr(details, name))
    write_contacts(card, values)
    customer.is_incomplete = bool(missing(customer, card))


def write_sensitive(customer: Customer, card: ContactCard, sensitive: Sensitive) -> None:
    """Under a consent, which is asked for here and nowhere else (R-CUS-01)."""
    kept = Kept(holds_sensitive=bool(sensitive), has_consent=agrees(customer, Purpose.SENSITIVE))
    verdicts = [one for one in evaluate([sensitive_needs_consent], kept) if not one.passed]
    if verdicts:
        raise RuleRefused(verdicts[0].reason, fields={"diet": verdicts[0].reason}, verdicts=verdicts)
    if unknown := set(sensitive.diet or ()) - set(Diet.values):
        raise at_field("diet", _("There is no such diet: {names}"), names=", ".join(sorted(unknown)))
    if sensitive.identity_number is not None:
        try:
            number = cards.tidy_identity(sensitive.identity_number)
        except phones.Unusable as unusable:
            raise Invalid(unusable.message, fields={"identity_number": unusable.message}) from None
        same = Customer.objects.living().filter(card__identity_digest__in=cards.identity_digests(number))
        if number and same.exclude(pk=customer.pk).exists():
            # Whose it is is not said: it may be somebody whom the person does not see.
            raise at_field(
                "identity_number", _("Another record has this number: merge the two, or look again.")
            )
    apart.gather(customer, card)
    if sensitive.identity_number is not None:
        cards.write_identity(card, number)
    codes = customer.diet if sensitive.diet is None else sensitive.diet
    words = customer.diet_note if sensitive.diet_note is None else sensitive.diet_note
    customer.keep_diet([code for code in Diet.values if code in codes], words.strip()[:120])
    apart.keep(customer, card)


def _kept(card: ContactCard, name: str) -> str:
    return apart.text_of(getattr(card, name))


def missing(customer: Customer, card: ContactCard) -> list[Say]:
    """What a complete record has and this one lacks (CUS-03)."""
    found = []
    if not (card.phone_mask or card.email_mask):
        found.append(say(_("a phone number or a mail address")))
    if not customer.source_id:
        found.append(say(_("a lawful source")))
    if not customer.keeper_id:
        found.append(say(_("a relationship owner")))
    if customer.nature == Nature.COMPANY and not customer.city:
        found.append(say(_("a city")))
    return found


def set_identities(customer: Customer, identities: Collection[str]) -> None:
    """Exactly these."""
    chosen = set(identities)
    customer.identities.exclude(identity__in=chosen).delete()
    held = set(customer.identities.values_list("identity", flat=True))
    CustomerIdentity.objects.bulk_create(
        CustomerIdentity(customer=customer, identity=one) for one in Identity if one in chosen - held
    )


def staff_source() -> Source:
    """The registered source of what colleagues write down themselves."""
    basis = "客户本人提供，由员工登记"
    found, _made = Source.objects.get_or_create(name=BY_STAFF, defaults={"basis": basis})
    return found


def customer_stamp(customer: Customer, card: ContactCard) -> str:
    """Of everything that the form of a customer changes."""
    texts = (str(getattr(customer, name)) for name in PLAIN)
    identities = sorted(customer.identities.values_list("identity", flat=True))
    return stamp(*texts, card.phone_digest, card.email_digest, identities)


def joined(words: Sequence[Say]) -> Say:
    """The words one after the other, each read in the reader's language."""
    return reduce(lambda before, word: say(_("{before}, {word}"), before=before, word=word), words)


def _company(unit: Unit) -> Unit:
    """A customer belongs to a company: of a department to the one that the department belongs to."""
    unit = home_of(unit)
    if not unit.is_active or unit.kind not in COMPANIES:
        raise at_field("unit", _("A customer belongs to the group or to a regional company that is in use."))
    return unit


def _refuse_alike(details: Details, actor: User | None) -> None:
    found = alike(
        name=details.name,
        phone=details.phone or "",
        email=details.email or "",
        organisation=details.organisation,
        user=actor,
    )
    for one in found:
        same = one.customer.name == details.name and one.customer.organisation == details.organisation
        if one.is_sure or (same and details.organisation):
            message = say(
                _(
                    "“{customer}” is in the directory already: {why}. Go on there, or confirm that this is somebody else."
                ),
                customer=one.customer.name,
                why=one.why,
            )
            raise Invalid(message, code="alike", fields={"is_other": message})


def _note_consents(customer: Customer, consents: Sequence[Agreed], actor: User | None) -> None:
    from .consents import NEEDS_PROOF, newest_notice, note_consent

    for agreed in consents:
        if agreed.basis in NEEDS_PROOF:
            wanted(agreed.proof, "proof", 200)
        shown = agreed if agreed.notice else replace(agreed, notice=newest_notice(agreed.purpose))
        note_consent(customer=customer, agreed=shown, is_given=True, actor=actor)
