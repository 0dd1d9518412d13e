"""Reading the register: lists, what may be chosen and why not, who is found by a name, who may be the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, F, Prefetch, Q, QuerySet, Value, When
from django.utils.translation import gettext_noop as _
from django.utils.translation import override

from yunchou.kernel.access.selectors import holds, units_with
from yunchou.kernel.core import clock
from yunchou.kernel.core.search import full_pinyin, initials, mixed_pattern
from yunchou.kernel.core.text import Say, say
from yunchou.kernel.identity.models import Unit, User
from yunchou.kernel.ui.seen import stamp

from . import codes
from .models import DocumentKind, Grade, GradeEntry, Supplier, SupplierDocument, SupplierQuerySet, Supply
from .permissions import Perm
from .references import UseLine, references
from .scorecards import Scorecard
from .scoring import scorecards_of
from .similar import Named, alike

FOUND_AT_MOST = 20
USES_SHOWN = 20

# ---------------------------------------------------------------- who may be chosen


def choosable(user: User, on: date | None = None) -> SupplierQuerySet:
    """The suppliers that a person may choose on a day (today): seen, not merged, not blocked, licence not run out."""
    found: SupplierQuerySet = Supplier.objects.visible_to(user)
    return found.living().filter(blocked_at=None).unexpired(on or clock.today())


def why_not(supplier: Supplier, on: date | None = None) -> Say | None:
    """Why the supplier may not be chosen on a day (today): merged, blocked, or its licence has run out; None if it may."""
    if supplier.merged_into:
        return say(
            _("“{supplier}” was merged into “{other}”; choose that one."),
            supplier=supplier.name,
            other=supplier.merged_into.name,
        )
    if supplier.is_blocked:
        return say(
            _("“{supplier}” is blocked: {reason}"), supplier=supplier.name, reason=supplier.blocked_reason
        )
    for paper in _papers(supplier):
        if (
            paper.kind == DocumentKind.LICENCE
            and paper.expires_on
            and paper.expires_on < (on or clock.today())
        ):
            return say(
                _("The business licence of “{supplier}” ran out on {day}; file the renewed one first."),
                supplier=supplier.name,
                day=paper.expires_on.isoformat(),
            )
    return None


def concerns(supplier: Supplier, on: date | None = None) -> tuple[Say, ...]:
    """What to think about before choosing it: graded D, other papers run out or soon to, no licence on file, no account."""
    day, papers = on or clock.today(), _papers(supplier)
    found = []
    if supplier.grade == Grade.D:
        newest = supplier.grades.first()
        found.append(say(_("Graded D: {reason}"), reason=newest.reason if newest else "—"))
    for paper in papers:
        if paper.expires_on is None or (paper.kind == DocumentKind.LICENCE and paper.expires_on < day):
            continue
        with override(None):
            word = Say(str(DocumentKind(paper.kind).label))
        if paper.expires_on < day:
            found.append(
                say(_("{document} ran out on {day}"), document=word, day=paper.expires_on.isoformat())
            )
        elif paper.is_expiring:
            found.append(
                say(_("{document} runs out on {day}"), document=word, day=paper.expires_on.isoformat())
            )
    if supplier.credit_code and not any(paper.kind == DocumentKind.LICENCE for paper in papers):
        found.append(say(_("No business licence on file")))
    if not supplier.account_tail:
        found.append(say(_("No bank account known")))
    elif not supplier.is_account_confirmed:
        found.append(say(_("Bank account not confirmed by a second person")))
    return tuple(found)


def _papers(supplier: Supplier) -> list[SupplierDocument]:
    """The present papers; those that came with `with_papers` are not asked for again."""
    loaded: list[SupplierDocument] | None = getattr(supplier, "papers", None)
    return list(supplier.documents.filter(removed_at=None)) if loaded is None else loaded


def with_papers(suppliers: SupplierQuerySet) -> SupplierQuerySet:
    """Suppliers with what lists and `why_not` need of them, in three queries whatever their number."""
    papers = SupplierDocument.objects.filter(removed_at=None)
    return suppliers.select_related("subject__unit", "keeper", "merged_into").prefetch_related(
        "kinds", Prefetch("documents", papers, to_attr="papers")
    )


def supplier_stamp(supplier: Supplier) -> str:
    """Of what is written about a supplier, its account included, for its form."""
    texts = (getattr(supplier, name) for name in STAMPED)
    return stamp(*texts, [str(kind) for kind in supplier.supplies])


STAMPED = (
    "name", "credit_code", "contact_name", "contact_phone", "address", "bank_name", "account_digest", "tax_rate", "note",
    "keeper_id",
)  # fmt: skip

# ---------------------------------------------------------------- where it is paid to


@dataclass(frozen=True)
class PayableAccount:
    """The bank account of a supplier as whoever pays sees it: masked, who wrote it down and who confirmed it, and when.

    `obstacle` says why it is not paid to; `entered_by` are the people who may neither confirm it nor pay to it.
    """

    label: str
    since: datetime | None
    by: User | None
    confirmed_by: User | None
    confirmed_at: datetime | None
    obstacle: Say | None

    @property
    def entered_by(self) -> frozenset[int]:
        return frozenset([self.by.pk] if self.by else [])


def payable_account(supplier: Supplier) -> PayableAccount | None:
    """The account of a supplier, of the one it was merged into where it was; None where none is known."""
    owner = current(supplier)
    if not owner.account_tail:
        return None
    obstacle = None
    if not owner.is_account_confirmed:
        obstacle = say(
            _("Nobody has confirmed the bank account {account} of “{supplier}” yet: a second person has to."),
            account=owner.masked_account,
            supplier=owner.name,
        )
    return PayableAccount(
        " ".join(filter(None, (owner.bank_name, owner.masked_account))),
        owner.account_at,
        owner.account_by,
        owner.account_confirmed_by,
        owner.account_confirmed_at,
        obstacle,
    )


# ---------------------------------------------------------------- who is found


def find_suppliers(words: str, among: SupplierQuerySet) -> SupplierQuerySet:
    """Those whose name, pinyin, initials, a mixture of them, or credit code matches `words`."""
    key = words.strip().lower().replace(" ", "")
    if not key:
        return among
    found = Q(name__icontains=key) | Q(credit_code__istartswith=codes.tidy(key))
    if pattern := mixed_pattern(key):
        found |= Q(name_key__regex=pattern)
    return among.filter(found)


@dataclass(frozen=True)
class SupplierOption:
    """A supplier as a picker offers it."""

    id: int
    name: str
    note: str
    search: str


def supplier_options(words: str, user: User, *, kind: str = "", every: bool = False) -> list[SupplierOption]:
    """Up to 20 suppliers for a picker, best grades first: those that may be chosen, of one kind, or `every` visible one."""
    among: SupplierQuerySet = Supplier.objects.visible_to(user).living() if every else choosable(user)
    if kind in Supply.values:
        among = among.filter(kinds__kind=kind)
    found = find_suppliers(words, among).select_related("subject__unit").prefetch_related("kinds")
    # An ungraded supplier comes after the good ones and before the poor.
    rank = Case(When(grade="", then=Value("B2")), default=F("grade"))
    ranked = found.annotate(rank=rank).order_by("rank", "name", "pk")
    return [_option(supplier) for supplier in ranked[:FOUND_AT_MOST]]


def _option(supplier: Supplier) -> SupplierOption:
    parts = (supplier.grade, supplier.kinds_label, supplier.subject.unit.name)
    search = f"{full_pinyin(supplier.name)} {initials(supplier.name)} {supplier.credit_code}".strip()
    return SupplierOption(supplier.pk, supplier.name, " · ".join(filter(None, parts)), search)


# ---------------------------------------------------------------- who may be the same


@dataclass(frozen=True)
class Alike:
    """A registered supplier that may be the one being entered, and why."""

    supplier: Supplier
    why: Say


def with_code(
    code: str, besides: Supplier | None = None, among: SupplierQuerySet | None = None
) -> Supplier | None:
    """The supplier with this credit code, wherever it is registered, or `among` some."""
    known: SupplierQuerySet = Supplier.objects.all() if among is None else among
    found = known.living().filter(credit_code=code).select_related("subject__unit")
    if besides:
        found = found.exclude(pk=besides.pk)
    first: Supplier | None = found.first() if code else None
    return first


def likenesses(name: str, user: User, besides: Supplier | None = None) -> list[Alike]:
    """Suppliers that the person sees and that may be the same company as `name`, most alike first."""
    seen: SupplierQuerySet = Supplier.objects.visible_to(user).living()
    if besides:
        seen = seen.exclude(pk=besides.pk)
    named = (Named(pk, other) for pk, other in seen.order_by("pk").values_list("pk", "name"))
    found = alike(name, named)
    by_pk = seen.select_related("subject__unit").in_bulk([one.pk for one in found])
    return [Alike(by_pk[one.pk], one.why) for one in found]


def same_account(supplier: Supplier, user: User) -> list[Supplier]:
    """Other suppliers that are paid to the same bank account, which somebody should look at."""
    if not supplier.account_digest:
        return []
    found: QuerySet[Supplier] = Supplier.objects.visible_to(user).living()
    return list(found.filter(account_digest=supplier.account_digest).exclude(pk=supplier.pk))


def same_as(supplier: Supplier) -> frozenset[int]:
    """The keys of the supplier and of all that were merged into it, for sums over append-only rows."""
    found, waiting = {supplier.pk}, [supplier.pk]
    while waiting:
        waiting = list(Supplier.objects.filter(merged_into__in=waiting).values_list("pk", flat=True))
        found.update(waiting)
    return frozenset(found)


def current(supplier: Supplier) -> Supplier:
    """What the supplier has become: itself, or the one it was merged into."""
    while supplier.merged_into:
        supplier = supplier.merged_into
    return supplier


# ---------------------------------------------------------------- pages


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed by; empty means not at all. `state`: expiring, blocked or merged."""

    words: str = ""
    kind: str = ""
    grade: str = ""
    unit: Unit | None = None
    state: str = ""

    def apply(self, suppliers: SupplierQuerySet) -> SupplierQuerySet:
        found = find_suppliers(self.words, suppliers)
        if self.state != "merged":
            found = found.living()
        if self.kind:
            found = found.filter(kinds__kind=self.kind)
        if self.grade:
            found = found.filter(grade="" if self.grade == UNGRADED else self.grade)
        if self.unit:
            found = found.filter(subject__unit__path__startswith=self.unit.path)
        if self.state == "expiring":
            found = found.expiring(clock.today())
        elif self.state == "blocked":
            found = found.filter(blocked_at__isnull=False)
        elif self.state == "merged":
            found = found.exclude(merged_into=None)
        return found


