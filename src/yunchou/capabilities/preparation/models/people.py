"""Trainings for one event 人员培训. Their attendance is seen by the team, unlike the personnel's trainings of ORG-10."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject


class Topic(models.TextChoices):
    """What people who serve an event are trained in (003 二(三)5)."""

    FLOW = "flow", pgettext_lazy("training", "Flow of the event")
    NEEDS = "needs", pgettext_lazy("training", "Needs of clients")
    SERVICE = "service", pgettext_lazy("training", "Rules of service")


class Training(models.Model):
    """A training of those who serve one event."""

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+", editable=False)
    title = models.CharField(_("training"), max_length=120)
    topics = models.JSONField(_("topics"), default=list)
    held_on = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=80, blank=True)
    trainer = models.CharField(_("trainer"), max_length=80)

    class Meta:
        verbose_name = _("training for the event")
        ordering = ["held_on", "pk"]
        indexes = [models.Index(fields=["subject", "held_on"], name="training_of_subject")]

    def __str__(self) -> str:
        return self.title

    @property
    def topic_words(self) -> list[str]:
        """The topics in words, in their order."""
        return [str(topic.label) for topic in Topic if topic in self.topics]


class Attendance(models.TextChoices):
    """Whether somebody came."""

    INVITED = "invited", pgettext_lazy("attendance", "Invited")
    PRESENT = "present", pgettext_lazy("attendance", "Present")
    ABSENT = "absent", pgettext_lazy("attendance", "Absent")


class Attendee(models.Model):
    """A person in a training for an event."""

    training = models.ForeignKey(Training, models.CASCADE, related_name="attendees")
    user = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("preparation", "person")
    )
    attendance = models.CharField(max_length=8, choices=Attendance, default=Attendance.INVITED)

    class Meta:
        verbose_name = _("attendee")
        ordering = ["user__name_pinyin", "pk"]
        constraints = [models.UniqueConstraint(fields=["training", "user"], name="attendee_once")]

    def __str__(self) -> str:
        return str(self.user)
