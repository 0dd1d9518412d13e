"""Public pages by which people leave their contact data themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..models import LeadChannel, LeadForm
from ..permissions import Perm
from .shared import opened


@transaction.atomic
def open_form(
    *,
    subject: Subject,
    place: str,
    keeper: User,
    actor: User,
    channel: str = LeadChannel.SCAN,
    asks: str = "",
) -> LeadForm:
    """Open a public page for one place; its leads are followed up by `keeper`.

    Refuses without `sales.edit`, and a keeper who may not follow up; records `sales.form_made`.
    """
    locked = opened(subject, actor, Perm.EDIT)
    if not holds(keeper, Perm.CAPTURE, locked):
        raise at_field("keeper", _("{name} may not follow up leads of this activity."), name=keeper.name)
    made = LeadForm.objects.create(
        subject=locked, place=wanted(place, "place", 40), keeper=keeper, channel=LeadChannel(channel),
        asks=asks.strip()[:120], made_by=actor,
    )  # fmt: skip
    record(journal.FORM_MADE, actor=actor, subject=locked, data={"place": made.place})
    return made


@transaction.atomic
def open_own_forms(
    *,
    subject: Subject,
    places: Sequence[str],
    keeper: User,
    actor: User,
    channel: str,
    owned_by: str,
    asks: str = "",
) -> list[LeadForm]:
    """Open public pages of a room above, one for each place; that room lists them, records them and closes them.

    Refuses as `open_form`.
    """
    locked = opened(subject, actor, Perm.EDIT)
    if not holds(keeper, Perm.CAPTURE, locked):
        raise at_field("keeper", _("{name} may not follow up leads of this activity."), name=keeper.name)
    return [
        LeadForm.objects.create(
            subject=locked, place=wanted(place, "place", 40), keeper=keeper, channel=LeadChannel(channel),
            asks=asks.strip()[:120], made_by=actor, owned_by=owned_by,
        )
        for place in places
    ]  # fmt: skip


@transaction.atomic
def close_own_forms(*, subject: Subject, forms: Collection[int], owned_by: str) -> None:
    """Let pages of a room above take nothing more; the caller has found that the person may, and records it."""
    LeadForm.objects.filter(subject=subject, pk__in=forms, owned_by=owned_by, closed_at=None).update(
        closed_at=clock.now()
    )


@transaction.atomic
def close_form(*, form: LeadForm, actor: User) -> LeadForm:
    """Let a public page take nothing more. Refuses without `sales.edit` and a closed one; records `sales.form_closed`."""
    subject = opened(form.subject, actor, Perm.EDIT)
    locked = LeadForm.objects.select_for_update(of=("self",)).get(pk=form.pk)
    if locked.owned_by:
        raise wrong(_("This form is closed where it was opened."))
    if locked.closed_at:
        raise wrong(_("This form is closed already."))
    locked.closed_at = clock.now()
    locked.save(update_fields=["closed_at"])
    record(journal.FORM_CLOSED, actor=actor, subject=subject, data={"place": locked.place})
    return locked
