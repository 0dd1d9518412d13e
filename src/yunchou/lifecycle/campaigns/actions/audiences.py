"""Keeping the register of audience categories (TYP-02)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..audience_models import IDENTITIES, STAGES, AudienceCategory
from ..categories import Category, categories
from ..permissions import Perm


@dataclass(frozen=True)
class Meant:
    """Whom a category means, as its keeper types it."""

    name: str = ""
    name_en: str = ""
    identities: Sequence[str] = ()
    stages: Sequence[str] = ()
    needs_cooperation: bool = False
    is_used: bool = True


def audience_stamp(one: Category) -> str:
    """How a category stood when a form showed it."""
    who = one.belonging
    return stamp(
        one.word, one.name_en, sorted(who.identities), sorted(who.stages), who.needs_cooperation, one.is_used
    )


@transaction.atomic
def add_audience(*, meant: Meant, actor: User) -> AudienceCategory:
    """A further audience category; records `campaigns.audience_kept`.

    Refuses without `campaigns.keep_aims`, without a name, a name that the register has in either language, and one to which
    everybody would belong.
    """
    require(actor, Perm.KEEP_AIMS)
    made = AudienceCategory(key=f"own-{token_hex(4)}", kept_by=actor)
    return _kept(made, meant, actor)


@transaction.atomic
def keep_audience(*, key: str, meant: Meant, actor: User, seen: str = "") -> AudienceCategory:
    """Word an own category otherwise or say anew who belongs to it; of a standard one, only whether it is offered.

    What campaigns hold is its key, so they follow. Refuses as `add_audience`, to offer none at all, and what was changed
    meanwhile. Records `campaigns.audience_kept`.
    """
    require(actor, Perm.KEEP_AIMS)
    kept = AudienceCategory.objects.select_for_update().filter(key=key).first()
    known = categories()
    if (before := known.get(key)) is None:
        raise WrongState(say(_("This category is no longer there.")))
    refuse_stale(seen, audience_stamp(before))
    if not meant.is_used and not any(one.is_used for one in known.values() if one.key != key):
        alone = say(_("Something must be left to choose from."))
        raise Invalid(alone, fields={"is_used": alone})
    if not before.is_standard:
        assert kept is not None
        return _kept(kept, meant, actor)
    kept = kept or AudienceCategory(key=key, name=before.word)
    kept.is_used, kept.kept_by, kept.kept_at = meant.is_used, actor, clock.now()
    kept.save()
    return _told(kept, actor)


def _kept(kept: AudienceCategory, meant: Meant, actor: User) -> AudienceCategory:
    name, name_en = " ".join(meant.name.split())[:30], " ".join(meant.name_en.split())[:60]
    faults = {}
    if not name:
        faults["name"] = say(_("Give it a name."))
    taken = say(_("The register has this already."))
    for field, words in (("name", name), ("name_en", name_en)):
        others = (one for one in categories().values() if one.key != kept.key)
        if words and any(words.casefold() in _called(one) for one in others):
            faults[field] = taken
    identities = [one for one in IDENTITIES if one in meant.identities]
    stages = [one for one in STAGES if one in meant.stages]
    if not identities and not stages:
        faults["identities"] = say(
            _("Say who belongs to it: what people are, or where they stand in the sale.")
        )
    if faults:
        raise Invalid(say(_("Some entries cannot be used; nothing was saved.")), fields=faults)
    kept.name, kept.name_en, kept.identities, kept.stages = name, name_en, identities, stages
    kept.needs_cooperation, kept.is_used = meant.needs_cooperation, meant.is_used
    kept.kept_by, kept.kept_at = actor, clock.now()
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:  # somebody else took the name meanwhile
        raise Invalid(taken, fields={"name": taken}) from None
    return _told(kept, actor)


def _called(one: Category) -> set[str]:
    """What it is called in any language, and its key."""
    labels = []
    if one.is_standard:
        for language, _name in settings.LANGUAGES:
            with override(language):
                labels.append(one.name)
    return {words.casefold() for words in (one.word, one.name_en, one.key, *labels) if words}


def _told(kept: AudienceCategory, actor: User) -> AudienceCategory:
    data = {
        "name": kept.name, "key": kept.key, "is_used": kept.is_used, "identities": kept.identities,
        "stages": kept.stages, "needs_cooperation": kept.needs_cooperation,
    }  # fmt: skip
    record(journal.CATEGORY_KEPT, actor=actor, data=data)
    return kept
