"""The shot list, and pictures from the camera to publication (EXE-11)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.opening import open_table
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import RuleRefused
from yunchou.kernel.core.refusing import at_field, wanted, wrong
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.files.actions import Upload, add_version, attach_file
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.subjects.selectors import lead_of
from yunchou.lifecycle.events.models import Guest
from yunchou.lifecycle.events.permissions import Perm

from .. import journal, notices
from ..models import Day, Picture, PictureState, RunSheetItem, Shot
from ..rules import everybody_agreed
from ..selectors.pictures import facts_of, unwilling
from .safety import part_url
from .shared import on_site, planned

STAGE: Final = "execution"
MOST_AT_ONCE: Final = 60
WORDS = {
    PictureState.RAW: say(_("as taken")),
    PictureState.CHOSEN: say(_("chosen")),
    PictureState.EDITED: say(_("edited")),
}


def _opened(subject: Subject, actor: User) -> Subject:
    """The event, locked, for its photographer and for who keeps it; pictures are worked on after the event as well."""
    locked = open_table(subject, "", actor, Perm.VIEW)
    if not Day.objects.filter(pk=locked.pk, photographer=actor).exists():
        require(actor, Perm.DOOR, locked)
    return locked


# ------------------------------------------------------------------------------------------------ the shot list


@transaction.atomic
def keep_shot(
    *,
    subject: Subject,
    what: str,
    actor: User,
    item: RunSheetItem | None = None,
    moment: str = "",
    people: str = "",
    shot: Shot | None = None,
) -> Shot:
    """Put a picture on the shot list or change it; records `programme.shot_kept`."""
    locked = planned(subject, actor)
    words = wanted(what, "what", 120)
    if item is not None and item.subject_id != locked.pk:
        raise at_field("item", _("Choose an item of this run sheet."))
    kept = Shot.objects.filter(pk=shot.pk).first() if shot else None
    if shot is not None and kept is None:
        raise wrong(_("Somebody removed this meanwhile."))
    if kept is None:
        last = Shot.objects.filter(subject=locked).aggregate(last=Max("order"))["last"] or 0
        kept = Shot(subject=locked, order=last + 1)
    kept.what, kept.item, kept.moment, kept.people = words, item, moment.strip()[:60], people.strip()[:160]
    kept.save()
    record(journal.SHOT, actor=actor, subject=locked, data={"shot": kept.what})
    return kept


@transaction.atomic
def remove_shot(*, shot: Shot, actor: User) -> None:
    """Take a picture off the shot list; records `programme.shot_removed`."""
    locked = planned(shot.subject, actor)
    told = {"shot": shot.what}
    Shot.objects.filter(pk=shot.pk).delete()
    record(journal.SHOT_REMOVED, actor=actor, subject=locked, data=told)


@transaction.atomic
def tick_shot(*, shot: Shot, actor: User, is_done: bool = True) -> Shot:
    """Say that a picture of the list was taken, or that it was not after all. Records `programme.shot_done`."""
    locked = on_site(shot.subject, actor)
    kept = Shot.objects.filter(pk=shot.pk).first()
    if kept is None:
        raise wrong(_("Somebody removed this meanwhile."))
    if (kept.done_at is not None) != is_done:
        kept.done_at, kept.done_by = (clock.now(), actor) if is_done else (None, None)
        kept.save(update_fields=["done_at", "done_by"])
        kind = journal.SHOT_DONE if is_done else journal.SHOT_OPEN
        record(kind, actor=actor, subject=locked, data={"shot": kept.what})
    return kept


# ------------------------------------------------------------------------------------------------ pictures


@transaction.atomic
def bring_pictures(
    *,
    subject: Subject,
    uploads: Sequence[Upload],
    actor: User,
    item: RunSheetItem | None = None,
    tags: str = "",
) -> list[Picture]:
    """File pictures and films with the event, all of them or none; records `programme.pictures_uploaded`.

    Refuses what is neither a picture nor a film, and more than sixty at once.
    """
    locked = _opened(subject, actor)
    if not uploads:
        raise at_field("pictures", _("Choose at least one file."))
    if len(uploads) > MOST_AT_ONCE:
        raise at_field("pictures", _("At most {limit} files at once."), limit=MOST_AT_ONCE)
    made = []
    for upload in uploads:
        attachment = attach_file(subject=locked, upload=upload, actor=actor, stage=STAGE, note=tidy(tags))
        if not attachment.file.is_image and not attachment.file.content_type.startswith("video/"):
            raise at_field("pictures", _("“{name}” is neither a picture nor a film."), name=attachment.name)
        picture = Picture(
            subject=locked, attachment=attachment, item=item, tags=tidy(tags), uploaded_by=actor
        )
        picture.save()
        made.append(picture)
    record(journal.UPLOADED, actor=actor, subject=locked, data={"count": len(made)})
    return made


def tidy(tags: str) -> str:
    """Tags as they are kept: each once, a blank between them."""
    found = dict.fromkeys(tags.replace("，", " ").replace(",", " ").replace("、", " ").split())
    return " ".join(found)[:160].strip()


@transaction.atomic
def mark_picture(
    *,
    picture: Picture,
    guests: Collection[Guest],
    actor: User,
    tags: str = "",
    item: RunSheetItem | None = None,
) -> Picture:
    """Say who can be recognised in a picture, be it nobody, and give it tags. Records `programme.picture_marked`.

    A published picture that turns out to show somebody who has not agreed is taken back at once.
    """
    locked = _opened(picture.subject, actor)
    kept = _again(picture, locked)
    people = list(Guest.objects.filter(pk__in=[guest.pk for guest in guests]))
    if any(guest.subject_id != locked.pk for guest in people):
        raise at_field("guests", _("Choose guests of this event."))
    kept.guests.set(people)
    kept.tags, kept.item, kept.people_checked_at = tidy(tags), item, clock.now()
    kept.save(update_fields=["tags", "item", "people_checked_at"])
    told = {"picture": kept.pk, "count": len(people)}
    record(journal.MARKED, actor=actor, subject=locked, data=told)
    if kept.state == PictureState.PUBLISHED and unwilling(people):
        pull([kept], say(_("somebody in it has not agreed")), actor)
    return kept


def _again(picture: Picture, subject: Subject) -> Picture:
    kept = Picture.objects.filter(pk=picture.pk, subject=subject).select_related("attachment__file").first()
    if kept is None or kept.attachment.removed_at:
        raise wrong(_("Somebody removed this meanwhile."))
    return kept


@transaction.atomic
def sort_pictures(*, subject: Subject, pictures: Collection[int], state: str, actor: User) -> int:
    """Say how far pictures are: as taken, chosen, edited. Published ones are taken back by that.

    Says how many changed; records `programme.pictures_sorted`. To publish is `publish_pictures`.
    """
    locked = _opened(subject, actor)
    if state not in WORDS:
        raise at_field("state", _("Choose one."))
    found = Picture.objects.filter(subject=locked, pk__in=pictures).exclude(state=state)
    count = found.update(state=state)
    if count:
        told = {"count": count, "state": WORDS[PictureState(state)]}
        record(journal.SORTED, actor=actor, subject=locked, data=told)
    return count


@transaction.atomic
def bring_edited(*, picture: Picture, upload: Upload, actor: User) -> Picture:
    """The finished version takes the place of the picture as taken, which stays to be looked at.

    Records `programme.picture_edited`. A published picture is taken back: who is in the new one is looked at again.
    """
    locked = _opened(picture.subject, actor)
    kept = _again(picture, locked)
    kept.attachment = add_version(document=kept.attachment, upload=upload, actor=actor)
    kept.state, kept.people_checked_at = PictureState.EDITED, None
    kept.save(update_fields=["attachment", "state", "people_checked_at"])
    record(journal.EDITED, actor=actor, subject=locked, data={"picture": kept.pk})
    return kept


@transaction.atomic
def publish_pictures(*, subject: Subject, pictures: Collection[int], actor: User) -> int:
    """Publish pictures, all of them or none (K-EXE-11): everybody in them has agreed. Records `programme.pictures_published`.

    Who keeps the event may. Refuses with the names of those who have not agreed. Says how many were published.
    """
    locked = open_table(subject, "", actor, Perm.EDIT)
    found = list(
        # Locked before anybody is asked about: a withdrawal waits, and then finds them published.
        Picture.objects.select_for_update(of=("self",))
        .filter(subject=locked, pk__in=pictures, attachment__removed_at=None)
        .exclude(state=PictureState.PUBLISHED)
        .select_related("attachment")
        .prefetch_related("guests__companion_of")
        .order_by("pk")
    )
    verdicts = [v for facts in facts_of(found) for v in evaluate([everybody_agreed], facts) if not v.passed]
    if verdicts:
        raise RuleRefused(verdicts[0].reason, code=everybody_agreed.id, verdicts=verdicts)
    now = clock.now()
    Picture.objects.filter(pk__in=[one.pk for one in found]).update(
        state=PictureState.PUBLISHED, published_at=now, published_by=actor, pulled_at=None
    )
    if found:
        record(journal.PUBLISHED, actor=actor, subject=locked, data={"count": len(found)})
    return len(found)


def pull(pictures: Iterable[Picture], reason: Say, actor: User | None) -> int:
    """Take published pictures back, in the caller's transaction; the lead and who published them hear of it."""
    by_subject: dict[int, list[Picture]] = {}
    for one in pictures:
        by_subject.setdefault(one.subject_id, []).append(one)
    now, count = clock.now(), 0
    for found in by_subject.values():
        keys = [one.pk for one in found]
        count += Picture.objects.filter(pk__in=keys, state=PictureState.PUBLISHED).update(
            state=PictureState.EDITED, pulled_at=now
        )
        subject = found[0].subject
        told = {"count": len(found), "reason": reason}
        record(journal.PULLED, actor=actor, subject=subject, data=told)
        people = {one for one in (lead_of(subject), *(each.published_by for each in found)) if one}
        notify(
            users=people,
            kind=notices.PULLED.key,
            say=say(
                _(
                    "{count} published pictures were taken back: {reason}. Take them down where they were shown."
                ),
                count=len(found),
                reason=reason,
            ),
            subject=subject,
            address=part_url(subject, "pictures"),
        )
    return count


@transaction.atomic
def pull_of(*, guests: Iterable[int]) -> int:
    """Take back what shows guests who no longer agree, be it by their own page or by the directory of customers."""
    of_them = Picture.objects.filter(guests__in=list(guests)).values("pk")
    # In every state, and locked: one that is being published at this moment is published first and then taken back.
    found = (
        Picture.objects.select_for_update(of=("self",))
        .filter(pk__in=of_them)
        .select_related("subject__created_by", "published_by")
        .prefetch_related("guests__companion_of")
        .order_by("pk")
    )
    affected = [one for one in found if one.state == PictureState.PUBLISHED and unwilling(one.guests.all())]
    return pull(affected, say(_("a guest no longer agrees to be shown")), None) if affected else 0
