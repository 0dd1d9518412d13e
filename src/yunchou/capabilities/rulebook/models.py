"""Regulations as controlled documents, proposals to change the rules, and what trying a change showed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yunchou.kernel.access.querysets import ScopedQuerySet
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.core.text import Say
from yunchou.kernel.identity.models import User
from yunchou.kernel.jobs.models import Job
from yunchou.kernel.subjects.models import Subject

from .permissions import Perm


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")


class Regulation(models.Model):
    """A controlled document with a number (GEN-05); what it says stands in its editions."""

    class Kind(models.TextChoices):
        REGULATION = "regulation", _("Regulation")
        INSTRUCTION = "instruction", _("Work instruction")
        GUIDE = "guide", _("Guide")

    number = models.CharField(_("number"), max_length=12, unique=True)
    name = models.CharField(pgettext_lazy("rulebook", "name"), max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.REGULATION)

    class Meta:
        ordering = ("number",)
        verbose_name = _("regulation")

    def __str__(self) -> str:
        return self.name_en if self.name_en and _reads_english() else self.name

    def get_absolute_url(self) -> str:
        return reverse("rulebook:regulation_detail", args=[self.number])

    @property
    def original(self) -> str:
        """The name it really has, for a reader to whom another is shown; else nothing."""
        return self.name if str(self) != self.name else ""


class Edition(models.Model):
    """One version of a regulation. A published one never changes; its last day is the day before the next begins."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("regulation", "Draft")
        IN_APPROVAL = "in_approval", pgettext_lazy("regulation", "In approval")
        PUBLISHED = "published", pgettext_lazy("regulation", "Published")
        WITHDRAWN = "withdrawn", pgettext_lazy("regulation", "Withdrawn")

    regulation = models.ForeignKey(Regulation, models.CASCADE, related_name="editions")
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    pages = models.PositiveSmallIntegerField(_("pages"), default=1)
    office = models.CharField(_("interpreted by"), max_length=60, blank=True)
    summary = models.CharField(_("what was revised"), max_length=200, blank=True)
    drafted_on = models.DateField(_("drafted"), null=True, blank=True)
    drafted_by = models.CharField(max_length=60, blank=True)
    reviewed_on = models.DateField(_("reviewed"), null=True, blank=True)
    reviewed_by = models.CharField(max_length=60, blank=True)
    approved_on = models.DateField(_("approved"), null=True, blank=True)
    approved_by = models.CharField(max_length=60, blank=True)
    effective_from = models.DateField(_("in force from"), null=True, blank=True)

    class Meta:
        ordering = ("regulation", "-number")
        constraints = [
            models.UniqueConstraint(fields=["regulation", "number"], name="edition_number_once"),
            models.UniqueConstraint(
                fields=["regulation"],
                condition=Q(state__in=["draft", "in_approval"]),
                name="edition_one_in_work",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(effective_from__isnull=False),
                name="edition_published_has_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.regulation.number} v{self.number}"

    def get_absolute_url(self) -> str:
        return f"{self.regulation.get_absolute_url()}?edition={self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def what(self) -> str:
        """What was revised; the first edition of all was not."""
        return self.summary or (pgettext("regulation", "First issued") if self.number == 1 else "")


class Clause(models.Model):
    """A clause in our own short wording, and the rules that carry it out. `ref` is how rules cite it: `004 二(三)`.

    `title` and `text` are what is in force; `title_en` and `text_en` render them for readers of English, and may be empty.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="clauses")
    order = models.PositiveSmallIntegerField()
    ref = models.CharField(_("clause"), max_length=60)
    title = models.CharField(_("title"), max_length=80)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    text = models.TextField(pgettext_lazy("rulebook", "content"))
    text_en = models.TextField(_("content in English"), blank=True)
    rules = models.JSONField(default=list)

    class Meta:
        ordering = ("order",)
        constraints = [models.UniqueConstraint(fields=["edition", "ref"], name="clause_once")]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def anchor(self) -> str:
        return f"clause-{self.order}"

    @property
    def heading(self) -> str:
        """The title in the reader's language, as far as there is one."""
        return self.title_en if self.title_en and _reads_english() else self.title

    @property
    def wording(self) -> str:
        """What it says, in the reader's language as far as there is a rendering."""
        return self.text_en if self.is_rendered else self.text

    @property
    def is_rendered(self) -> bool:
        """Whether a rendering is shown in place of the words that are in force."""
        return bool(self.text_en) and _reads_english()


class Revision(models.Model):
    """A line of a regulation's revision list: date, state, content, reviser, reviewer, approver (GEN-05)."""

    regulation = models.ForeignKey(Regulation, models.CASCADE, related_name="revisions")
    edition = models.PositiveSmallIntegerField()
    on = models.DateField(_("date"))
    state = models.CharField(_("state"), max_length=12, choices=Edition.State)
    content = models.CharField(pgettext_lazy("rulebook", "content"), max_length=200)
    reviser = models.CharField(_("revised by"), max_length=60, blank=True)
    reviewer = models.CharField(_("reviewed by"), max_length=60, blank=True)
    approver = models.CharField(_("approved by"), max_length=60, blank=True)

    class Meta:
        ordering = ("-on", "-id")

    def __str__(self) -> str:
        return f"{self.regulation_id} v{self.edition}: {self.content}"

    @property
    def what(self) -> str:
        """What was revised; the first edition of all was not."""
        return self.content or (pgettext("regulation", "First issued") if self.edition == 1 else "")


class Trial(models.Model):
    """A change played through over the campaigns of a period; nothing but this is written."""

    change = models.JSONField()
    source = models.CharField(max_length=30)
    since = models.DateField()
    until = models.DateField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    seconds = models.FloatField(default=0)
    tried = models.PositiveIntegerField(default=0)
    blocked_before = models.PositiveIntegerField(default=0)
    blocked_after = models.PositiveIntegerField(default=0)
    warned_before = models.PositiveIntegerField(default=0)
    warned_after = models.PositiveIntegerField(default=0)
    rerouted = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    went_wrong = models.PositiveIntegerField(default=0)
    money = models.DecimalField(max_digits=16, decimal_places=2, default=ZERO)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(until__gte=F("since")), name="trial_period")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.since} — {self.until}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class TrialRow(models.Model):
    """One campaign whose outcome the change would have changed, with what became of it."""

    trial = models.ForeignKey(Trial, models.CASCADE, related_name="rows")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    money = models.DecimalField(max_digits=16, decimal_places=2)
    before = models.JSONField()
    after = models.JSONField()
    later = models.JSONField(default=dict)
    later_level = models.CharField(max_length=8, default="fine")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trial", "subject"], name="trial_row_once")]

    def __str__(self) -> str:
        return f"{self.trial_id}: {self.subject_id}"

    @property
    def became(self) -> Say:
        return Say.from_json(self.later or "")


