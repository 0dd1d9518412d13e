"""Texts of messages, and in whose name they go out."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid
from yunchou.kernel.core.refusing import at_field, wanted
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..models import Channel, Sender, Template
from ..permissions import Perm
from ..uses import Use, uses
from ..words import faults_in

LONGEST = 4000
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Wording:
    """What a message says: subject line (mail only) and text."""

    title: str
    body: str
    language: str = "zh-hans"


def checked_wording(use: Use, channel: str, given: Wording) -> Wording:
    """The same without blanks around. Raises `Invalid` with every place that is no plain text, at its field."""
    has_title = channel == Channel.EMAIL
    title = wanted(given.title, "title", LONGEST_TITLE) if has_title else ""
    body = wanted(given.body, "body", LONGEST)
    told = {}
    for field, text in (("title", title), ("body", body)):
        if fault := next(faults_in(text, use.words), None):
            told[field] = fault.say
    if told:
        raise Invalid(next(iter(told.values())), fields=told)
    return Wording(title, body, given.language)


def text_stamp(text: Template | None) -> str:
    """What a form of a text shows, as `refuse_stale` compares it."""
    return stamp(text.pk, text.name, text.title, text.body, text.language) if text else ""


@transaction.atomic
def keep_text(
    *,
    unit: Unit,
    use: str,
    channel: str,
    name: str,
    wording: Wording,
    actor: User,
    text: Template | None = None,
    seen: str = "",
) -> Template:
    """Keep a text for a use and channel, or change one that is kept. Mailings drafted from it keep what they say."""
    require(actor, Perm.KEEP, text.unit if text else unit)
    declared = uses.get(use)
    if declared is None:
        raise at_field("use", _("Choose one of the list."))
    name = wanted(name, "name", 60)
    words = checked_wording(declared, channel, wording)
    if text is None:
        found = Template(unit=unit, use=use, channel=channel)
    else:
        found = Template.objects.select_for_update().get(pk=text.pk)
        refuse_stale(seen, text_stamp(found))
    same = Template.objects.filter(
        unit=found.unit_id, use=found.use, channel=found.channel, name=name, closed_at=None
    )
    if same.exclude(pk=found.pk).exists():
        raise at_field("name", _("There is a text of this name already."))
    found.name, found.title, found.body, found.language = name, words.title, words.body, words.language
    found.kept_by, found.kept_at = actor, clock.now()
    found.save()
    record(journal.TEXT_KEPT, actor=actor, data={"name": found.name, "text": found.pk})
    return found


@transaction.atomic
def close_text(*, text: Template, actor: User) -> None:
    """Offer a text no longer."""
    require(actor, Perm.KEEP, text.unit)
    if Template.objects.filter(pk=text.pk, closed_at=None).update(closed_at=clock.now()):
        record(journal.TEXT_CLOSED, actor=actor, data={"name": text.name, "text": text.pk})


@transaction.atomic
def keep_sender(*, unit: Unit, name: str, address: str, phone: str, sign: str, actor: User) -> Sender:
    """Say in whose name a unit and all below it write."""
    require(actor, Perm.KEEP, unit)
    values = {
        "name": wanted(name, "name", 80),
        "address": wanted(address, "address", 160),
        "phone": wanted(phone, "phone", 40),
        "sign": wanted(sign, "sign", 12),
    }
    found, _made = Sender.objects.update_or_create(unit=unit, defaults=values)
    record(journal.SENDER_KEPT, actor=actor, data={"name": found.name, "unit": unit.pk})
    return found
