"""Rows of the tables of a preparation: what is typed in a table, and beside it what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.capabilities.purchasing.models import Contract, PurchaseLine
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.sheets.models import TableRow
from yunchou.kernel.sheets.persons import person_key, person_name
from yunchou.kernel.subjects.models import Subject


def amount(label: Any = None, **options: Any) -> models.DecimalField[Any, Any]:
    """A quantity: pieces, metres, hours."""
    return models.DecimalField(label, max_digits=12, decimal_places=2, **options)


class PartyKind(models.TextChoices):
    """Who brings a resource from outside (004 三(三))."""

    SUPPLIER = "supplier", pgettext_lazy("party", "Supplier")
    CHANNEL = "channel", pgettext_lazy("party", "Channel")
    PARTNER = "partner", pgettext_lazy("party", "Partner")


class Agreement(TableRow):
    """A resource from outside, confirmed once a signed agreement says what is needed and when (PRE-03)."""

    kind = models.CharField(
        pgettext_lazy("preparation", "kind"), max_length=10, choices=PartyKind, blank=True
    )
    party = models.CharField(_("with whom"), max_length=80)
    need = models.CharField(pgettext_lazy("preparation", "what is needed"), max_length=200, blank=True)
    needed_on = models.DateField(_("needed on"), null=True, blank=True)
    owner = person_key(verbose_name=pgettext_lazy("preparation", "owner"))
    owner_name = person_name()
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="+", editable=False)
    agreement = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", editable=False)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("agreement")
        indexes = [models.Index(fields=["subject", "position"], name="agreement_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(contract__isnull=False) | Q(agreement__isnull=False),
                name="agreement_confirmed_in_writing",
            )
        ]

    def __str__(self) -> str:
        return self.party

    @property
    def is_done(self) -> bool:
        return self.confirmed_at is not None


class SupplyKind(models.TextChoices):
    """What kind of thing is needed (003 二(三)4)."""

    GIFT = "gift", pgettext_lazy("supply", "Gift")
    DOCUMENT = "document", pgettext_lazy("supply", "Document")
    CATERING = "catering", pgettext_lazy("supply", "Catering")
    EQUIPMENT = "equipment", pgettext_lazy("supply", "Sound and equipment")
    VEHICLE = "vehicle", pgettext_lazy("supply", "Vehicle")
    OTHER = "other", pgettext_lazy("supply", "Other")


class Acceptance(models.TextChoices):
    """What an acceptance came to."""

    OPEN = "open", pgettext_lazy("acceptance", "Not accepted yet")
    PART = "part", pgettext_lazy("acceptance", "Accepted in part")
    ACCEPTED = "accepted", pgettext_lazy("acceptance", "Accepted")
    REFUSED = "refused", pgettext_lazy("acceptance", "Refused")


class Supply(TableRow):
    """Something that has to be there, how good it has to be, and whether it was accepted (PRE-06, PRE-07)."""

    kind = models.CharField(
        pgettext_lazy("preparation", "kind"), max_length=10, choices=SupplyKind, blank=True
    )
    name = models.CharField(pgettext_lazy("preparation", "item"), max_length=80)
    quantity = amount(_("quantity"), null=True, blank=True)
    measure = models.CharField(pgettext_lazy("preparation", "measure"), max_length=12, blank=True)
    quality = models.CharField(_("quality required"), max_length=300, blank=True)
    supplier = models.CharField(pgettext_lazy("preparation", "supplier"), max_length=80, blank=True)
    due_on = models.DateField(pgettext_lazy("preparation", "due"), null=True, blank=True)
    owner = person_key(verbose_name=pgettext_lazy("preparation", "owner"))
    owner_name = person_name()
    order_line = models.ForeignKey(
        PurchaseLine, models.SET_NULL, null=True, related_name="+", editable=False, verbose_name=_("order")
    )
    acceptance = models.CharField(max_length=10, choices=Acceptance, default=Acceptance.OPEN, editable=False)
    accepted_quantity = amount(default=0, editable=False)
    accepted_on = models.DateField(null=True, editable=False)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    acceptance_note = models.CharField(max_length=200, blank=True, editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("supply")
        indexes = [models.Index(fields=["subject", "position"], name="supply_of_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(accepted_quantity__gte=0), name="supply_accepted_not_negative")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        return self.acceptance == Acceptance.ACCEPTED


class Review(models.TextChoices):
    """Whether somebody else has looked at it."""

    NONE = "none", pgettext_lazy("review", "Not sent for review")
    ASKED = "asked", pgettext_lazy("review", "Under review")
    PASSED = "passed", pgettext_lazy("review", "Passed")
    RETURNED = "returned", pgettext_lazy("review", "Sent back")


class ReviewedRow(TableRow):
    """A row whose material one person hands in and another passes or sends back; what passed is that very file."""

    review = models.CharField(max_length=10, choices=Review, default=Review.NONE, editable=False)
    material = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    reviewed_at = models.DateTimeField(null=True, editable=False)
    review_note = models.CharField(max_length=300, blank=True, editable=False)

    class Meta(TableRow.Meta):
        abstract = True

    @property
    def is_passed(self) -> bool:
        return self.review == Review.PASSED


class Print(ReviewedRow):
    """Something that is printed: its artwork is reviewed first, its arrival held against the day it is needed (PRE-08)."""

    name = models.CharField(_("printed matter"), max_length=80)
    quantity = amount(_("quantity"), null=True, blank=True)
    printer = models.CharField(_("printer"), max_length=80, blank=True)
    due_on = models.DateField(_("required on"), null=True, blank=True)
    owner = person_key(verbose_name=pgettext_lazy("preparation", "owner"))
    owner_name = person_name()
    ordered_on = models.DateField(null=True, editable=False)
    promised_on = models.DateField(null=True, editable=False)
    arrived_on = models.DateField(null=True, editable=False)
    arrival_note = models.CharField(max_length=200, blank=True, editable=False)

    class Meta(ReviewedRow.Meta):
        verbose_name = _("printed matter")
        indexes = [models.Index(fields=["subject", "position"], name="print_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ordered_on=None) | Q(review="passed"), name="print_after_review"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        return self.arrived_on is not None


class PublicityChannel(models.TextChoices):
    """Where an event is made known (003 二(三)6)."""

    WEBSITE = "website", pgettext_lazy("publicity", "Website")
    SOCIAL = "social", pgettext_lazy("publicity", "Social media")
    EMAIL = "email", pgettext_lazy("publicity", "E-mail")
    MESSAGE = "message", pgettext_lazy("publicity", "Text message")
    OTHER = "other", pgettext_lazy("publicity", "Other channel")


class Publicity(ReviewedRow):
    """What is published where and when, approved before, and whom it reached (PRE-10).

    `matter` stands for it in approvals, from the first time it was sent; `review` follows what became of that.
    """

    channel = models.CharField(_("channel"), max_length=10, choices=PublicityChannel, blank=True)
    content = models.TextField(pgettext_lazy("preparation", "content"))
    due_on = models.DateField(_("planned for"), null=True, blank=True)
    owner = person_key(verbose_name=pgettext_lazy("preparation", "owner"))
    owner_name = person_name()
    wanted_reach = models.PositiveIntegerField(_("people to reach"), null=True, blank=True)
    is_report = models.BooleanField(_("report after the event"), default=False, editable=False)
    matter = models.OneToOneField(
        Subject, models.PROTECT, null=True, related_name="publicity", editable=False
    )
    published_on = models.DateField(null=True, editable=False)
    published_at_address = models.CharField(max_length=300, blank=True, editable=False)
    reach = models.PositiveIntegerField(_("people reached"), null=True, editable=False)

    class Meta(ReviewedRow.Meta):
        verbose_name = pgettext_lazy("preparation", "publicity")
        indexes = [models.Index(fields=["subject", "position"], name="publicity_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_on=None) | Q(review="passed"), name="publicity_after_approval"
            )
        ]

    def __str__(self) -> str:
        return self.content[:60]

    @property
    def wording(self) -> tuple[str, str, date | None]:
        """What cannot be changed without asking again, besides the picture: where, what, and when."""
        return self.channel, self.content, self.due_on

    def as_content(self) -> dict[str, str]:
        """What an approval is bound to."""
        return {
            "channel": self.channel,
            "content": self.content,
            "due_on": self.due_on.isoformat() if self.due_on else "",
            "file": self.material.name if self.material else "",
            "sha256": self.material.file.sha256 if self.material else "",
        }

    @property
    def is_done(self) -> bool:
        return self.published_on is not None


class SpeakerKind(models.TextChoices):
    """Who speaks (003 三(三)3)."""

    EXPERT = "expert", pgettext_lazy("speaker", "Outside expert")
    SENIOR = "senior", pgettext_lazy("speaker", "Senior staff")


class Speaker(ReviewedRow):
    """Who speaks about what for which fee; the material is checked before (PRE-11)."""

    kind = models.CharField(
        pgettext_lazy("preparation", "kind"), max_length=10, choices=SpeakerKind, blank=True
    )
    name = models.CharField(_("speaker"), max_length=60)
    organisation = models.CharField(_("organisation and title"), max_length=120, blank=True)
    topic = models.CharField(_("topic"), max_length=200, blank=True)
    fee = models.DecimalField(_("fee"), max_digits=14, decimal_places=2, null=True, blank=True)
    due_on = models.DateField(_("material due"), null=True, blank=True)
    owner = person_key(verbose_name=_("contact of ours"))
    owner_name = person_name()

    class Meta(ReviewedRow.Meta):
        verbose_name = _("speaker")
        indexes = [models.Index(fields=["subject", "position"], name="speaker_of_subject")]
        constraints = [
            models.CheckConstraint(condition=Q(fee=None) | Q(fee__gte=0), name="speaker_fee_not_negative")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        return self.is_passed


class TripPart(models.TextChoices):
    """What a trip is made of (003 三(三)5)."""

    TRANSPORT = "transport", pgettext_lazy("trip", "Transport")
    MEAL = "meal", pgettext_lazy("trip", "Meal")
    VISIT = "visit", pgettext_lazy("trip", "Visit")
    LODGING = "lodging", pgettext_lazy("trip", "Lodging")


class Trip(TableRow):
    """A part of a site visit or trip, confirmed in advance (PRE-12)."""

    kind = models.CharField(pgettext_lazy("preparation", "kind"), max_length=10, choices=TripPart, blank=True)
    on = models.DateField(_("day"), null=True, blank=True)
    times = models.CharField(_("time"), max_length=40, blank=True)
    what = models.CharField(_("arrangement"), max_length=200)
    people = models.PositiveIntegerField(pgettext_lazy("preparation", "people"), null=True, blank=True)
    provider = models.CharField(_("provider"), max_length=80, blank=True)
    due_on = models.DateField(_("confirm by"), null=True, blank=True)
    owner = person_key(verbose_name=pgettext_lazy("preparation", "owner"))
    owner_name = person_name()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    confirmed_at = models.DateTimeField(null=True, editable=False)
    confirmation = models.CharField(max_length=200, blank=True, editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("part of a trip")
        indexes = [models.Index(fields=["subject", "position"], name="trip_of_subject")]

    def __str__(self) -> str:
        return self.what

    @property
    def is_done(self) -> bool:
        return self.confirmed_at is not None


class Post(TableRow):
    """A duty on site and who has it (R-PRE-04)."""

    post = models.CharField(_("duty on site"), max_length=80)
    person = person_key(verbose_name=pgettext_lazy("preparation", "person"))
    person_name = person_name()
    on = models.DateField(_("day"), null=True, blank=True)
    note = models.CharField(pgettext_lazy("preparation", "note"), max_length=200, blank=True)

    class Meta(TableRow.Meta):
        verbose_name = _("duty on site")
        indexes = [models.Index(fields=["subject", "position"], name="post_of_subject")]

    def __str__(self) -> str:
        return self.post


class CheckState(models.TextChoices):
    """What somebody found."""

    OPEN = "open", pgettext_lazy("check", "Not checked yet")
    FINE = "fine", pgettext_lazy("check", "In order")
    FAULT = "fault", pgettext_lazy("check", "Not in order")


class Check(TableRow):
    """An item of the checklist that a person looks at (PRE-13)."""

    name = models.CharField(_("to be checked"), max_length=120)
    due_on = models.DateField(pgettext_lazy("preparation", "due"), null=True, blank=True)
    owner = person_key(verbose_name=pgettext_lazy("preparation", "owner"))
    owner_name = person_name()
    state = models.CharField(max_length=8, choices=CheckState, default=CheckState.OPEN, editable=False)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    checked_at = models.DateTimeField(null=True, editable=False)
    finding = models.CharField(max_length=200, blank=True, editable=False)

    class Meta(TableRow.Meta):
        verbose_name = _("item to be checked")
        indexes = [models.Index(fields=["subject", "position"], name="check_of_subject")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_done(self) -> bool:
        return self.state == CheckState.FINE
