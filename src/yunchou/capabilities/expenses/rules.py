"""Rules on claims and on the monthly report. Money in yuan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext_noop as _

from yunchou.directory.organisation.routes import MAJOR
from yunchou.kernel.core.money import ZERO, format_exact
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.rules.bounds import YUAN, Bound
from yunchou.kernel.rules.registry import Params, rule
from yunchou.kernel.rules.verdicts import BLOCK, NEED_APPROVAL, WARN, Fix, Place, Verdict, failed, passed

LABELS: Final[Mapping[str, str]] = {
    "background": _("Background of the activity"),
    "purpose": _("Purpose"),
    "participants": _("Participants of the activity"),
    "effect": _("Expected effect"),
}


@dataclass(frozen=True)
class LineFacts:
    """A line of a claim beside the money it is to be paid from.

    `budget` is what was approved and `used` what is held or spent of it by others, in yuan. What a contract has bound
    already (`is_bound`) is within the budget by that. `key` is that of the account; `passed` is by how much it passes the
    `ceiling` that it passes most.
    """

    name: str
    amount: Decimal
    budget: Decimal = ZERO
    used: Decimal = ZERO
    is_bound: bool = False
    is_lost: bool = False
    key: str = ""
    passed: Decimal = ZERO
    ceiling: Say | None = None

    @property
    def missing(self) -> Decimal:
        """By how much claim and what is used pass the money."""
        if self.is_bound:
            return ZERO
        return min(self.amount, max(ZERO, self.used + self.amount - self.budget))

    @property
    def beyond(self) -> Decimal:
        """By how much the claim passes the money or a ceiling, whichever is more."""
        return max(self.missing, self.passed)


@dataclass(frozen=True)
class Likeness:
    """A voucher with the same figures in its number: its number, the claim it is in, and what the two come to, in yuan."""

    number: str
    claim: Say
    together: Decimal


@dataclass(frozen=True)
class VoucherFacts:
    """A voucher, whether its picture is here, and where it was claimed before.

    `alike` is a voucher of another spelling that may be the same paper: in which claim it is, and what both come to.
    """

    number: str
    amount: Decimal
    has_file: bool = True
    earlier: Say | None = None
    alike: Likeness | None = None


@dataclass(frozen=True)
class ClaimFacts:
    """What the rules judge of a claim; `is_paying` once it is to be paid, `is_reviewed` when the special review passed.

    `unbound` is what the claim and those of the last days come to that pay the same `supplier` without a contract, in yuan.
    """

    texts: Mapping[str, str]
    lines: tuple[LineFacts, ...] = ()
    vouchers: tuple[VoucherFacts, ...] = ()
    payee: str = ""
    supplier: str = ""
    unbound: Decimal = ZERO
    stated_total: Decimal | None = None
    is_paying: bool = False
    is_reviewed: bool = False

    @cached_property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), ZERO)

    @cached_property
    def proved(self) -> Decimal:
        """The sum of the vouchers."""
        return sum((voucher.amount for voucher in self.vouchers), ZERO)

    @cached_property
    def beyond(self) -> Decimal:
        """How much of the claim lies beyond the budget."""
        return sum((line.beyond for line in self.lines), ZERO)


@rule(
    "R-BUD-07",
    clause="002 9.3(5), 9.2 四",
    severity=BLOCK,
    params={"vouchers": 1},
    title=_("A claim is complete"),
    sentence=_(
        "A claim states background, purpose, participants and expected effect, and carries at least {vouchers} voucher."
    ),
    bounds={"vouchers": Bound(_("Vouchers at least"), at_least=1, at_most=10)},
)
def claim_is_complete(facts: ClaimFacts, p: Params) -> Iterator[Verdict]:
    """A claim carries its four texts and at least one voucher, or it is not sent; every missing part is named."""
    for key, label in LABELS.items():
        if not facts.texts.get(key, "").strip():
            yield _missing(key, say(label))
    if not facts.lines:
        yield _missing("lines", say(_("An amount with its budget line")))
    if not facts.payee:
        yield _missing("payee", say(_("Who is paid")))
    if len(facts.vouchers) < p.vouchers:
        yield _missing("vouchers", say(_("A voucher")))
    for number, line in enumerate(facts.lines):
        if line.is_lost:
            words = say(_("“{line}” is no longer in the budget; choose another line."), line=line.name)
            yield failed(words, at=Place("claim", number, "lines"), part="lost")
    for voucher in facts.vouchers:
        if not voucher.has_file:
            words = say(_("Voucher {number} has no picture or file."), number=voucher.number)
            yield failed(words, at=Place("claim", None, "vouchers"), severity=WARN, part="file")


def _missing(part: str, label: Say) -> Verdict:
    return failed(
        say(_("Missing: {part}."), part=label),
        at=Place("claim", None, part),
        fix=Fix(say(_("Add it; an incomplete claim cannot be sent."))),
        part=part,
    )


@rule(
    "R-BUD-12",
    clause="002 9.2 二",
    severity=BLOCK,
    title=_("A voucher counts once"),
    sentence=_("A voucher of the same number, payee and amount is not claimed again."),
)
def voucher_counts_once(facts: ClaimFacts, p: Params) -> Iterator[Verdict]:
    """The same number, payee and amount is one voucher, however it is typed, and is claimed once."""
    for voucher in facts.vouchers:
        if voucher.earlier is not None:
            yield failed(
                say(
                    _("Voucher {number} of {amount} yuan is claimed already: {earlier}"),
                    number=voucher.number,
                    amount=format_exact(voucher.amount),
                    earlier=voucher.earlier,
                ),
                at=Place("claim", None, "number"),
                fix=Fix(say(_("Take this voucher out, or correct its number."))),
            )


@rule(
    "R-BUD-06",
    clause="002 9.3(5)",
    severity=BLOCK,
    title=_("Special review beyond the budget"),
    sentence=_(
        "A claim that passes the budget goes to a special review and is not paid before it has passed."
    ),
)
def beyond_budget_is_reviewed(facts: ClaimFacts, p: Params) -> Iterator[Verdict]:
    """Where claim and spending pass the budget, finance and top management review it before it is paid (X-05)."""
    for number, line in enumerate(facts.lines):
        if line.beyond <= 0:
            continue
        words = _beyond(line)
        if facts.is_reviewed:
            yield passed(words, beyond=str(line.beyond))
            continue
        # Money that is missing can be brought in; what passes a ceiling only the review lets through.
        way_out: dict[str, Any] = {"giver": line.key, "over": str(line.missing)} if line.missing else {}
        yield failed(
            words,
            at=Place("claim", number, "amount"),
            severity=BLOCK if facts.is_paying else NEED_APPROVAL,
            fix=Fix(say(_("Finance and company management review it specially; nothing is paid before."))),
            stored=format_exact(line.used + line.amount),
            computed=format_exact(line.budget),
            beyond=str(line.beyond),
            **way_out,
        )


def _beyond(line: LineFacts) -> Say:
    """What a line passes: the money of its budget, or a ceiling that finance has set."""
    if line.passed > line.missing:
        return say(
            _("{line}: {amount} claimed pass the ceiling of {ceiling} by {beyond} yuan."),
            line=line.name,
            amount=format_exact(line.amount),
            ceiling=line.ceiling or "—",
            beyond=format_exact(line.beyond),
        )
    return say(
        _("{line}: {used} used and {amount} claimed are {beyond} yuan beyond the budget of {budget}."),
        line=line.name,
        used=format_exact(line.used),
        amount=format_exact(line.amount),
        beyond=format_exact(line.beyond),
        budget=format_exact(line.budget),
    )


@rule(
    "K-CLM-01",
    clause="002 9.2 二",
    severity=BLOCK,
    title=_("Vouchers cover the claim"),
    sentence=_("The vouchers add up to at least what is claimed."),
)
def vouchers_cover_the_claim(facts: ClaimFacts, p: Params) -> Verdict:
    """What is claimed is proved: the vouchers come to at least as much; the difference is shown either way."""
    difference = facts.proved - facts.total
    told = {"claimed": format_exact(facts.total), "proved": format_exact(facts.proved)}
    if not facts.vouchers or not facts.lines:
        return passed()
    if difference >= 0:
        return passed(
            say(_("Vouchers of {proved} yuan, {claimed} claimed."), **told), difference=str(difference)
        )
    words = say(
        _("The vouchers come to {proved} yuan, {claimed} are claimed: {difference} yuan are not proved."),
        difference=format_exact(-difference),
        **told,
    )
    return failed(
        words,
        at=Place("claim", None, "vouchers"),
        stored=told["claimed"],
        computed=told["proved"],
        fix=Fix(say(_("File the missing voucher, or claim {proved} yuan."), proved=told["proved"])),
        difference=str(difference),
    )


@rule(
    "K-CLM-02",
    clause="002 9.2 二",
    severity=BLOCK,
    title=_("The total is the sum"),
    sentence=_("A total that somebody types equals the sum of the lines."),
)
def stated_total_is_the_sum(facts: ClaimFacts, p: Params) -> Verdict:
    """A typed total equals the sum of the lines; a difference is shown and stops sending."""
    if facts.stated_total is None or facts.stated_total == facts.total:
        return passed()
    return failed(
        say(
            _("The typed total is {stated} yuan, the lines add up to {total}: a difference of {difference}."),
            stated=format_exact(facts.stated_total),
            total=format_exact(facts.total),
            difference=format_exact(abs(facts.stated_total - facts.total)),
        ),
        at=Place("claim", None, "stated_total"),
        stored=format_exact(facts.stated_total),
        computed=format_exact(facts.total),
        fix=Fix(say(_("Set the total to {total}."), total=format_exact(facts.total))),
    )


@rule(
    "K-CLM-04",
    clause="002 9.2 二",
    severity=WARN,
    title=_("Vouchers that look alike"),
    sentence=_("A voucher with the figures of another one is looked at before the claim is approved."),
)
def vouchers_look_alike(facts: ClaimFacts, p: Params) -> Iterator[Verdict]:
    """One paper may come back in another spelling, under another name of its payee, or cut into several amounts."""
    for voucher in facts.vouchers:
        if voucher.alike is not None:
            yield failed(
                say(
                    _("Voucher {number} may be {other}, {claim}: together {together} yuan."),
                    number=voucher.number,
                    other=voucher.alike.number,
                    claim=voucher.alike.claim,
                    together=format_exact(voucher.alike.together),
                ),
                at=Place("claim", None, "number"),
                fix=Fix(say(_("Compare the two papers; take one out if they are the same."))),
                severity=WARN,
            )


@rule(
    "K-CLM-05",
    clause="002 §9",
    severity=BLOCK,
    params={"limit": MAJOR},
    assumed=["limit"],
    title=_("Large amounts come out of a contract"),
    sentence=_(
        "A supplier that is claimed for {limit} yuan or more within 30 days is paid out of a contract that was bought for."
    ),
    bounds={"limit": Bound(_("Contract from"), unit=YUAN, at_least=1)},
)
def large_amounts_have_a_contract(facts: ClaimFacts, p: Params) -> Verdict:
    """A claim is no way around quotes, tender and contract; cutting an amount into claims does not avoid them (R-BUD-10)."""
    if not facts.supplier or facts.unbound < p.limit:
        return passed()
    return failed(
        say(
            _(
                "{supplier}: {amount} yuan in 30 days without a contract; from {limit} yuan on there has to be one."
            ),
            supplier=facts.supplier,
            amount=format_exact(facts.unbound),
            limit=format_exact(p.limit),
        ),
        at=Place("claim", None, "lines"),
        fix=Fix(say(_("Enter a purchase with its quotes or tender, and claim out of its contract."))),
        stored=format_exact(facts.unbound),
        computed=format_exact(p.limit),
    )


SENDING: Final = (
    claim_is_complete,
    voucher_counts_once,
    vouchers_cover_the_claim,
    stated_total_is_the_sum,
    vouchers_look_alike,
    large_amounts_have_a_contract,
)
"""What stops a claim from being sent, or is told to whoever decides on it."""


@dataclass(frozen=True)
class Variance:
    """An account that the month spent from: given and spent to date, in yuan, and why the two differ."""

    key: str
    name: str
    budget: Decimal
    spent: Decimal
    note: str = ""
    is_settled: bool = True

    @property
    def amount(self) -> Decimal:
        """Actual minus budget (R-BUD-11)."""
        return self.spent - self.budget


@dataclass(frozen=True)
class ReportFacts:
    """What the rules judge of a month's report."""

    month: str
    is_approved: bool = False
    is_over: bool = True
    is_verified: bool = True
    texts: Mapping[str, str] = field(default_factory=dict)
    variances: tuple[Variance, ...] = ()
    unpaid: int = 0


