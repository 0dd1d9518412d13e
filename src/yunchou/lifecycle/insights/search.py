"""The search palette: campaigns, people, files and actions by name, code, pinyin or initials."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core.search import full_pinyin, initials
from yunchou.kernel.files.models import Attachment
from yunchou.kernel.identity.models import User
from yunchou.kernel.identity.selectors import find_people
from yunchou.kernel.subjects.kinds import kinds
from yunchou.kernel.ui.nav import entries

PER_GROUP = 6


@dataclass(frozen=True)
class Hit:
    """Something found: where it leads, what it is, and why it matched."""

    title: str
    note: str
    address: str
    icon: str
    why: str = ""


@dataclass(frozen=True)
class Group:
    label: str
    hits: tuple[Hit, ...]


def search(request: HttpRequest, user: User, words: str) -> list[Group]:
    """Groups with hits, in the order of the palette; nothing for empty words but the places one may go to."""
    key = words.strip().lower().replace(" ", "")
    found = [
        Group(_("Campaigns and cases"), tuple(_subjects(user, key)) if key else ()),
        Group(_("People"), tuple(_people(user, key)) if key else ()),
        Group(_("Files"), tuple(_files(user, key)) if key else ()),
        Group(_("Go to"), tuple(_places(request, user, key))),
    ]
    return [group for group in found if group.hits]


def _subjects(user: User, key: str) -> Iterable[Hit]:
    found = (
        visible_subjects(user).filter(search__contains=key).select_related("unit").order_by("-pk")[:PER_GROUP]
    )
    for subject in found:
        kind = kinds[subject.kind]
        note = " · ".join(filter(None, [str(kind.label), subject.code, subject.unit.name]))
        yield Hit(subject.title, note, subject.address, kind.icon, _why(subject.title, subject.code, key))


def _people(user: User, key: str) -> Iterable[Hit]:
    if not user.has_perm("organisation.view"):
        return
    for person in find_people(key).order_by("name", "pk")[:PER_GROUP]:
        address = reverse("organisation:person_detail", args=[person.pk])
        yield Hit(person.name, person.username, address, "user", _why(person.name, person.username, key))


def _files(user: User, key: str) -> Iterable[Hit]:
    found = Attachment.objects.visible_to(user).filter(Q(name__icontains=key)).select_related("subject")
    for file in found.order_by("-pk")[:PER_GROUP]:
        yield Hit(file.name, file.subject.title, reverse("files:file_download", args=[file.pk]), "file")


def _places(request: HttpRequest, user: User, key: str) -> Iterable[Hit]:
    shown = 0
    for entry in sorted(entries, key=lambda each: each.order):
        label = str(entry.label)
        matches = (
            not key or key in label.lower() or key in full_pinyin(label) or initials(label).startswith(key)
        )
        if not matches or (entry.perm and not user.has_perm(entry.perm)) or shown == PER_GROUP:
            continue
        try:
            yield Hit(label, "", reverse(entry.url_name), entry.icon)
            shown += 1
        except NoReverseMatch:
            continue


def _why(title: str, code: str, key: str) -> str:
    """Why a hit was found when its title does not show it."""
    if key in title.lower():
        return ""
    if key in code.lower():
        return _("code")
    return _("initials") if key in initials(title) else _("pinyin")