class Status(models.TextChoices):
    """The life of a proposal."""

    IN_APPROVAL = "in_approval", pgettext_lazy("proposal", "In approval")
    RETURNED = "returned", pgettext_lazy("proposal", "Returned")
    APPROVED = "approved", pgettext_lazy("proposal", "Approved")
    REJECTED = "rejected", pgettext_lazy("proposal", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")


OPEN = (Status.IN_APPROVAL, Status.RETURNED)


class ProposalQuerySet(ScopedQuerySet):
    def open(self) -> ProposalQuerySet:
        """Those on which nobody has decided for good."""
        return self.filter(status__in=OPEN)


class Proposal(models.Model):
    """A change of a rule's parameters, of a definition's routing rows, or of a regulation, on its way to approval.

    `key` names what is changed; only one proposal on it may be open. `before` and `after` are the two sides as JSON:
    parameter values by name, routing rows, or the numbers of two editions.
    """

    class Target(models.TextChoices):
        PARAMETERS = "parameters", _("Parameters of a rule")
        ROUTES = "routes", _("Approval routes")
        EDITION = "edition", _("Edition of a regulation")

    view_perm = Perm.VIEW

    subject = models.OneToOneField(Subject, models.PROTECT, primary_key=True, related_name="rule_change")
    target = models.CharField(max_length=12, choices=Target)
    key = models.CharField(max_length=80)
    before = models.JSONField()
    after = models.JSONField()
    reason = models.TextField(pgettext_lazy("rulebook", "reason"))
    effective_on = models.DateField(_("in force from"))
    status = models.CharField(
        _("state"), max_length=12, choices=Status, default=Status.IN_APPROVAL, editable=False
    )
    trial = models.ForeignKey(Trial, models.SET_NULL, null=True, related_name="proposals")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now)
    decided_at = models.DateTimeField(null=True)
    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-subject_id")
        verbose_name = _("proposal")
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(status__in=["in_approval", "returned"]), name="proposal_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.subject.title

    def get_absolute_url(self) -> str:
        return reverse("rulebook:proposal_detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_in_force(self) -> bool:
        return self.status == Status.APPROVED and self.effective_on <= clock.today()

    @property
    def change(self) -> dict[str, Any]:
        """What a trial plays through, as `replay.Change` reads it."""
        return {"target": self.target, "key": self.key, "after": self.after}
