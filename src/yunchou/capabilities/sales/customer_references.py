"""What becomes of leads, orders and offers when customers are merged or erased."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yunchou.directory.customers.hearing import hears_data
from yunchou.directory.customers.models import Customer
from yunchou.directory.customers.references import Reference, declare
from yunchou.kernel.duties.actions import cancel, fulfil
from yunchou.kernel.identity.models import User

from .actions.figures import mark_stale
from .actions.following import win
from .actions.shared import judge_again
from .models import Contact, Lead, Order, Stage


def pass_on_leads(old: Customer, new: Customer, actor: User) -> int:
    """Two people who were one left one lead for each activity: the earlier counts, the other points to it."""
    moved = 0
    heads = {lead.subject_id: lead for lead in Lead.objects.heads().filter(customer=new)}
    for lead in Lead.objects.heads().filter(customer=old).select_for_update(of=("self",)):
        twin = heads.get(lead.subject_id)
        if twin is None:
            Lead.objects.filter(pk=lead.pk).update(customer=new)
        else:
            first, second = sorted((lead, twin), key=lambda one: (one.captured_at, one.pk))
            _join(first, second, new, actor)
        mark_stale(lead.subject_id)
        moved += 1
    return moved + Lead.objects.filter(customer=old).update(customer=new)


def _join(first: Lead, second: Lead, customer: Customer, actor: User) -> None:
    """The second points to the first, with everything that pointed to it; a person is owed one first contact, not two."""
    spoken = sorted(at for at in (first.contacted_at, second.contacted_at) if at)
    if spoken and not first.contacted_at:
        Lead.objects.filter(pk=first.pk).update(contacted_at=spoken[0])
        fulfil(actor=actor, key=first.duty_key)
    cancel(actor=actor, key=second.duty_key)
    Lead.objects.filter(merged_into=second).update(merged_into=first)
    Lead.objects.filter(pk=second.pk).update(merged_into=first, customer=customer)
    Contact.objects.filter(lead=second).update(lead=first)
    joined = Lead.objects.select_related("customer").get(pk=first.pk)
    joined.customer = customer
    if second.need and second.need not in joined.need:
        joined.need = (f"{joined.need}\n{second.need}" if joined.need else second.need)[:500]
    joined.is_keen = joined.is_keen or second.is_keen
    joined.save(update_fields=["customer", "need", "is_keen"])
    judge_again(joined)
    if Order.objects.filter(lead=second).update(lead=first) and second.stage == Stage.WON:
        win(first, actor)


@hears_data("sales")
def judge_leads(customer: Customer) -> None:
    """Data that were changed or found right may make leads valid, or no longer: they are judged again (R-GOA-03)."""
    for lead in Lead.objects.heads().filter(customer=customer).select_for_update(of=("self",)):
        lead.customer = customer
        if judge_again(lead):
            mark_stale(lead.subject_id)


def forget_leads(customer: Customer) -> int:
    """What was written about the person's need and in contacts; that there was a lead stays for the figures."""
    own = Lead.objects.filter(customer=customer)
    Contact.objects.filter(lead__in=own).update(note="")
    return own.update(need="")


def forget_orders(customer: Customer) -> int:
    """Notes; numbers and amounts are books of the company."""
    return Order.objects.filter(customer=customer).update(note="")


declare(Reference("sales.Lead", "customer", label=_("Leads"), pass_on=pass_on_leads, forget=forget_leads))
declare(Reference("sales.Order", "customer", label=_("Orders"), forget=forget_orders))
