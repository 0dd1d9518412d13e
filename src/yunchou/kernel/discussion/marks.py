"""What people type and what is kept: plain text with links and mentions, and nothing else.

`@张敏`, `@zhangmin`, `@zm` and `@user.name` call a person. Kept is a sign with the person's key, so that a page always shows
the name of today; typed signs of that kind are taken out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from yunchou.kernel.identity.models import User

# Signs of the private use area, which `cleaned` takes out of whatever is typed.
BEGIN, END = "\ue000", "\ue001"
MARK: Final = re.compile(f"{BEGIN}(\\d+){END}")
_AT: Final = re.compile(
    r"(?<![\w.+-])@([^\s@,，。；;：:、！!？?（）()<>《》\"“”]{1,60})(?:\(([\w.@+-]{1,60})\))?"
)
_ASCII: Final = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_LINK: Final = re.compile(r"https?://[^\s<>\"'，。；！？（）《》“”]+", re.IGNORECASE)
LONGEST_NAME: Final = 12


def cleaned(typed: str) -> str:
    """The text without signs that are none, lines of any system, blank at both ends."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    kept = (sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Co", "Cs"))
    return "".join(kept).strip()


@dataclass(frozen=True)
class Call:
    """One `@…` of a text: where, what may be a name, and the user name that tells two of one name apart."""

    start: int
    word: str
    username: str
    end: int

    @property
    def names(self) -> list[str]:
        """What the beginning of the word may be as a name, longest first: nobody types a blank after a Chinese name."""
        return [self.word[:length] for length in range(min(len(self.word), LONGEST_NAME), 0, -1)]

    @property
    def token(self) -> str:
        """The beginning of the word that may be pinyin, initials or a user name."""
        found = _ASCII.match(self.word)
        return found.group().rstrip(".-_").lower() if found else ""


def calls_in(text: str) -> list[Call]:
    """Every `@…` that may call somebody; the one in an e-mail address does not."""
    return [Call(m.start(), m.group(1), (m.group(2) or "").lower(), m.end()) for m in _AT.finditer(text)]


def possible_people(calls: Iterable[Call]) -> list[User]:
    """Active people whom the calls may mean, whoever they are; one query."""
    names = {name for call in calls for name in call.names}
    tokens = {token for call in calls for token in (call.token, call.username) if token}
    if not names and not tokens:
        return []
    meant = (
        Q(name__in=names) | Q(username__in=tokens) | Q(name_pinyin__in=tokens) | Q(name_initials__in=tokens)
    )
    return list(User.objects.active().filter(meant).order_by("pk"))


@dataclass(frozen=True)
class Called:
    """Whom a call may mean, and how much of the text it takes."""

    start: int
    end: int
    said: str
    people: tuple[User, ...]


def resolve(call: Call, people: Iterable[User]) -> Called | None:
    """The people whom one call means: by the longest name that begins it, else by user name, pinyin, initials."""
    known = list(people)
    for name in call.names:
        if same := [one for one in known if one.name == name]:
            whole = name == call.word and call.username
            narrowed = [one for one in same if one.username.lower() == call.username] if whole else []
            end = call.end if narrowed else call.start + 1 + len(name)
            return Called(call.start, end, name, tuple(narrowed or same))
    token = call.token
    for way in ("username", "name_pinyin", "name_initials"):
        if token and (same := [one for one in known if getattr(one, way).lower() == token]):
            return Called(call.start, call.start + 1 + len(token), token, tuple(same))
    return None


def kept_text(text: str, called: Iterable[Called]) -> str:
    """The text with a sign in the place of every call."""
    for one in sorted(called, key=lambda each: each.start, reverse=True):
        text = f"{text[: one.start]}{BEGIN}{one.people[0].pk}{END}{text[one.end :]}"
    return text


def unheard(kept: str) -> list[str]:
    """What was called in a kept text and means nobody. `@2x` and `@18:00` call nobody, nor does the one of an address."""
    words = (call.token or call.word[:LONGEST_NAME] for call in calls_in(kept) if call.word[0].isalpha())
    return [f"@{word}" for word in dict.fromkeys(words)]


def typed_text(kept: str, people: Mapping[int, User], among: Callable[[User], bool] | None = None) -> str:
    """What was kept as one would type it, to be changed: names, with the user name where two have one name."""
    names = [one.name for one in people.values()]

    def say(found: re.Match[str]) -> str:
        person = people.get(int(found.group(1)))
        if person is None:
            return ""
        return f"@{person.name}({person.username})" if names.count(person.name) > 1 else f"@{person.name}"

    return MARK.sub(say, kept)


def plain_text(kept: str, people: Mapping[int, User]) -> str:
    """What was kept, for a notification or a list: one line of words."""
    said = MARK.sub(lambda m: f"@{people[int(m.group(1))]}" if int(m.group(1)) in people else "@", kept)
    return " ".join(said.split())


def shown(kept: str, people: Mapping[int, User], reader: User | None = None) -> SafeString:
    """The text for a page: escaped, with mentions marked, links made and lines broken; nothing else gets through."""
    lines = kept.split("\n")
    return format_html_join(mark_safe("<br>"), "{}", ((_line(line, people, reader),) for line in lines))


def _line(line: str, people: Mapping[int, User], reader: User | None) -> SafeString:
    out: SafeString = mark_safe("")
    at = 0
    for found in MARK.finditer(line):
        out += _linked(line[at : found.start()]) + _mention(people.get(int(found.group(1))), reader)
        at = found.end()
    return out + _linked(line[at:])


def _mention(person: User | None, reader: User | None) -> SafeString:
    if person is None:
        return mark_safe("@")
    mine = mark_safe(" data-me") if reader and reader.pk == person.pk else ""
    return format_html('<span class="mention"{}>@{}</span>', mine, person)


def _linked(text: str) -> SafeString:
    out: SafeString = mark_safe("")
    at = 0
    for found in _LINK.finditer(text):
        address = found.group().rstrip(".,;:!?)]}")
        out += format_html("{}", text[at : found.start()])
        out += format_html(
            '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>', address, address
        )
        at = found.start() + len(address)
    return out + format_html("{}", text[at:])
