"""What the writes of this room have in common."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import visible_subjects
from yunchou.kernel.core.errors import Invalid, NotAllowed
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import User
from yunchou.kernel.subjects.models import Subject

from ..marks import cleaned
from ..permissions import Perm
from ..places import Place
from ..selectors.comments import may_answer

LONGEST = 4000


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
