"""Addresses of this room that its actions and rooms above need."""

from django.urls import reverse

from yunchou.kernel.subjects.models import Subject


def board_url(subject: Subject) -> str:
    """The tab of questionnaires of an activity."""
    return reverse("surveys:board", args=[subject.pk])
