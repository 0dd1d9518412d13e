"""Regulations as controlled documents (GEN-05, GEN-06): drafted as an edition, published by an approved proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop as _

from yunchou.kernel.access.checks import require
from yunchou.kernel.core import clock
from yunchou.kernel.core.errors import Invalid, WrongState
from yunchou.kernel.core.text import say
from yunchou.kernel.identity.models import User
from yunchou.kernel.journal.actions import record
from yunchou.kernel.rules.registry import RULE_ID

from .. import journal
from ..defaults import SINCE, shipped
from ..models import Clause, Edition, Regulation, Revision
from ..permissions import Perm

if TYPE_CHECKING:
    from ..models import Proposal

State = Edition.State
COPIED: Final = ("order", "ref", "title", "title_en", "text", "text_en", "rules")
"""What the next edition of a clause begins with."""


@transaction.atomic
def install_regulations(*, actor: User | None = None) -> int:
    """Lay down the shipped regulations that are missing, in force; those that exist stay. Records `rulebook.installed`."""
    there = set(Regulation.objects.values_list("number", flat=True))
    missing = [spec for spec in shipped() if spec.number not in there]
    for spec in missing:
        regulation = Regulation.objects.create(
            number=spec.number, name=spec.name, name_en=spec.name_en, kind=spec.kind
        )
        edition = Edition.objects.create(
            regulation=regulation, state=State.PUBLISHED, pages=spec.pages, office=spec.office,
            summary=spec.summary, drafted_on=SINCE, reviewed_on=SINCE, approved_on=SINCE, effective_from=SINCE,
        )  # fmt: skip
        Clause.objects.bulk_create(
            Clause(edition=edition, order=order, **asdict(one) | {"rules": list(one.rules)})
            for order, one in enumerate(spec.clauses, 1)
        )
        Revision.objects.create(
            regulation=regulation, edition=1, on=SINCE, state=State.PUBLISHED, content=spec.summary
        )
    if missing:
        record(journal.INSTALLED, actor=actor, data={"count": len(missing)})
    return len(missing)


@transaction.atomic
def draft_edition(*, regulation: Regulation, actor: User) -> Edition:
    """Begin the next edition with the clauses of the newest one; records `rulebook.edition_drafted`.

    Refuses while another edition is drafted or decided on.
    """
    require(actor, Perm.PROPOSE)
    Regulation.objects.select_for_update().get(pk=regulation.pk)
    if regulation.editions.filter(state__in=[State.DRAFT, State.IN_APPROVAL]).exists():
        raise WrongState(say(_("Another edition of this regulation is being drafted or decided on.")))
    newest = regulation.editions.order_by("-number").first()
    edition = Edition.objects.create(
        regulation=regulation,
        number=newest.number + 1 if newest else 1,
        pages=newest.pages if newest else 1,
        office=newest.office if newest else "",
        drafted_on=clock.today(),
        drafted_by=actor.name,
    )
    if newest:
        Clause.objects.bulk_create(
            Clause(edition=edition, **{name: getattr(clause, name) for name in COPIED})
            for clause in newest.clauses.all()
        )
    record(journal.DRAFTED, actor=actor, data={"number": regulation.number, "edition": edition.number})
    return edition


@transaction.atomic
def revise_edition(*, edition: Edition, actor: User, summary: str, office: str, pages: int) -> Edition:
    """Change the head of a draft: what was revised, the office that interprets it, how many pages it has.

    Records `rulebook.edition_revised`.
    """
    edition = _draft(edition, actor)
    before = [edition.summary, edition.office, edition.pages]
    edition.summary, edition.office, edition.pages = summary.strip(), office.strip(), pages
    edition.save(update_fields=["summary", "office", "pages"])
    after = [edition.summary, edition.office, edition.pages]
    told = {"number": edition.regulation.number, "edition": edition.number, "before": before, "after": after}
    record(journal.REVISED, actor=actor, data=told)
    return edition


@transaction.atomic
def change_clause(
    *,
    edition: Edition,
    actor: User,
    ref: str,
    title: str,
    text: str,
    rules: Sequence[str],
    title_en: str = "",
    text_en: str = "",
    clause: Clause | None = None,
) -> Clause:
    """Change a clause of a draft, or add one at its end; records `rulebook.clause_changed`.

    Without a rendering readers of English see the words themselves, and never a rendering of what it said before.
    Refuses a reference that another clause has, and rules whose number is none.
    """
    edition = _draft(edition, actor)
    ref = ref.strip()
    others = edition.clauses.exclude(pk=clause.pk) if clause else edition.clauses.all()
    if others.filter(ref=ref).exists():
        wrong = say(_("Another clause has this reference."))
        raise Invalid(wrong, fields={"ref": wrong})
    if unknown := [rule for rule in rules if not RULE_ID.match(rule)]:
        wrong = say(_("“{rule}” is not the number of a rule."), rule=unknown[0])
        raise Invalid(wrong, fields={"rules": wrong})
    if clause is None:
        last = edition.clauses.aggregate(last=Max("order"))["last"] or 0
        clause = Clause(edition=edition, order=last + 1)
    before = _said(clause)
    clause.ref, clause.rules = ref, list(rules)
    clause.title, clause.text = title.strip(), text.strip()
    clause.title_en, clause.text_en = title_en.strip(), text_en.strip()
    clause.save()
    told = {"number": edition.regulation.number, "clause": ref, "before": before, "after": _said(clause)}
    record(journal.CLAUSE_CHANGED, actor=actor, data=told)
    return clause


def _said(clause: Clause) -> dict[str, Any]:
    """What the journal keeps of a clause, before and after; nothing of one that is not there yet."""
    return {name: getattr(clause, name) for name in COPIED if name != "order"} if clause.pk else {}


@transaction.atomic
def drop_clause(*, clause: Clause, actor: User) -> None:
    """Take a clause out of a draft; records `rulebook.clause_changed`."""
    edition = _draft(clause.edition, actor)
    told = {"number": edition.regulation.number, "clause": clause.ref, "before": _said(clause), "after": {}}
    record(journal.CLAUSE_CHANGED, actor=actor, data=told)
    clause.delete()


@transaction.atomic
def drop_edition(*, edition: Edition, actor: User) -> None:
    """Throw a draft away; what is published stays. Records `rulebook.edition_dropped`."""
    draft = _draft(edition, actor)
    clauses = [_said(clause) for clause in draft.clauses.all()]
    told = {"number": draft.regulation.number, "edition": draft.number, "before": clauses}
    record(journal.DROPPED, actor=actor, data=told)
    draft.delete()


def _draft(edition: Edition, actor: User) -> Edition:
    """The draft under lock; nothing else may be written into."""
    require(actor, Perm.PROPOSE)
    locked = Edition.objects.select_for_update(of=("self",)).select_related("regulation").get(pk=edition.pk)
    if not locked.is_draft:
        raise WrongState(say(_("This edition is no draft; it stays as it is.")))
    return locked


# ---------------------------------------------------------------- called by proposals, in their transaction


def send_edition(*, edition: Edition, actor: User) -> Edition:
    """A draft goes to management and is not written in until it is decided on."""
    edition = _draft(edition, actor)
    edition.state, edition.drafted_on, edition.drafted_by = State.IN_APPROVAL, clock.today(), actor.name
    edition.save(update_fields=["state", "drafted_on", "drafted_by"])
    return edition


def take_back_edition(*, pk: int) -> None:
    """What was not approved is a draft again."""
    Edition.objects.filter(pk=pk, state=State.IN_APPROVAL).update(state=State.DRAFT)


def publish_edition(*, edition: Edition, proposal: Proposal, actor: User) -> Edition:
    """An approved edition is in force from the day of its proposal; the revision list gets a line (GEN-05)."""
    today = clock.today()
    edition.state, edition.effective_from = State.PUBLISHED, proposal.effective_on
    edition.reviewed_on, edition.reviewed_by = today, actor.name
    edition.approved_on, edition.approved_by = today, actor.name
    edition.save()
    Revision.objects.create(
        regulation=edition.regulation,
        edition=edition.number,
        on=today,
        state=State.PUBLISHED,
        content=(edition.summary or proposal.reason)[:200],
        reviser=edition.drafted_by,
        reviewer=actor.name,
        approver=actor.name,
    )
    return edition
