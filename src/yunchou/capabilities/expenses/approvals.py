"""How claims and monthly reports are approved: the facts that routes may ask about, and what the engine asks of this room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.routes import ROUTES
from yunchou.kernel.approvals.conditions import Fact, FactType
from yunchou.kernel.approvals.models import Case
from yunchou.kernel.approvals.registry import Change, Panel, declare
from yunchou.kernel.core.money import yuan, yuan_in_words
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.rules.selectors import evaluate
from yunchou.kernel.rules.verdicts import Verdict
from yunchou.kernel.subjects.models import Subject

from . import actions
from .models import Claim, ExpenseReport
from .permissions import CLAIM_KIND, REPORT_KIND
from .rules import SENDING, beyond_budget_is_reviewed
from .selectors import claim_facts, difference_of
from .selectors.reports import report_summary

FACTS: Final = {
    "amount": Fact(_("Amount claimed"), FactType.MONEY),
    "beyond": Fact(_("Beyond the budget"), FactType.MONEY),
    "is_beyond": Fact(_("Passes the budget"), FactType.FLAG),
    "is_regional": Fact(_("Belongs to a region"), FactType.FLAG),
    "has_activity": Fact(_("For an activity"), FactType.FLAG),
}
REPORT_FACTS: Final = {
    "total": Fact(_("Expenses of the month"), FactType.MONEY),
    "is_regional": Fact(_("Belongs to a region"), FactType.FLAG),
}


def _claim(subject: Subject) -> Claim:
    found: Claim = Claim.objects.select_related(
        "subject__unit", "activity", "claimant", "payee_person", "payee_supplier"
    ).get(pk=subject.pk)
    return found


def is_regional(subject: Subject) -> bool:
    """Whether the subject's unit is a region or lies in one."""
    return Unit.objects.filter(pk__in=subject.unit.ancestor_ids, kind=Unit.Kind.REGION).exists()


def route_facts(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of a claim."""
    claim = _claim(subject)
    facts = claim_facts(claim)
    return {
        "amount": facts.total,
        "beyond": facts.beyond,
        "is_beyond": facts.beyond > 0,
        "is_regional": is_regional(subject),
        "has_activity": claim.activity_id is not None,
    }


def interested_people(subject: Subject) -> Mapping[int, Say]:
    """Who may not decide, because the money goes to them or a line that pays is theirs (R-APR-15)."""
    claim = _claim(subject)
    why = {claim.payee_person_id: say(_("is paid by this claim"))} if claim.payee_person_id else {}
    owned = claim.lines.filter(line__owner__isnull=False).order_by("pk")
    for owner, name in owned.values_list("line__owner", "name"):
        why.setdefault(owner, say(_("owns the budget line “{what}”"), what=name))
    return why


def claim_verdicts(subject: Subject) -> Iterable[Verdict]:
    """What the rules said when it was sent."""
    return evaluate([*SENDING, beyond_budget_is_reviewed], claim_facts(_claim(subject)))


def claim_difference(old: dict[str, Any], new: dict[str, Any]) -> Sequence[Change]:
    """What was changed in a claim between two times that it was sent."""
    labels = {
        "payee": _("Paid to"), "background": _("Background of the activity"), "purpose": _("Purpose"),
        "participants": _("Participants of the activity"), "effect": _("Expected effect"),
    }  # fmt: skip
    found = [
        Change(say(label), str(old.get(key) or ""), str(new.get(key) or "")) for key, label in labels.items()
    ]
    found += _rows_differing(say(_("Amount")), _lines(old), _lines(new), is_numeric=True)
    found += _rows_differing(say(_("Voucher")), _vouchers(old), _vouchers(new))
    return [change for change in found if change.before != change.after]


def _lines(content: dict[str, Any]) -> dict[str, str]:
    """What is claimed by line; the same line twice is one sum."""
    sums: dict[str, Any] = {}
    for line in content.get("lines", []):
        name = line["name"] or line["item"]
        sums[name] = yuan(sums.get(name, 0)) + yuan(line["amount"])
    return {name: str(amount) for name, amount in sums.items()}


def _vouchers(content: dict[str, Any]) -> dict[str, str]:
    return {
        number: f"{payee} {amount}" for _kind, number, payee, amount, *_rest in content.get("vouchers", [])
    }


def _rows_differing(
    label: Say, old: Mapping[str, str], new: Mapping[str, str], *, is_numeric: bool = False
) -> list[Change]:
    return [
        Change(
            say("{label} {name}", label=label, name=name),
            old.get(name, ""),
            new.get(name, ""),
            is_numeric=is_numeric,
        )
        for name in dict.fromkeys((*old, *new))
    ]


def claim_panel(case: Case, reader: User) -> Panel | None:
    """What is claimed, on what grounds, with which vouchers."""
    claim = _claim(case.subject)
    facts = claim_facts(claim, reader)
    return Panel(
        say(_("What is claimed")),
        "expenses/parts/claim_panel.html",
        {
            "claim": claim,
            "lines": claim.lines.select_related("line", "commitment__supplier"),
            "vouchers": claim.vouchers.select_related("attachment__file"),
            "facts": facts,
            "difference": difference_of(facts),
            "in_words": yuan_in_words(facts.total),
        },
    )


def report_facts_of(subject: Subject) -> Mapping[str, Any]:
    """The present value of every fact of a monthly report."""
    report = ExpenseReport.objects.get(pk=subject.pk)
    total = yuan(report.figures["total"]) if report.figures else report_summary(report).total
    return {"total": total, "is_regional": is_regional(subject)}


def report_panel(case: Case, reader: User) -> Panel | None:
    """The figures that were sent, with analysis and measures."""
    report = ExpenseReport.objects.select_related("unit").get(pk=case.subject_id)
    return Panel(
        say(_("Expenses of the month")), "expenses/parts/report_panel.html",
        {"report": report, "summary": report_summary(report)},
    )  # fmt: skip


CLAIM = declare(
    CLAIM_KIND,
    label=gettext_lazy("Claim"),
    facts=FACTS,
    facts_of=route_facts,
    rows=ROUTES["claim"],
    on_approved=actions.claim_approved,
    on_returned=actions.claim_returned,
    on_rejected=actions.claim_rejected,
    on_withdrawn=actions.claim_withdrawn,
    interested=interested_people,
    difference=claim_difference,
    verdicts=claim_verdicts,
    panels=(claim_panel,),
    on_amend=actions.claim_amended,
)
REPORT = declare(
    REPORT_KIND,
    label=gettext_lazy("Expense report"),
    facts=REPORT_FACTS,
    facts_of=report_facts_of,
    rows=ROUTES["expense_report"],
    on_approved=actions.report_approved,
    on_returned=actions.report_returned,
    on_rejected=actions.report_returned,
    on_withdrawn=actions.report_returned,
    panels=(report_panel,),
)
