"""What the writes of this room have in common."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..marks import cleaned
from ..permissions import Perm
from ..places import Place
from ..selectors.comments import may_answer

LONGEST = 4000
YEAR = timedelta(days=366)


def refused(field: str, message: Text) -> Invalid:
    return Invalid(message, fields={field: message})


def words(field: str, typed: str, missing: Text, longest: int = LONGEST) -> str:
    """What was typed, without what is no text; refuses none, and too many."""
    text = cleaned(typed)
    if not text:
        raise refused(field, missing)
    if len(text) > longest:
        raise refused(field, say(_("At most {count} characters."), count=longest))
    return text


def in_reach(field: str, day: date) -> None:
    """Refuse a day that has passed or lies more than a year ahead: that is a slip of the keys."""
    if day < clock.today():
        raise refused(field, say(_("This day has passed.")))
    if day > clock.today() + YEAR:
        raise refused(field, say(_("This is more than a year ahead.")))


def writer(place: Place, actor: User) -> None:
    """Refuse whoever neither belongs to the subject nor was called here."""
    sees(place.subject, actor)
    if not may_answer(actor, place):
        require(actor, Perm.WRITE, place.subject)


def leader(subject: Subject, actor: User) -> None:
    sees(subject, actor)
    require(actor, Perm.LEAD, subject)


def sees(subject: Subject, actor: User) -> None:
    if not visible_subjects(actor).filter(pk=subject.pk).exists():
        raise NotAllowed(say(_("You may not see this.")))