UNGRADED = "none"


@dataclass(frozen=True)
class SupplierRow:
    """A supplier as lists show it."""

    supplier: Supplier
    hindrance: Say | None
    expiring: SupplierDocument | None
    card: Scorecard


def rows(suppliers: Iterable[Supplier]) -> list[SupplierRow]:
    """What a list says of suppliers that came with `with_papers`, with the scorecards of these alone."""
    shown = list(suppliers)
    cards = scorecards_of([one.pk for one in shown])
    return [SupplierRow(s, why_not(s), _soonest(s), cards[s.pk]) for s in shown]


def _soonest(supplier: Supplier) -> SupplierDocument | None:
    ending = [paper for paper in _papers(supplier) if paper.expires_on and paper.is_expiring]
    return min(ending, key=lambda paper: (paper.expires_on, paper.pk), default=None)


@dataclass(frozen=True)
class Use:
    """What one room has done with a supplier, as far as the person may see it."""

    label: str
    lines: Sequence[UseLine]


def uses_of(supplier: Supplier, user: User) -> list[Use]:
    """Where the supplier was used: quotes, contracts, vouchers, as the rooms above tell it."""
    found = [
        Use(str(one.label), list(one.lines(supplier, user))[:USES_SHOWN]) for one in references if one.lines
    ]
    return [use for use in found if use.lines]


def papers_of(supplier: Supplier) -> QuerySet[SupplierDocument]:
    """The present papers with their files, by kind."""
    found = supplier.documents.filter(removed_at=None)
    return found.select_related("attachment__file", "added_by").order_by("kind", "pk")


def grades_of(supplier: Supplier) -> QuerySet[GradeEntry]:
    """All grades, the present one first."""
    return supplier.grades.select_related("given_by")


def companies_for(user: User) -> QuerySet[Unit]:
    """The companies whose register the person keeps."""
    return units_with(user, Perm.MANAGE).filter(kind__in=(Unit.Kind.GROUP, Unit.Kind.REGION), is_active=True)


def companies_seen(user: User) -> QuerySet[Unit]:
    """The companies whose suppliers the person sees."""
    return units_with(user, Perm.VIEW).filter(kind__in=(Unit.Kind.GROUP, Unit.Kind.REGION))


def sees_phone(user: User, supplier: Supplier) -> bool:
    return holds(user, Perm.CONTACT, supplier)
