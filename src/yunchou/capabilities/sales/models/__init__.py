"""Leads and what became of them: contacts, orders, offers to prospects, benefits of employees."""

from .benefits import Benefit, BenefitKind
from .leads import Contact, Lead, LeadChannel, LeadForm, Outcome, Stage, Way
from .offers import Answer, Offer, Prospect
from .orders import Order, OrderChannel, Told

__all__ = [
    "Answer",
    "Benefit",
    "BenefitKind",
    "Contact",
    "Lead",
    "LeadChannel",
    "LeadForm",
    "Offer",
    "Order",
    "OrderChannel",
    "Outcome",
    "Prospect",
    "Stage",
    "Told",
    "Way",
]
