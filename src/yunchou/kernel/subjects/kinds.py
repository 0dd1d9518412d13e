"""The kinds of subjects, declared by the rooms that own the objects (in their `subject.py`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from yunchou.kernel.core.registry import Registry
from yunchou.kernel.core.text import Say

if TYPE_CHECKING:
    from .models import Subject


@dataclass(frozen=True)
class SubjectKind:
    """What rooms that serve any subject need to know of a kind; the room that owns the objects declares it.

    - `content`: the present content as canonical JSON values, for versions and approvals.
    - `findings`: what the rules say of it now, as `rules.selectors.Judged`, for the pages of its tables.
    - `locked`: why a table (by key) may not be changed now, or None.
    - `header`: template context of the page head shown above every tab of the subject.
    - `only_own_tabs`: its pages have the tabs that name the kind, and none of those that serve any subject.
    """

    key: str
    label: str | Promise
    view_perm: str
    icon: str = "file"
    content: Callable[[Subject], dict[str, Any]] | None = None
    findings: Callable[[Subject], list[Any]] | None = None
    locked: Callable[[Subject, str], Say | None] | None = None
    header: Callable[[Any, Subject], dict[str, Any]] | None = None
    header_template: str = ""
    only_own_tabs: bool = False


kinds: Registry[SubjectKind] = Registry("subject kind")


def declare(kind: SubjectKind) -> SubjectKind:
    """Make a kind known; called once at import."""
    return kinds.add(kind.key, kind)


def content_of(subject: Subject) -> dict[str, Any]:
    """The subject's present content as canonical JSON values."""
    provider = kinds[subject.kind].content
    return provider(subject) if provider else {}


def findings_of(subject: Subject) -> list[Any]:
    """What the rules say of the subject now (`rules.selectors.Judged`), worst first; empty for kinds without rules."""
    provider = kinds[subject.kind].findings
    return provider(subject) if provider else []


def lock_on(subject: Subject, table: str) -> Say | None:
    """Why the subject's table may not be changed now, or None."""
    provider = kinds[subject.kind].locked
    return provider(subject, table) if provider else None
