"""Who was asked and who has not answered, as far as each person may know it (lessons E2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.identity.models import User

from ..models import Interview, Recipient, Survey
from ..permissions import Perm


@dataclass(frozen=True)
class Returned:
    """How many of those who were asked have answered, who may be counted also where nobody may be named."""

    asked: int
    answered: int

    @property
    def waiting(self) -> int:
        return self.asked - self.answered


def recipients_for(survey: Survey, user: User) -> QuerySet[Recipient]:
    """Those who were asked: all for who asks them, for others the customers whose relationship they own.

    Who did not answer an anonymous questionnaire is told to nobody but by number.
    """
    found = survey.recipients.select_related("customer").order_by("has_answered", "pk")
    if survey.is_anonymous:
        found = found.order_by("pk")
    if holds(user, Perm.EDIT, survey.subject):
        return found
    if survey.is_anonymous:
        return found.none()
    return found.filter(customer__keeper=user)


def returned_of(survey: Survey) -> Returned:
    """The count alone."""
    asked = list(survey.recipients.values_list("has_answered", flat=True))
    return Returned(len(asked), sum(asked))


def interviews_of(subject_id: int) -> QuerySet[Interview]:
    """The interviews about an activity, newest first."""
    return Interview.objects.filter(subject=subject_id).select_related("customer", "interviewer")
