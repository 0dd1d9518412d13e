"""Saying something, changing it within minutes, taking it away."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.files.actions import Upload, attach_file, remove_attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.notify.models import Notification
from yunchou.kernel.subjects.models import Subject

from .. import journal, notices
from ..marks import Called, calls_in, kept_text, plain_text, possible_people, resolve
from ..models import Comment, Mention, Wording, room_address
from ..permissions import Perm
from ..places import Place
from ..selectors.comments import followers, one_line, people_in, people_who_see
from .files import STAGE
from .shared import refused, sees, words, writer

FILES_AT_ONCE = 5


@transaction.atomic
def comment(
    *, place: Place, text: str, actor: User, parent: Comment | None = None, uploads: Sequence[Upload] = ()
) -> Comment:
    """Say something of a subject or a row of it, or answer what was said; whoever is called is told, others follow.

    Refuses whoever neither belongs to the subject nor was called here, nothing said, a call of somebody who may not see
    this or whose name two people have (422), and an answer to what was taken away (409). Records `discussion.commented`.
    """
    writer(place, actor)
    typed = words("text", text, say(_("Write what you want to say."))) if text.strip() or not uploads else ""
    if len(uploads) > FILES_AT_ONCE:
        raise refused("uploads", say(_("At most {count} files at once."), count=FILES_AT_ONCE))
    first = _answered(place, parent)
    kept, called = _called(place, typed)
    said = Comment.objects.create(
        subject=place.subject, table=place.table, row=place.row, place=place.title[:200], parent=first, author=actor,
        text=kept,
    )  # fmt: skip
    Mention.objects.bulk_create([Mention(comment=said, user=person) for person in called.values()])
    attached = [attach_file(subject=place.subject, upload=one, actor=actor, stage=STAGE) for one in uploads]
    said.files.set(attached)
    data = {"place": place.name, "comment": said.pk, "mentions": sorted(called), "files": len(attached)}
    record(journal.COMMENTED, actor=actor, subject=place.subject, data=data)
    _tell(place, said, called, {*called} | {actor.pk}, first)
    return said


@transaction.atomic
def edit_comment(*, comment: Comment, text: str, place: Place, actor: User) -> Comment:
    """Change an own comment while it is fresh; what it said before stays to be read. People called anew are told.

    Refuses another's comment (403), one that is older than a quarter of an hour or was taken away (409), and what
    `comment` refuses of a text. Records `discussion.edited`.
    """
    sees(place.subject, actor)
    locked = _locked(comment)
    if locked.author_id != actor.pk:
        raise NotAllowed(say(_("Only whoever wrote a comment changes it.")))
    if not locked.is_fresh:
        raise WrongState(say(_("A comment is changed within 15 minutes; add another one instead.")))
    typed = words("text", text, say(_("Write what you want to say.")))
    kept, called = _called(place, typed)
    if kept == locked.text:
        return locked
    before = people_in(locked)
    Wording.objects.create(comment=locked, text=plain_text(locked.text, before))
    locked.text, locked.edited_at = kept, clock.now()
    locked.changed_at = locked.edited_at
    locked.save(update_fields=["text", "edited_at", "changed_at"])
    Mention.objects.filter(comment=locked).exclude(user__in=called).delete()
    Mention.objects.bulk_create(
        [Mention(comment=locked, user=person) for pk, person in called.items() if pk not in before]
    )
    record(
        journal.EDITED, actor=actor, subject=place.subject, data={"place": place.name, "comment": locked.pk}
    )
    _tell_called(place, locked, [person for pk, person in called.items() if pk not in before])
    return locked


@transaction.atomic
def remove_comment(*, comment: Comment, actor: User) -> Comment:
    """Take a comment away: who said something when stays, its words, former words and calls do not, nor its files.

    Refuses whoever neither wrote it nor leads (403), and one that is gone (409). The words go into the journal under the
    key of whoever said them. Records `discussion.removed`.
    """
    sees(comment.subject, actor)
    locked = _locked(comment)
    if locked.is_removed:
        raise WrongState(say(_("This comment was taken away already.")))
    if locked.author_id != actor.pk and not holds(actor, Perm.LEAD, locked.subject):
        raise NotAllowed(say(_("Only whoever wrote a comment, or leads, takes it away.")))
    text = plain_text(locked.text, people_in(locked))
    locked.text, locked.removed_at, locked.removed_by = "", clock.now(), actor
    locked.changed_at = locked.removed_at
    locked.save(update_fields=["text", "removed_at", "removed_by", "changed_at"])
    locked.wordings.all().delete()
    locked.mentions.all().delete()
    for file in locked.files.filter(removed_at=None).select_related("subject", "file"):
        remove_attachment(attachment=file, actor=actor)
    Notification.objects.filter(subject=locked.subject, address__endswith=f"#comment-{locked.pk}").delete()
    record(
        journal.REMOVED, actor=actor, subject=locked.subject,
        data={"place": locked.place or locked.subject.title, "person": locked.author.name, "comment": locked.pk},
        personal={locked.author: {"text": text}},
    )  # fmt: skip
    return locked


def _locked(comment: Comment) -> Comment:
    rows = Comment.objects.select_for_update(of=("self",)).select_related("subject", "author")
    return rows.get(pk=comment.pk)


def _answered(place: Place, parent: Comment | None) -> Comment | None:
    """What is answered: an answer to an answer belongs to the first comment."""
    if parent is None:
        return None
    first = parent.parent or parent
    if (first.subject_id, first.table, first.row) != (place.subject.pk, place.table, place.row):
        raise WrongState(say(_("That comment stands elsewhere.")))
    if parent.is_removed:
        raise WrongState(say(_("This comment was taken away already.")))
    return first


def _called(place: Place, typed: str) -> tuple[str, dict[int, User]]:
    """The text as it is kept, and whom it calls. What means nobody stays text."""
    calls = calls_in(typed)
    people = possible_people(calls)
    seeing = people_who_see(place, [person.pk for person in people]) if people else {}
    found, called = [], {}
    for call in calls:
        meant = resolve(call, [person for person in people if person.pk in seeing])
        if meant is None:
            _refuse_blind(resolve(call, people))
            continue
        if len(meant.people) > 1:
            names = "、".join(f"@{one.name}({one.username})" for one in meant.people[:5])
            message = say(
                _("“@{word}” may be several people; write one of {names}."), word=meant.said, names=names
            )
            raise refused("text", message)
        found.append(meant)
        called[meant.people[0].pk] = meant.people[0]
    return kept_text(typed, found), called


def _refuse_blind(meant: Called | None) -> None:
    """Somebody by this name exists, but would meet a closed door."""
    if meant and meant.said == meant.people[0].name:
        raise refused(
            "text", say(_("{person} may not see this, so a mention would lead nowhere."), person=meant.said)
        )


def _tell(
    place: Place, said: Comment, called: dict[int, User], but: Collection[int], first: Comment | None
) -> None:
    _tell_called(place, said, [person for pk, person in called.items() if pk != said.author_id])
    following = {person.pk: person for person in followers(place, first) if person.pk not in but}
    # One line in the list stands for all that was said since it was read.
    waiting = Notification.objects.filter(
        user__in=following, kind=notices.COMMENTED.key, address__startswith=_address(place), read_at=None
    )
    knowing = set(waiting.values_list("user", flat=True))
    seeing = people_who_see(place, following.keys() - knowing)
    notify(
        users=seeing.values(),
        kind=notices.COMMENTED.key,
        say=say(
            _("{person} commented on {place}: {text}"),
            person=said.author.name,
            place=place.name,
            text=_brief(said),
        ),
        subject=place.subject,
        address=_address(place, said),
    )


def _tell_called(place: Place, said: Comment, people: Sequence[User]) -> None:
    notify(
        users=people,
        kind=notices.MENTIONED.key,
        say=say(
            _("{person} mentions you at {place}: {text}"),
            person=said.author.name,
            place=place.name,
            text=_brief(said),
        ),
        subject=place.subject,
        address=_address(place, said),
        key=f"comment:{said.pk}",
    )


def _brief(said: Comment) -> Say | str:
    text = plain_text(said.text, {one.user_id: one.user for one in said.mentions.select_related("user")})
    return one_line([text]) if text else say(_("(a file)"))


def _address(place: Place, said: Comment | None = None) -> str:
    """Where a place is talked about."""
    at = f"?at={place.table}-{place.row}" if place.is_row else ""
    return f"{room_address(place.subject.pk)}{at}" + (f"#comment-{said.pk}" if said else "")


def see_place(*, subject: Subject, user: User) -> int:
    """Mark what tells of the talk about a subject as read: the person is there."""
    told = [notices.COMMENTED.key, notices.MENTIONED.key]
    unread = Notification.objects.filter(user=user, subject=subject, kind__in=told, read_at=None)
    return unread.update(read_at=clock.now())