PARTS: Final[Mapping[str, str]] = {"analysis": _("Analysis"), "improvements": _("Improvement measures")}


@rule(
    "R-BUD-13",
    clause="002 9.2 四; 003 四(三)4",
    severity=BLOCK,
    title=_("Every month is analysed and reported"),
    sentence=_(
        "At the end of a month its costs are analysed and reported; management approves the report before the month is closed."
    ),
)
def month_is_reported(facts: ReportFacts, p: Params) -> Iterator[Verdict]:
    """A month is closed once management has approved its expense report."""
    if facts.is_approved:
        yield passed(say(_("The report on {month} is approved."), month=facts.month))
        return
    yield failed(
        say(_("The expense report on {month} is not approved by management yet."), month=facts.month),
        fix=Fix(say(_("Finish the report and send it to management."))),
    )


@rule(
    "K-CLM-03",
    clause="003 四(三)4",
    severity=BLOCK,
    title=_("The report is complete"),
    sentence=_(
        "A report carries analysis, measures and a note on every variance, of a month that is over and verified."
    ),
)
def report_is_complete(facts: ReportFacts, p: Params) -> Iterator[Verdict]:
    """Before management reads it: the month is over, its books verified, its variances explained, its costs analysed."""
    if not facts.is_over:
        words = say(_("{month} is not over yet."), month=facts.month)
        yield failed(words, at=Place("report", None, "month"), part="over")
    if not facts.is_verified:
        yield failed(
            say(_("The books of the month are not verified.")),
            at=Place("report", None, "verified"),
            part="verified",
        )
    for key, label in PARTS.items():
        if not facts.texts.get(key, "").strip():
            yield failed(say(_("Missing: {part}."), part=say(label)), at=Place("report", None, key), part=key)
    for one in facts.variances:
        if one.is_settled and one.amount and not one.note.strip():
            yield failed(
                say(
                    _("{name}: {amount} yuan of variance without a note."),
                    name=one.name,
                    amount=format_exact(one.amount),
                ),
                at=Place("report", None, f"note:{one.key}"),
                part=one.key,
            )
