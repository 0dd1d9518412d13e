"""What the actions of this room have in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.directory.customers.models import ContactCard, Customer
from yunchou.directory.customers.words import plain
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field
from yunchou.kernel.core.text import Say, Text
from yunchou.kernel.identity.models import User
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject

from ..models import Contact, Lead, Outcome
from ..rules import Given, lead_is_valid

TABLE: Final = "sales"
"""What `lock_on` is asked for."""
FIRST_DAY: Final = date(2000, 1, 1)
"""Whatever lies before was not left or ordered here; in the first years of all a database cannot even count."""


def demand_this_century(name: str, at: datetime) -> None:
    """Refuse a moment before `FIRST_DAY` at its field."""
    if at < clock.moment(FIRST_DAY):
        raise at_field(name, _("Give a day of this century."))


def opened(subject: Subject, actor: User | None, right: str) -> Subject:
    """The activity, locked; refuses without the right and while it is closed to changes."""
    return open_table(subject, TABLE, actor, right)


def locked_lead(lead: Lead, actor: User | None, right: str) -> Lead:
    """The lead as it is now, its activity locked first as everywhere. It is followed up after the activity as well."""
    subject = open_table(lead.subject, "", actor, right)
    found: Lead = (
        Lead.objects.select_for_update(of=("self",))
        .select_related("customer__subject", "owner")
        .get(pk=lead.pk)
    )
    found.subject = subject
    return found


def judge(lead: Lead) -> None:
    """Say of an unsaved or locked lead whether it is valid, and what it lacks (R-GOA-03).

    A number that turned out wrong reaches nobody, until somebody has looked at the customer's data again.
    """
    customer: Customer = lead.customer
    card = ContactCard.objects.filter(customer=customer).only("phone_mask", "email_mask").first()
    reach = bool(card and (card.email_mask or (card.phone_mask and not _is_wrong(lead))))
    verdicts = evaluate([lead_is_valid], Given(bool(customer.name), reach, lead.need))
    lead.lacks = [one.values["lacks"] for one in verdicts if not one.passed]
    lead.is_valid = not lead.lacks


def _is_wrong(lead: Lead) -> bool:
    told = Contact.objects.filter(lead=lead.pk, outcome__in=(Outcome.WRONG, Outcome.REACHED))
    last = told.order_by("-at", "-pk").first() if lead.pk else None
    if last is None or last.outcome != Outcome.WRONG:
        return False
    looked_at = lead.customer.verified_at
    return looked_at is None or looked_at <= last.at


def judge_again(lead: Lead) -> bool:
    """Judge a locked lead anew and keep what came of it; says whether that changed."""
    before = (lead.is_valid, lead.lacks)
    judge(lead)
    if (lead.is_valid, lead.lacks) == before:
        return False
    lead.save(update_fields=["is_valid", "lacks"])
    return True


def word(label: Text, context: str) -> Say:
    """The word of a choice as the journal keeps it."""
    return Say(plain(label), context=context)
