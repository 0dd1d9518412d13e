"""A guest, or a customer, who no longer agrees to be shown: what shows them is taken back in the same moment (EXE-11)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.db.models.signals import post_save
from django.dispatch import receiver

from yunchou.directory.customers.models import Consent, Purpose
from yunchou.lifecycle.events.hooks import on_forgotten
from yunchou.lifecycle.events.models import Guest

from .actions.pictures import pull_of
from .models import Exchange


@on_forgotten
def forget_exchanges(guest: Guest) -> None:
    """What a contact with somebody erased was about goes; that there was one stays."""
    Exchange.objects.filter(guest=guest).update(note="")


@receiver(post_save, sender=Guest, dispatch_uid="programme.guest_saved")
def guest_saved(
    instance: Guest, created: bool, update_fields: frozenset[str] | None = None, **_kwargs: Any
) -> None:
    """The word of a guest's own page was saved; that of whoever brings companions holds for them too."""
    is_said = update_fields is None or "allows_pictures" in update_fields
    if not created and is_said and instance.allows_pictures is False:
        shown = Guest.objects.filter(Q(pk=instance.pk) | Q(companion_of=instance.pk))
        pull_of(guests=shown.values_list("pk", flat=True))


@receiver(post_save, sender=Consent, dispatch_uid="programme.consent_noted")
def consent_noted(instance: Consent, **_kwargs: Any) -> None:
    """The directory of customers notes a withdrawal."""
    if instance.purpose == Purpose.IMAGE and not instance.is_given:
        guests = Guest.objects.filter(customer=instance.customer_id)
        pull_of(guests=guests.values_list("pk", flat=True))
