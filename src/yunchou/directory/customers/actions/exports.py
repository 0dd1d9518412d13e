"""Lists of customers that leave the house: asked for with a reason, from a size on released by a second person (CUS-08)."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holders_of
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed
from yunchou.kernel.core.refusing import wanted, wrong
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.selectors import evaluate, params_on

from .. import journal, notices
from ..models import ExportRequest, Purpose
from ..permissions import Perm
from ..rules import Looked, looked_at_with_purpose
from ..selectors.register import Filters, exported
from ..words import word


@transaction.atomic
def ask_export(
    *,
    actor: User,
    filters: Filters,
    reason: str,
    form: str = "xlsx",
    is_clear: bool = False,
    purpose: str = Purpose.SERVICE,
) -> ExportRequest:
    """Ask for the customers of a filter as a file: those in the reach of the rights it takes, who agreed to its purpose.

    A small one is released at once; a large one waits, and so does a small one that makes a large one together with those
    that the person took without a release in the days before (R-CUS-02).

    Refuses without `customers.export`, contacts in clear without `customers.reveal`, without a reason, and an empty list;
    records `customers.export_asked` and tells those who may release.
    """
    require(actor, Perm.EXPORT)
    if is_clear:
        require(actor, Perm.REVEAL)
    reason = wanted(reason, "reason", 200)
    count = exported(actor, filters, Purpose(purpose), is_clear=is_clear).count()
    if not count:
        raise wrong(_("There is nobody in this list."))
    together = count + _taken_lately(actor, is_clear)
    waits = any(
        not one.passed
        for one in evaluate([looked_at_with_purpose], Looked(lines=together, has_clear=is_clear))
    )
    made = ExportRequest.objects.create(
        actor=actor,
        query=filters.to_json(),
        is_clear=is_clear,
        purpose=purpose,
        reason=reason,
        form="csv" if form == "csv" else "xlsx",
        count=count,
        state=ExportRequest.State.WAITING if waits else ExportRequest.State.RELEASED,
    )
    told = {"count": count, "reason": reason, "clear": is_clear, "export": made.pk, "purpose": str(purpose)}
    record(journal.EXPORT_ASKED, actor=actor, data=told)
    if waits:
        others = [one for one in holders_of(Perm.RELEASE, actor_unit(actor)) if one.pk != actor.pk]
        words = say(
            _("{person} asks for a file of {count} customers: {reason}"),
            person=actor.name,
            count=count,
            reason=reason,
        )
        notify(users=others, kind=notices.EXPORT.key, say=words, address=made.get_absolute_url())
    return made


def _taken_lately(actor: User, is_clear: bool) -> int:
    """How many lines the person had released without anybody else's word within the days that count together."""
    User.objects.select_for_update().get(
        pk=actor.pk
    )  # one after the other, or two at once would not see each other
    days = int(params_on([looked_at_with_purpose])[looked_at_with_purpose.id].days)
    lately = ExportRequest.objects.filter(
        actor=actor,
        state=ExportRequest.State.RELEASED,
        decided_by=None,
        created_at__gt=clock.now() - timedelta(days=days),
    )
    if is_clear:
        lately = lately.filter(is_clear=True)
    return int(lately.aggregate(n=Sum("count"))["n"] or 0)


def actor_unit(actor: User) -> Unit | None:
    """The unit whose holders of the right are asked: where the person serves."""
    post = Appointment.objects.valid().filter(user=actor).select_related("unit").first()
    return post.unit if post else None


@transaction.atomic
def decide_export(*, request: ExportRequest, is_released: bool, words: str, actor: User) -> ExportRequest:
    """Release an export or refuse it. Nobody decides on their own; records `customers.export_decided` and tells who asked."""
    require(actor, Perm.RELEASE)
    locked = ExportRequest.objects.select_for_update(of=("self",)).select_related("actor").get(pk=request.pk)
    if locked.actor_id == actor.pk:
        raise NotAllowed(say(_("You asked for this export; somebody else decides on it.")))
    if locked.state != ExportRequest.State.WAITING:
        raise wrong(_("This export is decided already."))
    words = wanted(words, "words", 200)
    locked.state = ExportRequest.State.RELEASED if is_released else ExportRequest.State.REFUSED
    locked.decided_by, locked.decided_at, locked.words = actor, clock.now(), words
    locked.save(update_fields=["state", "decided_by", "decided_at", "words"])
    decision = word(ExportRequest.State(locked.state).label, "export of customers")
    told = {"decision": decision, "export": locked.pk, "words": words}
    record(journal.EXPORT_DECIDED, actor=actor, data=told)
    answer = say(_("Your export of {count} customers: {decision}"), count=locked.count, decision=decision)
    notify(users=[locked.actor], kind=notices.EXPORT.key, say=answer, address=locked.get_absolute_url())
    return locked


@transaction.atomic
def open_export(*, request: ExportRequest, actor: User) -> ExportRequest:
    """Take the released file; each taking is recorded as `customers.export_taken`.

    Refuses somebody else's, one that is not released, one that grew beyond what was released, and one a week after that.
    """
    require(actor, Perm.EXPORT)
    locked = ExportRequest.objects.select_for_update(of=("self",)).select_related("actor").get(pk=request.pk)
    if locked.actor_id != actor.pk:
        raise NotAllowed(say(_("Only who asked for an export takes it.")))
    if locked.is_clear:
        require(actor, Perm.REVEAL)
    if locked.state != ExportRequest.State.RELEASED:
        raise wrong(_("This export is not released."))
    released = locked.decided_at or locked.created_at
    if (clock.now() - released).days >= DAYS:
        raise wrong(_("This export was released more than {days} days ago; ask again."), days=DAYS)
    filters = Filters.from_json(locked.query)
    count = exported(actor, filters, Purpose(locked.purpose), is_clear=locked.is_clear).count()
    if count > locked.count * 1.1 + 10:
        raise wrong(_("The list has grown since it was released; ask again."))
    locked.taken += 1
    locked.save(update_fields=["taken"])
    clear = count if locked.is_clear else 0
    told = {"count": count, "number": locked.pk, "clear": clear}
    record(journal.EXPORT_TAKEN, actor=actor, data=told)
    return locked


DAYS = 7
