"""The routes of a new company as data (rules.md section 1): which positions decide on what, in which order, and why.

Rooms hand their part to `approvals.registry.declare(rows=ROUTES[…])`. What the source leaves open is our assumption and
marked (a). The facts that the rows of each object ask for are named beside it; rooms declare them under these names.

Levels order the steps from lower to higher: department 5, region 10, finance 20, customer club 30, service centre 40,
vice president 50, general manager 60, company management 70; what is filed for the record comes last.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_noop as _

from yunchou.kernel.approvals.conditions import Condition, Kind, Row, StepSpec

from . import positions as p

DEPARTMENT_REVIEWS: Final = StepSpec(Kind.REVIEW, p.DEPT_HEAD, 5)
DEPARTMENT_APPROVES: Final = StepSpec(Kind.APPROVE, p.DEPT_HEAD, 5)
REGION_APPROVES: Final = StepSpec(Kind.APPROVE, p.REGIONAL_LEADERSHIP, 10)
REGION_REVIEWS: Final = StepSpec(Kind.REVIEW, p.REGIONAL_LEADERSHIP, 10)
FINANCE_REVIEWS: Final = StepSpec(Kind.REVIEW, p.FINANCE, 20)
FINANCE_APPROVES: Final = StepSpec(Kind.APPROVE, p.FINANCE, 20)
CLUB_REVIEWS: Final = StepSpec(Kind.REVIEW, p.GROUP_CUSTOMER_CLUB, 30)
CENTRE_REVIEWS: Final = StepSpec(Kind.REVIEW, p.GROUP_SERVICE_CENTRE, 40)
CENTRE_APPROVES: Final = StepSpec(Kind.APPROVE, p.GROUP_SERVICE_CENTRE, 40)
VP_REVIEWS: Final = StepSpec(Kind.REVIEW, p.VP_MARKETING, 50)
VP_APPROVES: Final = StepSpec(Kind.APPROVE, p.VP_MARKETING, 50)
GM_APPROVES: Final = StepSpec(Kind.APPROVE, p.GENERAL_MANAGER, 60)
MANAGEMENT_APPROVES: Final = StepSpec(Kind.APPROVE, p.MANAGEMENT, 70)
CLUB_FILES: Final = StepSpec(Kind.FILE, p.GROUP_CUSTOMER_CLUB, 90)

MAJOR: Final = Decimal("100000.00")
"""A marketing campaign of more than this is a major one, in yuan (R-APR-13) (a)."""
MARKETING, HIGH_END = "marketing", "high_end"
ORDINARY: Final = ("customer", "pr", "promotion", "targeted")
"""The kinds of campaigns that have no row of their own."""

IN_PLAN, OUT_OF_PLAN = Condition("in_plan", "eq", True), Condition("in_plan", "eq", False)
LARGE, NOT_LARGE = Condition("is_large", "eq", True), Condition("is_large", "eq", False)
REGIONAL, GROUP = Condition("is_regional", "eq", True), Condition("is_regional", "eq", False)
JOINT = Condition("is_joint", "eq", True)
IS_MARKETING, IS_HIGH_END = Condition("kind", "eq", MARKETING), Condition("kind", "eq", HIGH_END)
IS_ORDINARY = Condition("kind", "in", ORDINARY)
STRATEGIC, NOT_STRATEGIC = Condition("is_strategic", "eq", True), Condition("is_strategic", "eq", False)
COSTLY, NOT_COSTLY = Condition("joint_cost", "gt", MAJOR), Condition("joint_cost", "le", MAJOR)

# Facts: in_plan, is_large, is_regional, is_joint, is_strategic, has_exception, kind, cost, joint_cost.
CAMPAIGN: Final = (
    Row("R-APR-03", "001 §5 ¶4", _("In plan and not large: the region approves, the customer club files it."),
        (IN_PLAN, NOT_LARGE, REGIONAL), (REGION_APPROVES, CLUB_FILES)),
    # The regional step is kept for large events (a, X-04): the steps of the group are added, not put in its place.
    Row("R-APR-04", "001 §5 ¶4, §6", _("In plan and large: the region, then the customer club, then the vice president."),
        (IN_PLAN, LARGE, REGIONAL), (REGION_APPROVES, CLUB_REVIEWS, VP_APPROVES)),
    # The source does not name the region here; it reviews first (a, X-04).
    Row("R-APR-05", "001 §5 ¶6", _("Out of plan: the region reviews, the group customer service centre approves."),
        (OUT_OF_PLAN, NOT_LARGE, REGIONAL), (REGION_REVIEWS, CENTRE_APPROVES)),
    Row("R-APR-06", "001 §5 ¶6", _("Out of plan and large: additionally the vice president approves."),
        (OUT_OF_PLAN, LARGE, REGIONAL), (REGION_REVIEWS, CENTRE_APPROVES, VP_APPROVES)),
    # The source speaks of regions only; campaigns of the group itself go to the centre that approves the regions' (a).
    Row("R-APR-03", "001 §5 ¶4", _("A campaign of the group, in plan and not large: the service centre approves."),
        (IN_PLAN, NOT_LARGE, GROUP), (CENTRE_APPROVES, CLUB_FILES)),
    Row("R-APR-04", "001 §5 ¶4, §6", _("A campaign of the group, in plan and large: the club, then the vice president."),
        (IN_PLAN, LARGE, GROUP), (CLUB_REVIEWS, CENTRE_APPROVES, VP_APPROVES)),
    Row("R-APR-05", "001 §5 ¶6", _("A campaign of the group, out of plan: the service centre approves."),
        (OUT_OF_PLAN, NOT_LARGE, GROUP), (CENTRE_APPROVES,)),
    Row("R-APR-06", "001 §5 ¶6", _("A campaign of the group, out of plan and large: additionally the vice president."),
        (OUT_OF_PLAN, LARGE, GROUP), (CENTRE_APPROVES, VP_APPROVES)),
    # Large only together with campaigns like it: the same steps as the rows above, with the reason beside them.
    Row("K-SPL-01", "001 §3.2, §5 ¶4", _("Together with campaigns like it ¥{joint_cost}: routed as their sum."),
        (JOINT, LARGE), (VP_APPROVES,)),
    Row("R-APR-09", "003 四(二)", _("High-end client event: company management approves the budget of ¥{cost}."),
        (IS_HIGH_END,), (MANAGEMENT_APPROVES,)),
    Row("R-APR-10", "004 三(二)", _("Marketing campaign: the general manager confirms the final plan."),
        (IS_MARKETING,), (GM_APPROVES,)),
    # The special route: strategy is checked by the vice president, money by finance, top management approves (a).
    Row("R-APR-13", "002 9.3(1)",
        _("Major marketing activity of ¥{joint_cost}, campaigns like it included: strategy, finance and top management."),
        (IS_MARKETING, COSTLY), (FINANCE_REVIEWS, VP_REVIEWS, MANAGEMENT_APPROVES)),
    Row("R-APR-13", "002 9.3(1)", _("Strategic marketing activity: strategy, finance and top management."),
        (IS_MARKETING, STRATEGIC), (FINANCE_REVIEWS, VP_REVIEWS, MANAGEMENT_APPROVES)),
    Row("R-BUD-03", "004 二(三)", _("An exception from a rule is asked for: finance reviews it."),
        (Condition("has_exception", "eq", True),), (FINANCE_REVIEWS,)),
)  # fmt: skip

GROUP_PLAN: Final = (
    Row("R-APR-01", "001 §5 ¶1, §6", _("Year plan of the group: the service centre reviews, the vice president approves."),
        (), (CENTRE_REVIEWS, VP_APPROVES)),
)  # fmt: skip

REGIONAL_PLAN: Final = (
    Row("R-APR-02", "001 §5 ¶2",
        _("Year plan of a region: its leadership reviews, the group customer service centre approves."),
        (), (REGION_REVIEWS, CENTRE_APPROVES)),
)  # fmt: skip

MARKETING_PLAN: Final = (
    Row("R-APR-11", "002 3.1(6)", _("Marketing plan: marketing department, finance and top management approve in order."),
        (), (DEPARTMENT_APPROVES, FINANCE_APPROVES, MANAGEMENT_APPROVES)),
)  # fmt: skip

PERIOD_BUDGET: Final = (
    Row("R-APR-12", "002 9.3(1), 9.1(3)6",
        _("Budget of a year or quarter: reported to top management before anything is spent."),
        (), (MANAGEMENT_APPROVES,)),
)  # fmt: skip

# Facts: in_plan, is_large, is_regional, is_strategic, kind, joint_cost, as of the campaign that is adjusted.
# The responsible approver is the one who had the last word on the campaign (a).
ADJUSTMENT: Final = (
    Row("R-APR-17", "000 §3.2", _("Adjustment of an in-plan campaign that is not large: the region agrees."),
        (IS_ORDINARY, IN_PLAN, NOT_LARGE, REGIONAL), (REGION_APPROVES,)),
    Row("R-APR-17", "000 §3.2", _("Adjustment of a campaign of the group: the service centre agrees."),
        (IS_ORDINARY, IN_PLAN, NOT_LARGE, GROUP), (CENTRE_APPROVES,)),
    Row("R-APR-17", "000 §3.2", _("Adjustment of a campaign out of plan: the service centre agrees."),
        (IS_ORDINARY, OUT_OF_PLAN, NOT_LARGE), (CENTRE_APPROVES,)),
    Row("R-APR-17", "000 §3.2", _("Adjustment of a large event: the vice president agrees."),
        (IS_ORDINARY, LARGE), (VP_APPROVES,)),
    Row("R-APR-17", "000 §3.2", _("Adjustment of a high-end client event: company management agrees."),
        (IS_HIGH_END,), (MANAGEMENT_APPROVES,)),
    Row("R-APR-17", "000 §3.2", _("Adjustment of a marketing campaign: the general manager agrees."),
        (IS_MARKETING, NOT_COSTLY, NOT_STRATEGIC), (GM_APPROVES,)),
    Row("R-APR-17", "000 §3.2", _("Adjustment of a major marketing activity: top management agrees."),
        (IS_MARKETING, COSTLY), (MANAGEMENT_APPROVES,)),
    Row("R-APR-17", "000 §3.2", _("Adjustment of a strategic marketing activity: top management agrees."),
        (IS_MARKETING, NOT_COSTLY, STRATEGIC), (MANAGEMENT_APPROVES,)),
)  # fmt: skip

# The pool of the marketing centre for what nobody foresaw: finance looks at what is left, top management agrees (a).
EMERGENCY_POOL: Final = (
    Row("R-BUD-15", "002 9.3(4)", _("¥{amount} from the emergency pool: finance reviews, top management approves."),
        (), (FINANCE_REVIEWS, MANAGEMENT_APPROVES)),
)  # fmt: skip

# The third legal way out of an overspend, beside contingency and adjustment.
SPECIAL_REVIEW: Final = (
    Row("R-BUD-06", "002 9.3(5)", _("A claim beyond the budget: finance reviews, top management approves before it is paid."),
        (), (FINANCE_REVIEWS, MANAGEMENT_APPROVES)),
)  # fmt: skip

# Facts: amount, beyond, is_beyond, is_regional, has_activity. The source asks for a review beyond the budget only; who
# answers for the unit approves every claim, and finance looks at its vouchers (a).
CLAIM: Final = (
    Row("R-BUD-07", "002 9.3(5)", _("Claim of ¥{amount} of a region: its leadership approves, finance reviews the vouchers."),
        (REGIONAL,), (REGION_APPROVES, FINANCE_REVIEWS)),
    Row("R-BUD-07", "002 9.3(5)",
        _("Claim of ¥{amount} of the group: the service centre approves, finance reviews the vouchers."),
        (GROUP,), (FINANCE_REVIEWS, CENTRE_APPROVES)),
    Row("R-BUD-06", "002 9.3(5)",
        _("¥{beyond} beyond the budget: special review by finance and top management before it is paid."),
        (Condition("is_beyond", "eq", True),), (FINANCE_REVIEWS, MANAGEMENT_APPROVES)),
)  # fmt: skip

EXPENSE_REPORT: Final = (
    Row("R-BUD-13", "002 9.2 四", _("Monthly expense report of ¥{total}: company management approves."),
        (), (MANAGEMENT_APPROVES,)),
)  # fmt: skip

# Facts: amount, kind, is_tender, is_regional. Asking, approving, choosing and paying are different people's (002 9.3(2));
# the source names nobody for purchases, so who answers for the unit approves and finance looks at the money (a).
PURCHASE: Final = (
    Row("R-BUD-08", "002 9.3(2); 003 四(三)2", _("Purchase of ¥{amount} of a region: its leadership approves, finance reviews."),
        (REGIONAL,), (REGION_APPROVES, FINANCE_REVIEWS)),
    Row("R-BUD-08", "002 9.3(2); 003 四(三)2",
        _("Purchase of ¥{amount} of the group: the service centre approves, finance reviews."),
        (GROUP,), (FINANCE_REVIEWS, CENTRE_APPROVES)),
    Row("R-BUD-10", "002 §9", _("A tender of ¥{amount}: additionally the general manager approves."),
        (Condition("is_tender", "eq", True),), (GM_APPROVES,)),
)  # fmt: skip

# Facts: those of a purchase, has_exception, is_change, increase.
CONTRACT: Final = (
    Row("R-BUD-09", "003 四(三)2", _("Contract of ¥{amount} of a region: its leadership and finance approve."),
        (REGIONAL,), (REGION_APPROVES, FINANCE_APPROVES)),
    Row("R-BUD-09", "003 四(三)2", _("Contract of ¥{amount} of the group: finance and the service centre approve."),
        (GROUP,), (FINANCE_APPROVES, CENTRE_APPROVES)),
    Row("R-BUD-09", "003 四(三)2", _("Fewer quotes were compared than demanded: additionally the vice president approves."),
        (Condition("has_exception", "eq", True),), (VP_APPROVES,)),
    Row("R-BUD-10", "002 §9", _("A contract of ¥{amount}, as large as what is tendered: the general manager approves."),
        (Condition("amount", "ge", MAJOR),), (GM_APPROVES,)),
)  # fmt: skip

# Facts: channel, is_regional, has_head. The source demands an approval of publicity and names nobody: the head of the department
# reviews where there is one, and who answers for the unit approves (a).
PUBLICITY: Final = (
    Row("K-PRE-01", "003 二(三)6", _("The department has a head, who reviews what is published."),
        (Condition("has_head", "eq", True),), (DEPARTMENT_REVIEWS,)),
    Row("K-PRE-01", "003 二(三)6", _("Publicity of a region, {channel}: its leadership approves."),
        (REGIONAL,), (REGION_APPROVES,)),
    Row("K-PRE-01", "003 二(三)6", _("Publicity of the group, {channel}: the service centre approves."),
        (GROUP,), (CENTRE_APPROVES,)),
)  # fmt: skip

EVALUATION_REPORT: Final = (
    Row("R-APR-18", "001 §5 ¶8", _("Yearly evaluation report of a region: the group customer club reviews."),
        (), (CLUB_REVIEWS,)),
)  # fmt: skip

RULE_CHANGE: Final = (
    Row("R-APR-19", "002 9.2 六", _("Change of a regulation, drafted by the marketing centre: company management approves."),
        (), (MANAGEMENT_APPROVES,)),
)  # fmt: skip

ROUTES: Final[Mapping[str, tuple[Row, ...]]] = MappingProxyType(
    {
        "campaign": CAMPAIGN,
        "group_plan": GROUP_PLAN,
        "regional_plan": REGIONAL_PLAN,
        "marketing_plan": MARKETING_PLAN,
        "period_budget": PERIOD_BUDGET,
        "adjustment": ADJUSTMENT,
        "emergency_pool": EMERGENCY_POOL,
        "special_review": SPECIAL_REVIEW,
        "claim": CLAIM,
        "expense_report": EXPENSE_REPORT,
        "purchase": PURCHASE,
        "contract": CONTRACT,
        "publicity": PUBLICITY,
        "evaluation_report": EVALUATION_REPORT,
        "rule_change": RULE_CHANGE,
    }
)
