"""Comments of a place as a page shows them, and whom they may call."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet
from django.utils.safestring import SafeString

from yunchou.kernel.access.selectors import holds, who
from yunchou.kernel.files.selectors import Document, documents_like
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import find_people
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.subjects.models import Member, Subject
from yunchou.kernel.ui.seen import stamp

from ..marks import shown, typed_text
from ..models import Comment, Mention
from ..permissions import Perm
from ..places import Place

SHOWN = 200
"""So many comments of a place stand on a page, the latest."""
OFFERED = 8
LOOKED_AT = 60


@dataclass(frozen=True)
class Line:
    """One comment as a person sees it, with its answers."""

    comment: Comment
    text: SafeString
    documents: tuple[Document, ...]
    answers: tuple[Line, ...]
    may_edit: bool
    may_remove: bool


def _at(place: Place) -> QuerySet[Comment]:
    return Comment.objects.filter(subject=place.subject, table=place.table, row=place.row)


def comments_at(place: Place, reader: User) -> list[Line]:
    """What was said at a place, oldest first, answers below what they answer; the same few queries however much it is."""
    rows = list(
        _at(place)
        .select_related("author", "removed_by")
        .prefetch_related("mentions__user", "files", "wordings")
        .order_by("-at", "-pk")[:SHOWN]
    )[::-1]
    documents = documents_like([file for row in rows for file in row.files.all()])
    leads = holds(reader, Perm.LEAD, place.subject)
    answers: dict[int, list[Line]] = {}
    for row in rows:
        if row.parent_id:
            answers.setdefault(row.parent_id, []).append(_line(row, reader, leads, documents, ()))
    return [
        _line(row, reader, leads, documents, tuple(answers.get(row.pk, ())))
        for row in rows
        if not row.parent_id
    ]


def _line(
    row: Comment, reader: User, leads: bool, documents: Mapping[int, Document], answers: tuple[Line, ...]
) -> Line:
    mine = row.author_id == reader.pk
    held = [documents[file.pk] for file in row.files.all() if file.pk in documents]
    return Line(
        comment=row,
        text=shown(row.text, people_in(row), reader),
        documents=tuple(dict.fromkeys(held)),
        answers=answers,
        may_edit=mine and row.is_fresh,
        may_remove=not row.is_removed and (mine or leads),
    )


def people_in(comment: Comment) -> dict[int, User]:
    """The people whom a comment calls, by key."""
    return {one.user_id: one.user for one in comment.mentions.all()}


def typed(comment: Comment) -> str:
    """A comment as its author would type it."""
    return typed_text(comment.text, people_in(comment))


def stamp_of(place: Place) -> str:
    """Changes with anything that is said, changed, taken away or replaced at the place; one query."""
    found = _at(place).aggregate(
        count=Count("pk"), last=Max("changed_at"), file=Max("files__subject__attachments__pk")
    )
    return stamp(found["count"], found["last"], found["file"])


def counts_of(subject: Subject, table: str) -> Mapping[int, int]:
    """How much was said at each row of a table; one query."""
    said = Comment.objects.filter(subject=subject, table=table, removed_at=None).order_by()
    return dict(said.values_list("row").annotate(count=Count("pk")))


def said_count(subject: Subject) -> int:
    return Comment.objects.filter(subject=subject, removed_at=None).count()


@dataclass(frozen=True)
class Talked:
    """A row of a table that people talk about."""

    table: str
    row: int
    title: str
    count: int

    @property
    def key(self) -> str:
        """What `places.place_key` calls it."""
        return f"{self.table}-{self.row}"


def rows_talked_about(subject: Subject, limit: int = 8) -> list[Talked]:
    """The rows that were talked about last; one query."""
    said = Comment.objects.filter(subject=subject, row__isnull=False, removed_at=None).order_by()
    found = said.values("table", "row").annotate(count=Count("pk"), last=Max("at"), title=Max("place"))
    return [
        Talked(row["table"], row["row"] or 0, row["title"], row["count"])
        for row in found.order_by("-last")[:limit]
    ]


def may_answer(user: User, place: Place) -> bool:
    """Whether the person may write here: by belonging to the subject, or having been called at it."""
    if holds(user, Perm.WRITE, place.subject):
        return True
    return Mention.objects.filter(
        user=user, comment__subject=place.subject, comment__removed_at=None
    ).exists()


def people_who_see(place: Place, among: Collection[int]) -> dict[int, User]:
    """Those of `among` who may see the place, by key."""
    rights = {kinds[place.subject.kind].view_perm, place.view_perm} - {""}
    found: dict[int, User] | None = None
    for right in sorted(rights):
        seeing = {holder.user.pk: holder.user for holder in who(right, place.subject, among=among)}
        found = seeing if found is None else {pk: user for pk, user in found.items() if pk in seeing}
    return found or {}


def suggestions(place: Place, words: str, asker: User) -> list[User]:
    """Whom `@words` may mean here, people of the subject first, by name."""
    members = set(Member.objects.filter(subject=place.subject).values_list("user", flat=True))
    matching = find_people(words).exclude(pk=asker.pk)
    first = list(matching.filter(pk__in=members).order_by("name_pinyin", "pk")[:LOOKED_AT])
    rest = list(matching.exclude(pk__in=members).order_by("name_pinyin", "pk")[:LOOKED_AT])
    seeing = people_who_see(place, [person.pk for person in (*first, *rest)])
    return [person for person in (*first, *rest) if person.pk in seeing][:OFFERED]


def followers(place: Place, parent: Comment | None) -> list[User]:
    """Who hears of a new comment besides those it calls: who owns or leads, who answers for the row, who said something here."""
    said = Q(pk__in=_at(place).filter(removed_at=None).order_by().values("author"))
    owners = Member.objects.filter(subject=place.subject, role__in=["owner", "lead"]).values("user")
    found = User.objects.active().filter(said | Q(pk__in=owners) | Q(pk__in=[one.pk for one in place.people]))
    return list(found.order_by("pk"))


def team_of(subject: Subject, without: Collection[str] = ()) -> QuerySet[User]:
    """The people of a subject, by name; without those who only have one of these relations to it."""
    members = Member.objects.filter(subject=subject).exclude(role__in=without).values("user")
    return User.objects.active().filter(pk__in=members).order_by("name_pinyin", "pk")


def one_line(texts: Iterable[str]) -> str:
    """Words for a sentence, cut where they are many."""
    text = " ".join(texts)
    return f"{text[:80]}…" if len(text) > 80 else text
