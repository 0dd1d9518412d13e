"""The early-warning register of a marketing centre (RSK-09)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.selectors import head_of
from yunchou.kernel.access.checks import require
from yunchou.kernel.access.selectors import holds
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, NotAllowed, WrongState
from yunchou.kernel.core.refusing import wanted
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.subjects.actions import open_subject as make_subject
from yunchou.kernel.subjects.models import Subject
from yunchou.kernel.ui.seen import refuse_stale, stamp

from .. import journal
from ..models import EarlyWarning, Warned, WarningField, WarningStep
from ..permissions import Perm
from ..subject import WARNING
from .shared import LONG, short

HIGH = 3


@transaction.atomic
def raise_warning(
    *,
    unit: Unit,
    field: str,
    title: str,
    source: str,
    level: int,
    owner: User,
    actor: User,
    detail: str = "",
    response: str = "",
) -> EarlyWarning:
    """Put a market, competition or operating risk into the register; records `operations.warning_raised`.

    Its responsible person is told, and of a high one the head of the unit. Needs `operations.warn` on the unit.
    """
    require(actor, Perm.WARN, unit)
    title, source = wanted(title, "title", 120), wanted(source, "source", 120)
    if field not in WarningField.values or level not in (1, 2, HIGH):
        words = say(_("Choose one."))
        raise Invalid(words, fields={"field" if field not in WarningField.values else "level": words})
    subject = make_subject(kind=WARNING.key, unit=unit, title=title, actor=actor)
    warning = EarlyWarning.objects.create(
        subject=subject, field=field, title=title, source=source, level=level, owner=owner, raised_by=actor,
        detail=detail.strip(), response=response.strip(), state=Warned.RESPONDING if response.strip() else Warned.OPEN,
    )  # fmt: skip
    subject.address = warning.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.WARNING_RAISED, actor=actor, subject=subject, data={"warning": title, "source": source})
    _tell(warning, actor, "raised")
    return warning


@transaction.atomic
def follow_warning(
    *,
    warning: EarlyWarning,
    note: str,
    state: str,
    level: int,
    actor: User,
    response: str = "",
    seen: str = "",
) -> EarlyWarning:
    """Say what becomes of a warning: another level or state, a response, the end; records `operations.warning_followed`.

    Its responsible person may, and whoever holds `operations.warn` on the unit. A lifted one stays lifted (409).
    """
    subject = Subject.objects.select_for_update(of=("self",)).select_related("unit").get(pk=warning.pk)
    found: EarlyWarning = EarlyWarning.objects.select_related("owner", "subject__unit").get(pk=warning.pk)
    if found.owner_id != actor.pk and not holds(actor, Perm.WARN, subject):
        raise NotAllowed(say(_("Only the responsible person and whoever keeps the register may do this.")))
    refuse_stale(seen, stamp_of(found))
    if not found.is_open:
        raise WrongState(say(_("“{warning}” was lifted; raise a new one."), warning=found.title))
    note = wanted(note, "note", LONG)
    if state not in Warned.values or level not in (1, 2, HIGH):
        words = say(_("Choose one."))
        raise Invalid(words, fields={"state" if state not in Warned.values else "level": words})
    before = found.level
    found.state, found.level = state, level
    found.response = response.strip() or found.response
    found.closed_at = clock.now() if state == Warned.CLOSED else None
    found.save(update_fields=["state", "level", "response", "closed_at"])
    WarningStep.objects.create(warning=found, state=state, level=level, note=note, by=actor, at=clock.now())
    record(
        journal.WARNING_FOLLOWED,
        actor=actor,
        subject=subject,
        data={"warning": found.title, "note": short(note)},
    )
    if level > before or state == Warned.CLOSED:
        _tell(found, actor, f"{state}:{level}")
    return found


def stamp_of(warning: EarlyWarning) -> str:
    """How a warning stands, for a form that shows it."""
    return stamp(warning.state, warning.level, warning.response, warning.steps.count())


def _tell(warning: EarlyWarning, actor: User, step: str) -> None:
    head = head_of(warning.subject.unit) if warning.level == HIGH else None
    people = [person for person in dict.fromkeys([warning.owner, head]) if person and person != actor]
    words = (
        _("Warning lifted: {warning}") if not warning.is_open else _("Early warning: {warning} ({source})")
    )
    notify(
        users=people,
        kind="operations.warning",
        say=say(words, warning=warning.title, source=warning.source),
        subject=warning.subject,
        key=f"warning:{warning.pk}:{step}",
    )
