"""Where an issue is reported from another page, which says already what it is about (ISS-07)."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from yunchou.kernel.access.selectors import holds
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .permissions import Perm
from .tables import ISSUES

MOST = 600
"""So many characters of a problem fit into an address."""


def may_report(user: User, subject: Subject) -> bool:
    """May the person report an issue of this subject, and are there issues of it now?"""
    return holds(user, Perm.REPORT, subject) and lock_on(subject, ISSUES.key) is None


def issue_address(subject_id: int, *, problem: str, origin: str, source: str = "", at: str = "") -> str:
    """The form of a new issue with its problem, and what it came from in words and by its page."""
    told = {"origin": origin, "source": source, "at": at, "problem": problem[:MOST]}
    query = urlencode({name: text for name, text in told.items() if text})
    return f"{reverse('operations:issue_new', args=[subject_id])}?{query}"
