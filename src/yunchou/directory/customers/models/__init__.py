"""One directory of people: customers, prospects, employees, media contacts and partners, and what they agreed to."""

from .consents import Basis, Channel, Consent, ConsentEntry, Notice, Purpose
from .history import GradeEntry, Touch, TouchKind
from .people import ContactCard, Customer, CustomerIdentity, Diet, Grade, Identity, Nature, Source, Stage

__all__ = [
    "Basis",
    "Channel",
    "Consent",
    "ConsentEntry",
    "ContactCard",
    "Customer",
    "CustomerIdentity",
    "Diet",
    "Grade",
    "GradeEntry",
    "Identity",
    "Nature",
    "Notice",
    "Purpose",
    "Source",
    "Stage",
    "Touch",
    "TouchKind",
]
