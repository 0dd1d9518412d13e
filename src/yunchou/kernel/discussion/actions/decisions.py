"""Recording what was decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.models import Subject

from .. import journal, notices
from ..models import Comment, Decision
from ..selectors.comments import one_line, team_of
from .shared import leader, refused, words


@transaction.atomic
def record_decision(
    *,
    subject: Subject,
    text: str,
    deciders: Collection[User],
    decided_on: date,
    source: str,
    actor: User,
    comment: Comment | None = None,
    replaces: Decision | None = None,
) -> Decision:
    """Lay down what was decided, by whom, on which day and where that comes from; the subject's people are told.

    Refuses whoever does not lead (403), missing parts, a day to come (422), a comment of something else, and a decision that
    was replaced already (409). Records `discussion.decided`.
    """
    leader(subject, actor)
    said = words("text", text, say(_("Write what was decided.")), 2000)
    origin = words("source", source, say(_("Say where it was decided: a meeting, a call, a message.")), 160)
    if not deciders:
        raise refused("deciders", say(_("Say who decided.")))
    if decided_on > clock.today():
        raise refused("decided_on", say(_("This day is still to come.")))
    Subject.objects.select_for_update().get(pk=subject.pk)
    if comment is not None and comment.subject_id != subject.pk:
        raise WrongState(say(_("That comment stands elsewhere.")))
    if replaces is not None and (
        replaces.subject_id != subject.pk or Decision.objects.filter(replaces=replaces).exists()
    ):
        raise WrongState(say(_("{decision} was replaced already."), decision=replaces.code))
    last = Decision.objects.filter(subject=subject).aggregate(last=Max("number"))["last"] or 0
    made: Decision = Decision.objects.create(
        subject=subject, number=last + 1, text=said, decided_on=decided_on, source=origin, comment=comment,
        replaces=replaces, recorded_by=actor,
    )  # fmt: skip
    made.deciders.set(deciders)
    data = {
        "number": made.code, "text": said, "day": decided_on.isoformat(), "source": origin, "decision": made.pk,
        "deciders": sorted(person.pk for person in deciders), "replaces": replaces.code if replaces else "",
    }  # fmt: skip
    record(journal.DECIDED, actor=actor, subject=subject, data=data)
    notify(
        users=[person for person in team_of(subject) if person.pk != actor.pk],
        kind=notices.DECIDED.key,
        say=say(_("Decision {number}: {text}"), number=made.code, text=one_line([said])),
        subject=subject,
        address=made.get_absolute_url(),
        key=f"decision:{made.pk}",
    )
    return made
