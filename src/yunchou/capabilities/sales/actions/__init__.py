"""Everything that writes leads, orders, offers and benefits."""

from .benefits import add_benefits, draw_birthdays, give_benefit, remove_benefit
from .capture import Came, Caught, LeadFacts, Person, capture_lead, import_leads
from .figures import mark_stale, take_over, tell_figures, tell_stale
from .following import assign_lead, change_lead, hand_gift, move_lead, record_contact
from .forms import close_form, close_own_forms, open_form, open_own_forms
from .offers import OfferFacts, add_prospects, answer_offer, change_offer, make_offer
from .orders import OrderFacts, cancel_order, enter_order, import_orders

__all__ = [
    "Came",
    "Caught",
    "LeadFacts",
    "OfferFacts",
    "OrderFacts",
    "Person",
    "add_benefits",
    "add_prospects",
    "answer_offer",
    "assign_lead",
    "cancel_order",
    "capture_lead",
    "change_lead",
    "change_offer",
    "close_form",
    "close_own_forms",
    "draw_birthdays",
    "enter_order",
    "give_benefit",
    "hand_gift",
    "import_leads",
    "import_orders",
    "make_offer",
    "mark_stale",
    "move_lead",
    "open_form",
    "open_own_forms",
    "record_contact",
    "remove_benefit",
    "take_over",
    "tell_figures",
    "tell_stale",
]
