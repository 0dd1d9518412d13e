"""One directory of people: customers, prospects, employees, media contacts and partners, and what they agreed to."""

from .apart import ApartRecord, LookGrant
from .consents import Basis, Channel, Consent, ConsentEntry, Notice, Purpose
from .cooperations import Cooperation, CooperationKind
from .history import GradeEntry, Touch, TouchKind
from .lists import Choice, CustomerList, ExportRequest, ListBatch, ListLine, ListPiece, Result
from .people import ContactCard, Customer, CustomerIdentity, Diet, Grade, Identity, Nature, Source, Stage

__all__ = [
    "ApartRecord",
    "Basis",
    "Channel",
    "Choice",
    "Consent",
    "ConsentEntry",
    "ContactCard",
    "Cooperation",
    "CooperationKind",
    "Customer",
    "CustomerIdentity",
    "CustomerList",
    "Diet",
    "ExportRequest",
    "Grade",
    "GradeEntry",
    "Identity",
    "ListBatch",
    "ListLine",
    "ListPiece",
    "LookGrant",
    "Nature",
    "Notice",
    "Purpose",
    "Result",
    "Source",
    "Stage",
    "Touch",
    "TouchKind",
]
