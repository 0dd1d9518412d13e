"""Saying that an event costs nothing under a heading, and which columns one wants to see."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.subjects.kinds import lock_on
from yunchou.kernel.subjects.models import Subject

from .. import journal
from ..chart import HEADINGS, Heading
from ..columns import known
from ..models import ColumnChoice, NoCost
from ..permissions import Perm
from ..rules import HEADING_WORDS
from ..tables import BUDGET
from .adjusting import lock_budget


@transaction.atomic
def say_no_cost(*, subject: Subject, heading: str, reason: str, actor: User) -> NoCost:
    """Say that nothing is spent under a heading, and why (BUD-05, 003 四(一)1); records `budgets.no_cost_said`.

    Refuses without `budgets.edit`, while the budget is locked, an unknown heading, and without a reason.
    """
    subject = _open(subject, actor)
    if heading not in HEADINGS:
        words = say(_("Choose one of the seven headings."))
        raise Invalid(words, fields={"heading": words})
    if not reason.strip():
        words = say(_("Say why nothing is spent on it."))
        raise Invalid(words, fields={"reason": words})
    word, _made = NoCost.objects.update_or_create(
        subject=subject, heading=heading, defaults={"reason": reason.strip()[:200], "said_by": actor}
    )
    told = {"heading": say(HEADING_WORDS[Heading(heading)]), "reason": word.reason}
    record(journal.NO_COST_SAID, actor=actor, subject=subject, data=told)
    return word


@transaction.atomic
def take_back_no_cost(*, subject: Subject, heading: str, actor: User) -> None:
    """Take the word back: the heading is to be considered again; records `budgets.no_cost_taken_back`."""
    subject = _open(subject, actor)
    gone, _by = NoCost.objects.filter(subject=subject, heading=heading).delete()
    if not gone:
        raise WrongState(say(_("Nobody has said so.")))
    told = {"heading": say(HEADING_WORDS[Heading(heading)])}
    record(journal.NO_COST_TAKEN_BACK, actor=actor, subject=subject, data=told)


def _open(subject: Subject, actor: User) -> Subject:
    subject = lock_budget(subject)
    require(actor, Perm.EDIT, subject)
    if reason := lock_on(subject, BUDGET.key):
        raise WrongState(reason)
    return subject


def choose_columns(*, columns: Iterable[str], actor: User) -> ColumnChoice:
    """Remember which columns of the table of lines a person wants to see; without any the usual ones. Journals nothing."""
    chosen, _made = ColumnChoice.objects.update_or_create(user=actor, defaults={"columns": known(columns)})
    return chosen
