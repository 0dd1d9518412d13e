"""Keeping the register of purposes and points of the life cycle, and saying what a campaign is for (GOA-01)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.sheets.registry import workbook
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..aim_models import EVENT_PURPOSES, STANDARD, Aim
from ..aims import Scene, occasions_around, offered, stages_offered
from ..models import Campaign
from ..permissions import Perm
from ..selectors import lock_on
from ..tables import OVERVIEW
from ..words import listed
from .drafting import classify


@transaction.atomic
def add_aim(*, sort: str, name: str, actor: User, meaning: str = "", is_for_events: bool = False) -> Aim:
    """A further purpose or point of the life cycle; records `campaigns.aim_kept`.

    `is_for_events`: a customer event may be for this purpose (TYP-08); of a point of the life cycle it means nothing. Refuses
    without `campaigns.keep_aims`, without a name, with a line break in it, and what the register already has.
    """
    require(actor, Perm.KEEP_AIMS)
    name = " ".join(name.split())
    if not name:
        raise Invalid(say(_("Give it a name.")), fields={"name": say(_("Give it a name."))})
    if name in STANDARD[sort] or Aim.objects.filter(sort=sort, name=name).exists():
        taken = say(_("The register has this already."))
        raise Invalid(taken, fields={"name": taken})
    counts = is_for_events and sort == Aim.Sort.PURPOSE
    aim = Aim.objects.create(
        sort=sort, name=name[:60], meaning=meaning.strip(), is_for_events=counts, kept_by=actor
    )
    record(journal.AIM_KEPT, actor=actor, data=_told(aim))
    return aim


@transaction.atomic
def keep_aim(
    *, sort: str, name: str, meaning: str, is_used: bool, actor: User, is_for_events: bool = False
) -> Aim:
    """Word an entry otherwise, or no longer offer it; records `campaigns.aim_kept`. Campaigns that name it go on doing so.

    Refuses without `campaigns.keep_aims`, what the register does not have, to offer no purpose at all, and to offer none that
    a customer event may be for, without which none could be sent (K-TYP-11).
    """
    require(actor, Perm.KEEP_AIMS)
    if name not in STANDARD[sort] and not Aim.objects.filter(sort=sort, name=name).exists():
        raise WrongState(say(_("The register does not have “{name}”."), name=name))
    others = [entry for entry in offered(sort) if entry.name != name]
    if not is_used and not others:
        alone = say(_("Something must be left to choose from."))
        raise Invalid(alone, fields={"is_used": alone})
    counts = name in EVENT_PURPOSES or (is_for_events and name not in STANDARD[sort])
    counts = counts and sort == Aim.Sort.PURPOSE
    counted = any(entry.name == name and entry.is_for_events for entry in offered(sort))
    if counted and not (is_used and counts) and not any(entry.is_for_events for entry in others):
        none = say(_("Customer events would have no purpose left to name."))
        raise Invalid(none, fields={"is_for_events" if is_used else "is_used": none})
    aim, _made = Aim.objects.select_for_update().get_or_create(
        sort=sort, name=name, defaults={"kept_by": actor}
    )
    aim.meaning, aim.is_used, aim.kept_by, aim.kept_at = meaning.strip(), is_used, actor, clock.now()
    aim.is_for_events = counts and name not in STANDARD[sort]
    aim.save()
    record(journal.AIM_KEPT, actor=actor, data=_told(aim))
    return aim


def _told(aim: Aim) -> dict[str, object]:
    told = {"name": aim.name, "sort": aim.sort, "is_used": aim.is_used}
    return {**told, "is_for_events": True} if aim.is_for_events else told


@transaction.atomic
def state_purpose(
    *, campaign: Campaign, actor: User, purposes: Sequence[str], scene: str, words: str = ""
) -> Campaign:
    """Say which purposes a campaign serves and in which scene; records `campaigns.purpose_stated`.

    `scene` is the `value` of a point of the life cycle or of an occasion around the campaign, as `aims` offers them;
    `words` is what the campaign calls it, the name of the occasion where nothing is said. Refuses while the proposal is
    locked, without a purpose, purposes that are neither in the register nor the campaign's already, and other scenes.
    """
    subject = Subject.objects.select_for_update().select_related("unit").get(pk=campaign.pk)
    require(actor, Perm.EDIT, subject)
    if reason := lock_on(subject, OVERVIEW.key):
        raise WrongState(reason)
    campaign = Campaign.objects.whole(campaign.pk)
    chosen = _chosen(campaign, actor, purposes, scene)
    kept = next(each for each in workbook().kept if each.table is OVERVIEW)
    [row] = kept.load(subject)
    text = " ".join(words.split())[:60] or chosen.words[:60]
    given = {key: cell for key, cell in row.given.items() if key not in {"purposes", "scene"}}
    kept.save(subject, [replace(row, purposes=tuple(purposes), scene=text, given=given)], actor=actor)
    tied = {"scene_kind": chosen.kind, "scene_key": chosen.key[:60], "scene_on": chosen.on}
    Campaign.objects.filter(pk=campaign.pk).update(**tied)
    told = {"purposes": listed(purposes), "scene": text, "kind": chosen.kind, "key": chosen.key}
    before = {"purposes": campaign.purposes, "scene": campaign.scene}
    record(journal.PURPOSE_STATED, actor=actor, subject=subject, data={**told, "before": before})
    return classify(campaign=Campaign.objects.whole(campaign.pk))


def _chosen(campaign: Campaign, actor: User, purposes: Sequence[str], scene: str) -> Scene:
    known = {entry.name for entry in offered(Aim.Sort.PURPOSE)} | set(campaign.purposes)
    faults = {}
    if not purposes:
        faults["purposes"] = say(_("Name at least one purpose."))
    elif unknown := [name for name in purposes if name not in known]:
        faults["purposes"] = say(_("The register does not have “{name}”."), name=unknown[0])
    scenes = {one.value: one for one in (*stages_offered(), *occasions_around(actor, campaign))}
    if scene not in scenes:
        faults["scene"] = say(_("Choose a point of the life cycle or an occasion around the campaign."))
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)
    return scenes[scene]
