"""What the rules judge: a campaign with all its tables, whether it is saved or a workbook that is only looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from yunchou.capabilities.budgets.rules import BudgetFacts
from yunchou.capabilities.budgets.tables import LineRow
from yunchou.capabilities.ledger.rules import Limit
from yunchou.capabilities.metrics.rules import DashboardFacts, SeriesFacts
from yunchou.capabilities.metrics.tables import SeriesRow
from yunchou.capabilities.operations.rules import RiskFacts
from yunchou.capabilities.operations.tables import IssueRow, ReportRow, RiskRow
from yunchou.capabilities.work.rules import WorkFacts
from yunchou.capabilities.work.rules import facts_of as work_facts
from yunchou.capabilities.work.schedule import CALENDAR_DAYS, Axis
from yunchou.capabilities.work.tables import AssignmentRow, NamedLink, TaskRow
from yunchou.kernel.calendar.selectors import add_working_days
from yunchou.kernel.core import clock
from yunchou.kernel.core.money import ZERO
from yunchou.kernel.rules.selectors import params_on
from yunchou.kernel.sheets.dossier import Dossier
from yunchou.kernel.sheets.values import Context

from .aim_models import EVENT_PURPOSES
from .dated import Dated
from .models import Kind
from .rules.splitting import Cluster, Neighbourhood, cluster_of, nothing_is_split, with_tax
from .tables import CONTENT_PLAN, GoalRow, ModuleRow, OverviewRow, Phase, phases_in


@dataclass(frozen=True)
class CampaignFacts:
    """Everything known of one campaign at one moment. Rows are in the order of their tables; `axis` has the days that count.

    `ctx` reads dates without a year; `today` is the day the judgement is made for. `links` are the predecessors that
    people have mapped, `leads` the overall leads of the team and `unconfirmed` the SMART boxes that nobody has ticked, by
    goal, `principles` those that somebody has confirmed; all four are None for a workbook that is only looked at. `no_costs`
    reads the headings under which somebody said that nothing is spent (BUD-05), None where nobody could. `around`
    reads the campaigns near it when they are asked for (`K-SPL-01`); it takes the facts and gives a `Neighbourhood`.
    `funds` reads what the money it asks for comes up against, given its total in yuan (R-BUD-05). `outside` reads the dates
    of contracts and venues, `event_purposes` what the company's customer events may be for besides the standard purposes.
    `sent` reads when it was sent, first and again, as far as that still stands; the parameters of the first day hold for it,
    those of today where it was not.
    """

    dossier: Dossier
    ctx: Context = field(default_factory=Context)
    today: date = field(default_factory=clock.today)
    links: tuple[NamedLink, ...] | None = None
    axis: Axis = field(default=CALENDAR_DAYS, compare=False)
    leads: int | None = None
    unconfirmed: tuple[tuple[str, ...], ...] | None = None
    principles: tuple[str, ...] | None = None
    no_costs: Callable[[], frozenset[str]] | None = None
    around: Callable[[CampaignFacts], Neighbourhood | None] | None = None
    funds: Callable[[Decimal], tuple[Limit, ...]] | None = None
    outside: Callable[[], Sequence[Dated]] | None = None
    sent: Callable[[], Sequence[datetime]] | None = None
    event_purposes: Callable[[], frozenset[str]] | None = None

    @cached_property
    def sent_at(self) -> tuple[datetime, ...]:
        """When it was sent, first and again, as far as that still stands."""
        return tuple(self.sent()) if self.sent else ()

    @cached_property
    def dated(self) -> tuple[Dated, ...]:
        """Contracts, venues and other dates beside the tables, which must agree with the Gantt (R-SCH-06)."""
        return tuple(self.outside()) if self.outside else ()

    @property
    def rules_day(self) -> date | None:
        """The day whose parameters the rules judge it by (GEN-04); None is today.

        A change of the rules in between does not classify it anew, when it is amended or changed, either.
        """
        return clock.local(self.sent_at[0]).date() if self.sent_at else None

    @cached_property
    def overview(self) -> OverviewRow:
        return next(iter(self.dossier.rows(OverviewRow)), OverviewRow())

    @cached_property
    def named_for_events(self) -> frozenset[str]:
        """Which of its purposes a customer event may be for; the company's own are asked for where it names no standard one."""
        named = frozenset(self.overview.purposes)
        if self.overview.kind != Kind.CUSTOMER or not named:
            return frozenset()
        return named & frozenset(EVENT_PURPOSES) or (
            named & self.event_purposes() if self.event_purposes else frozenset()
        )

    @property
    def goals(self) -> tuple[GoalRow, ...]:
        return self.dossier.rows(GoalRow)

    @property
    def modules(self) -> tuple[ModuleRow, ...]:
        return self.dossier.rows(ModuleRow)

    @property
    def lines(self) -> tuple[LineRow, ...]:
        return self.dossier.rows(LineRow)

    @property
    def assignments(self) -> tuple[AssignmentRow, ...]:
        return self.dossier.rows(AssignmentRow)

    @property
    def tasks(self) -> tuple[TaskRow, ...]:
        return self.dossier.rows(TaskRow)

    @property
    def risks(self) -> tuple[RiskRow, ...]:
        return self.dossier.rows(RiskRow)

    @property
    def reports(self) -> tuple[ReportRow, ...]:
        return self.dossier.rows(ReportRow)

    @property
    def series(self) -> tuple[SeriesRow, ...]:
        return self.dossier.rows(SeriesRow)

    @property
    def issues(self) -> tuple[IssueRow, ...]:
        return self.dossier.rows(IssueRow)

    @property
    def start_on(self) -> date | None:
        return self.overview.start_on

    @property
    def end_on(self) -> date | None:
        return self.overview.end_on

    @property
    def plan_item(self) -> str:
        return self.overview.plan_item

    @property
    def out_of_plan_reason(self) -> str:
        return self.overview.out_of_plan_reason

    @property
    def expected_people(self) -> int | None:
        people = self.overview.expected_people
        return None if people is None else int(people)

    @property
    def is_cross_department(self) -> bool:
        return bool(self.overview.is_cross_department)

    @property
    def is_brand_related(self) -> bool:
        """Ticked, or by its nature: public relations events are brand-related (TYP-09)."""
        return bool(self.overview.is_brand_related) or self.overview.kind == Kind.PR

    @property
    def needs_creative_plan(self) -> bool:
        """Only marketing campaigns and promotions are planned in the four modules of 004 二(二)."""
        return self.overview.kind in {Kind.MARKETING, Kind.PROMOTION}

    @property
    def needs_contingency(self) -> bool:
        """Where a contingency is required; an assumption for marketing campaigns (R-BUD-03)."""
        return self.overview.kind == Kind.MARKETING

    @cached_property
    def cost(self) -> Decimal:
        """The budget: the sum of the lines, in yuan, never the total that a file states."""
        return sum((line.amount for line in self.lines if line.amount is not None), ZERO)

    @cached_property
    def taxed_cost(self) -> Decimal:
        """The budget with tax, in yuan: a line that says 不含税 counts with what is added to it."""
        return sum((with_tax(line.item, line.amount) for line in self.lines if line.amount is not None), ZERO)

    @cached_property
    def neighbourhood(self) -> Neighbourhood | None:
        """The campaigns sent around it; None where it has no cost, no start or is only looked at."""
        is_placed = self.around is not None and self.start_on is not None and self.taxed_cost > 0
        return self.around(self) if is_placed and self.around is not None else None

    @cached_property
    def cluster(self) -> Cluster | None:
        """The campaigns that are routed together with it (K-SPL-01)."""
        if self.neighbourhood is None:
            return None
        return cluster_of(
            self.neighbourhood, params_on([nothing_is_split], self.rules_day)[nothing_is_split.id]
        )

    @property
    def joint_cost(self) -> Decimal:
        """What it costs together with campaigns like it around it, with tax, in yuan."""
        return self.cluster.total if self.cluster else self.taxed_cost

    @property
    def is_strategic(self) -> bool:
        return bool(self.overview.is_strategic)

    @cached_property
    def budget(self) -> BudgetFacts:
        footer = self.dossier.footer(LineRow)
        stated = footer.amount if footer else None
        return BudgetFacts(self.lines, stated, self.needs_contingency, self.without)

    @cached_property
    def without(self) -> frozenset[str] | None:
        """The headings under which somebody said that nothing is spent; None where the seven are not asked for (BUD-05)."""
        is_asked = self.overview.kind == Kind.HIGH_END and self.no_costs is not None
        return self.no_costs() if is_asked and self.no_costs is not None else None

    @cached_property
    def limits(self) -> tuple[Limit, ...]:
        """What the budget comes up against: its plan item, and what is above it; nothing where it asks for no money."""
        return self.funds(self.cost) if self.funds else ()

    @cached_property
    def work(self) -> WorkFacts:
        return work_facts(
            self.assignments,
            self.tasks,
            links=self.links,
            start_on=self.start_on,
            end_on=self.end_on,
            today=self.today,
            leads=self.leads,
            axis=self.axis,
        )

    @property
    def risk_facts(self) -> RiskFacts:
        return RiskFacts(self.risks)

    @cached_property
    def dashboard(self) -> DashboardFacts:
        """The rows of the dashboard, each judged against its full target as its source does (rules.md section 10)."""
        return DashboardFacts(tuple(SeriesFacts(row, n) for n, row in enumerate(self.series)))

    @cached_property
    def content_plan_position(self) -> int | None:
        """The position of the content plan in the creative plan."""
        return next((n for n, row in enumerate(self.modules) if row.module == CONTENT_PLAN), None)

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """The phases that the content plan names."""
        position = self.content_plan_position
        return () if position is None else phases_in(self.modules[position].content, self.ctx)

    def working_day_after_end(self, days: int) -> date:
        """The `days`-th working day after the end of the campaign."""
        assert self.end_on is not None
        return add_working_days(self.end_on, days)
