"""Changing rules by proposal (R-APR-19): drafted by the marketing centre, approved by management, in force from a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.approvals.actions import open_case, publish_definition, withdraw
from yunchou.kernel.approvals.conditions import Row
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import definitions
from yunchou.kernel.approvals.selectors import running_case
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import NotAllowed, WrongState
from yunchou.kernel.core.text import Text, say
from yunchou.kernel.identity.models import Appointment, Unit, User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.notify.actions import notify
from yunchou.kernel.rules.actions import set_parameter
from yunchou.kernel.rules.registry import Rule, as_declared, as_stored, rules
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.subjects.actions import open_subject

from .. import flow, journal
from ..changes import (
    FIELD,
    check_day,
    check_reason,
    check_routes,
    current_rows,
    read_values,
    tomorrow,
)
from ..models import Edition, Proposal, Trial
from ..permissions import Perm
from ..replay import row_from_json, row_to_json
from .documents import publish_edition, send_edition, take_back_edition

DEFINITION = "rule_change"
Target = Proposal.Target


def propose_parameters(
    *,
    rule: str,
    typed: Mapping[str, str],
    reason: str,
    effective_on: date | None,
    actor: User,
    trial: Trial | None = None,
) -> Proposal:
    """Propose other values for parameters of a rule, as typed, and send it to management; records `rulebook.proposed`.

    Refuses, beside the field: a value outside its range, a day that has come, a second proposal on the same rule.
    """
    require(actor, Perm.PROPOSE)
    declared, day = rules[rule], check_day(effective_on)
    values, reason = read_values(declared, typed, day), check_reason(reason)
    before = params_on([declared], day)[rule]
    with transaction.atomic():
        return _propose(
            Target.PARAMETERS,
            rule,
            before={name: as_stored(before[name]) for name in values},
            after={name: as_stored(value) for name, value in values.items()},
            title=_title_of_rule(declared),
            reason=reason,
            day=day,
            actor=actor,
            trial=trial,
            field=FIELD + next(iter(values)),
        )


def propose_routes(
    *,
    definition: str,
    rows: Sequence[Row],
    reason: str,
    effective_on: date | None,
    actor: User,
    trial: Trial | None = None,
) -> Proposal:
    """Propose other routing rows for a definition and send it to management; records `rulebook.proposed`.

    Refuses rows in which the checker finds an error, a day that has come, and a second proposal on the same definition.
    """
    require(actor, Perm.PROPOSE)
    day = check_day(effective_on)
    rows, reason = check_routes(definition, rows, day), check_reason(reason)
    with transaction.atomic():
        return _propose(
            Target.ROUTES,
            definition,
            before=[row_to_json(row) for row in current_rows(definition, day)],
            after=[row_to_json(row) for row in rows],
            title=_title_of_routes(definition),
            reason=reason,
            day=day,
            actor=actor,
            trial=trial,
            field="rows",
        )


def propose_edition(*, edition: Edition, reason: str, effective_on: date | None, actor: User) -> Proposal:
    """Send the draft of a regulation to management; records `rulebook.proposed`. Refuses what is no draft (GEN-06)."""
    require(actor, Perm.PROPOSE)
    day, reason = check_day(effective_on), check_reason(reason)
    with transaction.atomic():
        edition = send_edition(edition=edition, actor=actor)
        previous = edition.regulation.editions.filter(state=Edition.State.PUBLISHED).first()
        return _propose(
            Target.EDITION,
            edition.regulation.number,
            before={
                "edition": previous.pk if previous else None,
                "number": previous.number if previous else 0,
            },
            after={"edition": edition.pk, "number": edition.number},
            title=f"{edition.regulation.number} {edition.regulation.name} v{edition.number}",
            reason=reason,
            day=day,
            actor=actor,
            trial=None,
            field="effective_on",
        )


def _propose(
    target: str,
    key: str,
    *,
    before: Any,
    after: Any,
    title: str,
    reason: str,
    day: date,
    actor: User,
    trial: Trial | None,
    field: str,
) -> Proposal:
    if other := Proposal.objects.open().filter(key=key).select_related("subject", "proposed_by").first():
        raise _competing(other, field)
    subject = open_subject(kind=DEFINITION, unit=_home(), title=title[:160], code=key, actor=actor)
    try:
        with transaction.atomic():
            proposal = Proposal.objects.create(
                subject=subject, target=target, key=key, before=before, after=after, reason=reason,
                effective_on=day, trial=trial, proposed_by=actor,
            )  # fmt: skip
    except IntegrityError:
        # Somebody was faster between our look and our insert.
        raise _competing(Proposal.objects.open().filter(key=key).first(), field) from None
    subject.address = proposal.get_absolute_url()
    subject.save(update_fields=["address"])
    record(journal.PROPOSED, actor=actor, subject=subject, data=_told(proposal))
    open_case(subject=subject, definition=DEFINITION, actor=actor, note=reason)
    return proposal


def _competing(other: Proposal | None, field: str) -> WrongState:
    """Two changes of one thing at once would hide each other from the people who decide."""
    text: Text = say(_("A change of this has already been proposed; it must be decided or withdrawn first."))
    if other is not None:
        text = say(
            _("{person} has proposed a change of this on {day}; it must be decided or withdrawn first."),
            person=str(other.proposed_by),
            day=clock.local(other.proposed_at).date().isoformat(),
        )
    return WrongState(text, code="competing", fields={field: text})


def resubmit_proposal(
    *,
    proposal: Proposal,
    actor: User,
    reason: str,
    effective_on: date | None,
    typed: Mapping[str, str] | None = None,
    rows: Sequence[Row] | None = None,
) -> Proposal:
    """Send a returned proposal again, with other values, reason or day; its own proposer may. Refuses as a new one."""
    _own(proposal, actor)
    day, reason = check_day(effective_on), check_reason(reason)
    after = proposal.after
    if proposal.target == Target.PARAMETERS and typed is not None:
        after = {n: as_stored(v) for n, v in read_values(rules[proposal.key], typed, day).items()}
    if proposal.target == Target.ROUTES and rows is not None:
        after = [row_to_json(row) for row in check_routes(proposal.key, rows, day)]
    with flow.RESUBMIT.apply(proposal, actor=actor, note=reason, data=_told(proposal)) as locked:
        locked.after, locked.reason, locked.effective_on = after, reason, day
        if locked.target == Target.PARAMETERS:
            before = params_on([rules[locked.key]], day)[locked.key]
            locked.before = {name: as_stored(before[name]) for name in after}
        locked.save(update_fields=["before", "after", "reason", "effective_on"])
        if locked.target == Target.EDITION:
            send_edition(edition=Edition.objects.get(pk=locked.after["edition"]), actor=actor)
        open_case(subject=locked.subject, definition=DEFINITION, actor=actor, note=reason)
    return locked


def withdraw_proposal(*, proposal: Proposal, actor: User) -> Proposal:
    """Take a proposal back from management; only who sent it may."""
    if (case := running_case(proposal.subject)) is None:
        raise WrongState(say(_("The proposal is not being decided on.")))
    withdraw(case=case, actor=actor)
    return Proposal.objects.get(pk=proposal.pk)


def drop_proposal(*, proposal: Proposal, actor: User) -> Proposal:
    """Give a returned proposal up, so that another one may be made."""
    _own(proposal, actor)
    with flow.DROP.apply(proposal, actor=actor, data=_told(proposal)) as locked:
        _close(locked)
    return Proposal.objects.get(pk=proposal.pk)


def _own(proposal: Proposal, actor: User) -> None:
    if proposal.proposed_by_id != actor.pk:
        raise NotAllowed(
            say(_("Only {person}, who proposed it, may do this."), person=str(proposal.proposed_by))
        )


# ---------------------------------------------------------------- outcomes, called by the approval engine


def change_approved(case: Case, actor: User) -> None:
    """Let the change hold from its day; where that has passed meanwhile, from tomorrow. Everybody is told."""
    proposal = _proposal(case)
    day = max(proposal.effective_on, tomorrow())
    told = {**_told(proposal), "day": day.isoformat()}
    with flow.APPROVE.apply(proposal, actor=actor, data=told) as locked:
        locked.effective_on, locked.decided_at = day, clock.now()
        locked.save(update_fields=["effective_on", "decided_at"])
        _put_in_force(locked, actor)
    told = {"title": locked.subject.title, "day": day.isoformat(), "reason": locked.reason}
    words = say(_("“{title}” changes from {day}: {reason}"), **told)
    people = User.objects.filter(pk__in=Appointment.objects.valid().values("user")).exclude(pk=actor.pk)
    notify(
        users=people,
        kind="rulebook.changed",
        say=words,
        subject=locked.subject,
        key=f"rulebook.changed:{locked.pk}",
    )


def _put_in_force(proposal: Proposal, actor: User) -> None:
    """Write what was approved: dated rows beside the old ones, never in their place."""
    day, reason = proposal.effective_on, proposal.reason[:200]
    if proposal.target == Target.PARAMETERS:
        declared = rules[proposal.key].params
        for name, value in proposal.after.items():
            typed = as_declared(declared[name], value)
            set_parameter(
                rule=proposal.key, name=name, value=typed, valid_from=day, actor=actor, reason=reason
            )
    elif proposal.target == Target.ROUTES:
        rows = [row_from_json(row) for row in proposal.after]
        publish_definition(key=proposal.key, rows=rows, valid_from=day, actor=actor, reason=reason)
    else:
        edition = Edition.objects.get(pk=proposal.after["edition"])
        publish_edition(edition=edition, proposal=proposal, actor=actor)


def change_returned(case: Case, actor: User) -> None:
    """Back to who proposed it, with the opinion; it may be changed and sent again."""
    proposal = _proposal(case)
    with flow.RETURN.apply(proposal, actor=actor, data=_told(proposal)) as locked:
        if locked.target == Target.EDITION:
            take_back_edition(pk=locked.after["edition"])


def change_rejected(case: Case, actor: User) -> None:
    """Nothing changes; another proposal may be made."""
    proposal = _proposal(case)
    with flow.REJECT.apply(proposal, actor=actor, data=_told(proposal)) as locked:
        _close(locked)


def change_withdrawn(case: Case, actor: User) -> None:
    """Taken back by who proposed it."""
    proposal = _proposal(case)
    with flow.WITHDRAW.apply(proposal, actor=actor, data=_told(proposal)) as locked:
        _close(locked)


def _close(proposal: Proposal) -> None:
    proposal.decided_at = clock.now()
    proposal.save(update_fields=["decided_at"])
    if proposal.target == Target.EDITION:
        take_back_edition(pk=proposal.after["edition"])


def _proposal(case: Case) -> Proposal:
    proposal: Proposal = Proposal.objects.select_related("subject").get(pk=case.subject_id)
    return proposal


def _told(proposal: Proposal) -> dict[str, Any]:
    """What the journal tells of it."""
    return {
        "what": proposal.subject.title,
        "day": proposal.effective_on.isoformat(),
        "before": proposal.before if proposal.target != Target.ROUTES else len(proposal.before),
        "after": proposal.after if proposal.target != Target.ROUTES else len(proposal.after),
        "reason": proposal.reason,
    }


def _home() -> Unit:
    """Rules hold for the whole company, so a proposal belongs to its top."""
    return Unit.objects.filter(parent=None).order_by("pk")[0]


def _title_of_rule(rule: Rule[Any]) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return f"{rule.id} {rule.name}" if rule.title else rule.id


def _title_of_routes(definition: str) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("Approval routes: %(definition)s") % {"definition": definitions[definition].label}
