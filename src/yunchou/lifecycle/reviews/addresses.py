"""Addresses of this room that rooms outside of requests need."""

from django.urls import reverse

from yunchou.kernel.subjects.models import Subject

from .models import RetroItem


def review_url(subject: Subject, item: RetroItem | None = None) -> str:
    """The tab of a campaign's evaluation; with `item` the place where the action stands."""
    address = reverse("reviews:review_detail", args=[subject.pk])
    return f"{address}#action-{item.pk}" if item else address
