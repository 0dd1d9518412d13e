"""Of what class every field about a customer is; the class decides storage, masking, access and export (CUS-05, 002 5.1).

One table drives the pages, the export and the data map. A field of a model that has no class fails a test, so that nothing
about people is kept that nobody has thought about.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.core.text import Text

from .permissions import Perm


class Sensitivity(models.TextChoices):
    """How closely a field is kept."""

    INTERNAL = "internal", pgettext_lazy("class of data", "Internal")
    PERSONAL = "personal", pgettext_lazy("class of data", "Personal")
    CONTACT = "contact", pgettext_lazy("class of data", "Contact, personal")
    SENSITIVE = "sensitive", pgettext_lazy("class of data", "Sensitive")


@dataclass(frozen=True)
class Handling:
    """What a class means."""

    storage: Text
    shown: Text
    exported: Text
    right: str


HANDLING: Final = {
    Sensitivity.INTERNAL: Handling(
        _("In clear, in the register"),
        _("In clear to whoever sees the customer"),
        _("In clear"),
        Perm.VIEW,
    ),
    Sensitivity.PERSONAL: Handling(
        _("In clear, in the register"),
        _("Only to whoever may unmask"),
        _("Never"),
        Perm.REVEAL,
    ),
    Sensitivity.CONTACT: Handling(
        _("Encrypted (AES-256-GCM) on a card of its own, found by a keyed digest"),
        _("Masked; one value at a time with a reason, each look in the journal"),
        _("Masked; in clear only after a second person released it"),
        Perm.REVEAL,
    ),
    Sensitivity.SENSITIVE: Handling(
        _("Encrypted (AES-256-GCM); only with a consent to sensitive data, destroyed when it is withdrawn"),
        _("Masked; one value at a time with a reason, each look in the journal"),
        _("Never"),
        Perm.REVEAL,
    ),
}


@dataclass(frozen=True)
class Classed:
    """One field of one model, with its class. `revealed` is the name under which it is unmasked."""

    key: str
    label: Text
    sensitivity: Sensitivity
    model: str = "customer"
    revealed: bool = False


I, P, C, S = Sensitivity.INTERNAL, Sensitivity.PERSONAL, Sensitivity.CONTACT, Sensitivity.SENSITIVE  # noqa: E741
FIELDS: Final = (
    Classed("name", pgettext_lazy("customer", "name"), I),
    Classed("nature", pgettext_lazy("customer", "nature"), I),
    Classed("organisation", pgettext_lazy("customer", "organisation"), I),
    Classed("title", pgettext_lazy("customer", "title"), I),
    Classed("grade", _("client grade"), I),
    Classed("stage", _("sales stage"), I),
    Classed("keeper", _("relationship owner"), I),
    Classed("source", _("lawful source"), I),
    Classed("language", pgettext_lazy("customer", "language"), I),
    Classed("is_official", _("works for a public authority"), I),
    Classed("no_profiling", _("not to be profiled"), I),
    Classed("city", _("city"), I),
    Classed("marked_why", _("why marked as important"), I),
    Classed("gender", pgettext_lazy("customer", "gender"), P),
    Classed("born_on", _("date of birth"), P),
    Classed("occupation", _("occupation"), P),
    Classed("income", _("income band"), P),
    Classed("interests", _("interests"), P),
    Classed("preferences", _("preferences"), P),
    Classed("phone", pgettext_lazy("customer", "phone"), C, "card", revealed=True),
    Classed("email", pgettext_lazy("customer", "e-mail"), C, "card", revealed=True),
    Classed("wechat", pgettext_lazy("customer", "WeChat"), C, "card", revealed=True),
    Classed("address", pgettext_lazy("customer", "address"), C, "card", revealed=True),
    Classed("identity_number", pgettext_lazy("customer", "identity number"), S, "card", revealed=True),
    # Halal and vegetarian tell of faith, allergies of health: PIPL 28 names both.
    Classed("diet_kept", _("diet"), S, revealed=True),
)
BY_KEY: Final = {one.key: one for one in FIELDS}
REVEALED: Final = {one.key: one for one in FIELDS if one.revealed}
#: Columns that say nothing about a person besides what a classed field says: keys, readings, masks, digests, times.
DERIVED: Final = {
    "customer": frozenset({
        "subject", "name_key", "pinyin", "initials", "grade_until", "is_incomplete", "entered_by", "verified_at",
        "verified_by", "merged_into", "erased_at", "created_at", "is_apart", "marked_by", "marked_at",
    }),
    "card": frozenset({
        "customer", "phone_mask", "phone_tail", "phone_digest", "email_mask", "email_digest", "identity_digest",
    }),
}  # fmt: skip


def sees_profile(sensitivity: Sensitivity) -> str:
    """The right that a class asks for."""
    return HANDLING[sensitivity].right
