"""Forms of leads, orders, offers and benefits."""

from .leads import (
    AssignForm,
    CaptureForm,
    ContactForm,
    GiftForm,
    LeadChangeForm,
    LeadFormForm,
    PublicForm,
    ReasonForm,
)
from .orders import ImportForm, OrderForm
from .targeted import AnswerForm, BenefitForm, BirthdaysForm, OfferForm, ProspectsForm

__all__ = [
    "AnswerForm",
    "AssignForm",
    "BenefitForm",
    "BirthdaysForm",
    "CaptureForm",
    "ContactForm",
    "GiftForm",
    "ImportForm",
    "LeadChangeForm",
    "LeadFormForm",
    "OfferForm",
    "OrderForm",
    "ProspectsForm",
    "PublicForm",
    "ReasonForm",
]
